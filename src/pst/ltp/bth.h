/* This file walks a BTree-on-heap ([MS-PST] 2.3.2) without recursion. */
#ifndef POSTMEND_PST_LTP_BTH_H
#define POSTMEND_PST_LTP_BTH_H

#include "pst/ltp/heap.h"

enum { BTH_TYPE = 0xB5, BTH_HEADER_LEN = 8, BTH_LEVELS_MAX = 8 };

struct bth {
	const struct heap *heap;
	uint8_t key_len, data_len, levels;
	struct hid root; /* 0: no records */
};

/* False when the header is none (P82). */
[[nodiscard]] bool bth_open(const struct heap *heap, struct hid header, struct bth *out);

/* What a walk met; bits. */
enum bth_fault {
	BTH_FAULT_ITEM = 1 << 0,  /* P80: a HID leads to no item */
	BTH_FAULT_LEN = 1 << 1,   /* P83: an item is no whole number of records */
	BTH_FAULT_ORDER = 1 << 2, /* P83: keys are not ascending */
	BTH_FAULT_KEY = 1 << 3,   /* P83: a child begins before what its parent says */
	BTH_FAULT_LIMIT = 1 << 4, /* more items than the heap has: a loop */
};

struct bth_walk {
	const struct bth *bth;
	/* Takes one record; false ends the walk. */
	bool (*record)(void *context, struct view key, struct view data);
	void *context;
	bool skips_empty; /* records of nothing but zeros are counted and left out */
	uint64_t n_empty; /* out: how many */
	unsigned faults;  /* out */
	uint64_t n;       /* out: records */
};

/* All records in the order of the tree. What is damaged is left out and said. */
void bth_walk(struct bth_walk *walk);

/* Negative, zero or positive: 2, 4 and 8 bytes are little-endian integers,
 * others compare byte by byte. */
int bth_compare(struct view a, struct view b);

#endif
