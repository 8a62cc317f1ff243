/* This file feeds the reader of table contexts with anything; the first byte says which kind of store. */
#include "pst/ltp/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_rows(const struct table *table, struct view matrix)
{
	for (size_t at = 0; table->row_len && at < matrix.len; at += table->row_len) {
		size_t left = matrix.len - at;
		struct view row = view_of(matrix.at + at, left < table->row_len ? left : table->row_len);

		for (size_t i = 0; i < table->n_columns; i++) {
			struct view cell;

			if (table_cell(table, row, &table->columns[i], &cell) && cell.len > row.len)
				__builtin_trap();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view block = view_of(len ? bytes + 1 : bytes, len ? len - 1 : 0), matrix;
	struct heap heap;
	static struct table table;

	if (len < 1 ||
	    !heap_open(variant_of((enum variant_kind)(bytes[0] % VARIANT_COUNT)), &block, 1, &heap) ||
	    !table_open(&heap, &table))
		return 0;
	(void)table_faults(&table);
	(void)table_rows_per_block(&table);
	(void)table_find(&table, TABLE_ROW_ID);
	if (hnid_is_hid(table.rows) && heap_item(&heap, (struct hid){ table.rows }, &matrix))
		read_rows(&table, matrix);
	return 0;
}
