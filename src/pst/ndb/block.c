/* This file takes blocks apart: trailers, data trees and subnode trees. */
#include "pst/ndb/block.h"

#include "base/checked.h"
#include "pst/ndb/crc.h"

#include <libdeflate.h>

#define ROW(type, name, at, width, member, section)                                              \
	{                                                                                        \
		name, at, width, (uint16_t)offsetof(struct type, member), FIELD_CHECKED, section \
	}
#define TABLE(name, rows)                  \
	{                                  \
		name, rows, COUNT_OF(rows) \
	}

static const struct field trailer_ansi[] = {
	ROW(block_trailer, "cb", 0, 2, len, "2.2.2.8.1"),
	ROW(block_trailer, "wSig", 2, 2, signature, "2.2.2.8.1"),
	ROW(block_trailer, "bid", 4, 4, bid, "2.2.2.8.1"),
	ROW(block_trailer, "dwCRC", 8, 4, crc, "2.2.2.8.1"),
};
static const struct field trailer_unicode[] = {
	ROW(block_trailer, "cb", 0, 2, len, "2.2.2.8.1"),
	ROW(block_trailer, "wSig", 2, 2, signature, "2.2.2.8.1"),
	ROW(block_trailer, "dwCRC", 4, 4, crc, "2.2.2.8.1"),
	ROW(block_trailer, "bid", 8, 8, bid, "2.2.2.8.1"),
};
static const struct field trailer_4k[] = {
	ROW(block_trailer, "cb", 0, 2, len, "2.2.2.8.1"),
	ROW(block_trailer, "wSig", 2, 2, signature, "2.2.2.8.1"),
	ROW(block_trailer, "dwCRC", 4, 4, crc, "2.2.2.8.1"),
	ROW(block_trailer, "bid", 8, 8, bid, "2.2.2.8.1"),
	ROW(block_trailer, "cbInflated", 18, 2, len_inflated, "2.2.2.8.1"),
};

static const struct field xblock_rows[] = {
	ROW(xblock, "btype", 0, 1, type, "2.2.2.8.3.2"),
	ROW(xblock, "cLevel", 1, 1, level, "2.2.2.8.3.2"),
	ROW(xblock, "cEnt", 2, 2, n, "2.2.2.8.3.2"),
	ROW(xblock, "lcbTotal", 4, 4, total, "2.2.2.8.3.2"),
};
static const struct field slblock_rows[] = {
	ROW(slblock, "btype", 0, 1, type, "2.2.2.8.3.3"),
	ROW(slblock, "cLevel", 1, 1, level, "2.2.2.8.3.3"),
	ROW(slblock, "cEnt", 2, 2, n, "2.2.2.8.3.3"),
};

static const struct field sl_ansi[] = {
	ROW(sl_entry, "nid", 0, 4, nid, "2.2.2.8.3.3.1"),
	ROW(sl_entry, "bidData", 4, 4, data, "2.2.2.8.3.3.1"),
	ROW(sl_entry, "bidSub", 8, 4, subnode, "2.2.2.8.3.3.1"),
};
static const struct field sl_unicode[] = {
	ROW(sl_entry, "nid", 0, 4, nid, "2.2.2.8.3.3.1"),
	{ "nid (upper half)", 4, 4, 0, FIELD_OPAQUE, "2.2.2.8.3.3.1" },
	ROW(sl_entry, "bidData", 8, 8, data, "2.2.2.8.3.3.1"),
	ROW(sl_entry, "bidSub", 16, 8, subnode, "2.2.2.8.3.3.1"),
};
static const struct field si_ansi[] = {
	ROW(si_entry, "nid", 0, 4, nid, "2.2.2.8.3.3.2"),
	ROW(si_entry, "bid", 4, 4, bid, "2.2.2.8.3.3.2"),
};
static const struct field si_unicode[] = {
	ROW(si_entry, "nid", 0, 4, nid, "2.2.2.8.3.3.2"),
	ROW(si_entry, "bid", 8, 8, bid, "2.2.2.8.3.3.2"),
};

static const struct field_table trailer_tables[VARIANT_COUNT] = {
	TABLE("BLOCKTRAILER", trailer_ansi),
	TABLE("BLOCKTRAILER", trailer_unicode),
	TABLE("BLOCKTRAILER", trailer_4k),
};
static const struct field_table xblock_table = TABLE("XBLOCK", xblock_rows);
static const struct field_table slblock_table = TABLE("SLBLOCK", slblock_rows);
static const struct field_table sl_tables[2] = { TABLE("SLENTRY", sl_ansi), TABLE("SLENTRY", sl_unicode) };
static const struct field_table si_tables[2] = { TABLE("SIENTRY", si_ansi), TABLE("SIENTRY", si_unicode) };

const struct field_table *block_trailer_fields(const struct variant *variant)
{
	return &trailer_tables[variant->kind];
}

const struct field_table *xblock_fields(void)
{
	return &xblock_table;
}

const struct field_table *slblock_fields(void)
{
	return &slblock_table;
}

const struct field_table *sl_entry_fields(const struct variant *variant)
{
	return &sl_tables[variant->kind != VARIANT_ANSI];
}

const struct field_table *si_entry_fields(const struct variant *variant)
{
	return &si_tables[variant->kind != VARIANT_ANSI];
}

bool block_trailer_decode(const struct variant *variant, struct view extent, struct block_trailer *out)
{
	*out = (struct block_trailer){ 0 };
	if (extent.len < variant->block_trailer_len)
		return false;
	return field_decode(
		block_trailer_fields(variant),
		field_part(extent, extent.len - variant->block_trailer_len, variant->block_trailer_len), out);
}

unsigned block_faults(const struct variant *variant, struct view extent, const struct block_place *place)
{
	struct block_trailer t;
	unsigned faults = 0;

	if (!block_trailer_decode(variant, extent, &t) ||
	    place->len > extent.len - variant->block_trailer_len)
		return BLOCK_FAULT_LEN;
	if (t.len != place->len)
		faults |= BLOCK_FAULT_LEN;
	/* Readers ignore bit 0 of a reference; what the block calls itself has no such licence. */
	if (t.bid != place->bid.v)
		faults |= BLOCK_FAULT_BID;
	if (t.signature != variant_signature(place->at, place->bid))
		faults |= BLOCK_FAULT_SIGNATURE;
	if (t.crc != pst_crc(view_of(extent.at, place->len)))
		faults |= BLOCK_FAULT_CRC;
	if (variant->may_compress && t.len_inflated != place->len_inflated)
		faults |= BLOCK_FAULT_INFLATED;
	return faults;
}

void block_seal(const struct variant *variant, const struct block_place *place, uint8_t *extent)
{
	block_seal_with(variant, place, pst_crc(view_of(extent, place->len)), extent);
}

void block_seal_with(const struct variant *variant, const struct block_place *place, uint32_t crc,
		     uint8_t *extent)
{
	uint64_t whole = variant_block_extent(variant, place->len);
	struct block_trailer t = {
		.len = place->len,
		.signature = variant_signature(place->at, place->bid),
		.crc = crc,
		.bid = place->bid.v,
		.len_inflated = place->len_inflated,
	};

	field_encode(block_trailer_fields(variant), &t, extent + whole - variant->block_trailer_len);
}

struct view block_inflate(const struct variant *variant, struct view stored, uint32_t len_inflated,
			  uint8_t to[static BLOCK_EXTENT_MAX])
{
	struct libdeflate_decompressor *machine;
	enum libdeflate_result result;
	size_t len = 0;

	if (!variant->may_compress || stored.len == len_inflated)
		return stored;
	if (len_inflated > BLOCK_EXTENT_MAX)
		return view_of(NULL, 0);
	machine = libdeflate_alloc_decompressor();
	if (!machine)
		return view_of(NULL, 0);
	result = libdeflate_zlib_decompress(machine, stored.at, stored.len, to, len_inflated, &len);
	libdeflate_free_decompressor(machine);
	return result == LIBDEFLATE_SUCCESS ? view_of(to, len) : view_of(NULL, 0);
}

bool xblock_decode(struct view data, struct xblock *out)
{
	*out = (struct xblock){ 0 };
	return field_decode(&xblock_table, data, out);
}

bool slblock_decode(struct view data, struct slblock *out)
{
	*out = (struct slblock){ 0 };
	return field_decode(&slblock_table, data, out);
}

bool xblock_bid_at(const struct variant *variant, struct view data, uint64_t i, struct bid *out)
{
	struct cursor c = cursor_of(data);

	if (i >= variant->xblock_max)
		return false;
	cursor_seek(&c, XBLOCK_HEADER_LEN + (size_t)i * variant->id_width);
	out->v = variant->id_width == 4 ? cursor_u32le(&c) : cursor_u64le(&c);
	return cursor_ok(&c);
}

/* Entry i of a subnode block: `header` bytes, then entries of `len` bytes. */
static struct view entry_of(struct view data, uint64_t header, uint64_t len, uint64_t i)
{
	if (i >= data.len)
		return view_of(NULL, 0);
	return field_part(data, header + i * len, len);
}

bool sl_entry_at(const struct variant *variant, struct view data, uint64_t i, struct sl_entry *out)
{
	*out = (struct sl_entry){ 0 };
	return field_decode(sl_entry_fields(variant),
			    entry_of(data, variant->sl_header_len, variant->sl_entry_len, i), out);
}

bool si_entry_at(const struct variant *variant, struct view data, uint64_t i, struct si_entry *out)
{
	*out = (struct si_entry){ 0 };
	return field_decode(si_entry_fields(variant),
			    entry_of(data, variant->sl_header_len, variant->si_entry_len, i), out);
}
