/* This file tests the line that shows how far long work is. */
#include "app/progress.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *name;
	unsigned width;
	uint64_t done, total;
	moment elapsed;
	const char *line;
};

static const struct row rows[] = {
	{ "nothing yet", 80, 0, 1000000, 0, "[..............................]   0 % of 1.0 MB" },
	{ "half, too soon for a rate", 80, 500000, 1000000, 400000,
	  "[###############...............]  50 % of 1.0 MB" },
	{ "half", 80, 500000, 1000000, 1000000,
	  "[###############...............]  50 % of 1.0 MB  500 KB/s  0:01 left" },
	{ "too little for a rate", 80, 1000000, 10000000000, 1000000,
	  "[..............................]   0 % of 10.0 GB" },
	{ "hours", 80, 10000000, 10000000000, 10000000,
	  "[..............................]   0 % of 10.0 GB  1.0 MB/s  2:46:30 left" },
	{ "done", 80, 1000, 1000, 1000000,
	  "[##############################] 100 % of 1.0 KB  1.0 KB/s  0:00 left" },
	{ "more than all", 80, 3000, 1000, 0, "[##############################] 300 % of 1.0 KB" },
	{ "narrow", 20, 500, 1000, 0, "[##..]  50 % of 1.0 KB" },
	{ "nothing to do", 80, 0, 0, 2000000, "[..............................]   0 % of 0 bytes" },
};

static void lines_fit(void **state)
{
	char line[PROGRESS_LINE_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		progress_line(line, rows[i].width, rows[i].done, rows[i].total, rows[i].elapsed);
		if (strcmp(line, rows[i].line) != 0)
			fail_msg("%s: \"%s\"", rows[i].name, line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines_fit) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
