/* This file feeds the readers of blocks with anything; the first byte says which kind of store. */
#include "pst/ndb/block.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_lists(const struct variant *v, struct view data)
{
	struct xblock x;
	struct slblock sl;
	struct sl_entry leaf;
	struct si_entry index;
	struct bid bid;

	if (xblock_decode(data, &x))
		for (uint64_t i = 0; i < x.n && xblock_bid_at(v, data, i, &bid); i++)
			if (XBLOCK_HEADER_LEN + (i + 1) * v->id_width > data.len)
				__builtin_trap();
	if (!slblock_decode(data, &sl))
		return;
	for (uint64_t i = 0; i < sl.n && (sl_entry_at(v, data, i, &leaf) || si_entry_at(v, data, i, &index));
	     i++)
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static uint8_t extent[BLOCK_EXTENT_MAX], inflated[BLOCK_EXTENT_MAX];
	const struct variant *v = variant_of((enum variant_kind)(len ? bytes[0] % VARIANT_COUNT : 0));
	struct block_place place = { { 4 }, { 0x5000 }, 0, 0 };
	struct block_trailer t;
	struct view data;

	if (len < 3 || len - 3 > v->block_data_max)
		return 0;
	/* Two bytes for the length that the table gives, the rest is the block. */
	place.len_inflated = (uint32_t)(bytes[1] | bytes[2] << 8);
	data = view_of(bytes + 3, len - 3);
	place.len = (uint32_t)data.len;
	(void)block_trailer_decode(v, data, &t);
	(void)block_faults(v, data, &place);
	read_lists(v, data);
	read_lists(v, block_inflate(v, data, place.len_inflated, inflated));
	if (data.len == 0)
		return 0;
	memset(extent, 0, sizeof extent);
	memcpy(extent, data.at, data.len);
	crypt_encode(CRYPT_CYCLIC, place.bid, extent, data.len);
	crypt_decode(CRYPT_CYCLIC, place.bid, extent, data.len);
	if (memcmp(extent, data.at, data.len) != 0)
		__builtin_trap();
	block_seal(v, &place, extent);
	if (block_faults(v, view_of(extent, (size_t)variant_block_extent(v, place.len)), &place) != 0)
		__builtin_trap();
	return 0;
}
