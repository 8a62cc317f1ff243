/* This file reads a table's rows one after the other, silently, and of a large table no more than its rows.
 */
#ifndef POSTMEND_CHECK_ROW_READ_H
#define POSTMEND_CHECK_ROW_READ_H

#include "check/node_read.h"
#include "pst/ltp/table.h"

/* `heap` is that of the table as far as it was read; `row` lives only during the
 * call, which ends the reading by false. */
struct row_read {
	void *context;
	bool (*row)(void *context, const struct table *table, struct view row);
	bool cells; /* variable cells are wanted: the whole heap is read */
};

/* False when the table could not be read, or not whole. What is read lies in
 * the reader's arena. */
[[nodiscard]] bool row_read_table(const struct node_reader *reader, uint64_t data, uint64_t subnode,
				  const struct row_read *rows);

/* A cell: in place, or from the heap; false where it is empty, in a subnode, or
 * leads nowhere. */
[[nodiscard]] bool row_read_cell(const struct table *table, struct view row, uint32_t tag, struct view *out);

/* A number of at most four bytes; 0 without one. */
uint32_t row_read_integer(const struct table *table, struct view row, uint32_t tag);

#endif
