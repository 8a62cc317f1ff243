/* This file tests how row versions and what rows mirror are told apart. */
#include "check/row_digest.h"
#include "check/row_versions.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void versions(void **state)
{
	static const struct {
		const char *name;
		uint64_t unique;
		uint32_t rows[4];
		uint64_t n_double;
		uint32_t top, lowest;
	} rows[] = {
		{ "all differ", 10, { 1, 2, 3, 4 }, 0, 4, UINT32_MAX },
		{ "one twice", 10, { 4, 2, 4, 3 }, 1, 4, 4 },
		{ "two twice", 10, { 9, 3, 3, 9 }, 2, 9, 3 },
		{ "at the counter", 4, { 1, 2, 3, 4 }, 0, 4, UINT32_MAX },
		{ "twice above the counter: only the top tells", 4, { 7, 7, 1, 2 }, 0, 7, UINT32_MAX },
		{ "a counter too high for bits", UINT32_MAX, { 1, 1, 1, 1 }, 0, 1, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 24);
		struct row_versions v;

		assert_true(row_versions_init(&v, arena, rows[i].unique));
		for (size_t k = 0; k < COUNT_OF(rows[i].rows); k++)
			row_versions_add(&v, rows[i].rows[k]);
		if (v.n_double != rows[i].n_double || v.top != rows[i].top ||
		    v.lowest_double != rows[i].lowest)
			fail_msg("%s", rows[i].name);
		arena_drop(&arena);
	}
}

static void digests(void **state)
{
	static const uint32_t tags[] = { 0x0037001F, 0x0057000B, 0x0E070003 };
	static const struct column_list columns = { tags, COUNT_OF(tags) };
	struct view one = view_of("\1", 1), junk = view_of("\7", 1), empty = view_of(NULL, 0);

	(void)state;
	assert_true(row_digest_has(&columns, 0x0E070003));
	assert_false(row_digest_has(&columns, 0x0E070002));
	assert_false(row_digest_has(&(struct column_list){ NULL, 0 }, 0x0E070003));
	/* Any byte but 0 is true; an empty value is no value; a tag belongs to its value. */
	assert_true(row_digest_of(0x0057000B, one) == row_digest_of(0x0057000B, junk));
	assert_true(row_digest_of(0x0057000B, one) != row_digest_of(0x0058000B, one));
	assert_true(row_digest_of(0x0037001F, empty) == 0);
	/* What rows have for themselves, and what they mirror. */
	assert_false(row_digest_is_mirrored(0x67F20003));
	assert_false(row_digest_is_mirrored(0x0E300102));
	assert_false(row_digest_is_mirrored(0x0E170003));
	assert_true(row_digest_is_mirrored(0x0037001F));
	assert_true(row_digest_is_mirrored(0x80010003));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
