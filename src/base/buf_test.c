/* This file tests buffers: growth up to the cap, sticky failure, dropping the head. */
#include "base/buf.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_cap(void **state)
{
	static const struct {
		const char *name;
		size_t cap, n; /* n pieces of 3 bytes */
		size_t kept;
		bool failed;
	} rows[] = {
		{ "empty", 0, 0, 0, false },
		{ "no room at all", 0, 1, 0, true },
		{ "exactly full", 6, 2, 6, false },
		{ "one byte short", 5, 2, 3, true },
		{ "keeps what it has", 7, 9, 6, true },
		{ "moves often", 30000, 10000, 30000, false },
		{ "cap between powers of two", 100, 33, 99, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf buf;

		buf_init(&buf, rows[i].cap);
		for (size_t k = 0; k < rows[i].n; k++)
			buf_add_text(&buf, "abc");
		if (buf_view(&buf).len != rows[i].kept || buf_failed(&buf) != rows[i].failed)
			fail_msg("%s: %zu bytes", rows[i].name, buf_view(&buf).len);
		for (size_t k = 0; k < rows[i].kept; k++)
			assert_int_equal(buf_view(&buf).at[k], "abc"[k % 3]);
		buf_fini(&buf);
	}
}

static void test_failure_is_sticky_until_cleared(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 4);
	buf_add_text(&buf, "abcde");
	buf_add_byte(&buf, 'x');
	assert_true(buf_failed(&buf));
	assert_int_equal(buf_str(&buf).len, 0);
	buf_clear(&buf);
	buf_add_byte(&buf, 'x');
	assert_false(buf_failed(&buf));
	assert_true(str_is(buf_str(&buf), "x"));
	buf_fini(&buf);
}

static void test_printf(void **state)
{
	static const struct {
		const char *name;
		size_t cap;
		const char *text;
		bool ok;
	} rows[] = {
		{ "fits with its terminator", 5, "abcd", true },
		{ "no room for the terminator", 4, "abcd", false },
		{ "empty", 1, "", true },
		{ "empty without room", 0, "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf buf;

		buf_init(&buf, rows[i].cap);
		buf_printf(&buf, "%s", rows[i].text);
		if (buf_failed(&buf) == rows[i].ok)
			fail_msg("%s", rows[i].name);
		assert_true(str_is(buf_str(&buf), rows[i].ok ? rows[i].text : ""));
		buf_fini(&buf);
	}
}

static void test_drop_head(void **state)
{
	static const struct {
		const char *name;
		size_t n;
		const char *left;
	} rows[] = {
		{ "nothing", 0, "abcdef" }, { "one", 1, "bcdef" },      { "all but one", 5, "f" },
		{ "all", 6, "" },           { "more than all", 7, "" }, { "far more", SIZE_MAX, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf buf;

		buf_init(&buf, 64);
		buf_add_str(&buf, str_of("abcdef"));
		buf_drop_head(&buf, rows[i].n);
		if (!str_is(buf_str(&buf), rows[i].left))
			fail_msg("%s", rows[i].name);
		buf_add_byte(&buf, '!');
		assert_int_equal(buf_view(&buf).len, strlen(rows[i].left) + 1);
		buf_fini(&buf);
	}
}

static void test_all_zeros_is_empty(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	assert_int_equal(buf_view(&buf).len, 0);
	assert_int_equal(buf_str(&buf).len, 0);
	buf_add(&buf, view_of(NULL, 0));
	assert_false(buf_failed(&buf));
	buf_drop_head(&buf, 1);
	buf_wipe_fini(&buf);
	buf_fini(&buf);
}

static void test_wipe_fini_forgets(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 64);
	buf_add_text(&buf, "secret");
	buf_wipe_fini(&buf);
	assert_null(buf.at);
	assert_int_equal(buf.len, 0);
	buf_add_text(&buf, "again");
	assert_true(str_is(buf_str(&buf), "again"));
	buf_fini(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_failure_is_sticky_until_cleared),
		cmocka_unit_test(test_printf),
		cmocka_unit_test(test_drop_head),
		cmocka_unit_test(test_all_zeros_is_empty),
		cmocka_unit_test(test_wipe_fini_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
