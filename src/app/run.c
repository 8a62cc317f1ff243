/* This file talks to the user: whole output, and lines about what went wrong. */
#include "app/run.h"

#include "report/escape.h"

#include <stdio.h>

enum { LINE_CAP = 16 * 1024 };

void run_complain(const char *why)
{
	struct buf line;

	buf_init(&line, LINE_CAP);
	escape_terminal(&line, str_of(why));
	buf_add_byte(&line, '\0');
	fprintf(stderr, "postmend: %s\n", buf_failed(&line) ? "too long to show" : (const char *)line.at);
	buf_fini(&line);
}

int run_usage(const char *why)
{
	run_complain(why);
	return EXIT_USAGE;
}

int run_failed(enum status status, const char *why)
{
	run_complain(why ? why : exit_words_of(status));
	return exit_code_of(status);
}

bool run_print(const struct buf *bytes)
{
	struct view all = buf_view(bytes);

	if (buf_failed(bytes)) {
		run_complain("the report is larger than postmend will print");
		return false;
	}
	if (all.len && fwrite(all.at, 1, all.len, stdout) != all.len) {
		run_complain("standard output takes no more");
		return false;
	}
	if (fflush(stdout) != 0) {
		run_complain("standard output takes no more");
		return false;
	}
	return true;
}
