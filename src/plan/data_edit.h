/* This file changes bytes of a node's data where they lie: decoded, changed, encoded and sealed again.
 *
 * Only blocks whose checksum held and that nobody else holds are touched, and no
 * length ever changes.
 */
#ifndef POSTMEND_PLAN_DATA_EDIT_H
#define POSTMEND_PLAN_DATA_EDIT_H

#include "check/item_read.h"
#include "plan/mender.h"
#include "pst/ltp/table.h"

struct data_edit {
	struct mender *m;
	struct check_facts facts; /* with the draft as their image */
	struct node_reader reader;
	struct node_data data;
	struct node_leaves leaves;
	bool *changed;
};

/* Reads the data of a node. False when it cannot be changed in place; what was
 * opened is closed all the same. */
[[nodiscard]] bool data_edit_open(struct data_edit *edit, struct mender *m, uint64_t bid);

/* Overwrites bytes that lie in one of the data's blocks. */
void data_edit_put(struct data_edit *edit, struct view where, struct view fresh);

/* Writes the blocks that changed into the draft; returns the memory. */
void data_edit_close(struct data_edit *edit);

/* The four bytes of a property's record that hold its value, where they do. */
[[nodiscard]] bool data_edit_integer(struct data_edit *edit, uint16_t id, struct view *out);

/* A table whose rows can be changed: the edit of its heap, and of the matrix
 * where that is a subnode's data. */
struct table_edit {
	struct data_edit heap_edit, matrix_edit;
	struct heap heap;
	struct table table;
	struct view *matrix;
	size_t n_blocks;
	bool in_subnode;
};

[[nodiscard]] bool table_edit_open(struct table_edit *edit, struct mender *m, const struct node_fact *node);
/* The row of this number, or false. */
[[nodiscard]] bool table_edit_row(struct table_edit *edit, uint32_t row_id, struct view *out);
/* Sets a cell of at most eight bytes that lies in the row itself, and says that it is there. */
void table_edit_set(struct table_edit *edit, struct view row, const struct table_column *column,
		    struct view value);
/* Says that the cell is not there. */
void table_edit_clear(struct table_edit *edit, struct view row, const struct table_column *column);
void table_edit_close(struct table_edit *edit);

#endif
