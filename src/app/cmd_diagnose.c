/* This file is the main job: from an address to the named cause. */
#include "app/choose.h"
#include "app/commands.h"
#include "app/exchange_ask.h"
#include "app/own_accounts.h"
#include "app/visit.h"

static enum status read_address(struct run *run, struct address *out, const char **why_out)
{
	if (run->n_words > 1) {
		*why_out = arena_printf(run->arena,
					"diagnose: expected one mail address, not \"%.200s\" beside it",
					run->words[1]);
		return ST_USAGE;
	}
	return address_parse(run->arena, str_of(run->words[0]), out, why_out);
}

/* What the servers want to be told: the account's own address shows whether it
 * may send, and the user name is the one its settings name. */
static void know_better(struct visit *visit, const struct settings_facts *settings)
{
	const struct options *options = &visit->run->options;

	if (!options->user && settings->n_servers > 0 && settings->servers[0].user_name)
		visit->user = settings->servers[0].user_name;
	if (!options->login)
		return;
	visit->probe.user = visit->user;
	visit->guard.user = visit->user;
	if (!options->sender)
		visit->probe.sender = settings->address.whole;
	if (!options->recipient)
		visit->probe.recipient = settings->address.whole;
}

static enum status measure(struct visit *visit, const struct address *address, const struct own_accounts *own)
{
	struct arena *arena = visit->run->arena;
	const struct settings_facts *settings;
	struct endpoint *chosen = arena_array(arena, CHOOSE_MAX, sizeof *chosen);
	enum status status = ST_NOMEM;
	size_t n, n_first;

	if (!chosen)
		return ST_NOMEM;
	status = visit_settings(visit, address);
	settings = visit->facts.settings;
	if (status != ST_OK || visit->run->options.offline || drive_was_cancelled(visit->drive))
		return status;
	know_better(visit, settings);
	n = choose_first(settings, chosen);
	if (n > 0)
		status = visit_probe(visit, chosen, n);
	n_first = visit->facts.n_endpoints;
	if (status != ST_OK || drive_was_cancelled(visit->drive))
		return status;
	n = choose_again(settings, &visit->facts, chosen);
	if (n > 0)
		status = visit_probe(visit, chosen, n);
	if (status != ST_OK)
		return status;
	choose_keep(settings, &visit->facts, n_first);
	if (drive_was_cancelled(visit->drive))
		return ST_OK;
	status = own_accounts_probe(own, visit);
	return status == ST_OK ? exchange_ask(visit, own->any ? &own->gather.found : NULL) : status;
}

int cmd_diagnose(struct run *run)
{
	struct own_accounts *own = arena_alloc(run->arena, sizeof *own);
	struct visit visit;
	struct address address;
	const char *why = NULL;
	enum status status;
	int code;

	if (run->n_words == 0)
		return diagnose_here(run);
	if (run->options.windows && run->options.hive)
		return run_usage("diagnose: expected --windows or --hive, not both");
	status = read_address(run, &address, &why);
	if (status == ST_OK)
		status = own ? own_accounts_find(own, run, &address, &why) : ST_NOMEM;
	if (status != ST_OK)
		return run_failed(status, why);
	code = visit_open(
		&visit, run,
		&(struct visit_needs){ .user = address.whole, .deadline = 30.0, .tls_versions = true });
	if (code == EXIT_HEALTHY) {
		status = measure(&visit, &address, own);
		code = status != ST_OK ? run_failed(status, NULL)
		       : own->any      ? own_accounts_report(own, &visit)
				       : visit_report(&visit, "diagnose");
	}
	visit_close(&visit);
	return code;
}
