/* This file changes the rows of a table. */
#include "edit/rows_edit.h"

#include <string.h>

enum { ROW_MAX = 4096, ROWS_AT = 14, CELL_MAX = 8, ANSI_ROWS_MAX = 65536 };

static struct work *work_of(const struct rows_edit *r)
{
	return r->heap.w;
}

static void *room_for(struct work *w, size_t n, size_t size)
{
	void *room = work_goes_on(w) ? arena_array(w->arena, n + 1, size) : NULL;

	if (!room)
		work_fail(w, ST_NOMEM, NULL);
	return room;
}

static void damaged(struct rows_edit *r)
{
	work_fail(work_of(r), ST_IO, "a table is damaged");
}

static bool in_heap(const struct rows_edit *r)
{
	return hnid_is_hid(r->table.rows);
}

/* Rows in a subnode: each block of them as bytes of its own. */
static void open_matrix(struct rows_edit *r)
{
	struct work *w = work_of(r);
	struct subnode *sub = subnodes_find(&r->subnodes, r->table.rows);
	size_t row = r->table.row_len, last;
	struct stream stream;

	if (!sub || sub->subnode) {
		damaged(r);
		return;
	}
	streams_read(w, sub->data, &stream);
	r->blocks = room_for(w, stream.n, sizeof *r->blocks);
	if (stream.n == 0 || !r->blocks)
		return;
	r->room_blocks = r->n_blocks = stream.n;
	for (size_t i = 0; i < stream.n; i++) {
		/* They were read for this edit alone. */
		r->blocks[i] = (struct rows_edit_block){ .bid = stream.bids[i],
							 .bytes = (uint8_t *)(uintptr_t)stream.blocks[i].at,
							 .len = stream.blocks[i].len };
		if (i + 1 < stream.n && stream.blocks[i].len < r->per_block * row)
			damaged(r);
	}
	last = r->blocks[r->n_blocks - 1].len / row;
	r->n = (r->n_blocks - 1) * r->per_block + (last < r->per_block ? last : r->per_block);
}

static bool open_table(struct rows_edit *r, struct work *w)
{
	struct stream stream;
	struct heap heap;

	streams_read(w, r->heap.bid, &stream);
	if (!work_goes_on(w) || !heap_open(w->facts->variant, stream.blocks, stream.n, &heap) ||
	    heap.client != HEAP_TABLE || !table_open(&heap, &r->table) || table_faults(&r->table) ||
	    r->table.row_len == 0 || r->table.row_len > ROW_MAX)
		return false;
	r->table.heap = NULL;
	return true;
}

void rows_edit_open(struct rows_edit *r, struct work *w, const struct node_fact *node)
{
	*r = (struct rows_edit){ 0 };
	heap_edit_open(&r->heap, w, node->data);
	subnodes_open(&r->subnodes, w, node->subnode);
	if (!work_goes_on(w))
		return;
	if (!open_table(r, w)) {
		damaged(r);
		return;
	}
	bth_edit_open(&r->index, &r->heap, r->table.row_index.v);
	if (r->index.key_len != 4 || (r->index.data_len != 2 && r->index.data_len != 4))
		damaged(r);
	r->per_block = w->facts->variant->block_data_max / r->table.row_len;
	if (r->table.rows && in_heap(r))
		r->n = heap_edit_get(&r->heap, r->table.rows).len / r->table.row_len;
	else if (r->table.rows)
		open_matrix(r);
}

/* Where row number i lies; NULL when there is none. */
static const uint8_t *row_at(struct rows_edit *r, size_t i)
{
	size_t len = r->table.row_len;
	struct view all;

	if (i >= r->n || !work_goes_on(work_of(r))) {
		damaged(r);
		return NULL;
	}
	if (!in_heap(r))
		return r->blocks[i / r->per_block].bytes + i % r->per_block * len;
	all = heap_edit_get(&r->heap, r->table.rows);
	return all.len >= (i + 1) * len ? all.at + i * len : NULL;
}

/* The number of the row with this identifier. */
static bool find(struct rows_edit *r, uint32_t row_id, size_t *out)
{
	uint8_t key[4];
	struct view data;
	struct cursor c;

	field_put(key, sizeof key, row_id);
	if (!work_goes_on(work_of(r)) || !bth_edit_find(&r->index, view_of(key, sizeof key), &data))
		return false;
	c = cursor_of(data);
	*out = data.len == 2 ? cursor_u16le(&c) : cursor_u32le(&c);
	return *out < r->n;
}

static void put_index(struct rows_edit *r, uint32_t row_id, size_t i)
{
	uint8_t key[4], data[4];

	field_put(key, sizeof key, row_id);
	field_put(data, sizeof data, i);
	bth_edit_put(&r->index, view_of(key, sizeof key), view_of(data, r->index.data_len));
}

bool rows_edit_has(struct rows_edit *r, uint32_t row_id)
{
	size_t i;

	return find(r, row_id, &i);
}

/* The block's bytes, to be written: with room for as many as a block has. */
static uint8_t *own(struct rows_edit *r, size_t i)
{
	struct rows_edit_block *b = &r->blocks[i];
	uint8_t *copy;

	b->is_changed = true;
	if (b->is_ours)
		return b->bytes;
	copy = room_for(work_of(r), work_of(r)->facts->variant->block_data_max, 1);
	if (!copy)
		return NULL;
	if (b->len)
		memcpy(copy, b->bytes, b->len);
	b->bytes = copy;
	b->is_ours = true;
	return copy;
}

/* Writes one row over. */
static void put_row(struct rows_edit *r, size_t i, const uint8_t *row)
{
	size_t len = r->table.row_len;
	uint8_t all[HEAP_EDIT_ITEM_MAX + ROW_MAX], *to;
	struct view old;

	r->is_changed = true;
	if (!in_heap(r)) {
		to = own(r, i / r->per_block);
		if (to)
			memcpy(to + i % r->per_block * len, row, len);
		return;
	}
	old = heap_edit_get(&r->heap, r->table.rows);
	if (old.len > sizeof all || old.len < (i + 1) * len) {
		damaged(r);
		return;
	}
	memcpy(all, old.at, old.len);
	memcpy(all + i * len, row, len);
	r->table.rows = heap_edit_set(&r->heap, r->table.rows, view_of(all, old.len));
}

static bool is_fixed(uint32_t tag)
{
	int len = property_type_len((uint16_t)(tag & 0xFFFF));

	return len > 0 && len <= CELL_MAX && !(tag & PTYP_MULTIPLE);
}

static bool cell_in(const struct rows_edit *r, const uint8_t *row, uint32_t tag, struct view *out)
{
	const struct table_column *column = table_find(&r->table, tag);

	return row && column && table_cell(&r->table, view_of(row, r->table.row_len), column, out);
}

static uint32_t number_of(struct view cell)
{
	struct cursor c = cursor_of(cell);

	return cell.len == 1 ? cursor_u8(&c) : cell.len == 2 ? cursor_u16le(&c) : cursor_u32le(&c);
}

/* A value in a subnode of the table, in one piece. */
static bool subnode_value(struct rows_edit *r, uint32_t nid, struct view *out)
{
	struct subnode *sub = subnodes_find(&r->subnodes, nid);
	struct work *w = work_of(r);
	struct stream s;
	size_t len = 0;
	uint8_t *all;

	if (!sub)
		return false;
	streams_read(w, sub->data, &s);
	for (size_t i = 0; i < s.n; i++)
		len += s.blocks[i].len;
	all = room_for(w, len, 1);
	if (!all)
		return false;
	*out = view_of(all, len);
	for (size_t i = 0; i < s.n; i++) {
		memcpy(all, s.blocks[i].at, s.blocks[i].len);
		all += s.blocks[i].len;
	}
	return true;
}

bool rows_edit_cell(struct rows_edit *r, uint32_t row_id, uint32_t tag, struct view *out)
{
	uint32_t hnid;
	size_t i;

	if (!find(r, row_id, &i) || !cell_in(r, row_at(r, i), tag, out))
		return false;
	if (is_fixed(tag))
		return true;
	hnid = number_of(*out);
	if (!hnid_is_hid(hnid))
		return subnode_value(r, hnid, out);
	*out = heap_edit_get(&r->heap, hnid);
	return work_goes_on(work_of(r));
}

static void say_there(const struct rows_edit *r, const struct table_column *column, uint8_t *row)
{
	uint8_t *bits = row + r->table.end_1 + column->bit / 8;

	*bits = (uint8_t)(*bits | 0x80 >> column->bit % 8);
}

void rows_edit_set_integer(struct rows_edit *r, uint32_t row_id, uint32_t tag, uint32_t value)
{
	const struct table_column *column = table_find(&r->table, tag);
	uint8_t row[ROW_MAX];
	struct view cell;
	const uint8_t *old;
	size_t i;

	if (!column || column->len > 4 || !find(r, row_id, &i))
		return;
	old = row_at(r, i);
	if (!old || (cell_in(r, old, tag, &cell) && number_of(cell) == value))
		return;
	memcpy(row, old, r->table.row_len);
	field_put(row + column->at, column->len, value);
	say_there(r, column, row);
	put_row(r, i, row);
}

/* What only this row's cells named. */
static void free_cells(struct rows_edit *r, const uint8_t *row)
{
	for (size_t i = 0; i < r->table.n_columns; i++) {
		uint32_t tag = r->table.columns[i].tag, hnid;
		struct view cell;

		if (is_fixed(tag) || !cell_in(r, row, tag, &cell))
			continue;
		hnid = number_of(cell);
		if (hnid && hnid_is_hid(hnid))
			heap_edit_free(&r->heap, hnid);
		else if (hnid)
			subnodes_remove(&r->subnodes, hnid);
	}
}

/* The matrix is one row shorter. */
static void shrink(struct rows_edit *r)
{
	size_t len = r->table.row_len;
	struct view all;

	r->n--;
	if (r->n == 0) {
		if (in_heap(r))
			heap_edit_free(&r->heap, r->table.rows);
		else
			subnodes_remove(&r->subnodes, r->table.rows);
		r->table.rows = 0;
		r->n_blocks = 0;
	} else if (in_heap(r)) {
		all = heap_edit_get(&r->heap, r->table.rows);
		r->table.rows = heap_edit_set(&r->heap, r->table.rows, view_of(all.at, r->n * len));
	} else if (r->n % r->per_block == 0) {
		r->n_blocks--;
	} else if (own(r, r->n / r->per_block)) {
		r->blocks[r->n / r->per_block].len = r->n % r->per_block * len;
	}
}

void rows_edit_remove(struct rows_edit *r, uint32_t row_id)
{
	uint8_t key[4], last[ROW_MAX];
	const uint8_t *from;
	struct cursor c;
	size_t i;

	if (!find(r, row_id, &i))
		return;
	r->is_changed = true;
	free_cells(r, row_at(r, i));
	field_put(key, sizeof key, row_id);
	bth_edit_remove(&r->index, view_of(key, sizeof key));
	from = row_at(r, r->n - 1);
	if (from && i + 1 < r->n) {
		memcpy(last, from, r->table.row_len);
		put_row(r, i, last);
		c = cursor_of(view_of(last, 4));
		put_index(r, cursor_u32le(&c), i);
	}
	if (work_goes_on(work_of(r)))
		shrink(r);
}

static void fill_cell(struct rows_edit *r, const struct table_column *column, struct view value, uint8_t *row)
{
	struct work *w = work_of(r);
	uint32_t hnid = 0;

	if (is_fixed(column->tag)) {
		if (value.len < column->len)
			return;
		memcpy(row + column->at, value.at, column->len);
	} else {
		if (value.len > heap_edit_item_max(&r->heap)) {
			hnid = nodes_number(w, NID_TYPE_LTP);
			subnodes_put(&r->subnodes, hnid, streams_put(w, value));
		} else if (value.len) {
			hnid = heap_edit_add(&r->heap, value);
		}
		field_put(row + column->at, 4, hnid);
	}
	say_there(r, column, row);
}

static void fill_row(struct rows_edit *r, uint32_t row_id, const struct rows_source *source, uint8_t *row)
{
	struct work *w = work_of(r);

	for (size_t i = 0; i < r->table.n_columns && work_goes_on(w); i++) {
		const struct table_column *column = &r->table.columns[i];
		uint8_t number[4];
		struct view value;

		if (column->tag == TABLE_ROW_ID || column->tag == TABLE_ROW_VERSION) {
			field_put(number, sizeof number,
				  column->tag == TABLE_ROW_ID ? row_id : w->facts->header.unique++);
			value = view_of(number, sizeof number);
		} else if (!source->cell(source->context, column->tag, &value)) {
			continue;
		}
		fill_cell(r, column, value, row);
	}
}

static void append_block(struct rows_edit *r)
{
	size_t room = 2 * r->room_blocks + 1;
	struct rows_edit_block *more;

	if (r->n_blocks == r->room_blocks) {
		more = room_for(work_of(r), room, sizeof *more);
		if (!more)
			return;
		if (r->n_blocks)
			memcpy(more, r->blocks, r->n_blocks * sizeof *more);
		r->blocks = more;
		r->room_blocks = room;
	}
	/* The one before is no longer the last: it becomes full length. */
	if (r->n_blocks)
		r->blocks[r->n_blocks - 1].is_changed = true;
	r->blocks[r->n_blocks++] = (struct rows_edit_block){ .is_changed = true };
}

static void append_out(struct rows_edit *r, const uint8_t *row)
{
	size_t len = r->table.row_len, at = r->n % r->per_block * len;
	uint8_t *to;

	if (at == 0)
		append_block(r);
	to = work_goes_on(work_of(r)) ? own(r, r->n_blocks - 1) : NULL;
	if (!to)
		return;
	memcpy(to + at, row, len);
	r->blocks[r->n_blocks - 1].len = at + len;
	r->n++;
}

/* Rows that no heap takes any more go to a subnode. */
static void move_out(struct rows_edit *r)
{
	uint32_t nid = nodes_number(work_of(r), NID_TYPE_LTP);
	uint8_t all[HEAP_EDIT_ITEM_MAX + ROW_MAX];
	struct view rows = heap_edit_get(&r->heap, r->table.rows);
	size_t n = r->n;

	if (rows.len > sizeof all) {
		damaged(r);
		return;
	}
	if (rows.len)
		memcpy(all, rows.at, rows.len);
	heap_edit_free(&r->heap, r->table.rows);
	r->table.rows = nid;
	r->n = 0;
	for (size_t i = 0; i < n; i++)
		append_out(r, all + i * r->table.row_len);
}

static void append(struct rows_edit *r, const uint8_t *row)
{
	uint8_t all[HEAP_EDIT_ITEM_MAX + ROW_MAX];
	size_t len = r->table.row_len, used = r->n * len;
	bool is_short = r->table.rows == 0 || in_heap(r);
	struct view old;

	if (is_short && used + len > heap_edit_item_max(&r->heap))
		move_out(r);
	if (r->table.rows && !in_heap(r)) {
		append_out(r, row);
		return;
	}
	old = heap_edit_get(&r->heap, r->table.rows);
	if (used > old.len) {
		damaged(r);
		return;
	}
	if (used)
		memcpy(all, old.at, used);
	memcpy(all + used, row, len);
	r->table.rows = used ? heap_edit_set(&r->heap, r->table.rows, view_of(all, used + len))
			     : heap_edit_add(&r->heap, view_of(all, len));
	r->n++;
}

void rows_edit_add(struct rows_edit *r, uint32_t row_id, const struct rows_source *source)
{
	uint8_t row[ROW_MAX] = { 0 };
	struct work *w = work_of(r);

	if (!work_goes_on(w) || rows_edit_has(r, row_id))
		return;
	if (r->index.data_len == 2 && r->n == ANSI_ROWS_MAX) {
		work_fail(w, ST_LIMIT, "a folder of an ANSI store cannot hold more messages");
		return;
	}
	r->is_changed = true;
	fill_row(r, row_id, source, row);
	append(r, row);
	put_index(r, row_id, r->n - 1);
}

size_t rows_edit_count_without(struct rows_edit *r, uint32_t tag, uint32_t bits)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n && work_goes_on(work_of(r)); i++) {
		struct view cell;

		n += !cell_in(r, row_at(r, i), tag, &cell) || !(number_of(cell) & bits);
	}
	return n;
}

static void end_matrix(struct rows_edit *r)
{
	struct work *w = work_of(r);
	struct stream stream = { .bids = room_for(w, r->n_blocks, sizeof *stream.bids), .n = r->n_blocks };

	for (size_t i = 0; stream.bids && i < r->n_blocks && work_goes_on(w); i++) {
		struct rows_edit_block *b = &r->blocks[i];
		/* All but the last are full. */
		size_t len = i + 1 < r->n_blocks ? w->facts->variant->block_data_max : b->len;

		if (b->is_changed && own(r, i)) {
			b->bid = blocks_put(w, view_of(b->bytes, len), false);
			b->is_changed = false;
		}
		stream.bids[i] = b->bid;
	}
	if (work_goes_on(w))
		subnodes_put(&r->subnodes, r->table.rows, streams_tree(w, &stream));
}

void rows_edit_end(struct rows_edit *r, uint64_t *data_out, uint64_t *subnode_out)
{
	struct work *w = work_of(r);
	struct view info;
	uint8_t *copy;

	if (r->is_changed && work_goes_on(w)) {
		if (r->table.rows && !in_heap(r))
			end_matrix(r);
		info = heap_edit_get(&r->heap, r->heap.root);
		copy = room_for(w, info.len, 1);
		if (copy && info.len >= TABLE_INFO_LEN) {
			memcpy(copy, info.at, info.len);
			field_put(copy + ROWS_AT, 4, r->table.rows);
			if (heap_edit_set(&r->heap, r->heap.root, view_of(copy, info.len)) != r->heap.root)
				work_fail(w, ST_BUG, "a table's description has moved");
		}
	}
	*data_out = heap_edit_end(&r->heap);
	*subnode_out = subnodes_end(&r->subnodes);
}
