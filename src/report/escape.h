/* This file makes text of a stranger safe to look at: the one place for it.
 *
 * Whatever could move a cursor, colour a screen, turn the reading direction or
 * open a tag is shown as what it is: each of its bytes as \xNN. That holds for
 * C0 and C1 controls, DEL, line and paragraph separators, invisible and
 * bidirectional formatting characters, and bytes that are no UTF-8.
 */
#ifndef POSTMEND_REPORT_ESCAPE_H
#define POSTMEND_REPORT_ESCAPE_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One character as it stands in a text. */
struct character {
	uint32_t code; /* the code point, or the byte when it is no UTF-8 */
	size_t len;    /* bytes, at least 1 */
	bool is_utf8;
	bool is_safe; /* may be shown as it is */
};

/* The first character of a text that is not empty. */
struct character escape_first(struct str text);

/* For a terminal: one line, whatever the text was. */
void escape_terminal(struct buf *out, struct str text);

/* For HTML, in element content and in quoted attributes. */
void escape_html(struct buf *out, struct str text);

/* For the inside of a JSON string: unsafe characters as \uNNNN, bytes that are
 * no UTF-8 as U+FFFD. */
void escape_json(struct buf *out, struct str text);

/* Columns that a text takes on a terminal once it is escaped. */
size_t escape_columns(struct str text);

/* The longest start of the text, in whole characters, of at most `len` bytes. */
struct str escape_head(struct str text, size_t len);

#endif
