/* This file is this computer's side of "diagnose ADDRESS": the accounts that are set up here for that
 * address. */
#include "app/own_accounts.h"

#include "app/profile_fix.h"
#include "base/checked.h"
#include "os/env.h"

#include <string.h>

static bool is_text(const struct client_text *text, const char *wanted)
{
	return text->text && str_eq_nocase(str_of(text->text), str_of(wanted));
}

/* The server is the domain, or a host in it. */
static bool is_host_of(const struct client_server *server, const char *domain)
{
	struct str host = str_of(server->host.text), end = str_of(domain);

	if (!str_ends_nocase(host, end))
		return false;
	return host.len == end.len || host.at[host.len - end.len - 1] == '.';
}

/* The address itself, or its local part at a host of its domain. */
static bool is_user(const struct client_server *server, const struct address *address)
{
	if (is_text(&server->user, address->whole))
		return true;
	return server->host.text && is_text(&server->user, address->local) &&
	       is_host_of(server, address->domain);
}

static bool is_own(const struct client_account *account, const struct address *address)
{
	return is_text(&account->address, address->whole) ||
	       (account->has_incoming && is_user(&account->incoming, address)) ||
	       (account->has_outgoing && is_user(&account->outgoing, address));
}

static bool is_in_profile(const struct client_found *found, enum client_program program, const char *profile,
			  const char *source)
{
	for (size_t i = 0; i < found->n_accounts; i++)
		if (found->accounts[i].program == program &&
		    str_eq(str_of(found->accounts[i].profile), str_of(profile)) &&
		    str_eq(str_of(found->accounts[i].source), str_of(source)))
			return true;
	return false;
}

/* Accounts of other addresses are not what was asked about, nor are profiles without one of this. */
void own_accounts_keep(struct client_found *found, const struct address *address)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n_accounts; i++)
		if (is_own(&found->accounts[i], address))
			found->accounts[n++] = found->accounts[i];
	found->n_accounts = n;
	n = 0;
	for (size_t i = 0; i < found->n_profiles; i++)
		if (is_in_profile(found, found->profiles[i].program, found->profiles[i].name,
				  found->profiles[i].source))
			found->profiles[n++] = found->profiles[i];
	found->n_profiles = n;
	n = 0;
	for (size_t i = 0; i < found->n_stores; i++)
		if (is_in_profile(found, found->stores[i].program, found->stores[i].profile,
				  found->stores[i].source))
			found->stores[n++] = found->stores[i];
	found->n_stores = n;
}

enum status own_accounts_find(struct own_accounts *own, struct run *run, const struct address *address,
			      const char **why_out)
{
	struct gather *gather = &own->gather;
	enum status st = gather_open(gather, run);
	const char *why = NULL;

	own->any = false;
	gather->looks_around = true;
	if (st == ST_OK)
		st = gather_collect(gather, &why);
	/* What cannot be read of this computer stops nothing; what was named is to be read. */
	if (st == ST_IO && !run->options.windows && !run->options.hive)
		return ST_OK;
	if (why)
		*why_out = why;
	if (st != ST_OK)
		return st;
	own_accounts_keep(&gather->found, address);
	if (gather->found.n_accounts == 0)
		return ST_OK;
	st = gather_judge(gather);
	if (st != ST_OK)
		return st;
	profile_fix_advise(gather);
	own->any = true;
	return account_servers_list(&gather->found, &own->used) ? ST_OK : ST_NOMEM;
}

static bool was_probed(const struct case_facts *facts, const char *url)
{
	for (size_t i = 0; i < facts->n_endpoints; i++)
		if (strcmp(facts->endpoints[i]->url, url) == 0)
			return true;
	return false;
}

enum status own_accounts_probe(const struct own_accounts *own, struct visit *visit)
{
	struct arena *arena = visit->run->arena;
	const struct probe_options before = visit->probe;
	struct endpoint *left;
	enum status st = ST_OK;
	size_t n = 0;

	if (!own->any)
		return ST_OK;
	left = arena_array(arena, ACCOUNT_SERVERS_MAX, sizeof *left);
	if (!left)
		return ST_NOMEM;
	for (size_t i = 0; i < own->used.n_endpoints; i++) {
		const char *url = endpoint_url(arena, &own->used.endpoints[i]);

		if (!url)
			return ST_NOMEM;
		if (!was_probed(&visit->facts, url))
			left[n++] = own->used.endpoints[i];
	}
	/* A password is for the right servers alone: these may be anybody's. */
	visit->probe.login = false;
	visit->probe.user = NULL;
	visit->probe.password = NULL;
	visit->probe.oauth_token = NULL;
	if (n > 0)
		st = visit_probe(visit, left, n);
	visit->facts.in_use = own->used.endpoints;
	visit->facts.n_in_use = own->used.n_endpoints;
	visit->probe = before;
	return st;
}

/* A server of this computer stands between: a bridge to a provider without IMAP. */
static bool has_bridge(const struct own_accounts *own)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", "::1", "[::1]" };
	const struct client_found *found = &own->gather.found;

	for (size_t i = 0; i < found->n_accounts; i++)
		for (size_t k = 0; found->accounts[i].has_incoming && k < COUNT_OF(hosts); k++)
			if (is_text(&found->accounts[i].incoming.host, hosts[k]))
				return true;
	return false;
}

/* The headline where the provider's own lack of IMAP is no fault; NULL elsewhere. */
static const char *excuse_provider(const struct own_accounts *own, const struct finding_sink *sink)
{
	const char *headline = NULL;

	for (size_t i = 0; has_bridge(own) && i < finding_count(sink); i++) {
		struct finding *f = finding_at(sink, i);

		if (f->code != CODE_PROVIDER_NO_IMAP)
			continue;
		f->severity = SEVERITY_NOTE;
		headline = "The account goes through a program on this computer: its provider has no IMAP "
			   "of its own.";
	}
	return headline;
}

int own_accounts_report(struct own_accounts *own, struct visit *visit)
{
	struct arena *arena = visit->run->arena;
	const char *excuse;
	struct diagnosis *asked = arena_alloc(arena, sizeof *asked),
			 *joint = arena_alloc(arena, sizeof *joint);
	struct joint_case facts = { .settings = own->gather.findings,
				    .network = finding_sink_new(arena),
				    .diagnosis = asked,
				    .servers = own->used.servers,
				    .n_servers = own->used.n_servers };
	int code;

	if (!asked || !joint || !facts.network)
		return run_failed(ST_NOMEM, NULL);
	gather_programs(&own->gather, &visit->facts);
	code = visit_judge(visit, facts.network, asked);
	if (!asked->headline)
		return code;
	excuse = excuse_provider(own, facts.network);
	facts.headline = excuse ? excuse : asked->headline;
	if (joint_diagnose(arena, &facts, joint) != ST_OK || arena_failed(arena))
		return run_failed(ST_NOMEM, NULL);
	return code | run_report(visit->run, &(struct report){
						     .command = "diagnose",
						     .version = POSTMEND_VERSION,
						     .findings = own->gather.findings,
						     .diagnosis = joint,
						     .facts = &visit->facts,
						     .clients = &own->gather.found,
						     .elapsed = drive_now(visit->drive),
						     .cancelled = drive_was_cancelled(visit->drive),
						     .user_name = visit->user,
						     .computer_name = env_host_name(arena),
					     });
}
