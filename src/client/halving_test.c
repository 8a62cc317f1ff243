/* This file tests the search by halves: every one of every number is found, in as many tries as are needed.
 */
#include "client/halving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MANY = 130, TRIES_MAX = 4096 };

static bool is_on[HALVING_MAX];

/* 1 + ceil(log2 n). */
static size_t bound(size_t n)
{
	size_t tries = 1;

	for (size_t reach = 1; reach < n; reach *= 2)
		tries++;
	return tries;
}

static void test_each(void **state)
{
	static struct halving h;

	(void)state;
	for (size_t n = 1; n <= MANY; n++)
		for (size_t culprit = 0; culprit < n; culprit++) {
			size_t tries = 0;

			halving_init(&h, n);
			while (halving_next(&h, is_on) == HALVING_TRY) {
				assert_true(tries > 0 || !is_on[culprit]);
				halving_answer(&h, is_on[culprit] ? HALVING_BAD : HALVING_GOOD);
				tries++;
			}
			assert_int_equal(halving_next(&h, is_on), HALVING_FOUND);
			assert_int_equal(halving_found(&h), culprit);
			assert_true(tries <= bound(n));
		}
}

static void test_none(void **state)
{
	static struct halving h;

	(void)state;
	halving_init(&h, 9);
	assert_int_equal(halving_next(&h, is_on), HALVING_TRY);
	halving_answer(&h, HALVING_BAD);
	assert_int_equal(halving_next(&h, is_on), HALVING_NONE);
	halving_init(&h, 0);
	assert_int_equal(halving_next(&h, is_on), HALVING_NONE);
}

/* A try that holds one of them cannot be judged; the culprit is another one. */
static void test_skips(void **state)
{
	static struct halving h;

	(void)state;
	for (size_t n = 2; n <= 20; n++)
		for (size_t culprit = 0; culprit < n; culprit++) {
			size_t silent = (culprit + 1) % n, tries = 0;

			halving_init(&h, n);
			while (halving_next(&h, is_on) == HALVING_TRY && tries++ < TRIES_MAX)
				halving_answer(&h, is_on[silent]    ? HALVING_SKIP
						   : is_on[culprit] ? HALVING_BAD
								    : HALVING_GOOD);
			assert_int_equal(halving_next(&h, is_on), HALVING_FOUND);
			assert_int_equal(halving_found(&h), culprit);
		}
}

static void test_skips_always(void **state)
{
	static struct halving h;
	size_t tries = 0;

	(void)state;
	halving_init(&h, 8);
	while (halving_next(&h, is_on) == HALVING_TRY && tries++ < TRIES_MAX)
		halving_answer(&h, HALVING_SKIP);
	assert_int_equal(halving_next(&h, is_on), HALVING_UNDECIDED);
	assert_int_equal(tries, 3);
	halving_init(&h, 8);
	halving_answer(&h, HALVING_GOOD);
	for (tries = 0; halving_next(&h, is_on) == HALVING_TRY && tries < TRIES_MAX; tries++)
		halving_answer(&h, HALVING_SKIP);
	assert_int_equal(halving_next(&h, is_on), HALVING_UNDECIDED);
	assert_int_equal(tries, 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_skips),
		cmocka_unit_test(test_skips_always),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
