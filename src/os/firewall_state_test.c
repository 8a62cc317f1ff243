/* This file asks the firewall for its state: what it tells must fit itself, and on Linux there is none. */
#include "os/firewall_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ALL = 7 };

static void what_is_told_fits(void **state)
{
	struct firewall_state told = { .in_use = 99 };
	bool is_told = firewall_state_read(&told);

	(void)state;
	print_message("in use %u, on %u of %u told, shut %u of %u told\n", told.in_use, told.enabled,
		      told.told_enabled, told.shut, told.told_shut);
	assert_true((told.in_use | told.told_enabled | told.told_shut) <= ALL);
	assert_int_equal(told.enabled & ~told.told_enabled, 0);
	assert_int_equal(told.shut & ~told.told_shut, 0);
	assert_int_equal(is_told, (told.in_use | told.told_enabled | told.told_shut) != 0);
}

/* Twice in one run: COM is left as it was found. */
static void twice_the_same(void **state)
{
	struct firewall_state first, second;
	bool is_first = firewall_state_read(&first);

	(void)state;
	assert_int_equal(firewall_state_read(&second), is_first);
	assert_int_equal(first.in_use, second.in_use);
	assert_int_equal(first.enabled, second.enabled);
}

/* A Windows always has the interface. */
static void windows_tells(void **state)
{
	struct firewall_state told;

	(void)state;
	if (!getenv("SystemRoot") || getenv("POSTMEND_UNDER_WINE"))
		skip();
	assert_true(firewall_state_read(&told));
	assert_int_equal(told.told_enabled, ALL);
	assert_int_equal(told.told_shut, ALL);
	assert_int_not_equal(told.in_use, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told_fits),
		cmocka_unit_test(twice_the_same),
		cmocka_unit_test(windows_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
