/* This file tests that a server's echo of a secret does not get into the record. */
#include "probe/scrub.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *text, *secret, *wanted;
} rows[] = {
	{ "the whole", "bad: hunter2hunter2!", "hunter2hunter2", "bad: **************!" },
	{ "a part of it", "bad: unter2hu...", "hunter2hunter2", "bad: ********..." },
	{ "twice", "secret secret", "secret", "****** ******" },
	{ "a short one", "PASS abc refused", "abc", "PASS *** refused" },
	{ "short and not there", "PASS ab refused", "abc", "PASS ab refused" },
	{ "five equal letters are chance", "hunte", "hunter2", "hunte" },
	{ "no secret", "all is well", "", "all is well" },
	{ "nothing said", "", "hunter2", "" },
	{ "at the very end", "x hunter2", "hunter2", "x *******" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[64];

		snprintf(text, sizeof text, "%s", rows[i].text);
		scrub(text, strlen(text), view_of(rows[i].secret, strlen(rows[i].secret)));
		if (strcmp(text, rows[i].wanted) != 0)
			fail_msg("%s: \"%s\"", rows[i].name, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
