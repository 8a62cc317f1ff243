/* This file holds what was measured: the facts that rules judge and reports show.
 *
 * A probe writes them, nobody changes them afterwards, and a diagnosis is a
 * pure function of them. Text that came from a server is a struct str and
 * hostile; everything lives in the arena of the run.
 */
#ifndef POSTMEND_RECORD_FACTS_H
#define POSTMEND_RECORD_FACTS_H

#include "account/endpoint.h"
#include "account/mechanism.h"
#include "base/moment.h"
#include "base/str.h"
#include "record/tls_facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STEPS_MAX = 20, CAPABILITIES_MAX = 96, EXCHANGES_MAX = 48, FIRST_BYTES_MAX = 512 };

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

/* What the first bytes of the server look like, whatever was expected. */
enum greeting {
	GREETING_NONE,    /* nothing came */
	GREETING_SMTP,    /* 220 */
	GREETING_SMTP_NO, /* 421, 554 or another refusal */
	GREETING_IMAP,    /* * OK or * PREAUTH */
	GREETING_IMAP_BYE,
	GREETING_POP3,     /* +OK */
	GREETING_POP3_ERR, /* -ERR */
	GREETING_HTTP,     /* HTTP/ or HTML */
	GREETING_TLS,      /* a TLS or SSL record without being asked */
	GREETING_OTHER,
};

/* A command and the answer to it. The command never holds a secret. */
struct exchange {
	const char *command;      /* "EHLO", "AUTHENTICATE PLAIN", … */
	struct str reply;         /* last line(s), without CRLF; hostile; empty when none came */
	unsigned smtp_code;       /* 0 when not SMTP */
	struct str enhanced;      /* "5.7.8" (RFC 3463), or empty */
	struct str response_code; /* IMAP and POP3 in brackets: "AUTHENTICATIONFAILED" */
	bool ok;                  /* positive completion (2yz/3yz, OK, +OK) */
	moment sent, answered;    /* answered is MOMENT_NEVER when it did not come */
};

enum login_outcome {
	LOGIN_NOT_ASKED,
	LOGIN_ACCEPTED,
	LOGIN_REFUSED,      /* the exchange says how */
	LOGIN_NOT_POSSIBLE, /* no mechanism in common, or no verified TLS */
	LOGIN_NOT_FINISHED, /* connection or time ended first */
	LOGIN_HELD_BACK,    /* the lock-out guard said no */
};

/* Which TLS versions a server takes, by hellos of our own that carry nothing. */
enum tls_taken { TLS_TAKEN_UNKNOWN, TLS_TAKEN_YES, TLS_TAKEN_NO };
struct tls_versions {
	enum tls_taken ssl3, tls10, tls11, tls12, tls13;
};

struct endpoint_facts {
	struct endpoint endpoint;
	const char *url;
	const char *address; /* the one tried, as text; NULL when the name gave none */
	int family;          /* 4, 6 or 0 */
	bool chosen;         /* this one carried the conversation on */
	struct step steps[STEPS_MAX];
	size_t n_steps;

	enum greeting greeting;
	struct str first_bytes;      /* at most FIRST_BYTES_MAX, raw */
	bool silent_port_speaks_tls; /* it never greeted, yet answered a ClientHello */
	struct str capabilities[CAPABILITIES_MAX], capabilities_tls[CAPABILITIES_MAX];
	size_t n_capabilities, n_capabilities_tls;
	uint32_t mechanisms, mechanisms_tls; /* bits of enum mechanism */
	bool starttls_offered;
	bool bytes_after_starttls;   /* plain text in front of the handshake: injection */
	const struct tls_facts *tls; /* NULL when no handshake was begun */
	struct tls_versions versions;

	enum login_outcome login;
	enum mechanism login_mechanism; /* the last one tried, 0 when none */
	const char *login_why;          /* ours: why not possible or held back */
	unsigned login_tries;
	bool mailbox_opened;
	bool has_quota;
	uint64_t quota_used, quota_limit; /* bytes */
	uint64_t message_count;           /* EXISTS or STAT */
	uint64_t size_limit;              /* SMTP SIZE in bytes, 0 when not told */

	struct exchange exchanges[EXCHANGES_MAX];
	size_t n_exchanges;
	const char *limit_met; /* which bound a hostile peer met: "line of 70000 bytes" */
};

/* One question to the DNS and its answer. */
enum dns_outcome {
	DNS_ANSWERED,
	DNS_NO_DATA, /* the name exists, the type does not */
	DNS_NO_NAME, /* NXDOMAIN */
	DNS_SERVFAIL,
	DNS_REFUSED,
	DNS_TIMEOUT,
	DNS_MALFORMED,
	DNS_NOT_ASKED, /* --offline, or time was over */
};

enum { DNS_RECORDS_MAX = 32 };

struct dns_record {
	uint16_t type; /* RFC 1035: 1 A, 5 CNAME, 15 MX, 16 TXT, 28 AAAA, 33 SRV */
	uint32_t ttl;
	const char *text; /* A and AAAA: the address; CNAME, MX, SRV, NS: the name, "." for the root */
	uint16_t priority, weight, port; /* MX and SRV */
};

struct dns_facts {
	const char *name;
	uint16_t type;
	enum dns_outcome outcome;
	struct dns_record records[DNS_RECORDS_MAX];
	size_t n_records;
	bool cut; /* there were more */
	moment at, took;
};

/* One document fetched over HTTPS for discovery. */
struct fetch_facts {
	const char *url;
	unsigned status;      /* HTTP, 0 when none came */
	const char *location; /* of a redirect, or NULL */
	struct str body;      /* hostile, capped */
	enum step_error error;
	const char *error_text;
	const struct tls_facts *tls;
	wall_time server_date; /* Date header, 0 when none: a check of our clock */
	moment at, took;
};

const char *step_name_text(enum step_name name);
const char *step_error_text(enum step_error error);
const char *greeting_name(enum greeting greeting);
const char *dns_outcome_name(enum dns_outcome outcome);

/* The last step of this name, or NULL. */
const struct step *facts_step(const struct endpoint_facts *facts, enum step_name name);

/* The last exchange whose command starts with this word, or NULL. */
const struct exchange *facts_exchange(const struct endpoint_facts *facts, const char *command);

#endif
