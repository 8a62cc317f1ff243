/* This file knows the error codes that Outlook and the Windows libraries below it show.
 *
 * One code has many causes: it starts a search and never ends one.
 */
#ifndef POSTMEND_FACTS_OUTLOOK_CODES_H
#define POSTMEND_FACTS_OUTLOOK_CODES_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

enum { OUTLOOK_PARTS_MAX = 7 };

struct outlook_code {
	uint32_t code;
	const char *text;                      /* "0x800CCC0F" */
	const char *symbol;                    /* of the header that defines it, or NULL */
	const char *area;                      /* general smtp pop3 imap … */
	const char *meaning;                   /* one line, no full stop */
	const char *causes[OUTLOOK_PARTS_MAX]; /* the likeliest first; NULL after the last */
	const char *checks[OUTLOOK_PARTS_MAX]; /* what would tell them apart; NULL after the last */
	const char *first_fix;                 /* one sentence, or NULL */
	const char *standing;                  /* confirmed list unconfirmed: how sure the table is */
};

/* The row of a code, or NULL. */
const struct outlook_code *outlook_codes_get(uint32_t code);

/* Reads "0x800CCC0F", "800ccc0f", "2148322319", "-2146644977" or the symbol, and
 * nothing else around it but white space, parentheses and a full stop. */
const struct outlook_code *outlook_codes_find(struct str text);

#endif
