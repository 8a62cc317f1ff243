/* This file takes transfer encodings off: base64, quoted-printable (RFC 2045, 6.7 and 6.8) and uuencode.
 *
 *	decode_start(&d, DECODE_BASE64, &sink);
 *	decode_add(&d, bytes); ...
 *	decode_end(&d);
 *
 * Bytes may come in parts of any length and give the same. What the encoding
 * does not know is left out, or kept as it stands, and noted in `faults`.
 */
#ifndef POSTMEND_MAIL_DECODE_H
#define POSTMEND_MAIL_DECODE_H

#include "mail/encode.h"

enum decode_kind { DECODE_NONE, DECODE_BASE64, DECODE_QUOTED, DECODE_UUENCODE };

enum decode_fault {
	DECODE_FAULT_BYTES = 1 << 0, /* bytes that the encoding does not have */
	DECODE_FAULT_CUT = 1 << 1,   /* it ends in the middle */
};

enum { DECODE_ROOM = 4096, DECODE_LINE = 128 };

struct decode {
	enum decode_kind kind;
	struct mail_sink *sink;
	unsigned faults; /* bits */
	uint8_t out[DECODE_ROOM];
	size_t len;
	uint32_t bits; /* base64 */
	unsigned n_bits, n_digits;
	bool is_padded;
	char held[DECODE_LINE]; /* quoted-printable: "=" and what followed, or blanks; uuencode: a line */
	size_t n_held;
	bool in_body, has_ended; /* uuencode: behind "begin", behind "end" */
};

void decode_start(struct decode *d, enum decode_kind kind, struct mail_sink *sink);
void decode_add(struct decode *d, struct view bytes);
void decode_end(struct decode *d);

#endif
