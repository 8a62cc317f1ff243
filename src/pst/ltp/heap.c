/* This file reads a heap-on-node. */
#include "pst/ltp/heap.h"

#include "base/checked.h"
#include "base/cursor.h"

static struct cursor at(struct view bytes, uint64_t place)
{
	struct cursor c = cursor_of(bytes);

	cursor_seek(&c, place <= bytes.len ? (size_t)place : bytes.len + 1);
	return c;
}

bool heap_open(const struct variant *variant, const struct view *blocks, size_t n_blocks, struct heap *out)
{
	struct cursor c;
	uint8_t signature;

	*out = (struct heap){ .variant = variant, .blocks = blocks, .n_blocks = n_blocks };
	if (n_blocks == 0)
		return false;
	c = cursor_of(blocks[0]);
	cursor_skip(&c, 2);
	signature = cursor_u8(&c);
	out->client = cursor_u8(&c);
	out->root.v = cursor_u32le(&c);
	cursor_skip(&c, 4);
	return cursor_ok(&c) && signature == HEAP_SIGNATURE;
}

/* The bitmap header comes at block 8 and then every 128 blocks (2.3.1.4). */
static uint64_t header_len(size_t i)
{
	if (i == 0)
		return HEAP_HEADER_LEN;
	return i >= 8 && (i - 8) % 128 == 0 ? HEAP_BITMAP_HEADER_LEN : HEAP_PAGE_HEADER_LEN;
}

static bool read_map(const struct heap *heap, size_t i, struct heap_page_map *out)
{
	struct cursor c = cursor_of(heap->blocks[i]), map;

	*out = (struct heap_page_map){ .map_at = cursor_u16le(&c) };
	map = at(heap->blocks[i], out->map_at);
	out->n_items = cursor_u16le(&map);
	out->n_free = cursor_u16le(&map);
	cursor_skip(&map, 2 * ((size_t)out->n_items + 1));
	if (cursor_ok(&c) && cursor_ok(&map))
		return true;
	out->n_items = out->n_free = 0;
	return false;
}

/* Offset number j of the page map: item j ends there and item j + 1 begins. */
static uint64_t item_edge(const struct heap *heap, size_t i, const struct heap_page_map *map, uint64_t j)
{
	struct cursor c = at(heap->blocks[i], map->map_at + 4 + 2 * j);

	return cursor_u16le(&c);
}

/* 2.3.1.2 rgbFillLevel, in steps of free bytes. */
static unsigned fill_level(uint64_t n_free)
{
	static const uint16_t least[] = { 3584, 2560, 2048, 1792, 1536, 1280, 1024, 768,
					  512,  256,  128,  64,   32,   16,   8 };

	for (unsigned i = 0; i < COUNT_OF(least); i++)
		if (n_free >= least[i])
			return i;
	return COUNT_OF(least);
}

/* Only the levels of the first eight blocks stand in the first header; those
 * of a 4 KiB-page store follow thresholds that nobody has published. */
static bool level_is_wrong(const struct heap *heap, size_t i, const struct heap_page_map *map)
{
	uint64_t used = map->map_at + 4 + 2 * (map->n_items + 1);
	struct cursor c = at(heap->blocks[0], 8 + i / 2);
	unsigned level = cursor_u8(&c) >> (i % 2 ? 4 : 0) & 0xF;

	if (heap->variant->may_compress || i >= 8 || used > heap->variant->block_data_max)
		return false;
	return level != fill_level(heap->variant->block_data_max - used);
}

unsigned heap_block_faults(const struct heap *heap, size_t i, struct heap_page_map *out)
{
	unsigned faults = 0;
	uint64_t last, n_empty = 0;

	if (!read_map(heap, i, out) || out->map_at % 2 || out->map_at < header_len(i))
		return HEAP_FAULT_MAP_PLACE;
	last = item_edge(heap, i, out, 0);
	if (last != header_len(i))
		faults |= HEAP_FAULT_MAP;
	for (uint64_t j = 1; j <= out->n_items; j++) {
		uint64_t edge = item_edge(heap, i, out, j);

		if (edge < last)
			faults |= HEAP_FAULT_MAP;
		n_empty += edge == last;
		last = edge;
	}
	/* Items are packed; one byte may fill up to an even map. */
	if (last > out->map_at || out->map_at - last > 1)
		faults |= HEAP_FAULT_MAP;
	if (!faults && n_empty != out->n_free)
		faults |= HEAP_FAULT_FREE_COUNT;
	if (level_is_wrong(heap, i, out))
		faults |= HEAP_FAULT_FILL_LEVEL;
	return faults;
}

bool heap_item(const struct heap *heap, struct hid hid, struct view *out)
{
	uint32_t block = variant_hid_block(heap->variant, hid), index = variant_hid_index(heap->variant, hid);
	struct heap_page_map map;
	uint64_t from, to;
	struct cursor c;

	*out = view_of(NULL, 0);
	if (hid.v == 0)
		return true;
	if (hid.v & 0x1F || index == 0 || block >= heap->n_blocks || !read_map(heap, block, &map) ||
	    index > map.n_items)
		return false;
	from = item_edge(heap, block, &map, index - 1);
	to = item_edge(heap, block, &map, index);
	if (from < header_len(block) || to < from || to > map.map_at)
		return false;
	c = at(heap->blocks[block], from);
	*out = cursor_take(&c, (size_t)(to - from));
	return cursor_ok(&c);
}

bool hnid_is_hid(uint32_t hnid)
{
	return (hnid & 0x1F) == 0;
}
