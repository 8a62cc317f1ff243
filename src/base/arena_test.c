/* This file tests arenas: caps, alignment, copies and planted failures. */
#include "base/arena.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_cap(void **state)
{
	static const struct {
		const char *name;
		size_t cap, n, size;
		bool ok;
	} rows[] = {
		{ "fits exactly", 64, 4, 16, true },
		{ "one too many", 64, 5, 16, false },
		{ "rounding counts", 64, 5, 1, false },
		{ "nothing still takes a place", 32, 3, 0, false },
		{ "nothing fits into no cap", 0, 1, 1, false },
		{ "larger than a chunk", 1 << 20, 1, 1 << 20, true },
		{ "larger than the cap", 1 << 20, 1, (1 << 20) + 1, false },
		{ "size overflows when rounded", SIZE_MAX, 1, SIZE_MAX, false },
		{ "many chunks", 1 << 22, 4096, 1024, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(rows[i].cap);
		bool ok = true;

		assert_non_null(arena);
		for (size_t k = 0; k < rows[i].n; k++)
			ok = arena_alloc(arena, rows[i].size) && ok;
		if (ok != rows[i].ok || arena_failed(arena) == rows[i].ok)
			fail_msg("%s", rows[i].name);
		assert_true(arena_used(arena) <= rows[i].cap);
		arena_drop(&arena);
		assert_null(arena);
	}
}

static void test_failure_stays_but_small_ones_go_on(void **state)
{
	struct arena *arena = arena_new(64);

	(void)state;
	assert_null(arena_alloc(arena, 65));
	assert_non_null(arena_alloc(arena, 1));
	assert_true(arena_failed(arena));
	arena_drop(&arena);
}

static void test_zeroed_and_aligned(void **state)
{
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	for (size_t size = 1; size < 300; size += 7) {
		unsigned char *at = arena_alloc(arena, size);

		assert_non_null(at);
		assert_int_equal((uintptr_t)at % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(at[i], 0);
		memset(at, 0xA5, size);
	}
	arena_drop(&arena);
}

static void test_array(void **state)
{
	static const struct {
		const char *name;
		size_t n, size;
		bool ok;
	} rows[] = {
		{ "plain", 10, 8, true },
		{ "none", 0, 8, true },
		{ "product overflows", SIZE_MAX / 2, 3, false },
		{ "product is above the cap", 1024, 1024, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(4096);

		if ((arena_array(arena, rows[i].n, rows[i].size) != NULL) != rows[i].ok)
			fail_msg("%s", rows[i].name);
		arena_drop(&arena);
	}
}

static void test_grown(void **state)
{
	struct arena *arena = arena_new(64 << 10);
	uint32_t *rows = NULL, *more;
	size_t n = 0, room = 0, before;

	(void)state;
	while ((more = arena_grown(arena, rows, n, &room, sizeof *rows)) != NULL) {
		assert_true(n < room);
		rows = more;
		rows[n] = (uint32_t)n * 7;
		n++;
	}
	/* The cap was met: what is there still stands. */
	assert_true(n > 1000 && n == room);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(rows[i], i * 7);
	/* Nothing is given out where there is room. */
	before = arena_used(arena);
	assert_ptr_equal(arena_grown(arena, rows, n - 1, &room, sizeof *rows), rows);
	assert_int_equal(arena_used(arena), before);
	arena_drop(&arena);
}

static void test_copies(void **state)
{
	struct arena *arena = arena_new(4096);
	char with_nul[] = { 'a', '\0', 'b' };
	struct str copy;

	(void)state;
	assert_string_equal(arena_strdup(arena, "anna"), "anna");
	assert_string_equal(arena_strdup(arena, NULL), "");
	assert_string_equal(arena_text(arena, str_head(str_of("practice"), 4)), "prac");
	assert_string_equal(arena_text(arena, str_of(NULL)), "");
	copy = arena_str(arena, (struct str){ .at = with_nul, .len = sizeof with_nul });
	assert_int_equal(copy.len, 3);
	assert_memory_equal(copy.at, with_nul, 3);
	assert_ptr_not_equal(copy.at, with_nul);
	assert_memory_equal(arena_copy(arena, "xyz", 3), "xyz", 3);
	assert_non_null(arena_copy(arena, NULL, 0));
	assert_string_equal(arena_printf(arena, "%s:%u", "host", 993U), "host:993");
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	arena_drop(&arena);
}

static void test_copies_at_the_cap(void **state)
{
	struct arena *arena = arena_new(16);
	struct str copy;

	(void)state;
	assert_null(arena_text(arena, str_of("sixteen letters!")));
	copy = arena_str(arena, str_of("sixteen letters!"));
	assert_int_equal(copy.len, 0);
	assert_non_null(copy.at);
	assert_null(arena_printf(arena, "%s", "sixteen letters!"));
	assert_null(arena_copy(arena, "seventeen letters", 17));
	assert_string_equal(arena_text(arena, str_of("fifteen letters")), "fifteen letters");
	arena_drop(&arena);
}

static void test_planted_failure(void **state)
{
	struct arena *arena;

	(void)state;
	arena_fail_at(1, false);
	assert_null(arena_new(4096));
	arena = arena_new(4096);
	assert_non_null(arena);

	arena_fail_at(3, false);
	assert_non_null(arena_alloc(arena, 1));
	assert_non_null(arena_alloc(arena, 1));
	assert_null(arena_alloc(arena, 1));
	assert_non_null(arena_alloc(arena, 1));

	arena_fail_at(2, true);
	assert_non_null(arena_alloc(arena, 1));
	assert_null(arena_alloc(arena, 1));
	assert_null(arena_alloc(arena, 1));
	arena_fail_at(0, false);
	assert_non_null(arena_alloc(arena, 1));
	assert_true(arena_failed(arena));
	arena_drop(&arena);
}

static void test_clear_begins_anew(void **state)
{
	static const size_t sizes[] = { 16, 3000, 1 << 20, 8 << 20 };
	struct arena *arena = arena_new(16 << 20);

	(void)state;
	arena_clear(arena);
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		unsigned char *at = arena_alloc(arena, sizes[i]);

		assert_non_null(at);
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(at[k], 0);
		memset(at, 0xA5, sizes[i]);
		assert_null(arena_alloc(arena, 16 << 20));
		assert_true(arena_failed(arena));
		arena_clear(arena);
		assert_false(arena_failed(arena));
		assert_int_equal(arena_used(arena), 0);
	}
	arena_drop(&arena);
}

static void test_drop_of_nothing(void **state)
{
	struct arena *arena = NULL;

	(void)state;
	arena_drop(&arena);
	assert_null(arena);
}

static void test_within(void **state)
{
	struct arena *parent = arena_new(8192), *child = arena_new_within(parent, 64), *spare = child;
	char *text = arena_strdup(child, "outlives the child");

	(void)state;
	assert_non_null(text);
	assert_null(arena_alloc(child, 64));
	assert_true(arena_failed(child));
	assert_false(arena_failed(parent));
	assert_non_null(arena_alloc(parent, 64));
	arena_drop(&child);
	assert_null(child);
	assert_string_equal(text, "outlives the child");
	child = arena_new_within(parent, 1 << 20);
	assert_null(arena_alloc(child, 8192));
	assert_true(arena_failed(child) && arena_failed(parent));
	assert_ptr_not_equal(child, spare);
	arena_drop(&parent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_failure_stays_but_small_ones_go_on),
		cmocka_unit_test(test_zeroed_and_aligned),
		cmocka_unit_test(test_array),
		cmocka_unit_test(test_grown),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_copies_at_the_cap),
		cmocka_unit_test(test_planted_failure),
		cmocka_unit_test(test_clear_begins_anew),
		cmocka_unit_test(test_drop_of_nothing),
		cmocka_unit_test(test_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
