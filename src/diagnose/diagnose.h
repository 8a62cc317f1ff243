/* This file turns facts into findings and findings into root causes.
 *
 * It is a pure function: the same facts give the same diagnosis. It never
 * looks at text made for people, only at recorded facts; a server's words
 * count only through the table of answers in "facts".
 */
#ifndef POSTMEND_DIAGNOSE_DIAGNOSE_H
#define POSTMEND_DIAGNOSE_DIAGNOSE_H

#include "finding/finding.h"
#include "record/exchange_facts.h"
#include "record/facts.h"
#include "record/firewall_facts.h"
#include "record/memory_facts.h"
#include "settings/settings.h"

enum { DIAGNOSE_CAUSES_MAX = 32, DIAGNOSE_EXCLUDED_MAX = 32 };

/* The same endpoints met from another point of view. */
enum vantage_kind { VANTAGE_VIA, VANTAGE_PROXY, VANTAGE_RESOLVER, VANTAGE_INTERFACE };
struct vantage_facts {
	enum vantage_kind kind;
	const char *name; /* as the user, or the environment, calls it */
	const struct endpoint_facts *const *endpoints;
	size_t n_endpoints;
	const struct dns_facts *const *dns;
	size_t n_dns;
};

/* What was measured apart from the endpoints, to tell a broken network from a
 * broken server. */
struct path_facts {
	bool wildcard_tested, wildcard_answers; /* a random name that cannot exist resolved */
	const char *wildcard_address;
	bool resolver_tested, resolver_answers;
	bool clock_tested;            /* against Date headers of verified HTTPS hosts */
	int64_t clock_off_seconds;    /* ours minus theirs */
	bool web_tested, web_answers; /* port 443 of servers none of whose mail ports could be reached */
	const char *web_address;
};

/* Everything a diagnosis may look at. Pointers may be NULL where nothing was measured. */
struct case_facts {
	const char *address; /* the user's, or NULL for a bare probe */
	const struct settings_facts *settings;
	const struct endpoint_facts *const *endpoints;
	size_t n_endpoints;
	const struct endpoint
		*in_use; /* those that an account of this computer uses: no other one can stand in */
	size_t n_in_use;
	const struct dns_facts *const *dns; /* of the endpoints' names */
	size_t n_dns;
	struct path_facts path;
	const struct exchange_facts *exchanges; /* what their services answered */
	size_t n_exchanges;
	const struct vantage_facts *const *vantages;
	size_t n_vantages;
	const struct firewall_facts *firewall; /* NULL when nobody looked */
	const struct trip_facts *trip;         /* NULL when no letter was sent */
	const struct memory_facts *memory;     /* of earlier runs, or NULL */
	/* What mail programs of this computer are: of each file its "version" and "sha256". Its subject is
	 * the file. */
	const struct remembered *programs;
	size_t n_programs;
	const char *user; /* the name of the login, or NULL */
	wall_time now;
};

enum verdict { VERDICT_HEALTHY, VERDICT_TROUBLE, VERDICT_UNDECIDED };

/* A cause that was considered and dropped, and the fact that speaks against it. */
struct excluded {
	enum code code;
	const char *why;
};

struct diagnosis {
	enum verdict verdict;
	const struct finding *causes[DIAGNOSE_CAUSES_MAX]; /* in the order to mend them */
	size_t n_causes;
	struct excluded excluded[DIAGNOSE_EXCLUDED_MAX];
	size_t n_excluded;
	const char *next_test;       /* undecided: the shortest test that would decide, or NULL */
	const char *headline;        /* one sentence for the top of the report */
	struct memory_facts healthy; /* what is worth remembering of what works now */
};

[[nodiscard]] enum status diagnose(struct arena *arena, const struct case_facts *facts,
				   struct finding_sink *sink, struct diagnosis *out);

const char *verdict_name(enum verdict verdict);

#endif
