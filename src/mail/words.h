/* This file reads free text of header fields: folded lines, encoded words, bytes that nobody declared
 * (RFC 5322, 2.2.3; RFC 2047). */
#ifndef POSTMEND_MAIL_WORDS_H
#define POSTMEND_MAIL_WORDS_H

#include "base/arena.h"
#include "base/buf.h"

enum words_fault {
	WORDS_FAULT_BYTES = 1 << 0,   /* bytes above 127 that are no UTF-8 */
	WORDS_FAULT_CHARSET = 1 << 1, /* a character set that is not known here */
	WORDS_FAULT_WORD = 1 << 2,    /* an encoded word that does not hold */
};

/* Appends UTF-8 on one line; returns faults' bits. */
unsigned words_decode(struct str raw, struct buf *out);

/* The same as text in the arena, at most `max` bytes of it; NULL when memory ended. */
[[nodiscard]] const char *words_text(struct arena *arena, struct str raw, size_t max, unsigned *faults);

/* Appends UTF-8 of bytes in a character set by its name; UTF-8 where it has none. */
unsigned words_from_charset(struct str charset, struct view bytes, struct buf *out);

#endif
