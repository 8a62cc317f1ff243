/* This file tests the messaging layer's small readers: EntryIDs, text, names, special nodes. */
#include "pst/ltp/property.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/name_map.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/msg/text.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void entry_ids(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len;
		bool ok;
		uint32_t nid;
	} rows[] = {
		{ "a folder", "\0\0\0\0KKKKKKKKKKKKKKKK\x22\x80\0\0", 24, true, 0x8022 },
		{ "flags set", "\1\0\0\0KKKKKKKKKKKKKKKK\x22\x80\0\0", 24, false, 0 },
		{ "one byte short", "\0\0\0\0KKKKKKKKKKKKKKKK\x22\x80\0", 23, false, 0 },
		{ "one byte long", "\0\0\0\0KKKKKKKKKKKKKKKK\x22\x80\0\0\0", 25, false, 0 },
		{ "empty", "", 0, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct entry_id e;
		bool ok = entry_id_decode(view_of(rows[i].bytes, rows[i].len), &e);

		if (ok != rows[i].ok || (ok && e.nid.v != rows[i].nid))
			fail_msg("%s", rows[i].name);
	}
}

static void texts(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		const char *bytes;
		size_t len;
		const char *text;
	} rows[] = {
		{ "UTF-16", PTYP_STRING, "G\0r\0\xFC\0n\0", 8, "Gr\xC3\xBCn" },
		{ "a pair", PTYP_STRING, "\x3D\xD8\x00\xDE", 4, "\xF0\x9F\x98\x80" },
		{ "half a pair", PTYP_STRING,
		  "\x3D\xD8"
		  "a\0",
		  4,
		  "\xEF\xBF\xBD"
		  "a" },
		{ "half a pair at the end", PTYP_STRING, "a\0\x3D\xD8", 4, "a\xEF\xBF\xBD" },
		{ "the other half alone", PTYP_STRING, "\x00\xDE", 2, "\xEF\xBF\xBD" },
		{ "an odd byte", PTYP_STRING, "a\0b", 3, "a" },
		{ "ends with a NUL", PTYP_STRING, "a\0\0\0b\0", 6, "a" },
		{ "nothing", PTYP_STRING, "", 0, "" },
		{ "ASCII", PTYP_STRING_8, "plain", 5, "plain" },
		{ "UTF-8 stays", PTYP_STRING_8, "\xC3\xBC", 2, "\xC3\xBC" },
		{ "Latin-1", PTYP_STRING_8, "Gr\xFCn", 4, "Gr\xC3\xBCn" },
		{ "8 bits with a NUL", PTYP_STRING_8, "ab\0", 3, "ab" },
		{ "at most ten", PTYP_STRING_8, "0123456789abc", 13, "0123456789" },
	};
	struct arena *arena = arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *text = text_of(arena, rows[i].type, view_of(rows[i].bytes, rows[i].len), 10);

		if (!text || strcmp(text, rows[i].text) != 0)
			fail_msg("%s: %s", rows[i].name, text ? text : "(null)");
	}
	arena_drop(&arena);
}

static void subjects_lose_their_prefix_mark(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		const char *bytes;
		size_t len;
		const char *text;
	} rows[] = {
		{ "marked", PTYP_STRING, "\1\0\5\0R\0e\0:\0", 10, "Re:" },
		{ "not marked", PTYP_STRING, "R\0e\0:\0", 6, "Re:" },
		{ "marked, 8 bits", PTYP_STRING_8, "\1\5Re:", 5, "Re:" },
		{ "the mark alone", PTYP_STRING, "\1\0", 2, "" },
	};
	struct arena *arena = arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *text =
			text_of_subject(arena, rows[i].type, view_of(rows[i].bytes, rows[i].len), 100);

		if (!text || strcmp(text, rows[i].text) != 0)
			fail_msg("%s: %s", rows[i].name, text ? text : "(null)");
	}
	arena_drop(&arena);
}

static void names(void **state)
{
	/* One GUID; one text, "ab". */
	static const struct name_map map = {
		.guids = { (const uint8_t *)"GGGGGGGGGGGGGGGG", 16 },
		.strings = { (const uint8_t *)"\4\0\0\0a\0b\0", 8 },
		.buckets = 251,
	};
	static const struct {
		const char *name;
		struct name_entry entry;
		unsigned faults;
	} rows[] = {
		{ "a number of PS_MAPI", { 0x8503, 1 << 1, 0 }, 0 },
		{ "a number of the stream's GUID", { 0x8503, 3 << 1, 0 }, 0 },
		{ "a GUID behind the stream", { 0x8503, 4 << 1, 0 }, NAME_FAULT_GUID },
		{ "a text", { 0, 2 << 1 | 1, 5 }, 0 },
		{ "a text behind the strings", { 8, 2 << 1 | 1, 5 }, NAME_FAULT_TEXT },
		{ "a text whose length leaves the strings", { 4, 2 << 1 | 1, 5 }, NAME_FAULT_TEXT },
		{ "the last ID", { 1, 2, 0x7FFF }, 0 },
		{ "an ID too high", { 1, 2, 0x8000 }, NAME_FAULT_ID },
	};
	struct name_entry row;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (name_entry_faults(&map, &rows[i].entry) != rows[i].faults)
			fail_msg("%s", rows[i].name);
	assert_int_equal(name_map_bucket(&map, &rows[0].entry, &row), (0x8503 ^ 2) % 251);
	assert_int_equal(row.key, 0x8503);
	(void)name_map_bucket(&map, &rows[3].entry, &row);
	assert_int_not_equal(row.key, 0);
}

static void special_nodes(void **state)
{
	(void)state;
	assert_int_equal(special_template(NID_TYPE_CONTENTS_TABLE)->nid, 0x60E);
	assert_int_equal(special_template(NID_TYPE_RECIPIENT_TABLE)->nid, 0x692);
	assert_null(special_template(NID_TYPE_NORMAL_MESSAGE));
	assert_true(special_tag_is(0x0037001F, 0x0037001F));
	assert_true(special_tag_is(0x0037001E, 0x0037001F));
	assert_false(special_tag_is(0x0E070002, 0x0E070003));
	assert_string_equal(tag_row(TAG_SUBJECT)->name, "PidTagSubject");
	assert_null(tag_row(0x7777));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry_ids),
		cmocka_unit_test(texts),
		cmocka_unit_test(subjects_lose_their_prefix_mark),
		cmocka_unit_test(names),
		cmocka_unit_test(special_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
