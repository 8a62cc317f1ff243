/* This file tests base64 both ways, with the vectors of RFC 4648 section 10. */
#include "wire/base64.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	struct str bytes, text;
} pairs[] = {
	{ STR(""), STR("") },
	{ STR("f"), STR("Zg==") },
	{ STR("fo"), STR("Zm8=") },
	{ STR("foo"), STR("Zm9v") },
	{ STR("foob"), STR("Zm9vYg==") },
	{ STR("fooba"), STR("Zm9vYmE=") },
	{ STR("foobar"), STR("Zm9vYmFy") },
	{ STR("\0\xff\xfe\x3e\x3f"), STR("AP/+Pj8=") },
};

static const struct str wrong[] = {
	STR("Z"),     STR("Zg"),   STR("Zg="),  STR("Zm9vY"), STR("===="),     STR("Z==="),     STR("Zm=v"),
	STR("Zm9\n"), STR("Zm9-"), STR(" Zm9"), STR("Zm\0v"), STR("Zg==Zg=="), STR("Go ahead"),
};

static void test_pairs(void **state)
{
	struct arena *arena = arena_new(4096);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		struct view bytes;

		assert_true(str_eq(base64_write(arena, str_view(pairs[i].bytes)), pairs[i].text));
		assert_true(base64_read(arena, pairs[i].text, &bytes));
		assert_true(str_eq(str_from_view(bytes), pairs[i].bytes));
	}
	arena_drop(&arena);
}

static void test_wrong(void **state)
{
	struct arena *arena = arena_new(4096);
	struct view bytes;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		if (base64_read(arena, wrong[i], &bytes))
			fail_msg("row %zu was read", i);
	arena_drop(&arena);
}

static void test_memory_ends(void **state)
{
	struct arena *arena = arena_new(0);
	struct view bytes;

	(void)state;
	assert_int_equal(base64_write(arena, view_of("abc", 3)).len, 0);
	assert_false(base64_read(arena, STR("Zm9v"), &bytes));
	assert_true(arena_failed(arena));
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_memory_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
