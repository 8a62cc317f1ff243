/* This file tests the small parts of the toolbox: names, secrets, wiping, exact arithmetic, time. */
#include "base/checked.h"
#include "base/moment.h"
#include "base/names.h"
#include "base/secret.h"
#include "base/wipe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_names(void **state)
{
	static const struct name_row table[] = { { 1, "one" }, { 2, "two" }, { -3, "minus-three" } };
	int value = 0;

	(void)state;
	assert_string_equal(name_of(table, COUNT_OF(table), 2), "two");
	assert_string_equal(name_of(table, COUNT_OF(table), -3), "minus-three");
	assert_string_equal(name_of(table, COUNT_OF(table), 4), "unknown");
	assert_string_equal(name_of(table, 0, 1), "unknown");
	assert_true(name_find(table, COUNT_OF(table), STR("TWO"), &value));
	assert_int_equal(value, 2);
	assert_false(name_find(table, COUNT_OF(table), STR("tw"), &value));
	assert_false(name_find(table, COUNT_OF(table), STR("unknown"), &value));
	assert_false(name_find(table, COUNT_OF(table), STR(""), &value));
	assert_int_equal(value, 2);
}

static void test_secret(void **state)
{
	char *longest = calloc(1, SECRET_LEN_MAX + 1);
	struct secret secret;
	static const struct {
		const char *name;
		size_t len;
		enum status status;
		bool present;
	} rows[] = {
		{ "empty is still one", 0, ST_OK, true },
		{ "short", 1, ST_OK, true },
		{ "the longest", SECRET_LEN_MAX, ST_OK, true },
		{ "too long", SECRET_LEN_MAX + 1, ST_LIMIT, false },
	};

	(void)state;
	assert_non_null(longest);
	memset(longest, 'x', SECRET_LEN_MAX + 1);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (secret_init(&secret, view_of(longest, rows[i].len)) != rows[i].status ||
		    secret.present != rows[i].present)
			fail_msg("%s", rows[i].name);
		assert_int_equal(secret_bytes(&secret).len, rows[i].present ? rows[i].len : 0);
		assert_string_equal(secret_shown(&secret), rows[i].present ? "***" : "(none)");
		secret_fini(&secret);
		assert_false(secret.present);
		assert_string_equal(secret_shown(&secret), "(none)");
		secret_fini(&secret);
	}
	free(longest);
}

static void test_secret_is_a_copy(void **state)
{
	char own[] = "geheim";
	struct secret secret;

	(void)state;
	assert_int_equal(secret_init(&secret, view_of(own, 6)), ST_OK);
	wipe(own, sizeof own);
	assert_memory_equal(secret_bytes(&secret).at, "geheim", 6);
	secret_fini(&secret);
}

static void test_wipe(void **state)
{
	char text[] = "abcdef";

	(void)state;
	wipe(text + 1, 3);
	assert_memory_equal(text, "a\0\0\0ef", 7);
	wipe(text, 0);
	assert_int_equal(text[0], 'a');
	wipe(NULL, 0);
}

static void test_checked(void **state)
{
	size_t size = 7;
	uint64_t wide = 7;

	(void)state;
	assert_true(checked_add_size(SIZE_MAX - 1, 1, &size));
	assert_true(size == SIZE_MAX);
	assert_false(checked_add_size(SIZE_MAX, 1, &size));
	assert_true(checked_mul_size(SIZE_MAX / 2, 2, &size));
	assert_false(checked_mul_size(SIZE_MAX / 2 + 1, 2, &size));
	assert_true(checked_mul_size(0, SIZE_MAX, &size));
	assert_int_equal(size, 0);
	assert_true(checked_add_u64(UINT64_MAX, 0, &wide));
	assert_false(checked_add_u64(UINT64_MAX, 1, &wide));
	assert_true(checked_mul_u64(UINT64_C(1) << 32, (UINT64_C(1) << 32) - 1, &wide));
	assert_false(checked_mul_u64(UINT64_C(1) << 32, UINT64_C(1) << 32, &wide));
}

static void test_moment(void **state)
{
	(void)state;
	assert_true(MOMENT_S(2) == MOMENT_MS(2000));
	assert_true(moment_to_ms(MOMENT_MS(3) + 500) > 3.4 && moment_to_ms(MOMENT_MS(3) + 500) < 3.6);
	assert_true(MOMENT_NEVER > MOMENT_S(INT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_secret_is_a_copy),
		cmocka_unit_test(test_wipe),
		cmocka_unit_test(test_checked),
		cmocka_unit_test(test_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
