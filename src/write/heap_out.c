/* This file writes heaps and the trees in them, block by block. */
#include "write/heap_out.h"

#include "base/checked.h"

#include <assert.h>
#include <string.h>

enum { LEVELS_FIRST = 8, LEVELS_MORE = 128, EDGE_LEN = 2, NO_MAP = 0, BTH_KEY_MAX = 16, INDEX_ROOT_MAX = 16 };

/* The bitmap header comes at block 8 and then every 128 blocks. */
static size_t header_len(size_t i)
{
	if (i == 0)
		return HEAP_HEADER_LEN;
	return i % LEVELS_MORE == LEVELS_FIRST ? HEAP_BITMAP_HEADER_LEN : HEAP_PAGE_HEADER_LEN;
}

static const struct variant *variant_of_heap(const struct heap_out *heap)
{
	return ndb_out_variant(heap->out);
}

void heap_out_start(struct heap_out *heap, struct ndb_out *out, uint8_t client)
{
	*heap = (struct heap_out){ .out = out, .client = client };
	data_out_start(&heap->tree, out);
}

size_t heap_out_item_max(const struct heap_out *heap)
{
	return variant_of_heap(heap)->kind == VARIANT_ANSI ? HEAP_ITEM_ANSI_MAX : HEAP_ITEM_MAX;
}

/* Items, a byte to make it even, the map with one edge more than items. */
static size_t whole_len(size_t items_end, size_t n)
{
	return (items_end + 1) / 2 * 2 + 4 + EDGE_LEN * (n + 1);
}

/* Where edge k is kept while the block fills: from the room's end downwards. */
static uint8_t *edge_at(const struct heap_out *heap, const struct heap_out_block *b, size_t k)
{
	return b->bytes + variant_of_heap(heap)->block_data_max - EDGE_LEN * (k + 1);
}

static unsigned fill_level(const struct heap_out *heap, const struct heap_out_block *b)
{
	static const uint16_t least[] = { 3584, 2560, 2048, 1792, 1536, 1280, 1024, 768,
					  512,  256,  128,  64,   32,   16,   8 };
	size_t n_free = variant_of_heap(heap)->block_data_max - whole_len(b->len, b->n);
	unsigned level = 0;

	while (level < COUNT_OF(least) && n_free < least[level])
		level++;
	return level;
}

/* The nibble of block i stands in the header of the block that holds levels. */
static void put_level(struct heap_out *heap, size_t i, unsigned level)
{
	bool in_first = i < LEVELS_FIRST;
	size_t nibble = in_first ? i : (i - LEVELS_FIRST) % LEVELS_MORE;
	uint8_t *to = in_first ? heap->first.bytes + 8 : heap->levels.bytes + 2;

	to[nibble / 2] = (uint8_t)(to[nibble / 2] | level << (nibble % 2 ? 4 : 0));
}

/* Turns the edges round into the page map. */
static void put_map(struct heap_out *heap, struct heap_out_block *b)
{
	uint8_t *map = ndb_out_take_room(heap->out);

	if (!map)
		return;
	b->map_at = (b->len + 1) / 2 * 2;
	for (size_t k = 0; k <= b->n; k++)
		memcpy(map + EDGE_LEN * k, edge_at(heap, b, k), EDGE_LEN);
	memset(b->bytes + b->len, 0, variant_of_heap(heap)->block_data_max - b->len);
	field_put(b->bytes, 2, b->map_at);
	field_put(b->bytes + b->map_at, 2, b->n);
	memcpy(b->bytes + b->map_at + 4, map, EDGE_LEN * (b->n + 1));
	ndb_out_give_room(heap->out, map);
}

static void write_block(struct heap_out *heap, struct heap_out_block *b, size_t len)
{
	if (b->bytes && b->map_at != NO_MAP)
		ndb_out_put(heap->out, b->bid, view_of(b->bytes, len));
}

/* No item comes to the last block any more; `len` is what it will be long. */
static void close_last(struct heap_out *heap, size_t len)
{
	struct heap_out_block *b = heap->last;

	assert(b);
	put_level(heap, heap->n - 1, fill_level(heap, b));
	put_map(heap, b);
	b->bid = ndb_out_reserve(heap->out, BLOCK_DATA);
	data_out_add_block(&heap->tree, b->bid, len);
	if (b == &heap->plain)
		write_block(heap, b, len);
}

static struct heap_out_block *slot_of(struct heap_out *heap, size_t i)
{
	if (i == 0)
		return &heap->first;
	return header_len(i) == HEAP_BITMAP_HEADER_LEN ? &heap->levels : &heap->plain;
}

static bool add_block(struct heap_out *heap)
{
	const struct variant *v = variant_of_heap(heap);
	struct heap_out_block *b = slot_of(heap, heap->n);

	if (heap->n >= (size_t)1 << (32 - 5 - v->hid_index_bits)) {
		ndb_out_fail(heap->out, ST_LIMIT);
		return false;
	}
	if (heap->n)
		close_last(heap, v->block_data_max);
	/* Levels of 128 blocks are complete when those of the next begin. */
	if (b == &heap->levels)
		write_block(heap, b, v->block_data_max);
	if (!b->bytes)
		b->bytes = ndb_out_take_room(heap->out);
	if (!b->bytes)
		return false;
	b->len = header_len(heap->n);
	b->n = 0;
	b->map_at = NO_MAP;
	memset(b->bytes, 0, b->len);
	field_put(edge_at(heap, b, 0), EDGE_LEN, b->len);
	heap->last = b;
	heap->n++;
	return true;
}

uint32_t heap_out_add(struct heap_out *heap, struct view bytes)
{
	const struct variant *v = variant_of_heap(heap);
	struct heap_out_block *b = heap->last;
	size_t most = ((size_t)1 << v->hid_index_bits) - 1;

	assert(bytes.at && bytes.len > 0 && bytes.len <= heap_out_item_max(heap));
	if (ndb_out_status(heap->out) != ST_OK)
		return 0;
	if (!b || b->n == most || whole_len(b->len + bytes.len, b->n + 1) > v->block_data_max) {
		if (!add_block(heap))
			return 0;
		b = heap->last;
	}
	memcpy(b->bytes + b->len, bytes.at, bytes.len);
	b->len += bytes.len;
	b->n++;
	field_put(edge_at(heap, b, b->n), EDGE_LEN, b->len);
	return (uint32_t)((heap->n - 1) << (5 + v->hid_index_bits) | b->n << 5);
}

void heap_out_patch(struct heap_out *heap, uint32_t hid, size_t at, struct view bytes)
{
	const struct variant *v = variant_of_heap(heap);
	uint32_t i = variant_hid_index(v, (struct hid){ hid }) - 1;
	const uint8_t *edge;

	if (ndb_out_status(heap->out) != ST_OK)
		return;
	assert(variant_hid_block(v, (struct hid){ hid }) == 0 && i < heap->first.n);
	edge = heap->first.map_at == NO_MAP ? edge_at(heap, &heap->first, i)
					    : heap->first.bytes + heap->first.map_at + 4 + EDGE_LEN * i;
	memcpy(heap->first.bytes + (edge[0] | edge[1] << 8) + at, bytes.at, bytes.len);
}

static void give_rooms(struct heap_out *heap)
{
	ndb_out_give_room(heap->out, heap->first.bytes);
	ndb_out_give_room(heap->out, heap->levels.bytes);
	ndb_out_give_room(heap->out, heap->plain.bytes);
}

uint64_t heap_out_end(struct heap_out *heap)
{
	uint64_t bid = 0;

	if (ndb_out_status(heap->out) == ST_OK && heap->n) {
		size_t full = variant_of_heap(heap)->block_data_max;
		size_t len = whole_len(heap->last->len, heap->last->n);

		close_last(heap, len);
		if (heap->levels.bytes)
			write_block(heap, &heap->levels, heap->last == &heap->levels ? len : full);
		heap->first.bytes[2] = HEAP_SIGNATURE;
		heap->first.bytes[3] = heap->client;
		field_put(heap->first.bytes + 4, 4, heap->root);
		write_block(heap, &heap->first, heap->n == 1 ? len : full);
	}
	bid = data_out_end(&heap->tree);
	give_rooms(heap);
	heap_out_start(heap, heap->out, heap->client);
	return bid;
}

void bth_out_start(struct bth_out *bth, struct heap_out *heap, uint8_t key_len, uint8_t data_len)
{
	uint8_t bytes[BTH_HEADER_LEN] = { BTH_TYPE, key_len, data_len };

	*bth = (struct bth_out){ .heap = heap, .key_len = key_len, .data_len = data_len };
	bth->header = heap_out_add(heap, view_of(bytes, sizeof bytes));
}

static size_t record_len(const struct bth_out *bth, unsigned level)
{
	return bth->key_len + (size_t)(level ? 4 : bth->data_len);
}

/* Makes an item of a level's records; its HID. `next` gets the record that leads to it. */
static uint32_t flush_level(struct bth_out *bth, unsigned level, uint8_t *next)
{
	struct bth_out_level *l = &bth->levels[level];
	uint32_t hid = heap_out_add(bth->heap, view_of(l->records, l->len));

	memcpy(next, l->records, bth->key_len);
	field_put(next + bth->key_len, 4, hid);
	l->len = 0;
	return hid;
}

/* A level that is full becomes an item, and the record that leads to it goes to the level above. */
static void add_record(struct bth_out *bth, unsigned level, struct view record)
{
	uint8_t carried[2][BTH_KEY_MAX + 4];
	unsigned turn = 0;

	for (bool carries = true; carries; level++, turn = !turn) {
		struct bth_out_level *l = &bth->levels[level];
		size_t most = heap_out_item_max(bth->heap) / record.len * record.len;

		assert(level < BTH_LEVELS_MAX);
		if (!l->records)
			l->records = ndb_out_take_room(bth->heap->out);
		if (!l->records)
			return;
		carries = l->len == most;
		if (carries)
			(void)flush_level(bth, level, carried[turn]);
		memcpy(l->records + l->len, record.at, record.len);
		l->len += record.len;
		record = view_of(carried[turn], record_len(bth, 1));
	}
}

void bth_out_add(struct bth_out *bth, struct view record)
{
	assert(record.len == record_len(bth, 0) && bth->key_len <= BTH_KEY_MAX);
	if (ndb_out_status(bth->heap->out) == ST_OK)
		add_record(bth, 0, record);
}

/* The lowest level with one item only is the root's. */
static void put_root(struct bth_out *bth)
{
	uint8_t next[BTH_KEY_MAX + 4], root[5] = { 0 };
	unsigned level = 0;

	if (bth->levels[0].len == 0)
		return;
	for (;; level++) {
		uint32_t hid = flush_level(bth, level, next);

		field_put(root + 1, 4, hid);
		if (ndb_out_status(bth->heap->out) != ST_OK || level + 1 == BTH_LEVELS_MAX ||
		    bth->levels[level + 1].len == 0)
			break;
		add_record(bth, level + 1, view_of(next, record_len(bth, 1)));
	}
	root[0] = (uint8_t)level;
	heap_out_patch(bth->heap, bth->header, 3, view_of(root, sizeof root));
}

void bth_out_end(struct bth_out *bth)
{
	if (ndb_out_status(bth->heap->out) == ST_OK)
		put_root(bth);
	for (unsigned i = 0; i < BTH_LEVELS_MAX; i++)
		ndb_out_give_room(bth->heap->out, bth->levels[i].records);
}

uint64_t heap_out_empty_index(struct ndb_out *out, uint8_t client, size_t root_len, uint8_t key_len)
{
	uint8_t root[INDEX_ROOT_MAX] = { 0 }, header[4];
	struct heap_out heap;
	struct bth_out bth;

	assert(root_len <= sizeof root);
	heap_out_start(&heap, out, client);
	heap.root = heap_out_add(&heap, view_of(root, root_len));
	bth_out_start(&bth, &heap, key_len, 4);
	bth_out_end(&bth);
	field_put(header, 4, bth.header);
	heap_out_patch(&heap, heap.root, 0, view_of(header, sizeof header));
	return heap_out_end(&heap);
}
