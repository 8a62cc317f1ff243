/* This file takes a store's header apart and puts it together. */
#include "pst/ndb/header.h"

#include "base/checked.h"
#include "pst/ndb/crc.h"

#include <string.h>

#define ROW(name, at, width, member, use, section)                                       \
	{                                                                                \
		name, at, width, (uint16_t)offsetof(struct header, member), use, section \
	}
#define RAW(name, at, width, use, section)       \
	{                                        \
		name, at, width, 0, use, section \
	}

/* Where the raw arrays lie. */
enum { ANSI_NIDS_AT = 36, ANSI_FMAP_AT = 204, ANSI_FPMAP_AT = 332 };
enum { UNICODE_NIDS_AT = 44, UNICODE_FMAP_AT = 256, UNICODE_FPMAP_AT = 384 };

static const struct field ansi_rows[] = {
	ROW("dwMagic", 0, 4, magic, FIELD_CHECKED, "2.2.2.6"),
	ROW("dwCRCPartial", 4, 4, crc_partial, FIELD_CHECKED, "2.2.2.6"),
	ROW("wMagicClient", 8, 2, magic_client, FIELD_CHECKED, "2.2.2.6"),
	ROW("wVer", 10, 2, version, FIELD_CHECKED, "2.2.2.6"),
	ROW("wVerClient", 12, 2, version_client, FIELD_CHECKED, "2.2.2.6"),
	ROW("bPlatformCreate", 14, 1, platform_create, FIELD_CHECKED, "2.2.2.6"),
	ROW("bPlatformAccess", 15, 1, platform_access, FIELD_CHECKED, "2.2.2.6"),
	RAW("dwReserved1/2", 16, 8, FIELD_OPAQUE, "2.2.2.6"),
	ROW("bidNextB", 24, 4, next_block, FIELD_CHECKED, "2.2.2.6"),
	ROW("bidNextP", 28, 4, next_page, FIELD_CHECKED, "2.2.2.6"),
	ROW("dwUnique", 32, 4, unique, FIELD_CHECKED, "2.2.2.6"),
	RAW("rgnid", ANSI_NIDS_AT, 128, FIELD_CHECKED, "2.2.2.6"),
	ROW("ibFileEof", 168, 4, file_eof, FIELD_CHECKED, "2.2.2.5"),
	ROW("ibAMapLast", 172, 4, last_amap, FIELD_CHECKED, "2.2.2.5"),
	ROW("cbAMapFree", 176, 4, amap_free, FIELD_CHECKED, "2.2.2.5"),
	ROW("cbPMapFree", 180, 4, pmap_free, FIELD_CHECKED, "2.2.2.5"),
	ROW("BREFNBT.bid", 184, 4, nbt.bid, FIELD_CHECKED, "2.2.2.5"),
	ROW("BREFNBT.ib", 188, 4, nbt.ib, FIELD_CHECKED, "2.2.2.5"),
	ROW("BREFBBT.bid", 192, 4, bbt.bid, FIELD_CHECKED, "2.2.2.5"),
	ROW("BREFBBT.ib", 196, 4, bbt.ib, FIELD_CHECKED, "2.2.2.5"),
	ROW("fAMapValid", 200, 1, amap_valid, FIELD_CHECKED, "2.2.2.5"),
	RAW("rgbFM", ANSI_FMAP_AT, HEADER_MAP_LEN, FIELD_CHECKED, "2.2.2.6"),
	RAW("rgbFP", ANSI_FPMAP_AT, HEADER_MAP_LEN, FIELD_CHECKED, "2.2.2.6"),
	ROW("bSentinel", 460, 1, sentinel, FIELD_CHECKED, "2.2.2.6"),
	ROW("bCryptMethod", 461, 1, crypt_method, FIELD_CHECKED, "2.2.2.6"),
	RAW("rgbReserved3", 476, 36, FIELD_OPAQUE, "2.2.2.6"),
};

static const struct field unicode_rows[] = {
	ROW("dwMagic", 0, 4, magic, FIELD_CHECKED, "2.2.2.6"),
	ROW("dwCRCPartial", 4, 4, crc_partial, FIELD_CHECKED, "2.2.2.6"),
	ROW("wMagicClient", 8, 2, magic_client, FIELD_CHECKED, "2.2.2.6"),
	ROW("wVer", 10, 2, version, FIELD_CHECKED, "2.2.2.6"),
	ROW("wVerClient", 12, 2, version_client, FIELD_CHECKED, "2.2.2.6"),
	ROW("bPlatformCreate", 14, 1, platform_create, FIELD_CHECKED, "2.2.2.6"),
	ROW("bPlatformAccess", 15, 1, platform_access, FIELD_CHECKED, "2.2.2.6"),
	RAW("dwReserved1/2, bidUnused", 16, 16, FIELD_OPAQUE, "2.2.2.6"),
	ROW("bidNextP", 32, 8, next_page, FIELD_CHECKED, "2.2.2.6"),
	ROW("dwUnique", 40, 4, unique, FIELD_CHECKED, "2.2.2.6"),
	RAW("rgnid", UNICODE_NIDS_AT, 128, FIELD_CHECKED, "2.2.2.6"),
	ROW("ibFileEof", 184, 8, file_eof, FIELD_CHECKED, "2.2.2.5"),
	ROW("ibAMapLast", 192, 8, last_amap, FIELD_CHECKED, "2.2.2.5"),
	ROW("cbAMapFree", 200, 8, amap_free, FIELD_CHECKED, "2.2.2.5"),
	ROW("cbPMapFree", 208, 8, pmap_free, FIELD_CHECKED, "2.2.2.5"),
	ROW("BREFNBT.bid", 216, 8, nbt.bid, FIELD_CHECKED, "2.2.2.5"),
	ROW("BREFNBT.ib", 224, 8, nbt.ib, FIELD_CHECKED, "2.2.2.5"),
	ROW("BREFBBT.bid", 232, 8, bbt.bid, FIELD_CHECKED, "2.2.2.5"),
	ROW("BREFBBT.ib", 240, 8, bbt.ib, FIELD_CHECKED, "2.2.2.5"),
	ROW("fAMapValid", 248, 1, amap_valid, FIELD_CHECKED, "2.2.2.5"),
	RAW("rgbFM", UNICODE_FMAP_AT, HEADER_MAP_LEN, FIELD_CHECKED, "2.2.2.6"),
	RAW("rgbFP", UNICODE_FPMAP_AT, HEADER_MAP_LEN, FIELD_CHECKED, "2.2.2.6"),
	ROW("bSentinel", 512, 1, sentinel, FIELD_CHECKED, "2.2.2.6"),
	ROW("bCryptMethod", 513, 1, crypt_method, FIELD_CHECKED, "2.2.2.6"),
	ROW("bidNextB", 516, 8, next_block, FIELD_CHECKED, "2.2.2.6"),
	ROW("dwCRCFull", 524, 4, crc_full, FIELD_CHECKED, "2.2.2.6"),
	RAW("rgbReserved2, bReserved, rgbReserved3", 528, 36, FIELD_OPAQUE, "2.2.2.6"),
};

static const struct field_table ansi_table = { "HEADER (ANSI)", ansi_rows, COUNT_OF(ansi_rows) };
static const struct field_table unicode_table = { "HEADER (Unicode)", unicode_rows, COUNT_OF(unicode_rows) };

static bool is_ansi(const struct variant *variant)
{
	return variant->kind == VARIANT_ANSI;
}

const struct field_table *header_fields(const struct variant *variant)
{
	return is_ansi(variant) ? &ansi_table : &unicode_table;
}

uint16_t header_version(struct view bytes)
{
	struct cursor c = cursor_of(bytes);

	cursor_seek(&c, 10);
	return cursor_u16le(&c);
}

bool header_decode(const struct variant *variant, struct view bytes, struct header *out)
{
	struct cursor c = cursor_of(bytes);

	*out = (struct header){ 0 };
	if (bytes.len < variant->header_len || !field_decode(header_fields(variant), bytes, out))
		return false;
	cursor_seek(&c, is_ansi(variant) ? ANSI_NIDS_AT : UNICODE_NIDS_AT);
	for (size_t i = 0; i < NID_TYPE_COUNT; i++)
		out->nid_marks[i] = cursor_u32le(&c);
	memcpy(out->fmap, bytes.at + (is_ansi(variant) ? ANSI_FMAP_AT : UNICODE_FMAP_AT), HEADER_MAP_LEN);
	memcpy(out->fpmap, bytes.at + (is_ansi(variant) ? ANSI_FPMAP_AT : UNICODE_FPMAP_AT), HEADER_MAP_LEN);
	return true;
}

void header_checksums(const struct variant *variant, struct view bytes, uint32_t *partial_out,
		      uint32_t *full_out)
{
	*partial_out = pst_crc(view_of(bytes.at + HEADER_CRC_FROM, HEADER_CRC_PARTIAL_LEN));
	*full_out = is_ansi(variant) ? 0 : pst_crc(view_of(bytes.at + HEADER_CRC_FROM, HEADER_CRC_FULL_LEN));
}

void header_encode(const struct variant *variant, struct header *header, uint8_t *bytes)
{
	uint8_t *nids = bytes + (is_ansi(variant) ? ANSI_NIDS_AT : UNICODE_NIDS_AT);
	uint32_t partial, full;

	for (size_t i = 0; i < NID_TYPE_COUNT; i++)
		field_put(nids + 4 * i, 4, header->nid_marks[i]);
	memcpy(bytes + (is_ansi(variant) ? ANSI_FMAP_AT : UNICODE_FMAP_AT), header->fmap, HEADER_MAP_LEN);
	memcpy(bytes + (is_ansi(variant) ? ANSI_FPMAP_AT : UNICODE_FPMAP_AT), header->fpmap, HEADER_MAP_LEN);
	field_encode(header_fields(variant), header, bytes);
	header_checksums(variant, view_of(bytes, variant->header_len), &partial, &full);
	header->crc_partial = partial;
	header->crc_full = full;
	field_encode(header_fields(variant), header, bytes);
}

bool header_reserved_is_used(const struct variant *variant, struct view bytes, uint64_t *at_out)
{
	/* rgbReserved, ullReserved, dwReserved; qwUnused, dwAlign, rgbReserved (2.2.2.6). */
	static const struct {
		uint16_t at, len;
	} ansi[] = { { 462, 14 }, { 0, 0 }, { 0, 0 } }, unicode[] = { { 172, 8 }, { 252, 4 }, { 514, 2 } };

	for (size_t i = 0; i < COUNT_OF(ansi); i++) {
		bool is_ansi = variant->kind == VARIANT_ANSI;
		uint64_t at = is_ansi ? ansi[i].at : unicode[i].at;
		struct cursor c = cursor_of(field_part(bytes, at, is_ansi ? ansi[i].len : unicode[i].len));

		for (*at_out = at; cursor_left(&c); ++*at_out)
			if (cursor_u8(&c))
				return true;
	}
	return false;
}
