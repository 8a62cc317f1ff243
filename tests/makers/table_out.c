/* This file writes table contexts. */
#include "ltp_out.h"

#include "base/cursor.h"
#include "memory.h"

#include <assert.h>
#include <string.h>

enum { ROW_COUNT_ANSI_MAX = 65536 };

static uint8_t cell_len(uint32_t tag)
{
	int len = property_type_len((uint16_t)(tag & 0xFFFF));

	return tag & PTYP_MULTIPLE || len <= 0 || len > 8 ? 4 : (uint8_t)len;
}

static void find_ends(struct table_out *table)
{
	uint16_t *ends = table->ends;

	memset(ends, 0, sizeof table->ends);
	for (size_t i = 0; i < table->columns->n; i++) {
		const struct column *c = &table->columns->rows[i];
		uint8_t len = cell_len(c->tag);
		uint16_t end = (uint16_t)(c->at + len);

		for (unsigned k = 0; k < 3; k++)
			if (len >= 4 >> k && ends[k] < end)
				ends[k] = end;
	}
	ends[1] = ends[1] < ends[0] ? ends[0] : ends[1];
	ends[3] = (uint16_t)(ends[2] + (table->columns->n + 7) / 8);
}

void table_out_start(struct table_out *table, struct ndb_out *out, const struct columns *columns)
{
	const struct variant *v = ndb_out_variant(out);
	bool narrow = v->kind == VARIANT_ANSI && !columns->wide_index;
	uint8_t info[TABLE_INFO_LEN + 64 * TABLE_COLUMN_LEN] = { TABLE_TYPE, (uint8_t)columns->n };

	*table = (struct table_out){ .out = out, .columns = columns };
	find_ends(table);
	assert(columns->n <= 64);
	for (unsigned k = 0; k < 4; k++)
		field_put(info + 2 + 2 * k, 2, table->ends[k]);
	for (size_t i = 0; i < columns->n; i++) {
		uint8_t *to = info + TABLE_INFO_LEN + i * TABLE_COLUMN_LEN;

		field_put(to, 4, props_tag(v, columns->rows[i].tag));
		field_put(to + 4, 2, columns->rows[i].at);
		to[6] = cell_len(columns->rows[i].tag);
		to[7] = columns->rows[i].bit;
	}
	heap_out_start(&table->heap, out, HEAP_TABLE);
	table->index = bth_out_header(&table->heap, 4, narrow ? 2 : 4);
	field_put(info + 10, 4, table->index);
	table->info =
		heap_out_add(&table->heap, view_of(info, TABLE_INFO_LEN + columns->n * TABLE_COLUMN_LEN));
	table->heap.root = table->info;
}

/* What no heap takes becomes a subnode of the table. */
static uint32_t put_subnode(struct table_out *table, struct view value)
{
	struct subnode_row row = { .nid = ndb_out_nid(table->out, NID_TYPE_LTP) };
	struct data_out data;

	data_out_start(&data, table->out);
	data_out_add(&data, value);
	row.data = data_out_end(&data);
	subnodes_out_add(&table->list, table->out, &row);
	return row.nid;
}

static void put_cell(struct table_out *table, const struct prop *prop, uint8_t len, uint8_t *to)
{
	int fixed = property_type_len((uint16_t)(prop->tag & 0xFFFF));

	assert(!prop->nid);
	if (fixed > 0 && fixed <= 8 && !(prop->tag & PTYP_MULTIPLE))
		memcpy(to, prop->value.at, len);
	else if (prop->value.len > heap_out_item_max(&table->heap))
		field_put(to, 4, put_subnode(table, prop->value));
	else if (prop->value.len)
		field_put(to, 4, heap_out_add(&table->heap, prop->value));
}

void table_out_row(struct table_out *table, uint32_t row_id, const struct props *props)
{
	const struct variant *v = ndb_out_variant(table->out);
	uint8_t *row;

	/* The heap of rows grows by rows, so memory_grow counts them. */
	table->rows = memory_grow(table->rows, table->n, &table->room, table->ends[3]);
	row = table->rows + table->n++ * table->ends[3];
	memset(row, 0, table->ends[3]);
	for (size_t i = 0; i < table->columns->n; i++) {
		const struct column *c = &table->columns->rows[i];
		const struct prop *prop = props_find(props, props_tag(v, c->tag));

		if (c->tag == TABLE_ROW_ID)
			field_put(row + c->at, 4, row_id);
		else if (c->tag == TABLE_ROW_VERSION)
			field_put(row + c->at, 4, ndb_out_unique(table->out));
		else if (prop)
			put_cell(table, prop, cell_len(c->tag), row + c->at);
		else
			continue;
		row[table->ends[2] + c->bit / 8] |= (uint8_t)(0x80 >> c->bit % 8);
	}
}

/* Rows in order of their numbers; the number and the place of each. */
struct index_record {
	uint32_t id, row;
};

static int compare_records(const void *a, const void *b)
{
	const struct index_record *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void put_index(struct table_out *table)
{
	size_t data_len = heap_out_item(&table->heap, table->index)[2], len = 4 + data_len;
	struct index_record *rows = memory_new(table->n, sizeof *rows);
	uint8_t *records = memory_new(table->n, len);

	assert(data_len == 4 || table->n <= ROW_COUNT_ANSI_MAX);
	for (size_t i = 0; i < table->n; i++) {
		struct cursor c = cursor_of(view_of(table->rows + i * table->ends[3], 4));

		rows[i] = (struct index_record){ cursor_u32le(&c), (uint32_t)i };
	}
	qsort(rows, table->n, sizeof *rows, compare_records);
	for (size_t i = 0; i < table->n; i++) {
		field_put(records + i * len, 4, rows[i].id);
		field_put(records + i * len + 4, data_len, rows[i].row);
	}
	bth_out_fill(&table->heap, table->index, view_of(records, table->n * len));
	free(rows);
	free(records);
}

/* Each block holds whole rows; what is left of it stays unused. */
static uint32_t put_matrix(struct table_out *table)
{
	size_t row_len = table->ends[3], full = ndb_out_variant(table->out)->block_data_max;
	size_t per_block = full / row_len, len = table->n * row_len;
	uint8_t rest[512] = { 0 };
	struct subnode_row row;
	struct data_out data;

	if (len == 0)
		return 0;
	if (len <= heap_out_item_max(&table->heap))
		return heap_out_add(&table->heap, view_of(table->rows, len));
	data_out_start(&data, table->out);
	for (size_t i = 0; i < table->n; i += per_block) {
		size_t n = table->n - i < per_block ? table->n - i : per_block;

		data_out_add(&data, view_of(table->rows + i * row_len, n * row_len));
		if (i + n < table->n)
			data_out_add(&data, view_of(rest, full - n * row_len));
	}
	row = (struct subnode_row){ .nid = ndb_out_nid(table->out, NID_TYPE_LTP) };
	row.data = data_out_end(&data);
	subnodes_out_add(&table->list, table->out, &row);
	return row.nid;
}

struct table_place table_out_end(struct table_out *table)
{
	struct table_place place;
	uint32_t matrix;

	put_index(table);
	matrix = put_matrix(table);
	field_put(heap_out_item(&table->heap, table->info) + 14, 4, matrix);
	place.data = heap_out_end(&table->heap);
	place.subnode = subnodes_out_end(&table->list, table->out);
	free(table->rows);
	table->rows = NULL;
	return place;
}

void table_out_drop(struct table_out *table)
{
	heap_out_drop(&table->heap);
	free(table->rows);
	free(table->list.rows);
	table->rows = NULL;
}
