/* This file turns answers into opinions: which source names which server. */
#include "settings/search.h"

#include "account/fill_in.h"
#include "account/ip.h"
#include "base/checked.h"
#include "facts/moves.h"
#include "facts/providers.h"
#include "wire/autoconfig_xml.h"
#include "wire/autodiscover.h"
#include "wire/dns_msg.h"
#include "wire/http_request.h"

#include <string.h>

/* Together they fit into SETTINGS_OPINIONS_MAX, so that no source crowds out another. */
enum { SRV_ROWS_MAX = 2, DOCUMENT_ROWS_MAX = 8 };

struct gathering {
	const struct settings_search *search;
	struct opinions *out;
	struct settings_facts *facts;
};

static const struct {
	enum role role;
	enum protocol protocol;
	enum security security;
} services[] = {
	{ ROLE_SRV_IMAPS, PROTOCOL_IMAP, SECURITY_TLS },
	{ ROLE_SRV_IMAP, PROTOCOL_IMAP, SECURITY_STARTTLS },
	{ ROLE_SRV_POP3S, PROTOCOL_POP3, SECURITY_TLS },
	{ ROLE_SRV_POP3, PROTOCOL_POP3, SECURITY_STARTTLS },
	{ ROLE_SRV_SUBMISSIONS, PROTOCOL_SMTP, SECURITY_TLS },
	{ ROLE_SRV_SUBMISSION, PROTOCOL_SMTP, SECURITY_STARTTLS },
};

/* What is odd about a place that a stranger named, or NULL. */
static const char *caution_of(const struct endpoint *endpoint)
{
	bool is_usual = endpoint->port == endpoint_default_port(endpoint->protocol, SECURITY_TLS) ||
			endpoint->port == endpoint_default_port(endpoint->protocol, SECURITY_STARTTLS) ||
			(endpoint->protocol == PROTOCOL_SMTP && endpoint->port == 25);
	struct ip ip;

	if (ip_parse(str_of(endpoint->host), &ip))
		return ip_is_public(&ip) ? "an address instead of a name" : "a private address";
	if (!address_domain_is_valid(str_of(endpoint->host), 2) ||
	    str_ends_nocase(str_of(endpoint->host), STR(".localhost")) ||
	    str_ends_nocase(str_of(endpoint->host), STR(".local")))
		return "a name of a private network";
	if (!is_usual)
		return "an unusual port";
	return endpoint->security == SECURITY_NONE ? "no encryption" : NULL;
}

void opinions_add(struct opinions *opinions, const struct opinion *opinion)
{
	if (opinions->n == SETTINGS_OPINIONS_MAX)
		return;
	opinions->rows[opinions->n] = *opinion;
	opinions->rows[opinions->n].caution = caution_of(&opinion->endpoint);
	opinions->n++;
}

static void add_provider(struct gathering *g, const struct provider *provider, enum source source,
			 const char *where)
{
	for (size_t i = 0; i < provider->n_servers && i < DOCUMENT_ROWS_MAX; i++) {
		const struct provider_server *server = &provider->servers[i];
		struct opinion opinion = {
			.source = source,
			.where = where,
			.endpoint = { .protocol = server->protocol,
				      .security = server->security,
				      .port = server->port },
			.authentication = server->authentication,
		};

		opinion.endpoint.host =
			fill_in_address(g->search->arena, str_of(server->host), g->search->address);
		opinion.user_name =
			fill_in_address(g->search->arena, str_of(server->user_name), g->search->address);
		if (opinion.endpoint.host)
			opinions_add(g->out, &opinion);
	}
}

static void take_hint(struct gathering *g, const struct provider *provider)
{
	if (g->facts->provider_hint || !provider->hint)
		return;
	g->facts->provider_hint = provider->hint;
	g->facts->provider_hints = provider->hints;
}

/* While mailboxes move, the MX tells on which side of the move this one may be. */
static void gather_table(struct gathering *g, const struct provider *mx)
{
	struct str domain = str_of(g->search->address->domain);
	const struct provider *own = providers_of_domain(domain), *new = NULL;
	const struct provider *first = own, *second;
	const struct move *move = moves_find(domain);

	if (move)
		g->facts->moved_what = move->what;
	if (move && move->provider && (!own || move->state == MOVE_MOVING))
		new = providers_by_id(str_of(move->provider));
	if (!own || (new &&new == mx))
		first = new;
	second = first == own ? new : own;
	if (first) {
		g->facts->provider = first->id;
		take_hint(g, first);
		add_provider(g, first, SOURCE_PROVIDER, first->id);
	}
	if (second)
		add_provider(g, second, SOURCE_PROVIDER, second->id);
}

static void add_config(struct gathering *g, enum source source, const char *where,
		       const struct config_servers *servers)
{
	for (size_t i = 0; i < servers->n && i < DOCUMENT_ROWS_MAX; i++)
		opinions_add(g->out, &(struct opinion){
					     .source = source,
					     .where = where,
					     .endpoint = servers->rows[i].endpoint,
					     .user_name = servers->rows[i].user_name,
					     .authentication = servers->rows[i].authentication,
				     });
}

static void gather_autoconfig(struct gathering *g, enum role role, enum source source)
{
	const struct fetch_facts *document = search_document(g->search, role);
	struct autoconfig config;

	if (!document)
		return;
	if (autoconfig_xml_read(g->search->arena, str_view(document->body), g->search->address, &config) ==
	    ST_OK)
		add_config(g, source, document->url, &config.servers);
}

static bool is_before(const struct dns_record *a, const struct dns_record *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	if (a->weight != b->weight)
		return a->weight > b->weight;
	return a->port != b->port ? a->port < b->port : strcmp(a->text, b->text) < 0;
}

/* The SRV rows that name a server, in the order of RFC 2782 with the heaviest
 * first instead of a draw: the same answer must give the same result. */
static size_t sort_rows(const struct dns_facts *dns, const struct dns_record *rows[static SRV_ROWS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < dns->n_records; i++) {
		const struct dns_record *r = &dns->records[i];
		size_t at;

		if (r->type != DNS_TYPE_SRV || r->port == 0 || !address_domain_is_valid(str_of(r->text), 1))
			continue;
		if (n == SRV_ROWS_MAX && !is_before(r, rows[n - 1]))
			continue;
		at = n < SRV_ROWS_MAX ? n++ : n - 1;
		for (; at > 0 && is_before(r, rows[at - 1]); at--)
			rows[at] = rows[at - 1];
		rows[at] = r;
	}
	return n;
}

static bool says_not_offered(const struct dns_facts *dns)
{
	for (size_t i = 0; i < dns->n_records; i++)
		if (dns->records[i].type == DNS_TYPE_SRV && strcmp(dns->records[i].text, ".") == 0)
			return true;
	return false;
}

/* RFC 6186 section 3.4: a protocol is not offered when its records say so and
 * none names a server. */
static void note_not_offered(struct gathering *g, enum protocol protocol)
{
	const char *where = NULL;

	for (size_t i = 0; i < COUNT_OF(services); i++) {
		const struct dns_facts *dns = g->search->roles[services[i].role].dns;
		const struct dns_record *rows[SRV_ROWS_MAX];

		if (services[i].protocol != protocol || !dns)
			continue;
		if (sort_rows(dns, rows))
			return;
		if (!where && says_not_offered(dns))
			where = dns->name;
	}
	if (where)
		g->facts->not_offered[g->facts->n_not_offered++] =
			(struct not_offered){ .protocol = protocol, .where = where };
}

static void gather_srv(struct gathering *g)
{
	for (size_t i = 0; i < COUNT_OF(services); i++) {
		const struct dns_facts *dns = g->search->roles[services[i].role].dns;
		const struct dns_record *rows[SRV_ROWS_MAX];
		size_t n = dns ? sort_rows(dns, rows) : 0;

		for (size_t r = 0; r < n; r++)
			opinions_add(g->out, &(struct opinion){
						     .source = SOURCE_SRV,
						     .where = dns->name,
						     .endpoint = { .protocol = services[i].protocol,
								   .security = services[i].security,
								   .host = rows[r]->text,
								   .port = rows[r]->port },
					     });
	}
	note_not_offered(g, PROTOCOL_IMAP);
	note_not_offered(g, PROTOCOL_POP3);
	note_not_offered(g, PROTOCOL_SMTP);
}

static void note_exchange(struct gathering *g, const char *of_url)
{
	struct http_url url;

	if (!g->facts->exchange_host && http_url_parse(g->search->arena, str_of(of_url), &url) == ST_OK)
		g->facts->exchange_host = url.host;
}

/* Autodiscover that wants a login as Exchange does is Exchange's. */
static void gather_guarded(struct gathering *g, enum role role)
{
	const struct role_state *state = &g->search->roles[role];
	const struct fetch_facts *last = state->n_fetches ? state->fetches[state->n_fetches - 1] : NULL;

	if (last && last->status == 401 && (last->logins & (HTTP_LOGIN_NTLM | HTTP_LOGIN_NEGOTIATE)))
		note_exchange(g, last->url);
}

/* The provider whose mailboxes are all of Exchange. */
static void note_online(struct gathering *g)
{
	static const char host[] = "outlook.office365.com";

	for (size_t i = 0; i < g->out->n && !g->search->options.no_third_party; i++)
		if (str_is_nocase(str_of(g->out->rows[i].endpoint.host), host))
			g->facts->exchange_host = host;
}

static void gather_pox(struct gathering *g, enum role role)
{
	const struct fetch_facts *document = search_document(g->search, role);
	const struct provider *provider = NULL;
	struct autodiscover found;

	if (!document || autodiscover_read(g->search->arena, str_view(document->body), &found) != ST_OK)
		return;
	if (found.is_exchange)
		note_exchange(g, document->url);
	/* What it calls the login name is that of the address we asked about: nobody's. */
	for (size_t i = 0; i < found.servers.n; i++)
		found.servers.rows[i].user_name = NULL;
	add_config(g, SOURCE_AUTODISCOVER, document->url, &found.servers);
	if (found.redirect_address) {
		struct str domain = str_of(found.redirect_address);

		(void)str_cut(&domain, '@');
		provider = providers_of_mx(domain);
	}
	if (provider)
		add_provider(g, provider, SOURCE_AUTODISCOVER, document->url);
}

/* Version 2 names a host of Autodiscover; whose it is tells the provider. */
static void gather_place(struct gathering *g)
{
	const struct fetch_facts *document = search_document(g->search, ROLE_PLACE);
	const struct provider *provider;
	struct autodiscover_place place;
	struct http_url url;

	if (!document ||
	    autodiscover_read_place(g->search->arena, str_view(document->body), &place) != ST_OK ||
	    !place.url || http_url_parse(g->search->arena, str_of(place.url), &url) != ST_OK)
		return;
	provider = providers_of_mx(str_of(url.host));
	if (provider)
		add_provider(g, provider, SOURCE_AUTODISCOVER, document->url);
}

void opinions_gather(const struct settings_search *search, struct opinions *out, struct settings_facts *facts)
{
	struct gathering g = { .search = search, .out = out, .facts = facts };
	const struct provider *mx = search->mx ? providers_of_mx(str_of(search->mx)) : NULL;

	gather_table(&g, mx);
	for (unsigned role = ROLE_AUTOCONFIG; role <= ROLE_ISPDB; role++)
		gather_autoconfig(&g, (enum role)role, SOURCE_AUTOCONFIG);
	gather_srv(&g);
	for (unsigned role = ROLE_POX_HOST; role <= ROLE_POX_SRV; role++) {
		gather_pox(&g, (enum role)role);
		gather_guarded(&g, (enum role)role);
	}
	gather_place(&g);
	if (mx) {
		facts->mx_provider = mx->id;
		take_hint(&g, mx);
		add_provider(&g, mx, SOURCE_MX, search->mx);
	}
	for (unsigned role = ROLE_MX_FULL; role <= ROLE_MX_BASE_ISPDB; role++)
		gather_autoconfig(&g, (enum role)role, SOURCE_MX);
	note_online(&g);
}
