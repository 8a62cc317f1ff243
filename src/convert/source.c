/* This file reads a picture's objects for those who carry them over. */
#include "convert/source.h"

#include "base/cursor.h"
#include "check/block_read.h"

#include <stdlib.h>
#include <string.h>

/* What one item may take while it is carried: its heaps and lists, not its attachments' data. */
enum { ITEM_BYTES_MAX = 160 << 20, HEAP_BYTES_MAX = 96 << 20 };

enum status source_open(struct source *source, struct arena *arena, const struct salvage *salvage)
{
	*source = (struct source){ .salvage = salvage, .facts = &salvage->facts };
	source->reader = (struct node_reader){ .facts = &salvage->facts, .arena = arena_new(ITEM_BYTES_MAX) };
	source->reader.room = arena_alloc(arena, NODE_READER_ROOM);
	return source->reader.arena && source->reader.room ? ST_OK : ST_NOMEM;
}

void source_close(struct source *source)
{
	arena_drop(&source->reader.arena);
}

/* A block's data, and whether it can be believed; empty when there is none. */
static struct view read_block(const struct source *s, const struct block_fact *block, bool *sound_out)
{
	struct view data = { 0 };

	*sound_out = false;
	if (!block || bid_is_internal((struct bid){ block->bid }))
		return data;
	*sound_out = block_is_sound(block);
	if (block_read_anyway(s->facts, block, s->reader.room, &data) != ST_OK)
		*sound_out = false;
	return data;
}

enum status bytes_in_read(const struct source *source, uint64_t data, struct bytes_in *bytes)
{
	static const uint8_t zeros[512];
	struct node_leaves leaves;
	enum status st = node_leaves_find(&source->reader, (struct bid){ data }, &leaves);

	bytes->doubtful = bytes->len = 0;
	if (st != ST_OK)
		return st;
	bytes->doubtful = !leaves.whole;
	for (size_t i = 0; i < leaves.n; i++) {
		bool sound;
		struct view piece = read_block(source, leaves.rows[i], &sound);
		/* All but the last are full, so what is missing has a known length. */
		size_t gap = piece.len == 0 && i + 1 < leaves.n ? source->facts->variant->block_data_max : 0;

		bytes->len += piece.len + gap;
		bytes->doubtful += sound ? 0 : piece.len + gap + (gap == 0 && piece.len == 0);
		if (piece.len)
			bytes->take(bytes->context, piece);
		for (; gap > 0; gap -= gap < sizeof zeros ? gap : sizeof zeros)
			bytes->take(bytes->context, view_of(zeros, gap < sizeof zeros ? gap : sizeof zeros));
	}
	return ST_OK;
}

struct joining {
	uint8_t *at;
	size_t len, room;
};

static void join(void *context, struct view piece)
{
	struct joining *j = context;

	if (piece.len > j->room - j->len)
		return;
	memcpy(j->at + j->len, piece.at, piece.len);
	j->len += piece.len;
}

enum status bytes_in_join(const struct source *source, uint64_t data, uint64_t max, struct view *out,
			  bool *whole_out)
{
	const struct variant *v = source->facts->variant;
	struct node_leaves leaves;
	struct joining j = { 0 };
	struct bytes_in bytes = { .context = &j, .take = join };
	enum status st = node_leaves_find(&source->reader, (struct bid){ data }, &leaves);

	*out = view_of(NULL, 0);
	*whole_out = false;
	if (st != ST_OK || (uint64_t)leaves.n * v->block_data_max > max + v->block_data_max)
		return st;
	j.room = leaves.n * v->block_data_max;
	j.at = arena_alloc(source->reader.arena, j.room);
	if (!j.at)
		return ST_NOMEM;
	st = bytes_in_read(source, data, &bytes);
	*out = view_of(j.at, j.len);
	*whole_out = st == ST_OK && bytes.doubtful == 0 && bytes.len == j.len;
	return st;
}

enum status object_in_open(const struct source *source, uint64_t data, uint64_t subnode,
			   struct object_in *out)
{
	const struct node_reader *r = &source->reader;
	struct node_leaves leaves;
	struct view *blocks;
	uint64_t bytes = 0;
	enum status st = node_leaves_find(r, (struct bid){ data }, &leaves);

	*out = (struct object_in){ .is_sound = leaves.whole };
	if (st == ST_OK)
		st = subnode_list_read(r, (struct bid){ subnode }, &out->subnodes);
	if (st != ST_OK)
		return st;
	blocks = arena_array(r->arena, leaves.n, sizeof *blocks);
	if (!blocks)
		return ST_NOMEM;
	for (size_t i = 0; i < leaves.n && bytes <= HEAP_BYTES_MAX; i++) {
		bool sound;
		struct view piece = read_block(source, leaves.rows[i], &sound);

		out->is_sound = out->is_sound && sound;
		bytes += piece.len;
		blocks[i] = view_of(arena_copy(r->arena, piece.at, piece.len), piece.len);
		if (!blocks[i].at)
			return ST_NOMEM;
	}
	out->is_sound = out->is_sound && bytes <= HEAP_BYTES_MAX;
	out->is_open = heap_open(source->facts->variant, blocks, leaves.n, &out->heap);
	return ST_OK;
}

struct reading {
	const struct source *source;
	const struct object_in *object;
	struct values_in *out;
	bool no_memory;
};

static bool add(struct reading *r, const struct value_in *value)
{
	struct values_in *list = r->out;
	struct value_in *rows;

	/* Walks give what is out of order too where a tree is damaged. */
	if (list->n && list->rows[list->n - 1].id >= value->id) {
		list->whole = false;
		return true;
	}
	rows = arena_grown(r->source->reader.arena, list->rows, list->n, &list->room, sizeof *rows);
	r->no_memory = !rows;
	if (!rows)
		return false;
	list->rows = rows;
	list->rows[list->n++] = *value;
	return true;
}

/* What a HNID leads to; false when that is nothing. */
static bool resolve(const struct object_in *object, uint32_t hnid, struct value_in *value)
{
	const struct subnode *sub;

	if (hnid_is_hid(hnid)) {
		value->place = VALUE_BYTES;
		return heap_item(&object->heap, (struct hid){ hnid }, &value->bytes);
	}
	sub = subnode_find(&object->subnodes, (struct nid){ hnid });
	if (!sub)
		return false;
	value->place = VALUE_SUBNODE;
	value->subnode_nid = hnid;
	value->data = sub->data;
	return true;
}

static bool take(void *context, struct view key, struct view data)
{
	struct reading *r = context;
	struct property p;
	struct value_in value = { 0 };

	if (!property_decode(key, data, &p) || property_type_len(p.type) < 0) {
		r->out->whole = false;
		return true;
	}
	value.id = p.id;
	value.type = p.type;
	if (property_is_inline(&p)) {
		value.place = VALUE_INLINE;
		value.number = p.value;
	} else if (!resolve(r->object, p.value, &value)) {
		r->out->whole = false;
		if (r->out->n_lost < VALUES_LOST_MAX)
			r->out->lost[r->out->n_lost++] = p.id;
		return true;
	} else if ((value.place == VALUE_BYTES && value.bytes.len &&
		    property_value_faults(p.type, value.bytes) & (VALUE_FAULT_LEN | VALUE_FAULT_LAYOUT))) {
		r->out->whole = false;
		return true;
	}
	return add(r, &value);
}

enum status values_in_read(const struct source *source, const struct object_in *object, struct values_in *out)
{
	struct reading r = { .source = source, .object = object, .out = out };
	struct bth bth;
	struct bth_walk walk = { .bth = &bth, .record = take, .context = &r, .skips_empty = true };

	*out = (struct values_in){ 0 };
	if (!object->is_open || object->heap.client != HEAP_PROPERTIES ||
	    !bth_open(&object->heap, object->heap.root, &bth) || bth.key_len != PROPERTY_KEY_LEN ||
	    bth.data_len != PROPERTY_DATA_LEN)
		return ST_OK;
	out->whole = true;
	bth_walk(&walk);
	out->whole = out->whole && walk.faults == 0;
	return r.no_memory ? ST_NOMEM : ST_OK;
}

const struct value_in *values_in_find(const struct values_in *values, uint16_t id)
{
	size_t low = 0, high = values->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (values->rows[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < values->n && values->rows[low].id == id ? &values->rows[low] : NULL;
}

/* The row that stands at this place of the matrix; empty when there is none. */
static struct view row_at(const struct table_in *t, uint64_t at)
{
	uint64_t block = t->per_block ? at / t->per_block : 0, inside = t->per_block ? at % t->per_block : 0;
	struct cursor c;

	if (block >= t->n_blocks || (inside + 1) * t->table.row_len > t->blocks[block].len)
		return view_of(NULL, 0);
	c = cursor_of(t->blocks[block]);
	cursor_seek(&c, (size_t)inside * t->table.row_len);
	return cursor_take(&c, t->table.row_len);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row_in *x = a, *y = b;

	return x->id != y->id ? (x->id > y->id) - (x->id < y->id) : (x->at > y->at) - (x->at < y->at);
}

/* A row is known by the number it carries itself; the index is not asked. */
static enum status list_rows(const struct source *source, struct table_in *t, uint64_t n_places)
{
	size_t n = 0;

	t->rows = arena_array(source->reader.arena, (size_t)n_places, sizeof *t->rows);
	if (!t->rows)
		return ST_NOMEM;
	for (uint64_t i = 0; i < n_places && i < UINT32_MAX; i++) {
		struct view row = row_at(t, i);
		struct cursor c = cursor_of(row);

		if (row.len)
			t->rows[n++] = (struct row_in){ cursor_u32le(&c), (uint32_t)i };
	}
	if (n)
		qsort(t->rows, n, sizeof *t->rows, compare_rows);
	for (size_t i = 0; i < n; i++)
		if (t->n_rows == 0 || t->rows[t->n_rows - 1].id != t->rows[i].id)
			t->rows[t->n_rows++] = t->rows[i];
	t->is_whole = t->is_whole && t->n_rows == n;
	return ST_OK;
}

/* A row matrix in a subnode: rows do not cross blocks. */
static enum status open_matrix(const struct source *source, struct table_in *t)
{
	const struct node_reader *r = &source->reader;
	const struct subnode *sub = subnode_find(&t->object->subnodes, (struct nid){ t->table.rows });
	struct node_leaves leaves;
	enum status st = node_leaves_find(r, (struct bid){ sub ? sub->data : 0 }, &leaves);
	bool sound;

	t->is_whole = t->is_whole && sub && leaves.whole;
	t->per_block = table_rows_per_block(&t->table);
	if (st != ST_OK || !sub || t->per_block == 0)
		return st;
	t->blocks = arena_array(r->arena, leaves.n, sizeof *t->blocks);
	if (!t->blocks)
		return ST_NOMEM;
	for (t->n_blocks = 0; t->n_blocks < leaves.n; t->n_blocks++) {
		struct view piece = read_block(source, leaves.rows[t->n_blocks], &sound);
		struct view *block = &t->blocks[t->n_blocks];

		t->is_whole = t->is_whole && sound;
		*block = view_of(arena_copy(r->arena, piece.at, piece.len), sound ? piece.len : 0);
		if (!block->at)
			return ST_NOMEM;
	}
	return list_rows(source, t, (uint64_t)t->n_blocks * t->per_block);
}

enum status table_in_open(const struct source *source, const struct object_in *object, struct table_in *out)
{
	struct value_in value = { 0 };

	*out = (struct table_in){ .object = object };
	if (!object->is_open || object->heap.client != HEAP_TABLE ||
	    !table_open(&object->heap, &out->table) || table_faults(&out->table) || out->table.row_len == 0)
		return ST_OK;
	out->table.heap = &object->heap;
	out->is_open = true;
	out->shares_names = subnode_list_shares_names(&object->subnodes);
	out->is_whole = object->is_sound;
	if (out->table.rows == 0)
		return ST_OK;
	if (!hnid_is_hid(out->table.rows))
		return open_matrix(source, out);
	out->is_whole = false;
	if (!resolve(object, out->table.rows, &value))
		return ST_OK;
	out->blocks = arena_copy(source->reader.arena, &value.bytes, sizeof value.bytes);
	out->n_blocks = 1;
	out->per_block = UINT32_MAX;
	out->is_whole = object->is_sound && value.bytes.len % out->table.row_len == 0;
	return out->blocks ? list_rows(source, out, value.bytes.len / out->table.row_len) : ST_NOMEM;
}

struct view table_in_row(const struct table_in *table, size_t i)
{
	return row_at(table, table->rows[i].at);
}

struct view table_in_find(const struct table_in *table, uint32_t id)
{
	size_t low = 0, high = table->n_rows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->rows[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < table->n_rows && table->rows[low].id == id ? table_in_row(table, low) : view_of(NULL, 0);
}

bool table_in_cell(const struct table_in *table, struct view row, const struct table_column *column,
		   struct value_in *out)
{
	struct view cell;
	struct cursor c;
	int len;

	if (!column || !table_cell(&table->table, row, column, &cell))
		return false;
	*out = (struct value_in){ .id = (uint16_t)(column->tag >> 16), .type = (uint16_t)column->tag };
	len = property_type_len(out->type);
	c = cursor_of(cell);
	if (len > 0 && len <= 8 && !(out->type & PTYP_MULTIPLE)) {
		out->place = len <= 4 ? VALUE_INLINE : VALUE_BYTES;
		out->bytes = cell;
		out->number = len == 1 ? cursor_u8(&c) : len == 2 ? cursor_u16le(&c) : cursor_u32le(&c);
		return true;
	}
	return resolve(table->object, cursor_u32le(&c), out) &&
	       (out->place == VALUE_SUBNODE || out->bytes.len == 0 ||
		!(property_value_faults(out->type, out->bytes) & (VALUE_FAULT_LEN | VALUE_FAULT_LAYOUT)));
}
