/* This file writes the lines of calendars and cards (RFC 5545 3.1, RFC 2426 2.6): folded, with CR LF.
 */
#ifndef POSTMEND_MAIL_CARD_LINE_H
#define POSTMEND_MAIL_CARD_LINE_H

#include "base/buf.h"

/* A line as it stands, name and value; folded so that no character is cut. */
void card_line_put(struct buf *out, struct str line);

/* `head` is the name with its parameters; the value is text (UTF-8) and is escaped. Nothing when it is empty.
 */
void card_line_text(struct buf *out, const char *head, const char *value);

/* Appends text with the marks of the grammar escaped; line ends become "\n". */
void card_line_escape(struct buf *out, struct str text);

/* Appends a parameter's value in quotation marks, without what may not stand in them. */
void card_line_quote(struct buf *out, struct str text);

#endif
