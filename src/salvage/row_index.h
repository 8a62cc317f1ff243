/* This file knows which folder's table has a row for what. */
#ifndef POSTMEND_SALVAGE_ROW_INDEX_H
#define POSTMEND_SALVAGE_ROW_INDEX_H

#include "salvage/work.h"

/* One row of a hierarchy, contents or associated contents table. */
struct row_entry {
	uint32_t nid, folder;
	uint8_t table; /* NID type of the table */
};

/* A table that was read; `silence_counts` when what it does not list is not in the folder. */
struct row_table {
	uint32_t nid;
	bool silence_counts;
};

struct row_index {
	struct row_entry *rows; /* by NID, then by folder */
	size_t n, room;
	struct row_table *tables; /* by NID, once the index is ready */
	size_t n_tables, room_tables;
};

/* Adds a table's rows. `is_current` says that the table is the newest of its
 * folder for sure. What cannot be read adds nothing. */
[[nodiscard]] enum status row_index_add(struct salvage_work *work, struct row_index *index,
					const struct node_fact *table, bool is_current);

/* Sorts; to be called before the look-ups below and again after more was added. */
void row_index_ready(struct row_index *index);

/* The first row for this NID, or NULL; those of other folders follow it. */
const struct row_entry *row_index_find(const struct row_index *index, uint32_t nid);

/* Whether that folder has a row for it. */
bool row_index_lists(const struct row_index *index, uint32_t nid, uint32_t folder);

/* Whether the folder's table for things of this NID's type was read whole and
 * is current, so that what it does not name is not in the folder. */
bool row_index_knows_all(const struct row_index *index, uint32_t nid, uint32_t folder);

#endif
