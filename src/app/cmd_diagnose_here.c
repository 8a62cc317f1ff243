/* This file is the main job without an address: every account that is set up here, its servers, and what lies
 * around. */
#include "app/commands.h"
#include "app/gather.h"
#include "app/profile_fix.h"
#include "app/visit.h"

#include "diagnose/clients.h"
#include "diagnose/joint.h"
#include "os/clock.h"
#include "os/env.h"

#include <string.h>

/* Servers that are probed in one run. */
enum { SERVERS_MAX = 32 };

struct here {
	struct run *run;
	struct gather gather;
	struct visit visit;
	bool is_visiting;
	struct joint_server *servers; /* of all accounts */
	struct endpoint *endpoints;   /* each once */
	size_t n_servers, n_endpoints;
	struct finding_sink *network;
	struct diagnosis *asked, *joint;
};

/* How the account would connect. */
static bool endpoint_of(const struct client_server *server, struct endpoint *out)
{
	bool is_tls = server->security == CLIENT_SECURITY_TLS;

	if (!server->host.text || !server->port_used ||
	    !address_domain_is_valid(str_of(server->host.text), 1))
		return false;
	switch (server->protocol) {
	case CLIENT_PROTOCOL_IMAP:
		out->protocol = PROTOCOL_IMAP;
		break;
	case CLIENT_PROTOCOL_POP3:
		out->protocol = PROTOCOL_POP3;
		break;
	case CLIENT_PROTOCOL_SMTP:
		out->protocol = PROTOCOL_SMTP;
		break;
	case CLIENT_PROTOCOL_UNKNOWN:
	case CLIENT_PROTOCOL_EXCHANGE:
	case CLIENT_PROTOCOL_ACTIVESYNC:
	case CLIENT_PROTOCOL_HTTP:
	case CLIENT_PROTOCOL_LOCAL:
		return false;
	}
	if (server->security == CLIENT_SECURITY_UNKNOWN || server->security == CLIENT_SECURITY_AUTOMATIC)
		is_tls = server->port_used == endpoint_default_port(out->protocol, SECURITY_TLS);
	out->host = server->host.text;
	out->port = server->port_used;
	out->security = is_tls                                     ? SECURITY_TLS
			: server->security == CLIENT_SECURITY_NONE ? SECURITY_NONE
								   : SECURITY_STARTTLS;
	return true;
}

static void add_server(struct here *here, const struct client_account *account,
		       const struct client_server *server)
{
	struct arena *arena = here->run->arena;
	const char *name = account->name.text      ? account->name.text
			   : account->address.text ? account->address.text
						   : account->incoming.host.text;
	struct endpoint endpoint = { .host = NULL };
	const char *url;
	size_t i = 0;

	if (!endpoint_of(server, &endpoint) || !(url = endpoint_url(arena, &endpoint)))
		return;
	while (i < here->n_servers && strcmp(here->servers[i].url, url) != 0)
		i++;
	if (i == here->n_servers) {
		if (here->n_endpoints == SERVERS_MAX) {
			client_add_remark(
				&here->gather.found, account->source, 0,
				"it names more servers than are asked at once: use diagnose ADDRESS "
				"for the others");
			return;
		}
		here->endpoints[here->n_endpoints++] = endpoint;
	}
	here->servers[here->n_servers++] = (struct joint_server){
		.client = client_program_name(account->program),
		.profile = account->profile,
		.name = name ? name : "(no name)",
		.host = endpoint.host,
		.url = url,
	};
}

static bool list_servers(struct here *here)
{
	const struct client_found *found = &here->gather.found;
	struct arena *arena = here->run->arena;

	here->servers = arena_array(arena, 2 * found->n_accounts + 1, sizeof *here->servers);
	here->endpoints = arena_array(arena, SERVERS_MAX, sizeof *here->endpoints);
	here->network = finding_sink_new(arena);
	here->asked = arena_alloc(arena, sizeof *here->asked);
	here->joint = arena_alloc(arena, sizeof *here->joint);
	if (!here->servers || !here->endpoints || !here->network || !here->asked || !here->joint)
		return false;
	for (size_t i = 0; i < found->n_accounts; i++) {
		if (found->accounts[i].has_incoming)
			add_server(here, &found->accounts[i], &found->accounts[i].incoming);
		if (found->accounts[i].has_outgoing)
			add_server(here, &found->accounts[i], &found->accounts[i].outgoing);
	}
	return !arena_failed(arena);
}

static enum status read_settings(struct here *here, const char **why_out)
{
	struct gather *gather = &here->gather;
	enum status st = gather_open(gather, here->run);

	gather->looks_around = true;
	if (st == ST_OK)
		st = gather_collect(gather, why_out);
	if (st == ST_OK)
		st = gather_judge(gather);
	if (st != ST_OK)
		return st;
	profile_fix_advise(gather);
	if (!list_servers(here))
		return ST_NOMEM;
	gather_close(gather);
	return ST_OK;
}

/* Their servers are asked as nobody in particular: no login. */
static int ask_servers(struct here *here)
{
	int code = visit_open(&here->visit, here->run,
			      &(struct visit_needs){ .deadline = 30.0, .tls_versions = true });

	here->is_visiting = true;
	if (code != EXIT_HEALTHY)
		return code;
	if (visit_probe(&here->visit, here->endpoints, here->n_endpoints) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	return visit_judge(&here->visit, here->network, here->asked);
}

static int tell(struct here *here, const struct clock *clock)
{
	const struct client_found *found = &here->gather.found;
	const struct clients_case counted = { .n_accounts = found->n_accounts,
					      .n_profiles = found->n_profiles,
					      .is_judged = true };
	struct joint_case facts = { .settings = here->gather.findings,
				    .network = here->network,
				    .diagnosis = here->is_visiting ? here->asked : NULL,
				    .servers = here->servers,
				    .n_servers = here->n_servers };
	struct arena *arena = here->run->arena;
	struct case_facts nothing = { .address = NULL };
	struct report report = {
		.command = "diagnose",
		.version = POSTMEND_VERSION,
		.findings = here->gather.findings,
		.diagnosis = here->joint,
		.facts = here->is_visiting ? &here->visit.facts : &nothing,
		.clients = found,
		.elapsed = clock_now(clock),
		.cancelled = here->is_visiting && drive_was_cancelled(here->visit.drive),
		.computer_name = env_host_name(arena),
	};

	if (diagnose_clients(arena, &counted, here->gather.findings, here->joint) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	facts.headline = here->joint->headline;
	if (joint_diagnose(arena, &facts, here->joint) != ST_OK || arena_failed(arena))
		return run_failed(ST_NOMEM, NULL);
	return run_report(here->run, &report);
}

int diagnose_here(struct run *run)
{
	struct here *here = arena_alloc(run->arena, sizeof *here);
	const char *why = NULL;
	struct clock clock;
	enum status st;
	int code = EXIT_HEALTHY;

	if (!here)
		return run_failed(ST_NOMEM, NULL);
	if (run->options.login)
		return run_usage("diagnose: --login needs the address whose password is meant");
	if (run->options.windows && run->options.hive)
		return run_usage("diagnose: expected --windows or --hive, not both");
	here->run = run;
	clock_start(&clock);
	st = read_settings(here, &why);
	if (st != ST_OK)
		return run_failed(st, why);
	if (!run->options.offline && here->n_endpoints > 0)
		code = ask_servers(here);
	if (!here->is_visiting || here->asked->headline)
		code |= tell(here, &clock);
	if (here->is_visiting)
		visit_close(&here->visit);
	return code;
}
