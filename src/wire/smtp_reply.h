/* This file reads replies of SMTP servers (RFC 5321 section 4.2).
 *
 *	reply = *( code "-" [text] CRLF ) code [ SP text ] CRLF
 *
 * and the enhanced codes at the start of their text (RFC 2034, RFC 3463).
 */
#ifndef POSTMEND_WIRE_SMTP_REPLY_H
#define POSTMEND_WIRE_SMTP_REPLY_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum { SMTP_REPLY_LINES_MAX = 128, SMTP_ENHANCED_LEN_MAX = 9 };

/* One reply, line after line. An unused one is all zeros. */
struct smtp_reply {
	unsigned code; /* 200 to 599 */
	size_t n_lines;
	char enhanced[SMTP_ENHANCED_LEN_MAX + 1]; /* of the first line that has one; "" when none */
};

enum smtp_reply_result {
	SMTP_REPLY_MORE,     /* a line of a longer reply */
	SMTP_REPLY_WHOLE,    /* its last line */
	SMTP_REPLY_BROKEN,   /* no reply line, or another code than before */
	SMTP_REPLY_TOO_LONG, /* more than SMTP_REPLY_LINES_MAX lines */
};

/* Adds a line without its end. *text_out is the part behind code and mark, and
 * points into `line`. */
[[nodiscard]] enum smtp_reply_result smtp_reply_add(struct smtp_reply *reply, struct str line,
						    struct str *text_out);

/* Cuts a line of the EHLO reply (RFC 5321 section 4.1.1.1) into keyword and
 * parameters; "AUTH=LOGIN" of old servers counts as "AUTH LOGIN". False when
 * the line is no keyword. */
[[nodiscard]] bool smtp_reply_keyword(struct str text, struct str *keyword_out, struct str *parameters_out);

#endif
