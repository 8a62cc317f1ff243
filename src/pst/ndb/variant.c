/* This file holds everything in which the kinds of store differ, as data. */
#include "pst/ndb/variant.h"

static const struct variant variants[VARIANT_COUNT] = {
	[VARIANT_ANSI] = {
		.kind = VARIANT_ANSI,
		.name = "ansi",
		.id_width = 4,
		.header_len = 512,
		.page_len = 512,
		.page_trailer_len = 12,
		.page_crc_len = 500,
		.entries_len = 496,
		.index_entry_len = 12,
		.bbt_entry_len = 12,
		.nbt_entry_len = 16,
		.block_align = 64,
		.block_trailer_len = 12,
		.block_data_max = 8180,
		.first_amap = 0x4400,
		.amap_interval = 253952,
		.amap_bytes = 496,
		.amap_bits_at = 4,
		.dlist = 0x4200,
		.has_pmap = true,
		.hid_index_bits = 11,
		.xblock_max = 2043,
		.sl_header_len = 4,
		.sl_entry_len = 12,
		.si_entry_len = 8,
		.string_type_low = 0x1E,
	},
	[VARIANT_UNICODE] = {
		.kind = VARIANT_UNICODE,
		.name = "unicode",
		.id_width = 8,
		.header_len = 564,
		.page_len = 512,
		.page_trailer_len = 16,
		.page_crc_len = 496,
		.entries_len = 488,
		.index_entry_len = 24,
		.bbt_entry_len = 24,
		.nbt_entry_len = 32,
		.block_align = 64,
		.block_trailer_len = 16,
		.block_data_max = 8176,
		.first_amap = 0x4400,
		.amap_interval = 253952,
		.amap_bytes = 496,
		.dlist = 0x4200,
		.has_pmap = true,
		.has_fpmap = true,
		.hid_index_bits = 11,
		.xblock_max = 1021,
		.sl_header_len = 8,
		.sl_entry_len = 24,
		.si_entry_len = 16,
		.string_type_low = 0x1F,
	},
	[VARIANT_UNICODE_4K] = {
		.kind = VARIANT_UNICODE_4K,
		.name = "unicode-4k",
		.id_width = 8,
		.header_len = 564,
		.page_len = 4096,
		.page_trailer_len = 24,
		.page_crc_len = 4072,
		.entries_len = 4056,
		.index_entry_len = 24,
		.bbt_entry_len = 24,
		.nbt_entry_len = 32,
		.block_align = 512,
		.block_trailer_len = 24,
		.block_data_max = 65512,
		.first_amap = 0x22000,
		.amap_interval = 16678912,
		.amap_bytes = 4072,
		.dlist = 0x21000,
		.may_compress = true,
		.hid_index_bits = 14,
		.xblock_max = 8188,
		.sl_header_len = 8,
		.sl_entry_len = 24,
		.si_entry_len = 16,
		.string_type_low = 0x1F,
	},
};

const struct variant *variant_of(enum variant_kind kind)
{
	return &variants[kind];
}

const struct variant *variant_of_version(uint16_t version)
{
	if (version == 14 || version == 15)
		return &variants[VARIANT_ANSI];
	if (version >= 20 && version <= 23)
		return &variants[VARIANT_UNICODE];
	if (version == 36 || version == 37)
		return &variants[VARIANT_UNICODE_4K];
	return NULL;
}

uint64_t variant_block_extent(const struct variant *variant, uint32_t len)
{
	uint64_t whole = (uint64_t)len + variant->block_trailer_len;
	uint64_t align = variant->block_align;

	return (whole + align - 1) / align * align;
}

uint16_t variant_signature(struct ib ib, struct bid bid)
{
	uint32_t x = (uint32_t)(ib.v ^ bid.v);

	return (uint16_t)(x >> 16 ^ (x & 0xFFFF));
}

uint32_t variant_hid_block(const struct variant *variant, struct hid hid)
{
	return hid.v >> (5 + variant->hid_index_bits);
}

uint32_t variant_hid_index(const struct variant *variant, struct hid hid)
{
	return hid.v >> 5 & ((1U << variant->hid_index_bits) - 1);
}
