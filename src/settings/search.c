/* This file runs the search for settings: it hands out questions and keeps answers. */
#include "settings/search.h"

#include "base/checked.h"
#include "facts/base_domain.h"
#include "wire/autodiscover.h"
#include "wire/dns_msg.h"
#include "wire/http_request.h"

#include <string.h>

#define ISPDB "https://autoconfig.thunderbird.net/v1.1/"

/* Stands in for the user's: nobody learns it. */
#define LOCAL_PART "postmend"

/* The questions to the DNS, by role. */
static const struct {
	const char *prefix;
	uint16_t type;
} questions[ROLE_DNS_LAST + 1] = {
	[ROLE_MX] = { "", DNS_TYPE_MX },
	[ROLE_SRV_IMAPS] = { "_imaps._tcp.", DNS_TYPE_SRV },
	[ROLE_SRV_IMAP] = { "_imap._tcp.", DNS_TYPE_SRV },
	[ROLE_SRV_POP3S] = { "_pop3s._tcp.", DNS_TYPE_SRV },
	[ROLE_SRV_POP3] = { "_pop3._tcp.", DNS_TYPE_SRV },
	[ROLE_SRV_SUBMISSIONS] = { "_submissions._tcp.", DNS_TYPE_SRV },
	[ROLE_SRV_SUBMISSION] = { "_submission._tcp.", DNS_TYPE_SRV },
	[ROLE_SRV_AUTODISCOVER] = { "_autodiscover._tcp.", DNS_TYPE_SRV },
	[ROLE_STS] = { "_mta-sts.", DNS_TYPE_TXT },
	[ROLE_NAME_IMAP] = { "imap.", DNS_TYPE_A },
	[ROLE_NAME_POP] = { "pop.", DNS_TYPE_A },
	[ROLE_NAME_SMTP] = { "smtp.", DNS_TYPE_A },
	[ROLE_NAME_MAIL] = { "mail.", DNS_TYPE_A },
};

/* The documents that need no earlier answer, by role, around the domain. */
static const struct {
	enum role role;
	const char *before, *after;
	bool third_party;
} documents[] = {
	{ ROLE_AUTOCONFIG, "https://autoconfig.", "/mail/config-v1.1.xml", false },
	{ ROLE_WELL_KNOWN, "https://", "/.well-known/autoconfig/mail/config-v1.1.xml", false },
	{ ROLE_ISPDB, ISPDB, "", true },
	{ ROLE_POX_HOST, "https://autodiscover.", "/autodiscover/autodiscover.xml", false },
	{ ROLE_POX_DOMAIN, "https://", "/autodiscover/autodiscover.xml", false },
};

const char *search_name(const struct settings_search *search, enum role role)
{
	return arena_printf(search->arena, "%s%s", questions[role].prefix, search->address->domain);
}

static struct settings_query *add_query(struct settings_search *search, enum role role)
{
	struct query *query;

	if (search->n_queries == SETTINGS_QUERIES_MAX)
		return NULL;
	query = &search->queries[search->n_queries];
	query->role = role;
	query->asked.id = (unsigned)search->n_queries++;
	return &query->asked;
}

static void ask_dns(struct settings_search *search, enum role role)
{
	const char *name = search_name(search, role);
	struct settings_query *asked = name ? add_query(search, role) : NULL;

	if (!asked)
		return;
	asked->kind = SETTINGS_ASK_DNS;
	asked->name = name;
	asked->type = questions[role].type;
}

static bool is_pox(enum role role)
{
	return role == ROLE_POX_HOST || role == ROLE_POX_DOMAIN || role == ROLE_POX_SRV;
}

/* The address is made of the domain and a local part that is nobody's; one whose
 * name has no form that fits is asked without, which is a GET. */
static const char *pox_body(const struct settings_search *search)
{
	const char *address = arena_printf(search->arena, LOCAL_PART "@%s", search->address->domain);

	return address ? autodiscover_request(search->arena, address) : NULL;
}

static void fetch(struct settings_search *search, enum role role, const char *url)
{
	struct settings_query *asked = url ? add_query(search, role) : NULL;

	if (!asked)
		return;
	asked->kind = SETTINGS_FETCH;
	asked->url = url;
	if (is_pox(role)) {
		asked->body = pox_body(search);
		asked->content_type = "text/xml; charset=utf-8";
	}
}

struct settings_search *settings_new(struct arena *arena, const struct settings_options *options,
				     const struct address *address)
{
	struct settings_search *search = arena_alloc(arena, sizeof *search);

	if (!search)
		return NULL;
	search->arena = arena;
	search->options = *options;
	search->address = address;
	if (options->offline)
		return search;
	for (unsigned role = 0; role <= ROLE_DNS_LAST; role++)
		ask_dns(search, (enum role)role);
	for (size_t i = 0; i < COUNT_OF(documents); i++)
		if (!documents[i].third_party || !options->no_third_party)
			fetch(search, documents[i].role,
			      arena_printf(arena, "%s%s%s", documents[i].before, address->domain,
					   documents[i].after));
	fetch(search, ROLE_PLACE,
	      arena_printf(arena,
			   "https://autodiscover.%s/autodiscover/autodiscover.json?Email=" LOCAL_PART
			   "%%40%s&Protocol=AutodiscoverV1&RedirectCount=1",
			   address->domain, address->domain));
	return arena_failed(arena) ? NULL : search;
}

bool settings_next(struct settings_search *search, struct settings_query *query_out)
{
	if (search->n_given == search->n_queries)
		return false;
	*query_out = search->queries[search->n_given++].asked;
	return true;
}

bool settings_is_done(const struct settings_search *search)
{
	return search->n_answered == search->n_queries;
}

/* The query that this answers, once. */
static struct query *take_answer(struct settings_search *search, unsigned id, enum settings_query_kind kind)
{
	struct query *query;

	if (id >= search->n_given)
		return NULL;
	query = &search->queries[id];
	if (query->answered || query->asked.kind != kind)
		return NULL;
	query->answered = true;
	search->n_answered++;
	return query;
}

/* Equal priorities are told apart by name, so that the choice is always the same. */
static const char *best_mx(const struct dns_facts *facts)
{
	const struct dns_record *best = NULL;

	for (size_t i = 0; i < facts->n_records; i++) {
		const struct dns_record *r = &facts->records[i];

		if (r->type != DNS_TYPE_MX || !address_domain_is_valid(str_of(r->text), 2))
			continue;
		if (!best || r->priority < best->priority ||
		    (r->priority == best->priority && strcmp(r->text, best->text) < 0))
			best = r;
	}
	return best ? best->text : NULL;
}

static bool is_within(struct str host, struct str domain)
{
	return str_eq_nocase(host, domain) ||
	       (host.len > domain.len && host.at[host.len - domain.len - 1] == '.' &&
		str_ends_nocase(host, domain));
}

/* Whether a host is under the domain that the user's domain was registered as. */
static bool is_own(const struct settings_search *search, struct str host)
{
	struct str domain = str_of(search->address->domain);
	struct str base = base_domain(domain);

	return is_within(host, base.at ? base : domain);
}

static void ask_mx_domain(struct settings_search *search, enum role role, struct str domain)
{
	struct str own = str_of(search->address->domain);

	if (!domain.at || str_eq(domain, own) || !address_domain_is_valid(domain, 2))
		return;
	fetch(search, role,
	      arena_printf(search->arena, "https://autoconfig.%.*s/mail/config-v1.1.xml", (int)domain.len,
			   domain.at));
	fetch(search, (enum role)(role + 1),
	      arena_printf(search->arena, ISPDB "%.*s", (int)domain.len, domain.at));
}

/* draft-ietf-mailmaint-autoconfig: the domain of the MX, in full and registered. */
static void on_mx(struct settings_search *search, const struct dns_facts *facts)
{
	struct str full, base;

	search->mx = best_mx(facts);
	if (!search->mx || search->options.no_third_party)
		return;
	full = str_of(search->mx);
	base = base_domain(full);
	(void)str_cut(&full, '.');
	if (base.at && full.len > base.len)
		ask_mx_domain(search, ROLE_MX_FULL, full);
	ask_mx_domain(search, ROLE_MX_BASE, base);
}

/* RFC 2782 order: the lowest priority, then the heaviest; names at last. */
static bool is_before(const struct dns_record *a, const struct dns_record *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	if (a->weight != b->weight)
		return a->weight > b->weight;
	return strcmp(a->text, b->text) < 0;
}

static void on_autodiscover_srv(struct settings_search *search, const struct dns_facts *facts)
{
	const struct dns_record *best = NULL;

	for (size_t i = 0; i < facts->n_records; i++) {
		const struct dns_record *r = &facts->records[i];

		if (r->type == DNS_TYPE_SRV && r->port == 443 &&
		    address_domain_is_valid(str_of(r->text), 2) && (!best || is_before(r, best)))
			best = r;
	}
	if (best && (!search->options.no_third_party || is_own(search, str_of(best->text))))
		fetch(search, ROLE_POX_SRV,
		      arena_printf(search->arena, "https://%s/autodiscover/autodiscover.xml", best->text));
}

void settings_on_dns(struct settings_search *search, unsigned id, const struct dns_facts *facts)
{
	struct query *query = take_answer(search, id, SETTINGS_ASK_DNS);

	if (!query || !facts)
		return;
	search->roles[query->role].dns = facts;
	if (query->role == ROLE_MX)
		on_mx(search, facts);
	else if (query->role == ROLE_SRV_AUTODISCOVER)
		on_autodiscover_srv(search, facts);
	else if (query->role == ROLE_STS && policy_is_published(facts))
		fetch(search, ROLE_STS_POLICY,
		      arena_printf(search->arena, "https://mta-sts.%s/.well-known/mta-sts.txt",
				   search->address->domain));
}

/* Where a redirect leads when it may be followed: https, the usual port, a name.
 * A path alone stays on the host. NULL otherwise. */
static const char *redirect_of(const struct settings_search *search, const char *from, const char *to)
{
	struct http_url old, new;
	const char *url = to;
	int family;

	if (http_url_parse(search->arena, str_of(from), &old) != ST_OK)
		return NULL;
	if (to[0] == '/' && to[1] != '/')
		url = arena_printf(search->arena, "https://%s%s", old.host, to);
	if (!url || http_url_parse(search->arena, str_of(url), &new) != ST_OK || new.port != 443)
		return NULL;
	if (!address_domain_is_valid(str_of(new.host), 2) || endpoint_is_address(str_of(new.host), &family))
		return NULL;
	if (search->options.no_third_party && !is_own(search, str_of(new.host)))
		return NULL;
	return url;
}

static const char *next_place(const struct settings_search *search, enum role role,
			      const struct fetch_facts *facts)
{
	struct autodiscover found;

	/* RFC 8461 section 3.3: a redirect is no policy. */
	if (facts->error != STEP_ERROR_NONE || role == ROLE_STS_POLICY)
		return NULL;
	if (facts->status >= 300 && facts->status < 400)
		return facts->location;
	if (facts->status == 200 && is_pox(role) &&
	    autodiscover_read(search->arena, str_view(facts->body), &found) == ST_OK)
		return found.redirect_url;
	return NULL;
}

void settings_on_fetch(struct settings_search *search, unsigned id, const struct fetch_facts *facts)
{
	struct query *query = take_answer(search, id, SETTINGS_FETCH);
	struct role_state *state;
	const char *to;

	if (!query || !facts)
		return;
	state = &search->roles[query->role];
	if (state->n_fetches < COUNT_OF(state->fetches))
		state->fetches[state->n_fetches++] = facts;
	to = next_place(search, query->role, facts);
	if (to && state->n_fetches < COUNT_OF(state->fetches))
		fetch(search, query->role, redirect_of(search, query->asked.url, to));
}

const struct fetch_facts *search_document(const struct settings_search *search, enum role role)
{
	const struct role_state *state = &search->roles[role];
	const struct fetch_facts *last = state->n_fetches ? state->fetches[state->n_fetches - 1] : NULL;

	return last && last->status == 200 && last->error == STEP_ERROR_NONE ? last : NULL;
}

void settings_finish(struct settings_search *search, struct settings_facts *facts)
{
	struct opinions *opinions = arena_alloc(search->arena, sizeof *opinions);

	*facts = (struct settings_facts){ .address = *search->address };
	for (size_t i = 0; i < N_ROLES; i++) {
		const struct role_state *state = &search->roles[i];

		if (state->dns && facts->n_dns < SETTINGS_QUERIES_MAX)
			facts->dns[facts->n_dns++] = state->dns;
		for (size_t f = 0; f < state->n_fetches && facts->n_fetches < SETTINGS_QUERIES_MAX; f++)
			facts->fetches[facts->n_fetches++] = state->fetches[f];
	}
	policy_read(search, &facts->policy);
	if (!opinions)
		return;
	opinions_gather(search, opinions, facts);
	opinions_guess(search, opinions, facts);
	merge_opinions(opinions, facts);
}
