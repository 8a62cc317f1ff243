/* This file tests the memory that keeps accounts from being locked. */
#include "app/lockout.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char salt[] = "00112233445566778899aabbccddeeff";
static const wall_time start = 1800000000;

static void test_two_a_run(void **state)
{
	struct lockout lockout;
	wall_time wait;

	(void)state;
	lockout_init(&lockout, salt, start);
	assert_true(lockout_may_try(&lockout, "mail.example.org", "anna", &wait));
	assert_true(lockout_may_try(&lockout, "MAIL.example.org", "anna", &wait));
	assert_false(lockout_may_try(&lockout, "mail.example.org", "anna", &wait));
	assert_int_equal(wait, 0);
	assert_true(lockout_may_try(&lockout, "mail.example.org", "bob", &wait));
	assert_true(lockout_may_try(&lockout, "other.example.org", "anna", &wait));
}

/* A new run that reads what the last one wrote. */
static void next_run(struct lockout *lockout, wall_time now)
{
	struct buf text;

	buf_init(&text, LOCKOUT_TEXT_MAX);
	lockout_write(lockout, &text);
	assert_true(str_find(buf_str(&text), STR("anna")) == SIZE_MAX);
	assert_true(str_find(buf_str(&text), STR("example")) == SIZE_MAX);
	lockout_init(lockout, "ffffffffffffffffffffffffffffffff", now);
	assert_true(lockout_read(lockout, buf_str(&text)));
	assert_string_equal(lockout->salt, salt);
	buf_fini(&text);
}

static void test_across_runs(void **state)
{
	struct lockout lockout;
	wall_time wait;

	(void)state;
	lockout_init(&lockout, salt, start);
	for (int i = 0; i < LOCKOUT_FAILURES; i++) {
		assert_true(lockout_may_try(&lockout, "h", "anna", &wait));
		lockout_failed(&lockout, "h", "anna");
		next_run(&lockout, start + i + 1);
	}
	assert_false(lockout_may_try(&lockout, "h", "anna", &wait));
	assert_in_range((uint64_t)wait, 1, LOCKOUT_REST);
	assert_true(lockout_may_try(&lockout, "h", "bob", &wait));
	next_run(&lockout, start + LOCKOUT_REST + 10);
	assert_true(lockout_may_try(&lockout, "h", "anna", &wait));
	lockout_failed(&lockout, "h", "anna");
	next_run(&lockout, start + LOCKOUT_REST + 20);
	assert_false(lockout_may_try(&lockout, "h", "anna", &wait));
}

/* Two tries a run, but not when the first may be the last failure allowed. */
static void test_tries_under_way(void **state)
{
	struct lockout lockout;
	wall_time wait;

	(void)state;
	lockout_init(&lockout, salt, start);
	for (int i = 0; i < LOCKOUT_FAILURES - 1; i++)
		lockout_failed(&lockout, "h", "anna");
	assert_true(lockout_may_try(&lockout, "h", "anna", &wait));
	assert_false(lockout_may_try(&lockout, "h", "anna", &wait));
	assert_in_range((uint64_t)wait, 1, LOCKOUT_REST);
	lockout_init(&lockout, salt, start);
	lockout_failed(&lockout, "h", "anna");
	assert_true(lockout_may_try(&lockout, "h", "anna", &wait));
	assert_true(lockout_may_try(&lockout, "h", "anna", &wait));
}

static void test_success_clears(void **state)
{
	struct lockout lockout;
	wall_time wait;

	(void)state;
	lockout_init(&lockout, salt, start);
	for (int i = 0; i < LOCKOUT_FAILURES; i++)
		lockout_failed(&lockout, "h", "anna");
	lockout_failed(&lockout, "h", "bob");
	lockout_worked(&lockout, "h", "anna");
	assert_int_equal(lockout.n_entries, 1);
	assert_true(lockout_may_try(&lockout, "h", "anna", &wait));
}

struct text_case {
	const char *text;
	bool is_memory;
	size_t n_entries;
};

#define HEAD "postmend lock-out memory 1 00112233445566778899aabbccddeeff\n"
#define HASH "0123456789abcdef0123456789abcdef"

static void test_reading(void **state)
{
	static const struct text_case cases[] = {
		{ HEAD, true, 0 },
		{ HEAD HASH " 1799999999\n", true, 1 },
		{ HEAD HASH " 1799999999", true, 1 },
		{ HEAD HASH " 1700000000\n", true, 0 }, /* long ago */
		{ HEAD HASH " 1800000001\n", true, 0 }, /* to come */
		{ HEAD HASH " -5\n" HASH "\nrubbish\n", true, 0 },
		{ HEAD "0123 1799999999\n", true, 0 },
		{ "", false, 0 },
		{ "postmend lock-out memory 1 short\n", false, 0 },
		{ "postmend lock-out memory 2 00112233445566778899aabbccddeeff\n", false, 0 },
		{ "\x7f"
		  "ELF",
		  false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct lockout lockout;

		lockout_init(&lockout, salt, start);
		assert_int_equal(lockout_read(&lockout, str_of(cases[i].text)), cases[i].is_memory);
		assert_int_equal(lockout.n_entries, cases[i].n_entries);
	}
}

static void test_full(void **state)
{
	struct lockout lockout;

	(void)state;
	lockout_init(&lockout, salt, start);
	for (int i = 0; i < LOCKOUT_ENTRIES_MAX + 10; i++)
		lockout_failed(&lockout, "h", "anna");
	assert_int_equal(lockout.n_entries, LOCKOUT_ENTRIES_MAX);
	next_run(&lockout, start);
	assert_int_equal(lockout.n_entries, LOCKOUT_ENTRIES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_a_run),       cmocka_unit_test(test_across_runs),
		cmocka_unit_test(test_tries_under_way), cmocka_unit_test(test_success_clears),
		cmocka_unit_test(test_reading),         cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
