/* This file tests the cursor: every width at every place, and that it never leaves its view. */
#include "base/cursor.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t bytes[] = { 0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88 };

static uint64_t read_u8(struct cursor *c)
{
	return cursor_u8(c);
}

static uint64_t read_u16le(struct cursor *c)
{
	return cursor_u16le(c);
}

static uint64_t read_u32le(struct cursor *c)
{
	return cursor_u32le(c);
}

static uint64_t read_u16be(struct cursor *c)
{
	return cursor_u16be(c);
}

static uint64_t read_u24be(struct cursor *c)
{
	return cursor_u24be(c);
}

static uint64_t read_u32be(struct cursor *c)
{
	return cursor_u32be(c);
}

static void test_integers(void **state)
{
	static const struct {
		const char *name;
		uint64_t (*read)(struct cursor *c);
		size_t width;
		uint64_t value;
	} rows[] = {
		{ "u8", read_u8, 1, 0x01 },
		{ "u16le", read_u16le, 2, 0x8201 },
		{ "u32le", read_u32le, 4, 0x84038201 },
		{ "u64le", cursor_u64le, 8, UINT64_C(0x8807860584038201) },
		{ "u16be", read_u16be, 2, 0x0182 },
		{ "u24be", read_u24be, 3, 0x018203 },
		{ "u32be", read_u32be, 4, 0x01820384 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (size_t len = 0; len <= sizeof bytes; len++) {
			struct cursor c = cursor_of(view_of(bytes, len));
			bool fits = len >= rows[i].width;
			uint64_t value = rows[i].read(&c);

			if (value != (fits ? rows[i].value : 0) || cursor_ok(&c) != fits)
				fail_msg("%s of %zu bytes", rows[i].name, len);
			assert_int_equal(cursor_left(&c), fits ? len - rows[i].width : 0);
			assert_int_equal(cursor_done(&c), len == rows[i].width);
		}
	}
}

static void test_failure_is_sticky(void **state)
{
	struct cursor c = cursor_of(view_of(bytes, 3));

	(void)state;
	assert_int_equal(cursor_u32be(&c), 0);
	assert_false(cursor_ok(&c));
	assert_int_equal(cursor_u8(&c), 0);
	cursor_seek(&c, 0);
	assert_int_equal(cursor_take(&c, 0).len, 0);
	assert_int_equal(cursor_left(&c), 0);
	assert_false(cursor_done(&c));

	c = cursor_of(view_of(bytes, 3));
	cursor_fail(&c);
	assert_int_equal(cursor_u8(&c), 0);
	assert_false(cursor_ok(&c));
}

static void test_take_and_skip(void **state)
{
	static const struct {
		const char *name;
		size_t skip, take;
		bool ok;
	} rows[] = {
		{ "all", 0, 8, true },
		{ "none at the end", 8, 0, true },
		{ "one beyond", 0, 9, false },
		{ "after the end", 8, 1, false },
		{ "skip beyond", 9, 0, false },
		{ "length that wraps", 4, SIZE_MAX - 2, false },
		{ "skip that wraps", SIZE_MAX, 1, false },
		{ "middle", 3, 2, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct cursor c = cursor_of(view_of(bytes, sizeof bytes));
		struct view taken;

		cursor_skip(&c, rows[i].skip);
		taken = cursor_take(&c, rows[i].take);
		if (cursor_ok(&c) != rows[i].ok || taken.len != (rows[i].ok ? rows[i].take : 0))
			fail_msg("%s", rows[i].name);
		if (taken.len)
			assert_ptr_equal(taken.at, bytes + rows[i].skip);
	}
}

static void test_sub_stays_inside(void **state)
{
	struct cursor c = cursor_of(view_of(bytes, sizeof bytes));
	struct cursor sub = cursor_sub(&c, 3);

	(void)state;
	assert_int_equal(cursor_u16be(&sub), 0x0182);
	assert_int_equal(cursor_u16be(&sub), 0);
	assert_false(cursor_ok(&sub));
	assert_true(cursor_ok(&c));
	assert_int_equal(cursor_u8(&c), 0x84);

	sub = cursor_sub(&c, 100);
	assert_false(cursor_ok(&sub));
	assert_false(cursor_ok(&c));
}

static void test_seek(void **state)
{
	static const struct {
		size_t at;
		bool ok;
		uint8_t next;
	} rows[] = {
		{ 0, true, 0x01 }, { 7, true, 0x88 }, { 8, true, 0 }, { 9, false, 0 }, { SIZE_MAX, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct cursor c = cursor_of(view_of(bytes, sizeof bytes));

		cursor_seek(&c, rows[i].at);
		assert_int_equal(cursor_ok(&c), rows[i].ok);
		assert_int_equal(cursor_u8(&c), rows[i].next);
	}
}

static void test_nothing(void **state)
{
	struct cursor c = cursor_of(view_of(NULL, 0));

	(void)state;
	assert_true(cursor_done(&c));
	assert_int_equal(cursor_take(&c, 0).len, 0);
	assert_true(cursor_done(&c));
	assert_int_equal(cursor_u8(&c), 0);
	assert_false(cursor_ok(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),      cmocka_unit_test(test_failure_is_sticky),
		cmocka_unit_test(test_take_and_skip), cmocka_unit_test(test_sub_stays_inside),
		cmocka_unit_test(test_seek),          cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
