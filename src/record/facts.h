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
#include "account/user_name.h"
#include "base/moment.h"
#include "base/str.h"
#include "record/dns_facts.h"
#include "record/flow_facts.h"
#include "record/steps.h"
#include "record/tls_facts.h"
#include "record/trip_facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STEPS_MAX = 20, CAPABILITIES_MAX = 96, EXCHANGES_MAX = 48, FIRST_BYTES_MAX = 512 };

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
	/* In plain text, and inside TLS (from the first byte or after STARTTLS). */
	struct str capabilities[CAPABILITIES_MAX], capabilities_tls[CAPABILITIES_MAX];
	size_t n_capabilities, n_capabilities_tls;
	uint32_t mechanisms, mechanisms_tls; /* bits of enum mechanism */
	bool starttls_offered;
	bool starttls_masked;        /* a firewall wrote XXXXXXXA or asterisks over SMTP's words */
	bool bytes_after_starttls;   /* plain text in front of the handshake: injection */
	bool keeps_early_commands;   /* a command sent before the handshake was answered inside TLS */
	const struct tls_facts *tls; /* NULL when no handshake was begun; of a silent plain port
				      * only when TLS answered */
	struct tls_versions versions;

	struct flow_facts flow; /* of the conversation, at its end */
	struct bulk_facts bulk;
	enum rest_end rest_end; /* of probe_options.rest */
	struct rest_facts rest;
	enum unnamed_tls unnamed_tls;
	struct speed_facts speed;
	struct doors_facts doors;
	struct letter_facts letters[LETTERS_MAX];
	size_t n_letters;
	struct arrival arrivals[ARRIVALS_MAX];
	size_t n_arrivals;
	bool collected, all_removed, idles; /* the mailbox was looked through; what was found is gone; it told
					     * of new messages by itself */
	/* POP3: identities listed (UIDL), a hash over all of them and one over as many as an earlier session
	 * had (probe_collect.uidl_before); 0 where there were fewer. */
	size_t uidl_count;
	uint64_t uidl_hash, uidl_hash_before;
	unsigned bulk_sent, bulk_answered; /* commands of probe_options.bulk */

	enum login_outcome login;
	enum mechanism login_mechanism; /* the last one tried, 0 when none */
	bool secret_beyond_ascii;       /* the password has bytes above 0x7F */
	const char *login_why;          /* ours: why not possible or held back */
	unsigned login_tries;
	enum user_form other_form;      /* of the user name, tried once more after a refusal; NONE: not */
	enum login_outcome other_login; /* how that went */
	bool mailbox_opened;
	bool mailbox_wants_id; /* IMAP: INBOX was refused, and opened after ID (RFC 2971) */
	bool has_quota;
	uint64_t quota_used, quota_limit; /* bytes */
	uint64_t message_count;           /* EXISTS or STAT */
	uint64_t uid_validity;            /* IMAP: of INBOX (RFC 9051 section 2.3.1.1); 0 when not told */
	uint64_t size_limit;              /* SMTP SIZE in bytes, 0 when not told */

	struct exchange exchanges[EXCHANGES_MAX];
	size_t n_exchanges;
	const char *limit_met; /* which bound a hostile peer met: "line of 70000 bytes" */
};

const char *greeting_name(enum greeting greeting);

/* The last step of this name, or NULL. */
const struct step *facts_step(const struct endpoint_facts *facts, enum step_name name);

/* The server told what it can, and nothing before a login failed; what is wrong with a certificate aside. */
bool facts_went_well(const struct endpoint_facts *facts);

/* The soonest answer to a question about capabilities, which asks nobody to think; 0 when none came. */
moment facts_quickest(const struct endpoint_facts *facts);

/* The last exchange whose command starts with this word, or NULL. */
const struct exchange *facts_exchange(const struct endpoint_facts *facts, const char *command);

/* The exchange that decided the login: the last one of a login command, or NULL. */
const struct exchange *facts_login_exchange(const struct endpoint_facts *facts);

#endif
