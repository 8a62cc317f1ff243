/* This file writes table contexts, row by row. */
#include "write/table_out.h"

#include <assert.h>
#include <string.h>

enum {
	ROW_COUNT_ANSI_MAX = 65536,
	IDS_PER_CHUNK = 64,
	CELL_HNID_LEN = 4,
	INFO_INDEX_AT = 10,
	INFO_ROWS_AT = 14
};

/* Chunks of these are sorted by the first. */
struct row_number {
	uint32_t id, row;
};

static uint8_t cell_len(uint32_t tag)
{
	int len = property_type_len((uint16_t)(tag & 0xFFFF));

	return tag & PTYP_MULTIPLE || len <= 0 || len > 8 ? CELL_HNID_LEN : (uint8_t)len;
}

/* Widths of 4 and more come first, then 2, then 1; so that the ends say where each kind is over. */
static unsigned width_class(uint32_t tag)
{
	uint8_t len = cell_len(tag);

	return len >= 4 ? 0 : len == 2 ? 1 : 2;
}

static const struct column *find_id(const struct column *rows, size_t n, uint32_t tag)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].tag >> 16 == tag >> 16)
			return &rows[i];
	return NULL;
}

static bool comes_before(const struct column *a, const struct column *b, bool by_tag)
{
	return by_tag ? a->tag < b->tag : a->at < b->at;
}

static void sort_columns(struct column *rows, size_t n, bool by_tag)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k && comes_before(&rows[k], &rows[k - 1], by_tag); k--) {
			struct column swap = rows[k];

			rows[k] = rows[k - 1];
			rows[k - 1] = swap;
		}
}

/* Lays the columns of each width one behind the other, in the order in which they come. */
static void place_columns(struct column *rows, size_t n)
{
	uint16_t at = 0;

	for (unsigned class = 0; class < 3; class ++)
		for (size_t i = 0; i < n; i++)
			if (width_class(rows[i].tag) == class) {
				rows[i].at = at;
				at = (uint16_t)(at + cell_len(rows[i].tag));
			}
}

const struct columns *columns_extend(struct arena *arena, const struct columns *base, const uint32_t *tags,
				     size_t n)
{
	struct columns *columns = arena_copy(arena, base, sizeof *base);
	struct column *rows = arena_array(arena, TABLE_COLUMNS_MAX, sizeof *rows);

	if (!columns || !rows)
		return NULL;
	memcpy(rows, base->rows, base->n * sizeof *rows);
	sort_columns(rows, base->n, false);
	for (size_t i = 0; i < n && columns->n < TABLE_COLUMNS_MAX; i++) {
		if (find_id(rows, columns->n, tags[i]))
			continue;
		rows[columns->n].tag = tags[i];
		rows[columns->n].bit = (uint8_t)columns->n;
		columns->n++;
	}
	place_columns(rows, columns->n);
	sort_columns(rows, columns->n, true);
	columns->rows = rows;
	return columns;
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
	ends[3] = (uint16_t)(ends[2] + (table->columns->n + 7) / 8);
}

static void put_info(struct table_out *table)
{
	const struct variant *v = ndb_out_variant(table->out);
	uint8_t info[TABLE_INFO_LEN + TABLE_COLUMNS_MAX * TABLE_COLUMN_LEN] = { TABLE_TYPE,
										(uint8_t)table->columns->n };

	for (unsigned k = 0; k < 4; k++)
		field_put(info + 2 + 2 * (size_t)k, 2, table->ends[k]);
	field_put(info + INFO_INDEX_AT, 4, table->index.header);
	for (size_t i = 0; i < table->columns->n; i++) {
		const struct column *c = &table->columns->rows[i];
		uint8_t *to = info + TABLE_INFO_LEN + i * TABLE_COLUMN_LEN;

		field_put(to, 4, props_tag(v, c->tag));
		field_put(to + 4, 2, c->at);
		to[6] = cell_len(c->tag);
		to[7] = c->bit;
	}
	table->info = heap_out_add(&table->heap,
				   view_of(info, TABLE_INFO_LEN + table->columns->n * TABLE_COLUMN_LEN));
	table->heap.root = table->info;
}

void table_out_start(struct table_out *table, struct ndb_out *out, struct arena *arena,
		     const struct columns *columns)
{
	bool narrow = ndb_out_variant(out)->kind == VARIANT_ANSI && !columns->wide_index;

	assert(columns->n <= TABLE_COLUMNS_MAX);
	*table = (struct table_out){ .out = out, .columns = columns };
	find_ends(table);
	chunks_init(&table->ids, arena, sizeof(struct row_number), IDS_PER_CHUNK);
	subnodes_out_start(&table->list, out, arena);
	data_out_start(&table->matrix, out);
	heap_out_start(&table->heap, out, HEAP_TABLE);
	bth_out_start(&table->index, &table->heap, 4, narrow ? 2 : 4);
	put_info(table);
}

/* What no heap takes becomes a subnode of the table. */
static uint32_t put_subnode(struct table_out *table, struct view value)
{
	struct subnode_row row = { .nid = ndb_out_nid(table->out, NID_TYPE_LTP) };

	row.data = data_out_of(table->out, value);
	subnodes_out_add(&table->list, &row);
	return row.nid;
}

/* Outlook has an empty cell for these, and none where any other text is empty. */
static bool may_be_empty(uint32_t tag)
{
	static const uint16_t ids[] = { 0x001A, 0x0037, 0x0042, 0x0070 };

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (tag >> 16 == ids[i])
			return true;
	return false;
}

/* False when the cell stays out. */
static bool put_cell(struct table_out *table, const struct prop *prop, uint8_t *to)
{
	int fixed = property_type_len((uint16_t)(prop->tag & 0xFFFF));

	if (prop->nid)
		return false;
	if (fixed > 0 && fixed <= 8 && !(prop->tag & PTYP_MULTIPLE))
		memcpy(to, prop->value.at, prop->value.len);
	else if (prop->value.len > heap_out_item_max(&table->heap))
		field_put(to, 4, put_subnode(table, prop->value));
	else if (prop->value.len)
		field_put(to, 4, heap_out_add(&table->heap, prop->value));
	else
		return may_be_empty(prop->tag);
	return true;
}

static void fill_row(struct table_out *table, uint32_t row_id, struct props *props, uint8_t *row)
{
	const struct variant *v = ndb_out_variant(table->out);

	for (size_t i = 0; i < table->columns->n; i++) {
		const struct column *c = &table->columns->rows[i];
		const struct prop *prop = props_find(props, (uint16_t)(c->tag >> 16));

		if (c->tag == TABLE_ROW_ID)
			field_put(row + c->at, 4, row_id);
		else if (c->tag == TABLE_ROW_VERSION)
			field_put(row + c->at, 4, ndb_out_unique(table->out));
		else if (!prop || prop->tag != props_tag(v, c->tag) || !put_cell(table, prop, row + c->at))
			continue;
		row[table->ends[2] + c->bit / 8] |= (uint8_t)(0x80 >> c->bit % 8);
	}
}

/* Each block holds whole rows; what is left of it stays unused. */
static void flush_rows(struct table_out *table, bool is_last)
{
	size_t full = ndb_out_variant(table->out)->block_data_max;

	memset(table->rows + table->rows_len, 0, full - table->rows_len);
	data_out_add(&table->matrix, view_of(table->rows, is_last ? table->rows_len : full));
	table->rows_len = 0;
}

void table_out_row(struct table_out *table, uint32_t row_id, struct props *props)
{
	size_t row_len = table->ends[3], full = ndb_out_variant(table->out)->block_data_max;
	struct row_number *number;

	if (ndb_out_status(table->out) != ST_OK)
		return;
	number = chunks_add(&table->ids);
	if (!table->rows)
		table->rows = ndb_out_take_room(table->out);
	if (!number || !table->rows) {
		ndb_out_fail(table->out, ST_NOMEM);
		return;
	}
	*number = (struct row_number){ row_id, (uint32_t)(table->ids.n - 1) };
	if (table->rows_len + row_len > full)
		flush_rows(table, false);
	memset(table->rows + table->rows_len, 0, row_len);
	fill_row(table, row_id, props, table->rows + table->rows_len);
	table->rows_len += row_len;
}

size_t table_out_count(const struct table_out *table)
{
	return table->ids.n;
}

static void put_index(struct table_out *table)
{
	size_t data_len = table->index.data_len;
	uint32_t last = 0;
	const uint32_t *order;
	enum status st = chunks_sort(&table->ids, sizeof(uint32_t), &order);

	if (st == ST_OK && data_len == 2 && table->ids.n > ROW_COUNT_ANSI_MAX)
		st = ST_LIMIT;
	for (size_t i = 0; i < table->ids.n && st == ST_OK; i++) {
		const struct row_number *number = chunks_row(&table->ids, order ? order[i] : i);
		uint8_t record[8];

		if (i && number->id == last)
			st = ST_USAGE;
		last = number->id;
		field_put(record, 4, number->id);
		field_put(record + 4, data_len, number->row);
		bth_out_add(&table->index, view_of(record, 4 + data_len));
	}
	ndb_out_fail(table->out, st);
	bth_out_end(&table->index);
}

/* A heap item when it is small, else a subnode; its HNID. */
static uint32_t put_matrix(struct table_out *table)
{
	bool is_small = table->ids.n * table->ends[3] <= heap_out_item_max(&table->heap);
	struct subnode_row row;

	if (!table->rows || ndb_out_status(table->out) != ST_OK)
		return 0;
	if (is_small)
		return heap_out_add(&table->heap, view_of(table->rows, table->rows_len));
	flush_rows(table, true);
	row = (struct subnode_row){ .nid = ndb_out_nid(table->out, NID_TYPE_LTP) };
	row.data = data_out_end(&table->matrix);
	subnodes_out_add(&table->list, &row);
	return row.nid;
}

struct table_place table_out_end(struct table_out *table)
{
	struct table_place place;
	uint8_t rows[4];

	put_index(table);
	field_put(rows, 4, put_matrix(table));
	heap_out_patch(&table->heap, table->info, INFO_ROWS_AT, view_of(rows, sizeof rows));
	place.data = heap_out_end(&table->heap);
	place.subnode = subnodes_out_end(&table->list);
	(void)data_out_end(&table->matrix);
	ndb_out_give_room(table->out, table->rows);
	table->rows = NULL;
	return place;
}

void table_out_end_node(struct table_out *table, uint32_t nid)
{
	struct table_place place = table_out_end(table);

	ndb_out_node(table->out,
		     &(struct ndb_node){ .nid = nid, .data = place.data, .subnode = place.subnode });
}
