/* This file changes bytes of a node's data where they lie. */
#include "plan/data_edit.h"

#include "base/cursor.h"

#include <string.h>

enum { ARENA_MAX = 128 << 20, DATA_MAX = 24 << 20, CELL_MAX = 8 };

static bool is_ours_alone(const struct block_fact *b)
{
	unsigned bad =
		BLOCK_BAD_PLACE | BLOCK_BAD_TRAILER | BLOCK_BAD_CRC | BLOCK_UNREADABLE | BLOCK_BAD_TREE;

	return b && b->holders == 1 && !(b->state & bad);
}

static bool open(struct data_edit *e, uint64_t bid)
{
	if (!e->reader.arena)
		return false;
	e->reader.room = arena_alloc(e->reader.arena, NODE_READER_ROOM);
	if (!e->reader.room || !is_ours_alone(facts_block(&e->facts, (struct bid){ bid })) ||
	    node_leaves_find(&e->reader, (struct bid){ bid }, &e->leaves) != ST_OK || !e->leaves.whole ||
	    node_data_read(&e->reader, (struct bid){ bid }, DATA_MAX, &e->data) != ST_OK || !e->data.whole ||
	    e->data.n != e->leaves.n)
		return false;
	for (size_t i = 0; i < e->leaves.n; i++)
		if (!is_ours_alone(e->leaves.rows[i]))
			return false;
	e->changed = arena_array(e->reader.arena, e->data.n + 1, sizeof *e->changed);
	return e->changed != NULL;
}

bool data_edit_open(struct data_edit *e, struct mender *m, uint64_t bid)
{
	*e = (struct data_edit){ .m = m, .facts = *m->facts };
	e->facts.image = overlay_image(m->draft);
	e->reader = (struct node_reader){ .facts = &e->facts, .arena = arena_new(ARENA_MAX) };
	if (m->status == ST_OK && open(e, bid))
		return true;
	arena_drop(&e->reader.arena);
	return false;
}

void data_edit_put(struct data_edit *e, struct view where, struct view fresh)
{
	for (size_t i = 0; i < e->data.n; i++) {
		struct view block = e->data.blocks[i];

		if (where.at < block.at || where.at >= block.at + block.len ||
		    fresh.len > block.len - (size_t)(where.at - block.at))
			continue;
		/* The blocks are copies of this edit's own. */
		memcpy((uint8_t *)(uintptr_t)where.at, fresh.at, fresh.len);
		e->changed[i] = true;
		return;
	}
}

static void save(struct data_edit *e, size_t i)
{
	const struct block_fact *b = e->leaves.rows[i];
	const struct variant *v = e->facts.variant;
	struct block_place place = { { b->bid }, { b->at }, b->len, b->len_inflated };
	size_t len = (size_t)variant_block_extent(v, b->len);
	uint8_t extent[BLOCK_EXTENT_MAX];

	if (e->data.blocks[i].len != b->len || !mender_read(e->m, b->at, extent, len))
		return;
	memcpy(extent, e->data.blocks[i].at, b->len);
	crypt_encode((enum crypt_method)e->facts.header.crypt_method, place.bid, extent, b->len);
	block_seal(v, &place, extent);
	mender_write(e->m, b->at, view_of(extent, len));
}

void data_edit_close(struct data_edit *e)
{
	for (size_t i = 0; e->reader.arena && i < e->data.n; i++)
		if (e->changed[i])
			save(e, i);
	arena_drop(&e->reader.arena);
}

bool data_edit_integer(struct data_edit *e, uint16_t id, struct view *out)
{
	struct item item = { .reader = &e->reader };
	struct property p;

	return heap_open(e->facts.variant, e->data.blocks, e->data.n, &item.heap) &&
	       item.heap.client == HEAP_PROPERTIES &&
	       bth_open(&item.heap, item.heap.root, &item.properties) &&
	       item.properties.key_len == PROPERTY_KEY_LEN && item.properties.data_len == PROPERTY_DATA_LEN &&
	       item_property(&item, id, &p, out) && property_is_inline(&p) && out->len == 4;
}

static bool open_matrix(struct table_edit *t, const struct node_fact *node)
{
	struct subnode_list list;
	const struct subnode *sub;
	struct view item;

	t->n_blocks = 1;
	if (t->table.rows == 0 || hnid_is_hid(t->table.rows)) {
		t->matrix = arena_alloc(t->heap_edit.reader.arena, sizeof *t->matrix);
		if (!t->matrix || !heap_item(&t->heap, (struct hid){ t->table.rows }, &item))
			return false;
		*t->matrix = item;
		return true;
	}
	if (subnode_list_read(&t->heap_edit.reader, (struct bid){ node->subnode }, &list) != ST_OK)
		return false;
	sub = subnode_find(&list, (struct nid){ t->table.rows });
	if (!sub || !data_edit_open(&t->matrix_edit, t->heap_edit.m, sub->data))
		return false;
	t->in_subnode = true;
	t->matrix = t->matrix_edit.data.blocks;
	t->n_blocks = t->matrix_edit.data.n;
	return true;
}

bool table_edit_open(struct table_edit *t, struct mender *m, const struct node_fact *node)
{
	*t = (struct table_edit){ 0 };
	if (!node || !data_edit_open(&t->heap_edit, m, node->data))
		return false;
	if (heap_open(m->facts->variant, t->heap_edit.data.blocks, t->heap_edit.data.n, &t->heap) &&
	    t->heap.client == HEAP_TABLE && table_open(&t->heap, &t->table) && table_faults(&t->table) == 0 &&
	    t->table.row_len && open_matrix(t, node))
		return true;
	table_edit_close(t);
	return false;
}

bool table_edit_row(struct table_edit *t, uint32_t row_id, struct view *out)
{
	for (size_t i = 0; i < t->n_blocks; i++) {
		struct cursor c = cursor_of(t->matrix[i]);

		while (cursor_left(&c) >= t->table.row_len) {
			struct view row = cursor_take(&c, t->table.row_len);
			struct cursor first = cursor_of(row);

			*out = row;
			if (cursor_u32le(&first) == row_id)
				return true;
		}
	}
	return false;
}

static void put(struct table_edit *t, struct view where, struct view fresh)
{
	data_edit_put(t->in_subnode ? &t->matrix_edit : &t->heap_edit, where, fresh);
}

/* The bit that says whether a cell is there. */
static void put_bit(struct table_edit *t, struct view row, const struct table_column *column, bool on)
{
	size_t at = t->table.end_1 + column->bit / 8;
	uint8_t mask = (uint8_t)(0x80 >> column->bit % 8), byte;

	if (at >= row.len)
		return;
	byte = (uint8_t)(on ? row.at[at] | mask : row.at[at] & ~mask);
	if (byte != row.at[at])
		put(t, view_of(row.at + at, 1), view_of(&byte, 1));
}

void table_edit_set(struct table_edit *t, struct view row, const struct table_column *column,
		    struct view value)
{
	if (column->at + column->len > row.len || value.len < column->len || column->len > CELL_MAX)
		return;
	if (memcmp(row.at + column->at, value.at, column->len) != 0)
		put(t, view_of(row.at + column->at, column->len), view_of(value.at, column->len));
	put_bit(t, row, column, true);
}

void table_edit_clear(struct table_edit *t, struct view row, const struct table_column *column)
{
	put_bit(t, row, column, false);
}

void table_edit_close(struct table_edit *t)
{
	if (t->in_subnode)
		data_edit_close(&t->matrix_edit);
	data_edit_close(&t->heap_edit);
}
