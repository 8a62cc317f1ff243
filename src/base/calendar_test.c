/* This file tests how counts of seconds become dates. */
#include "base/calendar.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_dates(void **state)
{
	static const struct {
		const char *name;
		wall_time time;
		const char *expected;
		unsigned weekday;
	} rows[] = {
		{ "zero", 0, "1970-01-01T00:00:00Z", 4 },
		{ "one second before", -1, "1969-12-31T23:59:59Z", 3 },
		{ "a leap day", 951782400, "2000-02-29T00:00:00Z", 2 },
		{ "the day after", 951868800, "2000-03-01T00:00:00Z", 3 },
		{ "no leap year", 4107542400, "2100-03-01T00:00:00Z", 1 },
		{ "the first", INT64_MIN, "0001-01-01T00:00:00Z", 1 },
		{ "the last", INT64_MAX, "9999-12-31T23:59:59Z", 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[CALENDAR_SIZE];

		calendar_print_iso(rows[i].time, text);
		if (strcmp(text, rows[i].expected) != 0 ||
		    calendar_of(rows[i].time).weekday != rows[i].weekday)
			fail_msg("%s: %s", rows[i].name, text);
	}
}

static void test_others(void **state)
{
	char text[CALENDAR_SIZE];
	wall_time t;

	(void)state;
	assert_int_equal(calendar_of_filetime(116444736000000000), 0);
	assert_int_equal(calendar_of_filetime(0), -11644473600LL);
	assert_true(calendar_of_ole(0x40E5394000000000, &t)); /* 43466 */
	calendar_print(t, text);
	assert_string_equal(text, "2019-01-01 00:00");
	assert_false(calendar_of_ole(0x7FF8000000000000, &t)); /* not a number */
	assert_false(calendar_of_ole(0x7FF0000000000000, &t)); /* without end */
	assert_true(calendar_of_ole(0, &t));
	calendar_print(t, text);
	assert_string_equal(text, "1899-12-30 00:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_dates), cmocka_unit_test(test_others) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
