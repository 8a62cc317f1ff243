/* This file sets paragraphs for a terminal: wrapped, indented and, when asked,
 * in colour.
 *
 * Text is redacted and escaped on its way in, so nothing else that prints has
 * to think of it. A paragraph is collected with paper_add() and its kin and
 * set with paper_end().
 */
#ifndef POSTMEND_REPORT_PAPER_H
#define POSTMEND_REPORT_PAPER_H

#include "base/buf.h"
#include "base/str.h"
#include "report/redact.h"

#include <stdbool.h>

enum { PAPER_WIDTH_MAX = 80, PAPER_WIDTH_MIN = 40, PAPER_PEER_MAX = 240 };

/* Marks inside a paragraph; PAPER_PLAIN ends all others. Their values cannot
 * come out of escaped text. */
enum paper_mark { PAPER_PLAIN = 1, PAPER_BOLD, PAPER_DIM, PAPER_RED, PAPER_GREEN, PAPER_YELLOW };

struct paper {
	struct buf *out;
	struct redactor *redactor; /* NULL: nothing is hidden */
	bool color;
	unsigned width;
	struct buf paragraph, scratch;
};

/* width 0 is PAPER_WIDTH_MAX; others are brought between MIN and MAX. */
void paper_init(struct paper *paper, struct buf *out, struct redactor *redactor, bool color, unsigned width);
void paper_fini(struct paper *paper);

/* NULL adds nothing. paper_peer() cuts at PAPER_PEER_MAX bytes and says so, and
 * sets the lines of an answer behind each other with a bar between. */
void paper_add(struct paper *paper, const char *text);
void paper_str(struct paper *paper, struct str text);
void paper_peer(struct paper *paper, struct str text);
void paper_mark(struct paper *paper, enum paper_mark mark);
void paper_pad(struct paper *paper, unsigned column); /* spaces up to this column, at least one */

/* Sets the paragraph and begins a new one; `hang` indents all lines but the first. */
void paper_end(struct paper *paper, unsigned indent, unsigned hang);

/* The whole in one: one piece of text as a paragraph. */
void paper_line(struct paper *paper, unsigned indent, const char *text);
void paper_gap(struct paper *paper); /* an empty line */
void paper_head(struct paper *paper, const char *title);

#endif
