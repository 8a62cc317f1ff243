/* This file feeds the reader of property contexts with anything; the first byte says which kind of store. */
#include "pst/ltp/property.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool take(void *context, struct view key, struct view data)
{
	const struct heap *heap = context;
	struct property p;
	struct view value;

	if (!property_decode(key, data, &p))
		__builtin_trap();
	if (!property_is_inline(&p) && hnid_is_hid(p.value) &&
	    heap_item(heap, (struct hid){ p.value }, &value))
		(void)property_value_faults(p.type, value);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view block = view_of(len ? bytes + 1 : bytes, len ? len - 1 : 0);
	struct heap heap;
	struct bth bth;
	struct bth_walk walk = { .bth = &bth, .record = take, .context = &heap };

	if (len < 1 ||
	    !heap_open(variant_of((enum variant_kind)(bytes[0] % VARIANT_COUNT)), &block, 1, &heap))
		return 0;
	if (bth_open(&heap, heap.root, &bth) && bth.key_len == PROPERTY_KEY_LEN &&
	    bth.data_len == PROPERTY_DATA_LEN)
		bth_walk(&walk);
	return 0;
}
