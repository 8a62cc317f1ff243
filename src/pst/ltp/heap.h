/* This file reads a heap-on-node ([MS-PST] 2.3.1).
 *
 * A heap lies over the blocks of a node's data tree, which the caller has read
 * and decoded. Nothing is believed before it was looked at: an item is given
 * out only when its block's page map holds it.
 */
#ifndef POSTMEND_PST_LTP_HEAP_H
#define POSTMEND_PST_LTP_HEAP_H

#include "base/view.h"
#include "pst/ndb/variant.h"

#include <stdbool.h>

enum {
	HEAP_SIGNATURE = 0xEC,
	HEAP_HEADER_LEN = 12,        /* HNHDR, the first block */
	HEAP_PAGE_HEADER_LEN = 2,    /* HNPAGEHDR */
	HEAP_BITMAP_HEADER_LEN = 66, /* HNBITMAPHDR: blocks 8, 136, 264 … */
};

/* bClientSig: whose heap it is. Others than these occur and are no fault. */
enum heap_client { HEAP_TABLE = 0x7C, HEAP_PROPERTIES = 0xBC, HEAP_BTH = 0xB5 };

struct heap {
	const struct variant *variant;
	const struct view *blocks; /* decoded data of each block; the caller's */
	size_t n_blocks;
	uint8_t client;
	struct hid root; /* hidUserRoot */
};

/* False when the first block has no heap's header (P74). */
[[nodiscard]] bool heap_open(const struct variant *variant, const struct view *blocks, size_t n_blocks,
			     struct heap *out);

/* What is wrong with one block of a heap; bits. */
enum heap_fault {
	HEAP_FAULT_MAP_PLACE = 1 << 0,  /* P76: ibHnpm */
	HEAP_FAULT_MAP = 1 << 1,        /* P77: rgibAlloc */
	HEAP_FAULT_FREE_COUNT = 1 << 2, /* P78: cFree */
	HEAP_FAULT_FILL_LEVEL = 1 << 3, /* P79 */
};

struct heap_page_map {
	uint64_t map_at, n_items, n_free;
};

/* Judges block i; *out is zero where its map cannot be read. */
unsigned heap_block_faults(const struct heap *heap, size_t i, struct heap_page_map *out);

/* The item's bytes; false when the HID leads to none (P80). HID 0 is the empty
 * item and true. */
[[nodiscard]] bool heap_item(const struct heap *heap, struct hid hid, struct view *out);

/* True for values that name a heap item and not a subnode (2.3.3.2 HNID). */
bool hnid_is_hid(uint32_t hnid);

#endif
