/* This file holds the inside of a search for settings; only this room reads it.
 *
 * Each place that can know something is a role. A role asks one question and
 * its redirects, keeps its answers, and nothing else is remembered: what the
 * answers mean is worked out at the end, in the order of the roles, so that the
 * result does not depend on the order in which the answers came.
 */
#ifndef POSTMEND_SETTINGS_SEARCH_H
#define POSTMEND_SETTINGS_SEARCH_H

#include "settings/settings.h"

enum role {
	ROLE_MX,
	ROLE_SRV_IMAPS,
	ROLE_SRV_IMAP,
	ROLE_SRV_POP3S,
	ROLE_SRV_POP3,
	ROLE_SRV_SUBMISSIONS,
	ROLE_SRV_SUBMISSION,
	ROLE_SRV_AUTODISCOVER,
	ROLE_STS,       /* does the domain have a policy for who sends to it (RFC 8461)? */
	ROLE_NAME_IMAP, /* does imap.DOMAIN exist? A guess that does not is none */
	ROLE_NAME_POP,
	ROLE_NAME_SMTP,
	ROLE_NAME_MAIL,
	ROLE_DNS_LAST = ROLE_NAME_MAIL,
	ROLE_AUTOCONFIG,
	ROLE_WELL_KNOWN,
	ROLE_ISPDB,
	ROLE_MX_FULL, /* autoconfig of the domain that the MX is in, in full … */
	ROLE_MX_FULL_ISPDB,
	ROLE_MX_BASE, /* … and as it was registered */
	ROLE_MX_BASE_ISPDB,
	ROLE_POX_HOST, /* Autodiscover v1 at autodiscover.DOMAIN */
	ROLE_POX_DOMAIN,
	ROLE_POX_SRV,
	ROLE_PLACE, /* Autodiscover v2 */
	ROLE_STS_POLICY,
	N_ROLES,
};

enum { REDIRECTS_MAX = 3 };

struct role_state {
	const struct dns_facts *dns;
	const struct fetch_facts *fetches[REDIRECTS_MAX + 1]; /* the last one is the answer */
	size_t n_fetches;
};

struct query {
	enum role role;
	struct settings_query asked;
	bool answered;
};

struct settings_search {
	struct arena *arena;
	struct settings_options options;
	const struct address *address;
	struct role_state roles[N_ROLES];
	struct query queries[SETTINGS_QUERIES_MAX];
	size_t n_queries, n_given, n_answered;
	const char *mx; /* the best one, NULL when none is known */
};

struct opinions {
	struct opinion rows[SETTINGS_OPINIONS_MAX];
	size_t n;
};

/* The answer of a role that is a document with status 200, or NULL. */
const struct fetch_facts *search_document(const struct settings_search *search, enum role role);

/* Of the roles' DNS questions: "_imaps._tcp.example.org". */
const char *search_name(const struct settings_search *search, enum role role);

/* All that the sources say, the best source first. Also fills in what facts
 * says beside servers: providers, hints, moves, protocols not offered. */
void opinions_gather(const struct settings_search *search, struct opinions *out,
		     struct settings_facts *facts);

/* Appends guesses for what nobody else knows. */
void opinions_guess(const struct settings_search *search, struct opinions *opinions,
		    const struct settings_facts *facts);

/* Appends one; more than SETTINGS_OPINIONS_MAX are left out. Sets the caution. */
void opinions_add(struct opinions *opinions, const struct opinion *opinion);

/* What the domain's policy for senders says, and whether it fits its MX. */
void policy_read(const struct settings_search *search, struct policy_facts *out);
/* Whether a TXT record says that there is one. */
bool policy_is_published(const struct dns_facts *txt);

/* Servers out of opinions, best first. */
void merge_opinions(const struct opinions *opinions, struct settings_facts *facts);

#endif
