/* This file says what differs between two reports: JSON documents of postmend.
 *
 * Causes and findings are compared by their keys, evidence by its name, facts by
 * their place; entries of lists by what names them (URL and address, path, client
 * and account …) and not by their number. What differs from run to run without
 * meaning anything, times above all, is not compared.
 */
#ifndef POSTMEND_REPORT_COMPARE_H
#define POSTMEND_REPORT_COMPARE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>

enum { COMPARE_VALUES_MAX = 1 << 18, COMPARE_DEPTH_MAX = 24, COMPARE_BYTES_MAX = 64 << 20 };

enum compare_part { COMPARE_VERDICT, COMPARE_CAUSE, COMPARE_FINDING, COMPARE_EVIDENCE, COMPARE_FACT };

/* One thing that differs; a or b NULL: it is not there. */
struct compare_row {
	enum compare_part part;
	const char *where, *a, *b;
};

struct compare {
	const struct compare_row *rows;
	size_t n;
	const char *command_a, *command_b; /* that made the reports */
};

/* ST_USAGE and words when a text is no report, ST_LIMIT when one is too large. */
[[nodiscard]] enum status compare_reports(struct arena *arena, struct view a, struct view b,
					  struct compare *out, const char **why_out);

void compare_text(const struct compare *compare, bool color, unsigned width, struct buf *out);
void compare_json(const struct compare *compare, const char *version, struct buf *out);

#endif
