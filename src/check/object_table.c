/* This file judges a table context: its description, its row index, its rows, their cells. */
#include "check/object.h"

#include "base/cursor.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

struct table_reading {
	struct object_judge *judge;
	const struct object_part *part;
	struct object_heap *heap;
	struct table table;
	struct view *matrix; /* blocks of rows */
	size_t n_blocks;
	uint32_t per_block; /* rows that a block but the last has */
	uint64_t n_rows;    /* in the matrix */
	bool *indexed;      /* by row: the index has it */
	uint64_t n_indexed;
	const struct table_column *version;
};

static struct finding *fault(struct table_reading *r, enum code code)
{
	return object_fault(r->judge, code, r->part);
}

/* P89: what every table of this kind has. */
static void judge_columns(struct table_reading *r)
{
	const struct special_row *wanted = special_template(nid_type((struct nid){ r->part->nid }));

	for (size_t i = 0; wanted && i < wanted->n_columns; i++) {
		bool found = false;

		for (size_t k = 0; k < r->table.n_columns && !found; k++)
			found = special_tag_is(r->table.columns[k].tag, wanted->columns[i]);
		if (!found)
			object_hex(r->judge, fault(r, CODE_STORE_TABLE_COLUMN_MISSING), "column",
				   wanted->columns[i]);
	}
}

static void report_description(struct table_reading *r, unsigned faults)
{
	unsigned header = faults & (unsigned)~TABLE_FAULT_ROW_ID;

	if (header)
		object_hex(r->judge, fault(r, CODE_STORE_TABLE_HEADER_WRONG), "faults", header);
	if (faults & TABLE_FAULT_ROW_ID)
		(void)fault(r, CODE_STORE_TABLE_ROW_ID_MISPLACED);
}

/* Rows in a heap item lie back to back; in a subnode each block holds whole
 * rows and its rest is not used. P93. */
static void count_rows(struct table_reading *r)
{
	for (size_t i = 0; i < r->n_blocks; i++) {
		uint64_t n = r->matrix[i].len / r->table.row_len;

		if (i + 1 < r->n_blocks && n != r->per_block)
			object_hex(r->judge, fault(r, CODE_STORE_TABLE_ROWS_DAMAGED), "block", i);
		r->n_rows += n > r->per_block ? r->per_block : n;
	}
}

static enum status open_matrix(struct table_reading *r, bool *opened_out)
{
	struct object_value value;
	const struct subnode *sub;
	struct node_data data;
	enum status st;

	*opened_out = r->table.rows == 0;
	if (r->table.rows == 0 || !object_value(r->judge, r->part, r->heap, r->table.rows, &value))
		return ST_OK;
	if (!value.is_subnode) {
		r->matrix = arena_copy(r->judge->reader->arena, &value.bytes, sizeof value.bytes);
		r->n_blocks = 1;
		r->per_block = UINT32_MAX;
		if (!r->matrix)
			return ST_NOMEM;
		if (value.len % r->table.row_len)
			object_hex(r->judge, fault(r, CODE_STORE_TABLE_ROWS_DAMAGED), "bytes", value.len);
		count_rows(r);
		*opened_out = true;
		return ST_OK;
	}
	sub = subnode_find(&r->heap->subnodes, (struct nid){ r->table.rows });
	st = node_data_read(r->judge->reader, (struct bid){ sub ? sub->data : 0 }, OBJECT_BYTES_MAX, &data);
	if (st == ST_LIMIT) {
		r->judge->is_too_large = true;
		return ST_OK;
	}
	if (st != ST_OK || !data.whole)
		return st;
	r->matrix = data.blocks;
	r->n_blocks = data.n;
	r->per_block = table_rows_per_block(&r->table);
	count_rows(r);
	*opened_out = true;
	return ST_OK;
}

/* Row i; empty when there is none. */
static struct view row_at(const struct table_reading *r, uint64_t i)
{
	uint64_t block = r->per_block ? i / r->per_block : 0, inside = r->per_block ? i % r->per_block : 0;
	struct cursor c;

	if (i >= r->n_rows || block >= r->n_blocks)
		return view_of(NULL, 0);
	c = cursor_of(r->matrix[block]);
	cursor_seek(&c, (size_t)inside * r->table.row_len);
	return cursor_take(&c, r->table.row_len);
}

static uint32_t first_u32(struct view row)
{
	struct cursor c = cursor_of(row);

	return cursor_u32le(&c);
}

/* P91, P92: each entry of the index names a row, each row has one entry. */
static bool take_index(void *context, struct view key, struct view data)
{
	struct table_reading *r = context;
	struct cursor k = cursor_of(key), d = cursor_of(data);
	uint32_t id = cursor_u32le(&k);
	uint64_t row = data.len == 2 ? cursor_u16le(&d) : cursor_u32le(&d);

	if (row >= r->n_rows || r->indexed[row]) {
		object_hex(r->judge, fault(r, CODE_STORE_TABLE_ROW_INDEX_WRONG), "row", row);
		return true;
	}
	r->indexed[row] = true;
	r->n_indexed++;
	if (first_u32(row_at(r, row)) != id)
		object_hex(r->judge, fault(r, CODE_STORE_TABLE_ROW_ID_WRONG), "dwRowID", id);
	return true;
}

static enum status judge_index(struct table_reading *r)
{
	struct bth bth;
	struct bth_walk walk = { .bth = &bth, .record = take_index, .context = r };

	r->indexed = arena_array(r->judge->reader->arena, (size_t)r->n_rows, sizeof *r->indexed);
	if (!r->indexed)
		return ST_NOMEM;
	if (!bth_open(&r->heap->heap, r->table.row_index, &bth) || bth.key_len != 4 ||
	    (bth.data_len != 2 && bth.data_len != 4)) {
		(void)fault(r, CODE_STORE_BTH_HEADER_WRONG);
		return ST_OK;
	}
	bth_walk(&walk);
	if (walk.faults & BTH_FAULT_ITEM)
		(void)fault(r, CODE_STORE_HEAP_ITEM_MISSING);
	if (walk.faults & (unsigned)~BTH_FAULT_ITEM)
		object_hex(r->judge, fault(r, CODE_STORE_BTH_DAMAGED), "faults", walk.faults);
	if (r->n_indexed != r->n_rows)
		object_hex(r->judge, fault(r, CODE_STORE_TABLE_ROW_INDEX_WRONG), "rows", r->n_rows);
	return ST_OK;
}

static void judge_cell(struct table_reading *r, const struct table_column *column, struct view cell)
{
	struct property p = { (uint16_t)(column->tag >> 16), (uint16_t)(column->tag & 0xFFFF), 0 };
	struct object_value value;
	struct cursor c = cursor_of(cell);
	int len = property_type_len(p.type);

	if (p.id == TAG_SENDER && r->heap->shares_names)
		return;
	if (len < 0 || (len > 0 && len <= 8 && !(p.type & PTYP_MULTIPLE)))
		return;
	p.value = cursor_u32le(&c);
	if (p.value && object_value(r->judge, r->part, r->heap, p.value, &value))
		object_judge_value(r->judge, r->part, column->tag, &value);
}

/* Bits behind the last column are 0, those of the row's own number and version
 * are 1 (P93). */
static void judge_existence(struct table_reading *r, struct view row)
{
	struct cursor c = cursor_of(row);
	struct view bits;
	unsigned spare = (unsigned)(8 - r->table.n_columns % 8) % 8;

	cursor_seek(&c, r->table.end_1);
	bits = cursor_take(&c, (r->table.n_columns + 7) / 8);
	if (bits.len == 0 || (bits.at[0] & 0xC0) != 0xC0 || bits.at[bits.len - 1] & ((1U << spare) - 1))
		object_hex(r->judge, fault(r, CODE_STORE_TABLE_ROWS_DAMAGED), "dwRowID", first_u32(row));
}

static void tell(const struct table_reading *r, struct view row)
{
	const struct object_listener *l = r->judge->listener;
	struct object_row told = { r->heap, &r->table, row };

	if (l && l->row)
		l->row(l->context, r->part, &told);
}

static void note_version(const struct table_reading *r, struct view row)
{
	struct cursor c;
	struct view cell;

	if (!r->judge->versions || !table_cell(&r->table, row, r->version, &cell))
		return;
	c = cursor_of(cell);
	row_versions_add(r->judge->versions, cursor_u32le(&c));
}

static void judge_rows(struct table_reading *r)
{
	r->version = table_find(&r->table, TABLE_ROW_VERSION);
	for (uint64_t i = 0; i < r->n_rows; i++) {
		struct view row = row_at(r, i), cell;

		judge_existence(r, row);
		note_version(r, row);
		tell(r, row);
		for (size_t k = 0; k < r->table.n_columns; k++)
			if (table_cell(&r->table, row, &r->table.columns[k], &cell))
				judge_cell(r, &r->table.columns[k], cell);
	}
}

enum status object_judge_table(struct object_judge *judge, const struct object_part *part,
			       struct object_heap *heap)
{
	struct table_reading r = { .judge = judge, .part = part, .heap = heap };
	unsigned faults;
	bool opened;
	enum status st;

	if (!table_open(&heap->heap, &r.table)) {
		(void)fault(&r, CODE_STORE_TABLE_HEADER_WRONG);
		return ST_OK;
	}
	faults = table_faults(&r.table);
	report_description(&r, faults);
	judge_columns(&r);
	/* Rows cannot be told apart by a description that does not hold. */
	if (faults || r.table.row_len == 0)
		return ST_OK;
	st = open_matrix(&r, &opened);
	if (st != ST_OK || !opened)
		return st;
	st = judge_index(&r);
	if (st == ST_OK)
		judge_rows(&r);
	heap->is_whole = st == ST_OK;
	return st;
}
