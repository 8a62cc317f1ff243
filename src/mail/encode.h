/* This file writes what mail's grammar wants: transfer encodings, encoded words, folded fields.
 *
 * RFC 2045 base64 and quoted-printable, RFC 2047 encoded words, RFC 2231
 * parameters. Lines end with CR LF and are at most 76 characters long, save
 * where a word is longer. Everything written is ASCII.
 */
#ifndef POSTMEND_MAIL_ENCODE_H
#define POSTMEND_MAIL_ENCODE_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>

/* Where mail is written to. A write that failed stays failed: who writes asks once. */
struct mail_sink {
	void *context;
	bool (*write)(void *context, struct view bytes); /* false: it cannot be written */
	bool failed;
};

void mail_put(struct mail_sink *sink, struct view bytes);
void mail_put_text(struct mail_sink *sink, const char *text);
void mail_put_buf(struct mail_sink *sink, struct buf *buf); /* and empties it */

/* base64 of bytes that come in parts. */
struct encode_base64 {
	struct mail_sink *sink;
	uint8_t held[3];
	size_t n_held, column;
	bool unbroken; /* without line ends */
};
void encode_base64_add(struct encode_base64 *e, struct view bytes);
void encode_base64_end(struct encode_base64 *e);

/* Text with any line ends becomes lines of quoted-printable. True when its last
 * line has no end: none is written then. */
bool encode_quoted_printable(struct mail_sink *sink, struct view text);

/* A header field whose value is free text (UTF-8). */
void encode_field(struct buf *out, const char *name, struct str value);

/* A field whose value is ASCII and structured already: folded at spaces. */
void encode_structured(struct buf *out, const char *name, struct str value);

/* "Ann B" <ann@example.org>: as it stands in an address field. */
void encode_mailbox(struct buf *out, struct str name, struct str address);

/* ; name="value", as RFC 2231 has it when the value is not plain. */
void encode_parameter(struct buf *out, const char *name, struct str value);

#endif
