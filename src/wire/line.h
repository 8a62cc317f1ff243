/* This file cuts a stream of bytes into lines, however it is split into pieces.
 *
 * A line ends with CRLF (RFC 5321 section 2.3.8, RFC 9051 section 2.2); a bare
 * LF ends it too, because some servers send it, and is noted. The text keeps
 * every other byte, NUL and lone CR included.
 */
#ifndef POSTMEND_WIRE_LINE_H
#define POSTMEND_WIRE_LINE_H

#include "base/arena.h"
#include "base/str.h"
#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>

struct line {
	struct arena *arena;
	char *at;         /* the text of this line so far */
	size_t len, room; /* room <= cap */
	size_t cap;       /* longest text, its CR included */
	size_t drop;      /* bytes still to be left out: a literal */
	uint8_t *into;    /* where they go instead, or NULL */
	bool whole;       /* the next take begins a new line */
	bool too_long;    /* sticky: the cap was met */
	bool has_bare_lf; /* sticky */
	bool has_nul;     /* sticky */
};

void line_init(struct line *line, struct arena *arena, size_t cap);

/* Takes bytes off the head of *bytes up to the end of a line. True when a line
 * is whole: *text_out, without its end, is valid until the next call. False
 * when more bytes are needed, when the cap was met (too_long) or when memory
 * ended (the arena knows). */
[[nodiscard]] bool line_take(struct line *line, struct view *bytes, struct str *text_out);

/* After a whole line that announced a literal: the next n bytes are dropped and
 * what follows them belongs to the same line. */
void line_drop(struct line *line, size_t n);

/* The same, but they are written to `into`, which has room for n. */
void line_keep(struct line *line, uint8_t *into, size_t n);

/* Forgets what is there: the stream starts anew, as after a TLS handshake. */
void line_reset(struct line *line);

/* Bytes of an unfinished line. */
size_t line_pending(const struct line *line);

#endif
