/* This file is the main job without an address: every account that is set up here, its servers, and what lies
 * around. */
#include "app/account_servers.h"
#include "app/commands.h"
#include "app/exchange_ask.h"
#include "app/gather.h"
#include "app/profile_fix.h"
#include "app/visit.h"

#include "diagnose/clients.h"
#include "diagnose/joint.h"
#include "os/clock.h"
#include "os/env.h"

struct here {
	struct run *run;
	struct gather gather;
	struct visit visit;
	bool is_visiting;
	struct account_servers used;
	struct finding_sink *network;
	struct diagnosis *asked, *joint;
};

static bool list_servers(struct here *here)
{
	struct arena *arena = here->run->arena;

	here->network = finding_sink_new(arena);
	here->asked = arena_alloc(arena, sizeof *here->asked);
	here->joint = arena_alloc(arena, sizeof *here->joint);
	return here->network && here->asked && here->joint &&
	       account_servers_list(&here->gather.found, &here->used);
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
	if (visit_probe(&here->visit, here->used.endpoints, here->used.n_endpoints) != ST_OK ||
	    exchange_ask(&here->visit, &here->gather.found) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	gather_programs(&here->gather, &here->visit.facts);
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
				    .servers = here->used.servers,
				    .n_servers = here->used.n_servers };
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
	if (!run->options.offline && (here->used.n_endpoints > 0 || exchange_is_set_up(&here->gather.found)))
		code = ask_servers(here);
	if (!here->is_visiting || here->asked->headline)
		code |= tell(here, &clock);
	if (here->is_visiting)
		visit_close(&here->visit);
	return code;
}
