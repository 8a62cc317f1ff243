/* This file says what a server's answer means.
 *
 * The codes of the standards are read first (RFC 5530, 2449, 3206, 3463, 4954,
 * 5248); the words that providers put behind them only refine. An answer that
 * different faults share stays ambiguous: `also` lists the other meanings, and
 * other facts must decide.
 */
#ifndef POSTMEND_FACTS_ANSWERS_H
#define POSTMEND_FACTS_ANSWERS_H

#include "account/endpoint.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum { ANSWER_ALSO_MAX = 3, ANSWER_TEXT_MAX = 4096 };

enum answer_stage {
	ANSWER_AT_UNKNOWN, /* a line that somebody pasted */
	ANSWER_AT_GREETING,
	ANSWER_AT_HELO,
	ANSWER_AT_STARTTLS,
	ANSWER_AT_LOGIN,
	ANSWER_AT_MAILBOX,
	ANSWER_AT_SENDER,
	ANSWER_AT_RECIPIENT,
	ANSWER_AT_DATA,
};

enum answer_meaning {
	ANSWER_UNKNOWN,
	ANSWER_PASSWORD_WRONG,
	ANSWER_APP_PASSWORD_NEEDED,
	ANSWER_WEB_LOGIN_NEEDED,
	ANSWER_PASSWORD_RETIRED,  /* the provider takes no passwords from programs any more */
	ANSWER_LOGIN_UNEXPLAINED, /* refused, and several faults say it in these words */
	ANSWER_SMTP_AUTH_OFF,
	ANSWER_SECURITY_DEFAULTS,
	ANSWER_BASIC_RETIRED_SUBMISSION, /* 550 5.7.30 */
	ANSWER_ACCESS_OFF,
	ANSWER_ACCOUNT_LOCKED,
	ANSWER_ACCOUNT_SUSPENDED,
	ANSWER_BACKEND_DOWN,
	ANSWER_USER_NAME_FORM,
	ANSWER_MECHANISM_REFUSED,
	ANSWER_TOKEN_REFUSED,
	ANSWER_LOGIN_DISABLED, /* this login wants encryption */
	ANSWER_LOGIN_NEEDED,   /* sending wants a login */
	ANSWER_TLS_REQUIRED,
	ANSWER_TLS_NOT_AVAILABLE,
	ANSWER_SERVICE_REFUSED,
	ANSWER_CONNECTIONS_TOO_MANY,
	ANSWER_HELO_REFUSED,
	ANSWER_RELAY_DENIED,
	ANSWER_POP_BEFORE_SMTP,
	ANSWER_SENDER_REFUSED,
	ANSWER_RECIPIENT_REFUSED,
	ANSWER_SIZE_EXCEEDED,
	ANSWER_QUOTA_FULL,
	ANSWER_CLIENT_BLOCKED,
	ANSWER_GREYLISTED,
	ANSWER_RATE_LIMITED,
	ANSWER_MAILBOX_LOCKED,
	ANSWER_MAILBOX_REFUSED,
	ANSWER_LOGIN_TOO_SOON,
	ANSWER_ID_REQUIRED,
	ANSWER_MEANINGS
};

#define ANSWER_BIT(meaning) (UINT64_C(1) << (meaning))

/* What a server said. Empty and 0 where a protocol has no such part. */
struct answer_said {
	enum protocol protocol;
	enum answer_stage stage;
	unsigned smtp_code;
	struct str enhanced;      /* "5.7.8"; looked for in the text when empty */
	struct str response_code; /* "AUTHENTICATIONFAILED", "WEBALERT https://…" */
	struct str text;          /* the whole line or its words; read up to ANSWER_TEXT_MAX */
};

struct answer {
	enum answer_meaning meaning;
	enum answer_meaning also[ANSWER_ALSO_MAX]; /* what else the same answer may mean */
	size_t n_also;
	const char *note;     /* who says that it means this; NULL when unknown */
	const char *provider; /* whose words they are: google microsoft yahoo netease, or NULL */
};

void answers_classify(const struct answer_said *said, struct answer *out);

/* Takes a line apart that somebody copied from a log or a message: "535 5.7.8 …",
 * "a1 NO [AUTHENTICATIONFAILED] …", "S: -ERR …". False when it is no answer of
 * a mail server. The stage stays unknown. */
[[nodiscard]] bool answers_read(struct str line, struct answer_said *out);

/* Looks into the challenge by which XOAUTH2 and OAUTHBEARER servers refuse a
 * token: base64 of a JSON text with a status. True and the status ("401",
 * "invalid_token") in *status_out, which is at most `room` bytes with its NUL. */
[[nodiscard]] bool answers_token_status(struct str base64, char *status_out, size_t room);

const char *answer_meaning_name(enum answer_meaning meaning);

#endif
