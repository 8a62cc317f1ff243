/* This file tests the numbers in which stores differ, and the map positions that follow from them. */
#include "pst/ndb/crc.h"
#include "pst/ndb/crypt.h"
#include "pst/ndb/maps.h"
#include "pst/ndb/variant.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void versions_choose_their_variant(void **state)
{
	static const struct {
		const char *name;
		uint16_t version;
		const char *variant;
	} rows[] = {
		{ "Outlook 97", 14, "ansi" },
		{ "late ANSI", 15, "ansi" },
		{ "nothing between", 16, NULL },
		{ "early Unicode", 20, "unicode" },
		{ "Unicode", 23, "unicode" },
		{ "beyond Unicode", 24, NULL },
		{ "4 KiB pages", 36, "unicode-4k" },
		{ "protected by Windows", 37, "unicode-4k" },
		{ "zeros", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct variant *v = variant_of_version(rows[i].version);

		if ((v == NULL) != (rows[i].variant == NULL) || (v && strcmp(v->name, rows[i].variant) != 0))
			fail_msg("%s", rows[i].name);
	}
}

static void page_parts_fill_the_page(void **state)
{
	(void)state;
	for (int kind = 0; kind < VARIANT_COUNT; kind++) {
		const struct variant *v = variant_of((enum variant_kind)kind);

		assert_int_equal(v->page_crc_len + v->page_trailer_len, v->page_len);
		assert_int_equal(v->amap_bits_at + v->amap_bytes, v->page_crc_len);
		assert_true(v->amap_interval == (uint64_t)v->amap_bytes * 8 * v->block_align);
		assert_true(v->first_amap % v->page_len == 0 && v->dlist % v->page_len == 0);
		assert_true(variant_block_extent(v, v->block_data_max) % 8192 == 0);
	}
}

static void block_extents_are_aligned(void **state)
{
	static const struct {
		enum variant_kind kind;
		uint32_t len;
		uint64_t extent;
	} rows[] = {
		{ VARIANT_ANSI, 0, 64 },          { VARIANT_ANSI, 52, 64 },
		{ VARIANT_ANSI, 53, 128 },        { VARIANT_UNICODE, 48, 64 },
		{ VARIANT_UNICODE, 49, 128 },     { VARIANT_UNICODE, 8176, 8192 },
		{ VARIANT_UNICODE_4K, 488, 512 }, { VARIANT_UNICODE_4K, 489, 1024 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_true(variant_block_extent(variant_of(rows[i].kind), rows[i].len) == rows[i].extent);
}

static void crc_has_the_check_value(void **state)
{
	const char *digits = "123456789";

	(void)state;
	assert_int_equal(pst_crc(view_of(digits, 9)), 0x2DFD2D88);
	assert_int_equal(pst_crc_more(pst_crc(view_of(digits, 4)), view_of(digits + 4, 5)), 0x2DFD2D88);
	assert_int_equal(pst_crc(view_of("\0\0\0\0", 4)), 0);
}

static void ciphers_undo_themselves(void **state)
{
	uint8_t bytes[256], start[256];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		start[i] = bytes[i] = (uint8_t)i;
	crypt_permute_encode(bytes, sizeof bytes);
	assert_int_equal(bytes[0], 0x41);
	crypt_permute_decode(bytes, sizeof bytes);
	assert_memory_equal(bytes, start, sizeof bytes);
	crypt_cyclic(bytes, sizeof bytes, (struct bid){ 0x12345678 });
	assert_memory_not_equal(bytes, start, sizeof bytes);
	crypt_cyclic(bytes, sizeof bytes, (struct bid){ 0x12345678 });
	assert_memory_equal(bytes, start, sizeof bytes);
	crypt_encode(CRYPT_PERMUTE, (struct bid){ 6 }, bytes, sizeof bytes);
	assert_memory_equal(bytes, start, sizeof bytes); /* internal blocks stay as they are */
}

static void map_pages_stand_where_the_specification_says(void **state)
{
	static const struct {
		const char *name;
		enum variant_kind kind;
		uint64_t at;
		bool is_map;
	} rows[] = {
		{ "first AMap", VARIANT_UNICODE, 0x4400, true },
		{ "first PMap", VARIANT_UNICODE, 0x4600, true },
		{ "data behind them", VARIANT_UNICODE, 0x4800, false },
		{ "DList", VARIANT_UNICODE, 0x4200, true },
		{ "second AMap", VARIANT_ANSI, 0x4400 + 253952, true },
		{ "no PMap in section 1", VARIANT_ANSI, 0x4600 + 253952, false },
		{ "second PMap", VARIANT_ANSI, 0x4600 + 8 * 253952, true },
		{ "first FMap", VARIANT_UNICODE, 0x1F04800, true },
		{ "second FMap", VARIANT_UNICODE, 0x1F04800 + UINT64_C(125960192), true },
		{ "first FPMap", VARIANT_UNICODE, 0x7C004800, true },
		{ "where others put it", VARIANT_UNICODE, 0x7C004A00, false },
		{ "ANSI has none", VARIANT_ANSI, 0x7C004800, false },
		{ "4K AMap", VARIANT_UNICODE_4K, 0x22000, true },
		{ "4K has no PMap", VARIANT_UNICODE_4K, 0x23000, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (maps_is_map_page(variant_of(rows[i].kind), rows[i].at) != rows[i].is_map)
			fail_msg("%s", rows[i].name);
}

static void sections_are_counted(void **state)
{
	const struct variant *v = variant_of(VARIANT_UNICODE);

	(void)state;
	assert_true(maps_sections(v, 0) == 0);
	assert_true(maps_sections(v, 0x4400) == 0);
	assert_true(maps_sections(v, 271360) == 1);
	assert_true(maps_sections(v, 271361) == 2);
	assert_true(maps_sections(v, UINT64_MAX) > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_choose_their_variant),
		cmocka_unit_test(page_parts_fill_the_page),
		cmocka_unit_test(block_extents_are_aligned),
		cmocka_unit_test(crc_has_the_check_value),
		cmocka_unit_test(ciphers_undo_themselves),
		cmocka_unit_test(map_pages_stand_where_the_specification_says),
		cmocka_unit_test(sections_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
