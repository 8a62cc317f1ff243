/* This file holds what became of letters that an account sent to itself: the facts of "trip".
 *
 * Everything lives in the arena of the run; bytes that came back are hostile.
 */
#ifndef POSTMEND_RECORD_TRIP_FACTS_H
#define POSTMEND_RECORD_TRIP_FACTS_H

#include "base/moment.h"
#include "base/str.h"
#include "base/view.h"
#include "record/steps.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LETTERS_MAX = 8, ARRIVALS_MAX = 24, HOPS_MAX = 16, LETTER_MAX = 26 << 20 };

enum letter_kind {
	LETTER_PLAIN,
	LETTER_HTML,
	LETTER_ATTACHMENT,
	LETTER_LONG_LINES,
	LETTER_LARGE,
	LETTER_KINDS
};

struct letter {
	enum letter_kind kind;
	const char *token; /* stands in the subject and nowhere else in the world */
	struct view bytes; /* as RFC 5322 has it, CRLF, before dots are doubled */
};

enum letter_end {
	LETTER_NOT_TRIED,
	LETTER_ACCEPTED,
	LETTER_REFUSED,    /* the server said no to it */
	LETTER_UNANSWERED, /* all of it went out, and no answer came */
	LETTER_CUT,        /* the connection ended before the answer */
};

struct letter_facts {
	const struct letter *letter;
	enum letter_end end;
	enum step_error error; /* of LETTER_CUT and _UNANSWERED */
	moment sent, answered; /* when its last byte went out, and the answer to it */
	moment quickest;       /* answer to any command of the conversation before */
	unsigned smtp_code;
	struct str reply, enhanced;
};

/* A message that was found in the mailbox. */
struct arrival {
	struct view bytes;
	const char *folder;
	moment seen;
};

enum alteration {
	ALTERATION_NONE,
	ALTERATION_BLANK,           /* nothing is left of the body */
	ALTERATION_TRUNCATED,       /* its end is missing */
	ALTERATION_FOOTER,          /* something was added, nothing taken away */
	ALTERATION_RECODED,         /* other bytes on the way, the same content */
	ALTERATION_ATTACHMENT_LOST, /* a part is missing */
	ALTERATION_OTHER,
};

/* From a Received line, oldest first. */
struct hop {
	struct str by;
	wall_time at; /* 0 when its date cannot be read */
};

enum signature_kind { SIGNATURE_RSA_SHA256, SIGNATURE_ED25519_SHA256 };
enum signature_verdict {
	SIGNATURE_NOT_TRIED,
	SIGNATURE_FITS,
	SIGNATURE_BROKEN,
	SIGNATURE_WITHOUT_KEY, /* the DNS has no such key, or one that was taken back */
};

/* A signature that a message came back with (DKIM). */
struct signature {
	bool there;
	enum signature_kind kind;
	bool body_fits, fits_sent_body; /* its body hash: the body as it came, and as it was sent */
	struct str domain;
	const char *key_name;    /* where the DNS has its key; NULL when it cannot be read further */
	struct view data, bytes; /* what was signed, and the signature */
	enum signature_verdict verdict;
};

struct letter_fate {
	struct letter_facts sent;
	const struct arrival *arrivals[ARRIVALS_MAX];
	size_t n_arrivals;
	bool in_junk; /* the first one */
	enum alteration alteration;
	uint64_t differs_at; /* byte of the body that came back, where it is altered */
	struct str shown;    /* what was added, or stands at the first difference */
	bool subject_altered;
	struct signature signature;
	struct hop hops[HOPS_MAX];
	size_t n_hops;
};

struct trip_facts {
	struct letter_fate fates[LETTERS_MAX];
	size_t n_fates;
	bool looked;  /* the mailbox could be read */
	bool removed; /* all that was found is gone from it */
	moment waited;
	size_t identities_compared; /* POP3: messages that two sessions listed; 0 none did */
	bool identities_differ;
};

#endif
