/* This file reads the lines of calendars and cards (RFC 5545 3.1, RFC 2426, and cards of version 2.1).
 *
 *	struct card_lines lines = card_lines_of(arena, bytes);
 *	while (card_lines_next(&lines, &line)) ...
 *
 * Lines are unfolded, in the arena; a group's name in front ("item1.") is left out.
 */
#ifndef POSTMEND_MAIL_CARD_READ_H
#define POSTMEND_MAIL_CARD_READ_H

#include "base/arena.h"
#include "base/moment.h"
#include "base/str.h"

enum { CARD_LINE_MAX = 4 << 20 };

struct card_line {
	struct str name, parameters, value; /* parameters with a semicolon in front of each */
};

struct card_lines {
	struct arena *arena;
	struct str rest;
	bool failed; /* memory ended, or a line is too long */
};

struct card_lines card_lines_of(struct arena *arena, struct view bytes);

/* False at the end. A line without a colon has an empty name. */
[[nodiscard]] bool card_lines_next(struct card_lines *lines, struct card_line *out);

bool card_line_is(const struct card_line *line, const char *name);

/* A parameter's value without quotation marks; its `at` is NULL when there is none. */
struct str card_line_parameter(const struct card_line *line, const char *name);

/* Whether the types of a line have this word: TYPE=a,b;TYPE=c, and of 2.1 bare words. */
bool card_line_has_type(const struct card_line *line, const char *word);

/* The value as text in UTF-8, its escapes and its encoding undone; line ends are CR LF. NULL when memory
 * ended. */
const char *card_line_words(struct arena *arena, const struct card_line *line);

/* The same of the `n`th part between semicolons, from 0; "" when there are not so many. */
const char *card_line_part(struct arena *arena, const struct card_line *line, size_t n);

/* "20240304", "20240304T090000" or "20240304T090000Z", as if it were UTC. */
enum card_time { CARD_TIME_NONE, CARD_TIME_DAY, CARD_TIME_LOCAL, CARD_TIME_UTC };
enum card_time card_time_read(struct str text, wall_time *out);

/* "-PT15M", "P1D", "PT1H30M" in seconds. */
[[nodiscard]] bool card_duration_read(struct str text, int64_t *seconds_out);

#endif
