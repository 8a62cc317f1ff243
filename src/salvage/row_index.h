/* This file knows which folder's table has a row for what. */
#ifndef POSTMEND_SALVAGE_ROW_INDEX_H
#define POSTMEND_SALVAGE_ROW_INDEX_H

#include "salvage/work.h"

/* One row of a hierarchy, contents or associated contents table. */
struct row_entry {
	uint32_t nid, folder;
	uint8_t table; /* NID type of the table */
};

/* How sure it is that a table is the newest of its folder. */
enum row_currency {
	ROWS_OUTDATED, /* it is not; or it was not read whole */
	ROWS_LIKELY,   /* as far as is known: it speaks of what is older than itself */
	ROWS_CURRENT,
};

struct row_table {
	uint32_t nid;
	uint8_t currency; /* enum row_currency */
	uint64_t bid;     /* of its data: BIDs grow with time */
};

struct row_index {
	struct row_entry *rows; /* by NID, then by folder */
	size_t n, room;
	struct row_table *tables; /* by NID, once the index is ready */
	size_t n_tables, room_tables;
};

/* Adds a table's rows. What cannot be read adds nothing. */
[[nodiscard]] enum status row_index_add(struct salvage_work *work, struct row_index *index,
					const struct node_fact *table, enum row_currency currency);

/* Sorts; to be called before the look-ups below and again after more was added. */
void row_index_ready(struct row_index *index);

/* The first row for this NID, or NULL; those of other folders follow it. */
const struct row_entry *row_index_find(const struct row_index *index, uint32_t nid);

/* Whether that folder has a row for it. */
bool row_index_lists(const struct row_index *index, uint32_t nid, uint32_t folder);

/* Whether the folder's table for things of this node's type would list it if
 * it were in the folder. */
bool row_index_would_list(const struct row_index *index, const struct node_fact *node);

#endif
