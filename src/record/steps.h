/* This file names the steps of a conversation and how one can end. */
#ifndef POSTMEND_RECORD_STEPS_H
#define POSTMEND_RECORD_STEPS_H

#include "base/moment.h"

#include <stdbool.h>

/* The way from this computer to the mailbox, in order; names in JSON are these
 * in lower case with hyphens. */
enum step_name {
	STEP_RESOLVE,
	STEP_CONNECT,
	STEP_GREETING,
	STEP_CAPABILITIES,
	STEP_STARTTLS,
	STEP_TLS,
	STEP_CAPABILITIES_TLS,
	STEP_LOGIN,
	STEP_MAILBOX,   /* SELECT INBOX and quota, or STAT */
	STEP_SENDER,    /* MAIL FROM */
	STEP_RECIPIENT, /* RCPT TO, then RSET: nothing is sent */
	STEP_SPEED,     /* a message is fetched, to see how fast: probe_options.speed */
	STEP_LETTER,    /* DATA and the message: "trip" alone */
	STEP_COLLECT,   /* messages are looked for and fetched: "trip" alone */
	STEP_LOGOUT,
};

enum step_error {
	STEP_ERROR_NONE,
	STEP_ERROR_REFUSED, /* the connection was refused, or the server said no */
	STEP_ERROR_TIMEOUT,
	STEP_ERROR_RESET,
	STEP_ERROR_UNREACHABLE,
	STEP_ERROR_CLOSED,   /* end of stream before the answer */
	STEP_ERROR_PROTOCOL, /* the answer is not of this protocol */
	STEP_ERROR_TLS,
	STEP_ERROR_LIMIT, /* a bound of ours was met: hostile or broken peer */
};

struct step {
	enum step_name name;
	bool ok;
	moment at, took;
	enum step_error error;
	const char *error_text; /* ours, NULL when ok */
};

const char *step_name_text(enum step_name name);
const char *step_error_text(enum step_error error);

#endif
