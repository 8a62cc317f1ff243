/* This file knows mail providers: their domains, servers and what they want first.
 *
 * The tables are made at build time from data/ (facts of the ISPDB and of Delta
 * Chat, MPL-2.0) and are read-only. See data/README.md.
 */
#ifndef POSTMEND_FACTS_PROVIDERS_H
#define POSTMEND_FACTS_PROVIDERS_H

#include "account/authentication.h"
#include "account/endpoint.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/* Bits: what a provider wants before a mail program can log in. */
enum provider_hint {
	PROVIDER_HINT_APP_PASSWORD = 1 << 0,      /* a password made for programs, not the account's */
	PROVIDER_HINT_ENABLE_FIRST = 1 << 1,      /* IMAP or POP3 is off until switched on in its web pages */
	PROVIDER_HINT_SEPARATE_PASSWORD = 1 << 2, /* the mailbox has a password of its own */
	PROVIDER_HINT_OAUTH2_ONLY = 1 << 3,       /* no passwords at all */
	PROVIDER_HINT_PAID_ONLY = 1 << 4,         /* programs are let in for paying users only */
	PROVIDER_HINT_NO_IMAP = 1 << 5,           /* neither IMAP nor POP3 nor SMTP */
};

struct provider_server {
	enum protocol protocol;
	enum security security; /* SECURITY_NONE only where the provider lists nothing better */
	uint16_t port;
	const char *host, *user_name; /* patterns: see "account/fill_in.h" */
	uint32_t authentication;      /* bits of enum authentication */
};

struct provider {
	const char *id;
	uint32_t hints;   /* bits of enum provider_hint */
	const char *hint; /* a sentence or two for the user, or NULL */
	const struct provider_server *servers;
	size_t n_servers; /* 0 where PROVIDER_HINT_NO_IMAP */
};

/* NULL when not in the table. Case does not matter. */
const struct provider *providers_of_domain(struct str domain);
const struct provider *providers_by_id(struct str id);

/* The provider that a mail exchanger belongs to: the longest of the host's
 * parent domains that is in the table, down to two labels. */
const struct provider *providers_of_mx(struct str host);

#endif
