/* This file changes a heap-on-node item by item and writes anew only the blocks that changed. */
#include "edit/heap_edit.h"

#include "base/checked.h"

#include <string.h>

enum {
	LEVELS_FIRST = 8,
	LEVELS_MORE = 128,
	LEVELS_AT = 8,
	LEVELS_MORE_AT = 2,
	SIGNATURE_AT = 2,
	CLIENT_AT = 3
};
enum { ROOT_AT = 4 };

static size_t header_len(size_t i)
{
	if (i == 0)
		return HEAP_HEADER_LEN;
	return i % LEVELS_MORE == LEVELS_FIRST ? HEAP_BITMAP_HEADER_LEN : HEAP_PAGE_HEADER_LEN;
}

/* Bytes of a block: header, items, a byte to make it even, and the map with one edge more than items. */
static size_t whole_len(const struct heap_edit *h, size_t i, size_t used, size_t n)
{
	(void)h;
	return (header_len(i) + used + 1) / 2 * 2 + 4 + 2 * (n + 1);
}

static void *room_for(struct work *w, size_t n, size_t size)
{
	void *room = work_goes_on(w) ? arena_array(w->arena, n + 1, size) : NULL;

	if (!room)
		work_fail(w, ST_NOMEM, NULL);
	return room;
}

static void read_items(struct heap_edit *h, const struct heap *heap, size_t i)
{
	struct heap_edit_block *b = &h->blocks[i];
	const struct variant *v = h->w->facts->variant;
	struct heap_page_map map;
	struct view item;

	if (heap_block_faults(heap, i, &map) & (HEAP_FAULT_MAP_PLACE | HEAP_FAULT_MAP)) {
		work_fail(h->w, ST_IO, "a heap is damaged");
		return;
	}
	b->items = room_for(h->w, (size_t)map.n_items, sizeof *b->items);
	if (!b->items)
		return;
	b->room = b->n = (size_t)map.n_items;
	for (uint32_t k = 0; k < b->n; k++) {
		struct hid hid = { (uint32_t)i << (5 + v->hid_index_bits) | (k + 1) << 5 };

		if (!heap_item(heap, hid, &item))
			work_fail(h->w, ST_IO, "a heap is damaged");
		/* The blocks were read for this edit alone: items may change where they lie. */
		b->items[k] = (struct heap_edit_item){ (uint8_t *)(uintptr_t)item.at, item.len, item.len };
		b->used += item.len;
	}
	memcpy(b->head, heap->blocks[i].at, header_len(i));
}

void heap_edit_open(struct heap_edit *h, struct work *w, uint64_t bid)
{
	struct stream stream;
	struct heap heap;

	*h = (struct heap_edit){ .w = w, .bid = bid };
	streams_read(w, bid, &stream);
	if (!work_goes_on(w))
		return;
	if (!heap_open(w->facts->variant, stream.blocks, stream.n, &heap)) {
		work_fail(w, ST_IO, "a heap is damaged");
		return;
	}
	h->client = heap.client;
	h->root = heap.root.v;
	h->blocks = room_for(w, stream.n, sizeof *h->blocks);
	h->room = h->n = h->blocks ? stream.n : 0;
	for (size_t i = 0; i < h->n && work_goes_on(w); i++) {
		h->blocks[i].bid = stream.bids[i];
		read_items(h, &heap, i);
	}
}

static bool add_block(struct heap_edit *h)
{
	size_t most = (size_t)1 << (32 - 5 - h->w->facts->variant->hid_index_bits);

	if (h->n == most) {
		work_fail(h->w, ST_LIMIT, "an object is too large");
		return false;
	}
	if (h->n == h->room) {
		struct heap_edit_block *more = room_for(h->w, 2 * h->room + 1, sizeof *more);

		if (!more)
			return false;
		if (h->n)
			memcpy(more, h->blocks, h->n * sizeof *more);
		h->blocks = more;
		h->room = 2 * h->room + 1;
	}
	/* The one before is no longer the last: it becomes full length. */
	if (h->n)
		h->blocks[h->n - 1].is_changed = true;
	h->blocks[h->n++] = (struct heap_edit_block){ .is_changed = true };
	return true;
}

void heap_edit_new(struct heap_edit *h, struct work *w, enum heap_client client)
{
	*h = (struct heap_edit){ .w = w, .client = (uint8_t)client };
	if (!add_block(h))
		return;
	h->blocks[0].head[SIGNATURE_AT] = HEAP_SIGNATURE;
	h->blocks[0].head[CLIENT_AT] = h->client;
}

size_t heap_edit_item_max(const struct heap_edit *h)
{
	return h->w->facts->variant->kind == VARIANT_ANSI ? HEAP_EDIT_ITEM_ANSI_MAX : HEAP_EDIT_ITEM_MAX;
}

static struct heap_edit_item *find(struct heap_edit *h, uint32_t hid, struct heap_edit_block **block_out)
{
	const struct variant *v = h->w->facts->variant;
	uint32_t block = variant_hid_block(v, (struct hid){ hid });
	uint32_t index = variant_hid_index(v, (struct hid){ hid });

	if (!work_goes_on(h->w))
		return NULL;
	if (hid & 0x1F || index == 0 || block >= h->n || index > h->blocks[block].n) {
		work_fail(h->w, ST_IO, "a heap is damaged");
		return NULL;
	}
	*block_out = &h->blocks[block];
	return &h->blocks[block].items[index - 1];
}

struct view heap_edit_get(struct heap_edit *h, uint32_t hid)
{
	struct heap_edit_block *b;
	struct heap_edit_item *item = hid ? find(h, hid, &b) : NULL;

	return item ? view_of(item->len ? item->at : NULL, item->len) : view_of(NULL, 0);
}

static bool fits(const struct heap_edit *h, size_t i, size_t len)
{
	const struct heap_edit_block *b = &h->blocks[i];
	const struct variant *v = h->w->facts->variant;

	return b->n + 1 < (size_t)1 << v->hid_index_bits &&
	       whole_len(h, i, b->used + len, b->n + 1) <= v->block_data_max;
}

/* What grows once grows again: some room is left behind it. */
static void fill(struct heap_edit *h, struct heap_edit_item *item, struct view bytes)
{
	if (bytes.len > item->room) {
		size_t room = bytes.len + bytes.len / 4;
		uint8_t *at = room_for(h->w, room, 1);

		if (!at)
			return;
		memcpy(at, bytes.at, bytes.len);
		item->at = at;
		item->room = room;
	} else if (bytes.len) {
		memmove(item->at, bytes.at, bytes.len);
	}
	item->len = bytes.len;
}

static uint32_t add_to(struct heap_edit *h, size_t i, struct view bytes)
{
	struct heap_edit_block *b = &h->blocks[i];

	if (b->n == b->room) {
		struct heap_edit_item *items = room_for(h->w, 2 * b->room + 8, sizeof *items);

		if (!items)
			return 0;
		if (b->n)
			memcpy(items, b->items, b->n * sizeof *items);
		b->items = items;
		b->room = 2 * b->room + 8;
	}
	b->items[b->n] = (struct heap_edit_item){ 0 };
	fill(h, &b->items[b->n++], bytes);
	b->used += bytes.len;
	b->is_changed = true;
	return (uint32_t)i << (5 + h->w->facts->variant->hid_index_bits) | (uint32_t)b->n << 5;
}

uint32_t heap_edit_add(struct heap_edit *h, struct view bytes)
{
	size_t i;

	if (!work_goes_on(h->w))
		return 0;
	if (bytes.len > heap_edit_item_max(h) || h->n == 0) {
		work_fail(h->w, ST_BUG, "a value is too long for a heap");
		return 0;
	}
	for (i = h->n; i > 0 && !fits(h, i - 1, bytes.len); i--)
		;
	if (i == 0 && !add_block(h))
		return 0;
	return add_to(h, i ? i - 1 : h->n - 1, bytes);
}

void heap_edit_free(struct heap_edit *h, uint32_t hid)
{
	struct heap_edit_block *b;
	struct heap_edit_item *item = hid ? find(h, hid, &b) : NULL;

	if (!item)
		return;
	b->used -= item->len;
	b->is_changed = true;
	item->len = 0;
}

uint32_t heap_edit_set(struct heap_edit *h, uint32_t hid, struct view bytes)
{
	const struct variant *v = h->w->facts->variant;
	struct heap_edit_block *b;
	struct heap_edit_item *item = find(h, hid, &b);
	struct heap_edit_item old;

	if (!item)
		return 0;
	old = *item;
	if (whole_len(h, (size_t)(b - h->blocks), b->used - item->len + bytes.len, b->n) <=
	    v->block_data_max) {
		fill(h, item, bytes);
		b->used += item->len - old.len;
		b->is_changed = true;
		return hid;
	}
	heap_edit_free(h, hid);
	return heap_edit_add(h, bytes);
}

/* 2.3.1.2 rgbFillLevel. */
static unsigned fill_level(const struct heap_edit *h, size_t i)
{
	static const uint16_t least[] = { 3584, 2560, 2048, 1792, 1536, 1280, 1024, 768,
					  512,  256,  128,  64,   32,   16,   8 };
	const struct heap_edit_block *b = &h->blocks[i];
	size_t n_free = h->w->facts->variant->block_data_max - whole_len(h, i, b->used, b->n);
	unsigned level = 0;

	while (level < COUNT_OF(least) && n_free < least[level])
		level++;
	return level;
}

/* The level of each block stands in the header of the first, or of the one in 128 that keeps levels. */
static void put_level(struct heap_edit *h, size_t i)
{
	bool in_first = i < LEVELS_FIRST;
	size_t nibble = in_first ? i : (i - LEVELS_FIRST) % LEVELS_MORE;
	struct heap_edit_block *b = &h->blocks[in_first ? 0 : i - nibble];
	uint8_t *to = b->head + (in_first ? LEVELS_AT : LEVELS_MORE_AT) + nibble / 2;
	unsigned shift = nibble % 2 ? 4 : 0;
	uint8_t fresh = (uint8_t)((*to & ~(0xF << shift)) | (int)(fill_level(h, i) << shift));

	b->is_changed = b->is_changed || fresh != *to;
	*to = fresh;
}

static uint64_t put_block(struct heap_edit *h, size_t i)
{
	const struct variant *v = h->w->facts->variant;
	struct heap_edit_block *b = &h->blocks[i];
	size_t at = header_len(i), len = whole_len(h, i, b->used, b->n), empty = 0;
	uint8_t bytes[BLOCK_EXTENT_MAX] = { 0 };
	uint8_t *map = bytes + (at + b->used + 1) / 2 * 2;

	memcpy(bytes, b->head, at);
	field_put(bytes, 2, (uint64_t)(map - bytes));
	if (i == 0)
		field_put(bytes + ROOT_AT, 4, h->root);
	for (size_t k = 0; k < b->n; k++) {
		field_put(map + 4 + 2 * k, 2, at);
		if (b->items[k].len)
			memcpy(bytes + at, b->items[k].at, b->items[k].len);
		at += b->items[k].len;
		empty += b->items[k].len == 0;
	}
	field_put(map + 4 + 2 * b->n, 2, at);
	field_put(map, 2, b->n);
	field_put(map + 2, 2, empty);
	return blocks_put(h->w, view_of(bytes, i + 1 < h->n ? v->block_data_max : len), false);
}

uint64_t heap_edit_end(struct heap_edit *h)
{
	struct stream stream = { .n = h->n };
	bool any = false;

	for (size_t i = 0; i < h->n; i++)
		if (h->blocks[i].is_changed) {
			put_level(h, i);
			any = true;
		}
	if (!any || !work_goes_on(h->w))
		return h->bid;
	stream.bids = room_for(h->w, h->n, sizeof *stream.bids);
	for (size_t i = 0; i < h->n && work_goes_on(h->w); i++) {
		struct heap_edit_block *b = &h->blocks[i];

		if (b->is_changed)
			b->bid = put_block(h, i);
		b->is_changed = false;
		stream.bids[i] = b->bid;
	}
	if (work_goes_on(h->w))
		h->bid = streams_tree(h->w, &stream);
	return h->bid;
}
