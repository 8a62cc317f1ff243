/* This file changes a heap-on-node item by item and writes anew only the blocks that changed
 * ([MS-PST] 2.3.1).
 *
 * Items keep their HIDs unless they outgrow their block.
 */
#ifndef POSTMEND_EDIT_HEAP_EDIT_H
#define POSTMEND_EDIT_HEAP_EDIT_H

#include "edit/streams.h"
#include "pst/ltp/heap.h"

enum { HEAP_EDIT_ITEM_MAX = 3580, HEAP_EDIT_ITEM_ANSI_MAX = 3068 };

struct heap_edit_item {
	uint8_t *at;
	size_t len, room; /* bytes of it, bytes that fit there */
};

struct heap_edit_block {
	uint64_t bid; /* 0: new */
	struct heap_edit_item *items;
	size_t n, room, used; /* used: bytes of all items */
	uint8_t head[HEAP_BITMAP_HEADER_LEN];
	bool is_changed;
};

struct heap_edit {
	struct work *w;
	uint64_t bid; /* of the data tree as it stands */
	struct heap_edit_block *blocks;
	size_t n, room;
	uint8_t client;
	uint32_t root; /* hidUserRoot */
};

/* Fails the work when the heap cannot be read or is damaged. */
void heap_edit_open(struct heap_edit *h, struct work *w, uint64_t bid);
/* One without items. */
void heap_edit_new(struct heap_edit *h, struct work *w, enum heap_client client);

size_t heap_edit_item_max(const struct heap_edit *h);
/* The item's bytes; empty, and the work fails, when there is none. HID 0 is the empty item. */
struct view heap_edit_get(struct heap_edit *h, uint32_t hid);
/* The HID, 0 after a failure. */
uint32_t heap_edit_add(struct heap_edit *h, struct view bytes);
/* The same HID or, when the bytes do not fit there, another. */
uint32_t heap_edit_set(struct heap_edit *h, uint32_t hid, struct view bytes);
void heap_edit_free(struct heap_edit *h, uint32_t hid);

/* The data tree: the old one when nothing changed, or a new one that nobody holds. */
uint64_t heap_edit_end(struct heap_edit *h);

#endif
