/* This file holds what every command gets, and how it talks to the user. */
#ifndef POSTMEND_APP_RUN_H
#define POSTMEND_APP_RUN_H

#include "app/exit.h"
#include "app/options.h"
#include "base/arena.h"
#include "base/buf.h"
#include "report/report.h"

#include <stdbool.h>

enum { RUN_ARENA_CAP = 1 << 30, RUN_OUTPUT_CAP = 256 << 20 };

struct run {
	struct arena *arena;
	struct options options;
	const char *const *words; /* behind the command's name */
	size_t n_words;
};

/* "postmend: WHY" on standard error, made safe. */
void run_complain(const char *why);

/* The same for words that make no sense; returns EXIT_USAGE. */
int run_usage(const char *why);

/* The same for work that ended otherwise; returns its exit code. why may be NULL. */
int run_failed(enum status status, const char *why);

/* Writes to standard output whole; false after saying why not. */
[[nodiscard]] bool run_print(const struct buf *bytes);

/* How the options want reports to look. */
struct report_style run_style(const struct run *run);

/* Prints the report as the options ask for: text or JSON, and the HTML file.
 * Returns the exit code. */
int run_report(const struct run *run, const struct report *report);

#endif
