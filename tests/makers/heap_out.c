/* This file writes heaps and the trees in them. */
#include "ltp_out.h"

#include "base/checked.h"
#include "memory.h"

#include <assert.h>
#include <string.h>

enum { LEVELS_FIRST = 8, LEVELS_MORE = 128 };

/* A block while it fills: its header comes at the end, its place is left free. */
struct heap_out_block {
	uint8_t *bytes;
	uint16_t *edges; /* n + 1 of them */
	size_t len, n, room;
};

/* The bitmap header comes at block 8 and then every 128 blocks. */
static size_t header_len(size_t i)
{
	if (i == 0)
		return HEAP_HEADER_LEN;
	return i % LEVELS_MORE == LEVELS_FIRST ? HEAP_BITMAP_HEADER_LEN : HEAP_PAGE_HEADER_LEN;
}

void heap_out_start(struct heap_out *heap, struct ndb_out *out, uint8_t client)
{
	*heap = (struct heap_out){ .out = out, .client = client };
}

size_t heap_out_item_max(const struct heap_out *heap)
{
	return ndb_out_variant(heap->out)->kind == VARIANT_ANSI ? HEAP_ITEM_ANSI_MAX : HEAP_ITEM_MAX;
}

static void keep_edge(struct heap_out_block *b)
{
	b->edges = memory_grow(b->edges, b->n, &b->room, sizeof *b->edges);
	b->edges[b->n] = (uint16_t)b->len;
}

static void add_block(struct heap_out *heap)
{
	struct heap_out_block *b;

	heap->blocks = memory_grow(heap->blocks, heap->n, &heap->room, sizeof *heap->blocks);
	b = &heap->blocks[heap->n];
	*b = (struct heap_out_block){ .len = header_len(heap->n) };
	b->bytes = memory_new(ndb_out_variant(heap->out)->block_data_max, 1);
	keep_edge(b);
	heap->n++;
}

/* Items, a byte to make it even, the map with one edge more than items. */
static size_t whole_len(size_t items_end, size_t n)
{
	return (items_end + 1) / 2 * 2 + 4 + 2 * (n + 1);
}

uint32_t heap_out_add(struct heap_out *heap, struct view bytes)
{
	const struct variant *v = ndb_out_variant(heap->out);
	struct heap_out_block *b = heap->n ? &heap->blocks[heap->n - 1] : NULL;
	size_t most = ((size_t)1 << v->hid_index_bits) - 1;

	assert(bytes.len > 0 && bytes.len <= heap_out_item_max(heap));
	if (!b || b->n == most || whole_len(b->len + bytes.len, b->n + 1) > v->block_data_max) {
		add_block(heap);
		b = &heap->blocks[heap->n - 1];
	}
	memcpy(b->bytes + b->len, bytes.at, bytes.len);
	b->len += bytes.len;
	b->n++;
	keep_edge(b);
	return (uint32_t)((heap->n - 1) << (5 + v->hid_index_bits) | b->n << 5);
}

uint8_t *heap_out_item(struct heap_out *heap, uint32_t hid)
{
	const struct variant *v = ndb_out_variant(heap->out);
	struct heap_out_block *b = &heap->blocks[variant_hid_block(v, (struct hid){ hid })];

	return b->bytes + b->edges[variant_hid_index(v, (struct hid){ hid }) - 1];
}

static unsigned fill_level(const struct variant *v, const struct heap_out_block *b)
{
	static const uint16_t least[] = { 3584, 2560, 2048, 1792, 1536, 1280, 1024, 768,
					  512,  256,  128,  64,   32,   16,   8 };
	size_t n_free = v->block_data_max - whole_len(b->len, b->n);
	unsigned level = 0;

	while (level < COUNT_OF(least) && n_free < least[level])
		level++;
	return level;
}

/* Nibbles for up to `n` blocks from `first` on. */
static void put_levels(const struct heap_out *heap, size_t first, size_t n, uint8_t *to)
{
	for (size_t i = 0; i < n && first + i < heap->n; i++) {
		unsigned level = fill_level(ndb_out_variant(heap->out), &heap->blocks[first + i]);

		to[i / 2] = (uint8_t)(to[i / 2] | level << (i % 2 ? 4 : 0));
	}
}

static void put_header(const struct heap_out *heap, size_t i, size_t map_at)
{
	uint8_t *bytes = heap->blocks[i].bytes;

	field_put(bytes, 2, map_at);
	if (i == 0) {
		bytes[2] = HEAP_SIGNATURE;
		bytes[3] = heap->client;
		field_put(bytes + 4, 4, heap->root);
		put_levels(heap, 0, LEVELS_FIRST, bytes + 8);
	} else if (header_len(i) == HEAP_BITMAP_HEADER_LEN) {
		put_levels(heap, i, LEVELS_MORE, bytes + 2);
	}
}

void heap_out_drop(struct heap_out *heap)
{
	for (size_t i = 0; i < heap->n; i++) {
		free(heap->blocks[i].bytes);
		free(heap->blocks[i].edges);
	}
	free(heap->blocks);
	heap->blocks = NULL;
	heap->n = heap->room = 0;
}

uint64_t heap_out_end(struct heap_out *heap)
{
	size_t full = ndb_out_variant(heap->out)->block_data_max;
	struct data_out data;

	data_out_start(&data, heap->out);
	for (size_t i = 0; i < heap->n; i++) {
		struct heap_out_block *b = &heap->blocks[i];
		size_t map_at = (b->len + 1) / 2 * 2, len = whole_len(b->len, b->n);

		put_header(heap, i, map_at);
		field_put(b->bytes + map_at, 2, b->n);
		for (size_t k = 0; k <= b->n; k++)
			field_put(b->bytes + map_at + 4 + 2 * k, 2, b->edges[k]);
		data_out_add(&data, view_of(b->bytes, i + 1 < heap->n ? full : len));
	}
	heap_out_drop(heap);
	return data_out_end(&data);
}

uint32_t bth_out_header(struct heap_out *heap, uint8_t key_len, uint8_t data_len)
{
	uint8_t bytes[BTH_HEADER_LEN] = { BTH_TYPE, key_len, data_len };

	return heap_out_add(heap, view_of(bytes, sizeof bytes));
}

/* One level of a tree: records cut into items, and the records that lead to them. */
static size_t put_level(struct heap_out *heap, struct view records, size_t key_len, size_t record_len,
			uint8_t *above)
{
	size_t most = heap_out_item_max(heap) / record_len * record_len, n = 0;

	for (size_t at = 0; at < records.len; at += most, n++) {
		size_t len = records.len - at < most ? records.len - at : most;
		uint32_t hid = heap_out_add(heap, view_of(records.at + at, len));

		memcpy(above + n * (key_len + 4), records.at + at, key_len);
		field_put(above + n * (key_len + 4) + key_len, 4, hid);
	}
	return n;
}

void bth_out_fill(struct heap_out *heap, uint32_t header, struct view records)
{
	size_t key_len = heap_out_item(heap, header)[1], data_len = heap_out_item(heap, header)[2];
	size_t record_len = key_len + data_len, levels = 0, n;
	uint8_t *below = NULL, *above;

	if (records.len == 0)
		return;
	for (;; levels++) {
		size_t per_item = heap_out_item_max(heap) / record_len;

		above = memory_new(records.len / record_len / per_item + 1, key_len + 4);
		n = put_level(heap, records, key_len, record_len, above);
		free(below);
		below = above;
		record_len = key_len + 4;
		if (n == 1)
			break;
		records = view_of(below, n * record_len);
	}
	heap_out_item(heap, header)[3] = (uint8_t)levels;
	memcpy(heap_out_item(heap, header) + 4, below + key_len, 4);
	free(below);
}
