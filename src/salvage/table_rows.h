/* This file reads the rows of a table, whole or not. */
#ifndef POSTMEND_SALVAGE_TABLE_ROWS_H
#define POSTMEND_SALVAGE_TABLE_ROWS_H

#include "check/node_read.h"
#include "pst/ltp/table.h"

struct table_rows {
	struct heap heap;
	struct table table;
	struct node_data blocks; /* of the rows, when they lie in a subnode */
	struct view item;        /* of the rows, when they lie in the heap */
	size_t n;
	bool whole; /* nothing of it was lost */
};

/* False when there is no table to be read. What it holds lies in the reader's arena. */
[[nodiscard]] bool table_rows_open(const struct node_reader *reader, uint64_t data, uint64_t subnode,
				   struct table_rows *out);

/* What a row stands for; 0 when it is lost. */
uint32_t table_row_nid(const struct table_rows *rows, size_t i);

/* A cell's bytes, from the heap where they are not in the row; false for an
 * empty cell and one whose value is elsewhere. */
[[nodiscard]] bool table_row_value(const struct table_rows *rows, size_t i, uint32_t tag, struct view *out);

#endif
