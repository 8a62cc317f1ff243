/* This file finds out which servers an address should use, and who says so.
 *
 * A search is a machine: it asks questions (DNS, HTTPS), takes the answers in
 * any order and merges them. All questions that need no earlier answer are
 * there from the start; some answers bring further ones (a redirect, the base
 * domain of an MX). Nothing but a domain name leaves the computer, and with
 * `offline` nothing at all.
 *
 *	while (settings_next(search, &query)) start(query);
 *	... on each answer: settings_on_dns() or settings_on_fetch(), then again ...
 *	settings_finish(search, &facts);
 */
#ifndef POSTMEND_SETTINGS_SETTINGS_H
#define POSTMEND_SETTINGS_SETTINGS_H

#include "account/address.h"
#include "account/authentication.h"
#include "account/endpoint.h"
#include "record/facts.h"

enum { SETTINGS_SERVERS_MAX = 24, SETTINGS_OPINIONS_MAX = 128, SETTINGS_QUERIES_MAX = 64 };

/* Who says it, best first. */
enum source {
	SOURCE_PROVIDER, /* the embedded table */
	SOURCE_AUTOCONFIG,
	SOURCE_SRV,
	SOURCE_AUTODISCOVER,
	SOURCE_MX, /* the provider that the MX belongs to */
	SOURCE_GUESS,
};

/* One source's word on one server. */
struct opinion {
	enum source source;
	const char *where; /* the URL, the DNS name or the table's provider */
	struct endpoint endpoint;
	const char *user_name; /* filled in for this address, NULL when not told */
	uint32_t authentication;
	/* Why it is ranked last: "a private address", "an unusual port", "no encryption"; NULL when nothing.
	 */
	const char *caution;
};

struct server_settings {
	struct endpoint endpoint;
	const char *user_name;   /* never NULL: the address itself where nobody says */
	uint32_t authentication; /* bits of enum authentication */
	enum source source;      /* the best that says so */
	const struct opinion *opinions[SETTINGS_OPINIONS_MAX]; /* all about this protocol */
	size_t n_opinions;
	/* Every source that says anything of the protocol, guesses aside, names this very host, port
	 * and security, maybe among others. */
	bool agree;
	const char *caution; /* as in struct opinion */
};

/* A protocol that the domain says it does not offer (SRV target ".", RFC 6186). */
struct not_offered {
	enum protocol protocol;
	const char *where;
};

/* The policy by which other servers may send to the domain (MTA-STS, RFC 8461). */
struct policy_facts {
	bool published;        /* a record in the DNS says that there is one */
	const char *url;       /* where it was asked for; NULL when no answer came */
	const char *why;       /* why it cannot be had there; NULL when it was read */
	const char *mode;      /* "enforce", "testing", "none"; NULL when it says nothing of it */
	const char *patterns;  /* of mail servers, parted by blanks */
	const char *unmatched; /* the first MX that none of them is for, or NULL */
};

struct settings_facts {
	struct address address;
	const char *provider;      /* the table's id, or NULL */
	const char *mx_provider;   /* the provider the MX belongs to, or NULL */
	const char *moved_what;    /* text of the moves table for this domain, or NULL */
	const char *provider_hint; /* what the provider wants first (app password …), or NULL */
	uint32_t provider_hints;   /* the same as bits of enum provider_hint ("facts/providers.h") */
	const char *exchange_host; /* at which Exchange itself answers, or NULL */
	struct server_settings servers[SETTINGS_SERVERS_MAX]; /* best first, by protocol */
	size_t n_servers;
	struct not_offered not_offered[8];
	size_t n_not_offered;
	const struct dns_facts *dns[SETTINGS_QUERIES_MAX]; /* what was asked and answered */
	size_t n_dns;
	const struct fetch_facts *fetches[SETTINGS_QUERIES_MAX];
	size_t n_fetches;
	struct policy_facts policy;
};

struct settings_options {
	bool offline;        /* the table and guesses alone */
	bool no_third_party; /* ask nobody but the domain's own hosts and the DNS */
};

enum settings_query_kind { SETTINGS_ASK_DNS, SETTINGS_FETCH };

struct settings_query {
	unsigned id; /* given back with the answer */
	enum settings_query_kind kind;
	const char *name; /* DNS */
	uint16_t type;
	const char *url; /* HTTPS only; redirects are answers, not followed by the driver */
	/* POST this when it is not NULL; it says nothing of the user but the domain. */
	const char *body, *content_type;
};

struct settings_search;

/* `address` lives longer than the search. NULL when memory ended. */
[[nodiscard]] struct settings_search *
settings_new(struct arena *arena, const struct settings_options *options, const struct address *address);
bool settings_next(struct settings_search *search, struct settings_query *query_out);
void settings_on_dns(struct settings_search *search, unsigned id, const struct dns_facts *facts);
/* The facts live as long as the arena. An answer that nobody asked for is passed over. */
void settings_on_fetch(struct settings_search *search, unsigned id, const struct fetch_facts *facts);

/* True when every question given out was answered and no new one came up. */
bool settings_is_done(const struct settings_search *search);

/* Merges what has come so far; may be called with answers missing. */
void settings_finish(struct settings_search *search, struct settings_facts *facts_out);

const char *source_name(enum source source);

#endif
