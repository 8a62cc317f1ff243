/* This file tests that Outlook's lists of mail fetched by POP are counted. */
#include "content/pop_history.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIST(text)                                        \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}

static const struct {
	const char *name;
	struct view list;
	bool is_list;
	uint64_t n;
} rows[] = {
	{ "two", LIST("\3\0\2\0+\1uid-1\0+\2uid-2\0"), true, 2 },
	{ "two, the last cut", LIST("\3\0\2\0+\1uid-1\0+\2uid"), false, 0 },
	{ "two of three", LIST("\3\0\3\0+\1uid-1\0+\2uid-2\0"), false, 2 },
	{ "none", LIST("\3\0\0\0"), true, 0 },
	{ "half a head", LIST("\3\0\0"), false, 0 },
	{ "another version", LIST("\2\0\0\0"), false, 0 },
	{ "nothing", LIST(""), false, 0 },
};

static void count_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t n;

		if (pop_history_count(rows[i].list, &n) != rows[i].is_list || n != rows[i].n)
			fail_msg("%s: %u", rows[i].name, (unsigned)n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(count_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
