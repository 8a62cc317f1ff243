/* This file tests ranges of keys: what is in them, and how they join. */
#include "salvage/key_set.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void test_ranges(void **state)
{
	static const struct {
		const char *name;
		struct key_range added[4];
		uint64_t in, out;
		size_t n; /* ranges that are left */
	} rows[] = {
		{ "one", { { 5, 9 } }, 5, 9, 1 },
		{ "its last", { { 5, 9 } }, 8, 4, 1 },
		{ "an empty one", { { 7, 7 }, { 1, 2 } }, 1, 7, 1 },
		{ "a backward one", { { 9, 7 }, { 1, 2 } }, 1, 8, 1 },
		{ "two apart", { { 5, 9 }, { 20, 30 } }, 25, 15, 2 },
		{ "two out of order", { { 20, 30 }, { 5, 9 } }, 6, 19, 2 },
		{ "touching", { { 5, 9 }, { 9, 12 } }, 9, 12, 1 },
		{ "touching from below", { { 9, 12 }, { 5, 9 } }, 8, 4, 1 },
		{ "overlapping", { { 5, 9 }, { 7, 20 } }, 15, 20, 1 },
		{ "one over three", { { 5, 6 }, { 8, 9 }, { 11, 12 }, { 1, 50 } }, 10, 50, 1 },
		{ "between two", { { 1, 3 }, { 9, 12 }, { 5, 6 } }, 5, 4, 3 },
		{ "to the end", { { 5, UINT64_MAX } }, UINT64_MAX - 1, UINT64_MAX, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct key_set set = { .arena = arena_new(1 << 16) };

		print_message("%s\n", rows[i].name);
		assert_false(key_set_has(&set, rows[i].in));
		for (size_t k = 0; k < COUNT_OF(rows[i].added); k++)
			assert_int_equal(key_set_add(&set, rows[i].added[k].low, rows[i].added[k].high),
					 ST_OK);
		assert_true(key_set_has(&set, rows[i].in));
		assert_false(key_set_has(&set, rows[i].out));
		assert_int_equal(set.n, rows[i].n);
		arena_drop(&set.arena);
	}
}

static void test_many(void **state)
{
	struct key_set set = { .arena = arena_new(1 << 20) };

	(void)state;
	/* Every third number in an order that is none, then all. */
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(key_set_add(&set, i * 7 % 1000 * 3, i * 7 % 1000 * 3 + 1), ST_OK);
	assert_int_equal(set.n, 1000);
	for (uint64_t i = 0; i < 3000; i++)
		assert_int_equal(key_set_has(&set, i), i % 3 == 0);
	assert_int_equal(key_set_add(&set, 0, 3000), ST_OK);
	assert_int_equal(set.n, 1);
	arena_drop(&set.arena);
}

static void test_no_memory(void **state)
{
	struct key_set set = { .arena = arena_new(16) };

	(void)state;
	assert_int_equal(key_set_add(&set, 1, 2), ST_NOMEM);
	assert_false(key_set_has(&set, 1));
	arena_drop(&set.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
