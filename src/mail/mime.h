/* This file takes a message of the Internet apart (RFC 5322, RFC 2045 to 2047).
 *
 *	st = mime_parse(arena, bytes, &message);
 *	for (i = 0; i < message.n; i++) ... message.parts[i] ...
 *	mime_decode(&message.parts[i], &sink, &faults);
 *
 * The message is a view: parts name bytes of it and nothing is copied but names.
 * Parts stand in the order of the text, each behind the one that holds it. Whatever
 * the bytes are, every one of them belongs to a part, and what is against the rules
 * is listed with its place. Nothing recurses.
 */
#ifndef POSTMEND_MAIL_MIME_H
#define POSTMEND_MAIL_MIME_H

#include "base/arena.h"
#include "base/status.h"
#include "mail/decode.h"
#include "mail/fields.h"

enum {
	MIME_DEPTH_MAX = 100,      /* parts in parts */
	MIME_PARTS_MAX = 10000,    /* more are the text of the last one */
	MIME_HEADER_MAX = 4 << 20, /* bytes; what is behind is text */
	MIME_DEFECTS_MAX = 100,    /* that are listed; all are counted */
};

/* X(NAME, "words") */
#define MIME_DEFECTS(X)                                                                   \
	X(NO_HEADER, "no header: the text begins at once")                                \
	X(HEADER_LINE, "a line of the header is no field; the text begins there")         \
	X(HEADER_LONG, "the header is too long; the rest of it is taken as text")         \
	X(HEADER_BYTES, "bytes in the header that no character set was named for")        \
	X(FROM_LINE, "the line between messages of a mailbox stands in the header")       \
	X(TYPE, "the content type is none; the part is taken as text or as a file")       \
	X(ENCODING, "the transfer encoding is not known; the part is left as it is")      \
	X(NO_BOUNDARY, "a part of several parts without a boundary; it is taken as text") \
	X(NO_PARTS, "the boundary is nowhere; the part is taken as text")                 \
	X(UNCLOSED, "the boundary that ends the parts is missing")                        \
	X(BEHIND, "there is text behind the last part")                                   \
	X(DEEP, "parts in parts, too deep; the part is left as it is")                    \
	X(MANY, "too many parts; the rest is left as it is")                              \
	X(BASE64, "characters that base64 does not have")                                 \
	X(QUOTED, "characters that quoted-printable does not have")                       \
	X(CUT, "an encoded part ends in the middle")                                      \
	X(CHARSET, "a character set that is not known here, or another than it says")     \
	X(WORD, "an encoded word in the header does not hold")                            \
	X(ADDRESS, "an address is none")                                                  \
	X(DATE, "the date is none")                                                       \
	X(TWICE, "a field stands twice; the first counts")                                \
	X(NUL, "zero bytes in the text")                                                  \
	X(LENGTH, "the length that the mailbox says does not fit")

enum mime_defect_kind {
#define X(name, words) MIME_##name,
	MIME_DEFECTS(X)
#undef X
		MIME_DEFECT_KINDS
};

const char *mime_defect_words(enum mime_defect_kind kind);

struct mime_defect {
	enum mime_defect_kind kind;
	uint64_t at; /* in the message */
};

enum mime_kind { MIME_LEAF, MIME_SEVERAL, MIME_MESSAGE };
enum mime_place { MIME_NOWHERE, MIME_INLINE, MIME_ATTACHMENT };

enum { MIME_TOP = UINT32_MAX };

struct mime_part {
	uint32_t parent; /* number of the part it is in; MIME_TOP of the message itself */
	uint32_t depth;
	enum mime_kind kind;
	struct str header;   /* up to the blank line */
	struct view body;    /* as it stands; of several parts all of them; of a message all of it */
	const char *type;    /* "text/plain", lower case */
	struct str type_raw; /* the field's value; empty without one */
	const char *charset; /* "" for none */
	const char *name;    /* of a file; NULL for none */
	const char *id;      /* Content-ID without brackets; NULL for none */
	enum mime_place place;
	enum decode_kind encoding;
};

struct mime_message {
	struct arena *arena;
	struct view bytes;
	struct mime_part *parts;
	size_t n, room;
	struct mime_defect *defects; /* the first of them */
	size_t n_defects;            /* all */
};

/* ST_NOMEM. Part 0 is the message itself. */
[[nodiscard]] enum status mime_parse(struct arena *arena, struct view bytes, struct mime_message *out);

/* Notes what the reader of a message found; `where` lies in the message, or is NULL. */
void mime_note(struct mime_message *message, enum mime_defect_kind kind, const void *where);

/* The first field of this name, unfolded by whoever reads it; false when there is none. */
bool mime_field(const struct mime_part *part, const char *name, struct str *out);

/* Writes what the part holds without its transfer encoding, and notes what is wrong with it. */
void mime_decode(struct mime_message *message, const struct mime_part *part, struct mail_sink *sink);

#endif
