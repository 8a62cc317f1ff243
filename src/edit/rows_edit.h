/* This file changes the rows of a table ([MS-PST] 2.3.4).
 *
 * The order of rows in the matrix means nothing: a row that goes leaves its
 * place to the last one, so that a long table is changed in few blocks.
 */
#ifndef POSTMEND_EDIT_ROWS_EDIT_H
#define POSTMEND_EDIT_ROWS_EDIT_H

#include "edit/bth_edit.h"
#include "pst/ltp/table.h"

/* A block of a row matrix that is a subnode's data. */
struct rows_edit_block {
	uint64_t bid;
	uint8_t *bytes;
	size_t len;
	bool is_changed, is_ours; /* is_ours: `bytes` has room for a whole block */
};

struct rows_edit {
	struct heap_edit heap;
	struct table table; /* its columns; `rows` as they stand now */
	struct bth_edit index;
	struct subnodes subnodes;
	struct rows_edit_block *blocks; /* of rows in a subnode; else they are an item of the heap */
	size_t n_blocks, room_blocks;
	size_t n; /* rows */
	size_t per_block;
	bool is_changed; /* anything */
};

/* Fails the work when the table cannot be read or is damaged. */
void rows_edit_open(struct rows_edit *r, struct work *w, const struct node_fact *node);

[[nodiscard]] bool rows_edit_has(struct rows_edit *r, uint32_t row_id);
/* The bytes of a cell, wherever they are, valid until the next change; false when it is empty. */
[[nodiscard]] bool rows_edit_cell(struct rows_edit *r, uint32_t row_id, uint32_t tag, struct view *out);
/* Sets a cell of at most four bytes, where the table has the column. */
void rows_edit_set_integer(struct rows_edit *r, uint32_t row_id, uint32_t tag, uint32_t value);

void rows_edit_remove(struct rows_edit *r, uint32_t row_id);

/* Where a new row's cells come from: false leaves one empty. */
struct rows_source {
	void *context;
	bool (*cell)(void *context, uint32_t tag, struct view *value_out);
};
void rows_edit_add(struct rows_edit *r, uint32_t row_id, const struct rows_source *source);

/* Rows whose cell has none of these bits. */
size_t rows_edit_count_without(struct rows_edit *r, uint32_t tag, uint32_t bits);

/* The table's new data and list of subnodes, which nobody holds, or the old ones. */
void rows_edit_end(struct rows_edit *r, uint64_t *data_out, uint64_t *subnode_out);

#endif
