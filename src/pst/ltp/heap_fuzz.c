/* This file feeds the reader of heaps with anything: a byte for the kind of store, one for the number of
 * blocks. */
#include "base/checked.h"
#include "pst/ltp/bth.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { BLOCKS_MAX = 16 };

static bool take(void *context, struct view key, struct view data)
{
	size_t *sum = context;

	*sum += key.len + data.len;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view blocks[BLOCKS_MAX];
	const struct variant *v;
	struct heap heap;
	size_t n, sum = 0;

	if (len < 2)
		return 0;
	v = variant_of((enum variant_kind)(bytes[0] % VARIANT_COUNT));
	n = bytes[1] % BLOCKS_MAX + 1U;
	for (size_t i = 0; i < n; i++) {
		size_t from = 2 + (len - 2) * i / n, to = 2 + (len - 2) * (i + 1) / n;

		blocks[i] = view_of(bytes + from, to - from);
	}
	if (!heap_open(v, blocks, n, &heap))
		return 0;
	for (size_t i = 0; i < n; i++) {
		struct heap_page_map map;

		(void)heap_block_faults(&heap, i, &map);
		for (uint32_t k = 0; k <= map.n_items + 1 && k < 64; k++) {
			struct hid hid = { (uint32_t)i << (5 + v->hid_index_bits) | k << 5 };
			struct bth bth;
			struct bth_walk walk = { .bth = &bth, .record = take, .context = &sum };
			struct view item;

			if (heap_item(&heap, hid, &item) && item.len > blocks[i].len)
				__builtin_trap();
			if (bth_open(&heap, hid, &bth))
				bth_walk(&walk);
		}
	}
	return 0;
}
