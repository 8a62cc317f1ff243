/* This file reads table contexts ([MS-PST] 2.3.4). */
#ifndef POSTMEND_PST_LTP_TABLE_H
#define POSTMEND_PST_LTP_TABLE_H

#include "pst/ltp/property.h"

enum {
	TABLE_TYPE = 0x7C,
	TABLE_INFO_LEN = 22,
	TABLE_COLUMN_LEN = 8,
	TABLE_COLUMNS_MAX = 255, /* cCols is one byte */
	TABLE_ROW_ID = 0x67F20003,
	TABLE_ROW_VERSION = 0x67F30003,
};

struct table_column {
	uint32_t tag; /* property ID and type */
	uint16_t at;  /* ibData: where in a row */
	uint8_t len;  /* cbData */
	uint8_t bit;  /* iBit: its bit in the cell existence block */
};

struct table {
	const struct heap *heap;
	uint16_t end_4, end_2, end_1, row_len; /* rgib */
	struct hid row_index;
	uint32_t rows; /* hnidRows */
	struct table_column columns[TABLE_COLUMNS_MAX];
	size_t n_columns;
};

/* False when hidUserRoot leads to no table's description. */
[[nodiscard]] bool table_open(const struct heap *heap, struct table *out);

/* What is wrong with the description; bits. */
enum table_fault {
	TABLE_FAULT_ORDER = 1 << 0,  /* P88: columns not sorted by tag */
	TABLE_FAULT_EDGES = 1 << 1,  /* P88: rgib does not fit the columns */
	TABLE_FAULT_TILING = 1 << 2, /* P88: gaps or overlaps between columns */
	TABLE_FAULT_BITS = 1 << 3,   /* P88: iBits are no permutation */
	TABLE_FAULT_ROW_ID = 1 << 4, /* P90 */
};
unsigned table_faults(const struct table *table);

/* The column, or NULL. */
const struct table_column *table_find(const struct table *table, uint32_t tag);

/* Rows that fit a block of a row matrix in a subnode; 0 when none does. */
uint32_t table_rows_per_block(const struct table *table);

/* A cell of a row of row_len bytes: false where it is empty or the row is cut. */
[[nodiscard]] bool table_cell(const struct table *table, struct view row, const struct table_column *column,
			      struct view *out);

#endif
