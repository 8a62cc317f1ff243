/* This file tests how UTF-16 and single bytes become UTF-8. */
#include "base/unicode.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *name, *bytes;
	size_t len, max;
	const char *expected;
};

static const struct row utf16[] = {
	{ "ascii", "a\0b\0", 4, 9, "ab" },
	{ "two and three bytes", "\xE4\x00\xAC\x20", 4, 9, "ä€" },
	{ "a pair", "\x3D\xD8\x00\xDE", 4, 9, "😀" },
	{ "a high half alone",
	  "\x3D\xD8"
	  "a\0",
	  4, 9, "\uFFFDa" },
	{ "a low half first", "\x00\xDE\x3D\xD8", 4, 9, "\uFFFD\uFFFD" },
	{ "a high half at the end", "\x3D\xD8", 2, 9, "\uFFFD" },
	{ "an odd byte", "a\0b", 3, 9, "a" },
	{ "ends at NUL", "a\0\0\0b\0", 6, 9, "a" },
	{ "no more than asked for", "a\0b\0", 4, 1, "a" },
	{ "nothing", "", 0, 9, "" },
};

static const struct row bytes[] = {
	{ "ascii", "ab", 2, 9, "ab" },
	{ "utf-8 stays", "\xC3\xA4", 2, 9, "ä" },
	{ "windows-1252", "\x80\xE4", 2, 9, "€ä" },
	{ "ends at NUL", "a\0b", 3, 9, "a" },
	{ "no more than asked for", "ab", 2, 1, "a" },
};

static void check(const struct row *rows, size_t n,
		  char *(*make)(struct arena *arena, struct view bytes, size_t max))
{
	struct arena *arena = arena_new(1 << 16);

	for (size_t i = 0; i < n; i++) {
		char *text = make(arena, view_of(rows[i].bytes, rows[i].len), rows[i].max);

		assert_non_null(text);
		if (strcmp(text, rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].name, text);
	}
	arena_drop(&arena);
}

static void test_to_utf16(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct view back;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(utf16); i++) {
		const char *text = utf16[i].expected;
		char *again;

		assert_true(unicode_to_utf16(arena, str_of(text), &back));
		assert_true(back.len >= 2 && !back.at[back.len - 1] && !back.at[back.len - 2]);
		again = unicode_from_utf16(arena, back, back.len);
		if (!again || strcmp(again, text) != 0)
			fail_msg("%s: %s", utf16[i].name, again);
	}
	assert_true(unicode_to_utf16(arena, STR("😀"), &back));
	assert_memory_equal(back.at, "\x3D\xD8\x00\xDE\0", 6);
	assert_int_equal(back.len, 6);
	assert_false(unicode_to_utf16(arena, STR("\xC3"), &back));
	assert_false(unicode_to_utf16(arena, STR("\xED\xA0\x80"), &back));
	arena_drop(&arena);
}

static void test_utf16(void **state)
{
	(void)state;
	check(utf16, COUNT_OF(utf16), unicode_from_utf16);
}

static void test_bytes(void **state)
{
	(void)state;
	check(bytes, COUNT_OF(bytes), unicode_from_bytes);
}

static void test_put(void **state)
{
	char to[UNICODE_UTF8_MAX];

	(void)state;
	assert_int_equal(unicode_put(to, 0x10FFFF), 4);
	assert_int_equal(unicode_put(to, 0x110000), 3);
	assert_memory_equal(to, "\uFFFD", 3);
	assert_int_equal(unicode_put(to, 0xD800), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_to_utf16),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
