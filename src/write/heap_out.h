/* This file writes heaps and the trees in them ([MS-PST] 2.3.1, 2.3.2), block by block.
 *
 *	heap_out_start(&heap, out, HEAP_BTH);
 *	heap.root = heap_out_add(&heap, bytes);
 *	bid = heap_out_end(&heap);
 *
 * A block is written as soon as the next one begins; only the first and the
 * last one that holds fill levels wait. Memory: up to four blocks' rooms of the
 * writer, however long the heap is. At most 512 MiB in Unicode stores (a HID
 * names no more blocks), else the writer fails with ST_LIMIT.
 */
#ifndef POSTMEND_WRITE_HEAP_OUT_H
#define POSTMEND_WRITE_HEAP_OUT_H

#include "pst/ltp/bth.h"
#include "write/data_out.h"

enum { HEAP_ITEM_MAX = 3580, HEAP_ITEM_ANSI_MAX = 3068 };

/* A block while it fills: items from the front, their edges from the back. */
struct heap_out_block {
	uint8_t *bytes;
	size_t len, n; /* where the next item begins; items */
	size_t map_at; /* of the page map once the block is closed, or 0 */
	uint64_t bid;
};

struct heap_out {
	struct ndb_out *out;
	uint8_t client; /* bClientSig */
	uint32_t root;  /* hidUserRoot; to be set before the end */
	struct data_out tree;
	struct heap_out_block first, levels, plain;
	struct heap_out_block *last; /* the one of these that fills */
	size_t n;                    /* blocks */
};

void heap_out_start(struct heap_out *heap, struct ndb_out *out, uint8_t client);

/* Adds an item of 1 to heap_out_item_max() bytes; its HID, 0 when the writer has failed. */
uint32_t heap_out_add(struct heap_out *heap, struct view bytes);
size_t heap_out_item_max(const struct heap_out *heap);

/* Writes over bytes of an item in the first block. */
void heap_out_patch(struct heap_out *heap, uint32_t hid, size_t at, struct view bytes);

/* Writes the rest; the data tree's BID, 0 when there is no item or the writer has failed. Gives all rooms
 * back. */
uint64_t heap_out_end(struct heap_out *heap);

/* A heap of its own whose root item, `root_len` bytes of zeros, begins with the HID of a tree without
 * records: what the ID map and the message index of a fresh store are. Its BID. */
uint64_t heap_out_empty_index(struct ndb_out *out, uint8_t client, size_t root_len, uint8_t key_len);

/* A tree of sorted records in a heap; any number of them. */
struct bth_out {
	struct heap_out *heap;
	uint32_t header; /* its HID; in the first block when the tree begins before 2000 bytes of items */
	uint8_t key_len, data_len;
	struct bth_out_level {
		uint8_t *records; /* NULL before the first */
		size_t len;
	} levels[BTH_LEVELS_MAX];
};

void bth_out_start(struct bth_out *bth, struct heap_out *heap, uint8_t key_len, uint8_t data_len);
/* Key and data back to back; keys ascend as bth_compare() says. */
void bth_out_add(struct bth_out *bth, struct view record);
void bth_out_end(struct bth_out *bth);

#endif
