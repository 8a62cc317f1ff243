/* This file composes a message of the Internet (RFC 5322, 2045-2047, 2231, 2387).
 *
 *	struct compose c = { .sink = &sink, .seed = nid };
 *	compose_letter(&c, &letter);
 *
 * What is written is ASCII with CR LF and lines of at most 76 characters save
 * for single long words, and depends on nothing but the letter and the seed.
 */
#ifndef POSTMEND_MAIL_COMPOSE_H
#define POSTMEND_MAIL_COMPOSE_H

#include "base/moment.h"
#include "mail/encode.h"

struct compose {
	struct mail_sink *sink;
	uint32_t seed;       /* for boundaries: the same for everything inside one message */
	unsigned boundaries; /* given out so far */
};

enum letter_role { LETTER_TO, LETTER_CC, LETTER_BCC, LETTER_ROLES };

struct letter_person {
	enum letter_role role; /* of recipients */
	const char *name, *address;
	unsigned response; /* to a meeting: PidTagRecipientTrackStatus */
	bool is_organizer;
};

/* A file or a message inside. */
struct letter_part {
	const char *name, *type, *id; /* UTF-8, type/subtype, Content-ID; NULL without */
	bool is_message, is_inline;
	/* Writes the content: of a file by encode_base64_add(), of a message by
	 * compose_letter() with the compose. False when a part of it is lost. */
	bool (*write)(void *context, struct compose *compose, struct encode_base64 *file);
	void *context;
};

struct letter {
	struct str header;                           /* as a server left it, or empty */
	struct letter_person from, sender, reply_to; /* address NULL: none */
	const struct letter_person *people;
	size_t n_people;
	const char *subject, *message_id, *in_reply_to, *references;
	bool has_date;
	wall_time date;
	int importance;              /* 0 low, 1 normal, 2 high */
	struct view text, html;      /* at NULL: none; text is UTF-8 */
	const char *html_charset;    /* of html; NULL: utf-8 */
	struct view calendar;        /* text/calendar, UTF-8 */
	const char *calendar_method; /* "REQUEST" …, or NULL */
	const struct letter_part *parts;
	size_t n_parts;
};

/* False when a part was lost; the sink's failure is its own. */
bool compose_letter(struct compose *compose, const struct letter *letter);

#endif
