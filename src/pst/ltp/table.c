/* This file reads table contexts. */
#include "pst/ltp/table.h"

#include "base/cursor.h"

bool table_open(const struct heap *heap, struct table *out)
{
	struct view item;
	struct cursor c;
	uint8_t type, n;

	*out = (struct table){ .heap = heap };
	if (!heap_item(heap, heap->root, &item))
		return false;
	c = cursor_of(item);
	type = cursor_u8(&c);
	n = cursor_u8(&c);
	out->end_4 = cursor_u16le(&c);
	out->end_2 = cursor_u16le(&c);
	out->end_1 = cursor_u16le(&c);
	out->row_len = cursor_u16le(&c);
	out->row_index.v = cursor_u32le(&c);
	out->rows = cursor_u32le(&c);
	cursor_skip(&c, 4);
	for (out->n_columns = 0; out->n_columns < n && cursor_ok(&c); out->n_columns++) {
		struct table_column *column = &out->columns[out->n_columns];

		column->tag = cursor_u32le(&c);
		column->at = cursor_u16le(&c);
		column->len = cursor_u8(&c);
		column->bit = cursor_u8(&c);
	}
	return cursor_done(&c) && type == TABLE_TYPE;
}

/* Bytes a cell of this type takes: variable and long values are HNIDs. */
static uint8_t cell_len(uint32_t tag)
{
	int len = property_type_len((uint16_t)(tag & 0xFFFF));

	if (tag & PTYP_MULTIPLE || len <= 0 || len > 8)
		return 4;
	return (uint8_t)len;
}

/* Columns by where they lie must fill the row up to rgib[2] without a gap:
 * their lengths sum up to it and no byte is taken twice. */
static unsigned judge_tiling(const struct table *t)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < t->n_columns; i++) {
		const struct table_column *a = &t->columns[i];

		sum += a->len;
		if (a->at + a->len > t->end_1)
			return TABLE_FAULT_TILING;
		for (size_t j = i + 1; j < t->n_columns; j++) {
			const struct table_column *b = &t->columns[j];

			if (a->at < b->at + b->len && b->at < a->at + a->len)
				return TABLE_FAULT_TILING;
		}
	}
	return sum == t->end_1 ? 0 : TABLE_FAULT_TILING;
}

static unsigned judge_edges(const struct table *t)
{
	uint32_t end_4 = 0, end_2 = 0, end_1 = 0;

	for (size_t i = 0; i < t->n_columns; i++) {
		const struct table_column *c = &t->columns[i];
		uint32_t end = (uint32_t)c->at + c->len;

		end_1 = end > end_1 ? end : end_1;
		if (c->len >= 2)
			end_2 = end > end_2 ? end : end_2;
		if (c->len >= 4)
			end_4 = end > end_4 ? end : end_4;
	}
	end_2 = end_2 < end_4 ? end_4 : end_2;
	return t->end_4 == end_4 && t->end_2 == end_2 && t->end_1 == end_1 &&
			       t->row_len == end_1 + (t->n_columns + 7) / 8
		       ? 0
		       : TABLE_FAULT_EDGES;
}

unsigned table_faults(const struct table *table)
{
	const struct table_column *id = table_find(table, TABLE_ROW_ID);
	const struct table_column *version = table_find(table, TABLE_ROW_VERSION);
	bool seen[256] = { false };
	unsigned faults = judge_tiling(table) | judge_edges(table);

	for (size_t i = 0; i < table->n_columns; i++) {
		const struct table_column *c = &table->columns[i];

		if (i > 0 && c->tag <= table->columns[i - 1].tag)
			faults |= TABLE_FAULT_ORDER;
		if (c->bit >= table->n_columns || seen[c->bit])
			faults |= TABLE_FAULT_BITS;
		if (c->len != cell_len(c->tag))
			faults |= TABLE_FAULT_EDGES;
		seen[c->bit] = true;
	}
	if (!id || id->at != 0 || id->bit != 0 || !version || version->at != 4 || version->bit != 1)
		faults |= TABLE_FAULT_ROW_ID;
	return faults;
}

const struct table_column *table_find(const struct table *table, uint32_t tag)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].tag == tag)
			return &table->columns[i];
	return NULL;
}

uint32_t table_rows_per_block(const struct table *table)
{
	return table->row_len ? (uint32_t)table->heap->variant->block_data_max / table->row_len : 0;
}

bool table_cell(const struct table *table, struct view row, const struct table_column *column,
		struct view *out)
{
	struct cursor exists = cursor_of(row), cell = cursor_of(row);

	*out = view_of(NULL, 0);
	if (!column)
		return false;
	cursor_seek(&exists, (size_t)table->end_1 + column->bit / 8);
	if (!(cursor_u8(&exists) & 0x80 >> column->bit % 8))
		return false;
	cursor_seek(&cell, column->at);
	*out = cursor_take(&cell, column->len);
	return cursor_ok(&cell);
}
