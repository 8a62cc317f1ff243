/* This file hides who the user is, so that a report can be given away.
 *
 * Local parts of mail addresses, user names, this computer's name and private
 * IP addresses become user-1, computer-1, private-1 …; the same text always
 * becomes the same name within one report. Servers stay readable: without them
 * a report helps nobody.
 */
#ifndef POSTMEND_REPORT_REDACT_H
#define POSTMEND_REPORT_REDACT_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum { REDACT_NAMES_MAX = 64, REDACT_NAME_LEN = 96 };

enum redact_kind { REDACT_USER, REDACT_COMPUTER, REDACT_ADDRESS };

struct redact_name {
	enum redact_kind kind;
	unsigned number;
	bool everywhere; /* looked for in every text, not only where the form gives it away */
	size_t len;
	char text[REDACT_NAME_LEN];
};

struct redactor {
	struct redact_name names[REDACT_NAMES_MAX];
	size_t n_names;
};

void redact_init(struct redactor *redactor);

/* A word to hide wherever it stands; NULL, empty and over-long ones are ignored. */
void redact_word(struct redactor *redactor, enum redact_kind kind, const char *word);

/* Appends the text without what has to be hidden. NULL redactor: as it is. */
void redact_text(struct redactor *redactor, struct str text, struct buf *out);

#endif
