/* This file tests text by address and length, with broken and hostile bytes. */
#include "base/str.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_compare(void **state)
{
	static const struct {
		const char *name, *a, *b;
		bool same, same_nocase, starts, starts_nocase, ends_nocase;
	} rows[] = {
		{ "same", "abc", "abc", true, true, true, true, true },
		{ "case", "ABC", "abc", false, true, false, true, true },
		{ "longer", "abcd", "abc", false, false, true, true, false },
		{ "longer at the front", "xABC", "abc", false, false, false, false, true },
		{ "shorter", "ab", "abc", false, false, false, false, false },
		{ "both empty", "", "", true, true, true, true, true },
		{ "empty needle", "abc", "", false, false, true, true, true },
		{ "empty text", "", "a", false, false, false, false, false },
		{ "no folding of @ and grave", "@", "`", false, false, false, false, false },
		{ "no folding beyond ASCII", "\xC4", "\xE4", false, false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct str a = str_of(rows[i].a), b = str_of(rows[i].b);

		if (str_eq(a, b) != rows[i].same || str_is(a, rows[i].b) != rows[i].same ||
		    str_eq_nocase(a, b) != rows[i].same_nocase ||
		    str_is_nocase(a, rows[i].b) != rows[i].same_nocase ||
		    str_starts(a, b) != rows[i].starts || str_starts_nocase(a, b) != rows[i].starts_nocase ||
		    str_ends_nocase(a, b) != rows[i].ends_nocase)
			fail_msg("%s", rows[i].name);
	}
}

static void test_find(void **state)
{
	static const struct {
		const char *text, *needle;
		size_t at, at_nocase;
	} rows[] = {
		{ "STARTTLS", "TTLS", 4, 4 },
		{ "starttls", "TTLS", SIZE_MAX, 4 },
		{ "aab", "ab", 1, 1 },
		{ "ab", "abc", SIZE_MAX, SIZE_MAX },
		{ "", "a", SIZE_MAX, SIZE_MAX },
		{ "abc", "", 0, 0 },
		{ "", "", 0, 0 },
	};
	static const char nul[] = { 'a', '\0', 'b' };
	struct str with_nul = { .at = nul, .len = sizeof nul };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(str_find(str_of(rows[i].text), str_of(rows[i].needle)), rows[i].at);
		assert_int_equal(str_find_nocase(str_of(rows[i].text), str_of(rows[i].needle)),
				 rows[i].at_nocase);
	}
	assert_int_equal(str_find_char(with_nul, 'b'), 2);
	assert_int_equal(str_find_char(with_nul, '\0'), 1);
	assert_int_equal(str_find_char(with_nul, 'c'), SIZE_MAX);
	assert_int_equal(str_find_char(str_of(NULL), 'a'), SIZE_MAX);
	assert_int_equal(str_find(with_nul, STR("b")), 2);
}

static void test_parts(void **state)
{
	struct str s = str_of("abcdef");

	(void)state;
	assert_true(str_is(str_head(s, 2), "ab"));
	assert_true(str_is(str_head(s, 6), "abcdef"));
	assert_true(str_is(str_head(s, SIZE_MAX), "abcdef"));
	assert_true(str_is(str_skip(s, 2), "cdef"));
	assert_int_equal(str_skip(s, 6).len, 0);
	assert_int_equal(str_skip(s, SIZE_MAX).len, 0);
	assert_int_equal(str_skip((struct str){ 0 }, 5).len, 0);
	assert_true(str_eq(str_from_view(str_view(s)), s));
}

static void test_trim(void **state)
{
	static const char *const rows[][2] = {
		{ "abc", "abc" }, { "  a b\t", "a b" }, { "\r\n", "" },
		{ "", "" },       { " \ta\r\n", "a" },  { "\va", "\va" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_true(str_is(str_trim(str_of(rows[i][0])), rows[i][1]));
}

static void test_cut(void **state)
{
	static const struct {
		const char *text;
		const char *parts[4];
		size_t n;
	} rows[] = {
		{ "a,b,c", { "a", "b", "c" }, 3 },
		{ "abc", { "abc" }, 1 },
		{ "", { "" }, 1 },
		{ ",", { "", "" }, 2 },
		{ "a,", { "a", "" }, 2 },
		{ ",,b", { "", "", "b" }, 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct str rest = str_of(rows[i].text);

		for (size_t k = 0; k < rows[i].n; k++) {
			struct str part = str_cut(&rest, ',');

			assert_non_null(part.at);
			if (!str_is(part, rows[i].parts[k]))
				fail_msg("\"%s\", part %zu", rows[i].text, k);
		}
		assert_null(str_cut(&rest, ',').at);
		assert_null(str_cut(&rest, ',').at);
	}
}

static void test_to_u64(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool ok;
		uint64_t value;
	} rows[] = {
		{ "0", 10, true, 0 },
		{ "", 10, false, 0 },
		{ "10", 10, true, 10 },
		{ "11", 10, false, 0 },
		{ "007", 10, true, 7 },
		{ "-1", 10, false, 0 },
		{ "+1", 10, false, 0 },
		{ " 1", 10, false, 0 },
		{ "1 ", 10, false, 0 },
		{ "0x1", 10, false, 0 },
		{ "65535", 65535, true, 65535 },
		{ "65536", 65535, false, 0 },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false, 0 },
		{ "99999999999999999999999", UINT64_MAX, false, 0 },
		{ "1\xD9\xA1", 100, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t value = 4711;
		bool ok = str_to_u64(str_of(rows[i].text), rows[i].max, &value);

		if (ok != rows[i].ok || value != (ok ? rows[i].value : 4711))
			fail_msg("\"%s\"", rows[i].text);
	}
}

static void test_utf8(void **state)
{
	static const struct {
		const char *name, *text;
		size_t len;
		bool ok;
	} rows[] = {
		{ "empty", "", 0, true },
		{ "ASCII", "abc", 3, true },
		{ "NUL", "a\0b", 3, false },
		{ "two bytes", "\xC3\xA4", 2, true },
		{ "two bytes cut", "\xC3", 1, false },
		{ "overlong slash", "\xC0\xAF", 2, false },
		{ "lone continuation", "\x80", 1, false },
		{ "three bytes", "\xE2\x82\xAC", 3, true },
		{ "three bytes cut", "\xE2\x82", 2, false },
		{ "overlong three", "\xE0\x9F\xBF", 3, false },
		{ "first of three", "\xE0\xA0\x80", 3, true },
		{ "last before the surrogates", "\xED\x9F\xBF", 3, true },
		{ "first surrogate", "\xED\xA0\x80", 3, false },
		{ "four bytes", "\xF0\x9F\x93\xA7", 4, true },
		{ "overlong four", "\xF0\x8F\xBF\xBF", 4, false },
		{ "last of all", "\xF4\x8F\xBF\xBF", 4, true },
		{ "beyond the last", "\xF4\x90\x80\x80", 4, false },
		{ "five bytes", "\xF8\x88\x80\x80\x80", 5, false },
		{ "third byte broken", "\xF0\x9F\x41\xA7", 4, false },
		{ "Latin-1", "caf\xE9", 4, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (str_is_utf8((struct str){ .at = rows[i].text, .len = rows[i].len }) != rows[i].ok)
			fail_msg("%s", rows[i].name);
}

static void test_characters(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		char c = (char)i;

		assert_int_equal(str_is_digit(c), i >= '0' && i <= '9');
		assert_int_equal(str_is_alpha(c), (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z'));
		assert_int_equal(str_lower_char(c), i >= 'A' && i <= 'Z' ? (char)(i + 32) : c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare), cmocka_unit_test(test_find),
		cmocka_unit_test(test_parts),   cmocka_unit_test(test_trim),
		cmocka_unit_test(test_cut),     cmocka_unit_test(test_to_u64),
		cmocka_unit_test(test_utf8),    cmocka_unit_test(test_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
