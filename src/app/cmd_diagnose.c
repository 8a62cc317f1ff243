/* This file is the main job: from an address to the named cause. */
#include "app/choose.h"
#include "app/commands.h"
#include "app/session.h"

static enum status read_address(struct run *run, struct address *out, const char **why_out)
{
	if (run->n_words == 0) {
		*why_out = "diagnose: expected a mail address, such as anna@example.org";
		return ST_USAGE;
	}
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
static void know_better(struct session *session, const struct settings_facts *settings)
{
	const struct options *options = &session->run->options;

	if (!options->user && settings->n_servers > 0 && settings->servers[0].user_name)
		session->user = settings->servers[0].user_name;
	if (!options->login)
		return;
	session->probe.user = session->user;
	session->guard.user = session->user;
	if (!options->sender)
		session->probe.sender = settings->address.whole;
	if (!options->recipient)
		session->probe.recipient = settings->address.whole;
}

static enum status measure(struct session *session, const struct address *address)
{
	struct arena *arena = session->run->arena;
	struct settings_facts *settings = arena_alloc(arena, sizeof *settings);
	struct endpoint *chosen = arena_array(arena, CHOOSE_MAX, sizeof *chosen);
	enum status status = ST_NOMEM;
	size_t n, n_first;

	if (!settings || !chosen)
		return ST_NOMEM;
	status = drive_settings(session->drive, address, settings);
	session->facts.address = address->whole;
	session->facts.settings = settings;
	if (status != ST_OK || session->run->options.offline || drive_was_cancelled(session->drive))
		return status == ST_CANCEL ? ST_OK : status;
	know_better(session, settings);
	n = choose_first(settings, chosen);
	if (n > 0)
		status = session_probe(session, chosen, n);
	n_first = session->facts.n_endpoints;
	if (status != ST_OK || drive_was_cancelled(session->drive))
		return status;
	n = choose_again(settings, &session->facts, chosen);
	if (n > 0)
		status = session_probe(session, chosen, n);
	if (status == ST_OK)
		choose_keep(settings, &session->facts, n_first);
	return status;
}

int cmd_diagnose(struct run *run)
{
	struct session session;
	struct address address;
	const char *why = NULL;
	enum status status = read_address(run, &address, &why);
	int code;

	if (status != ST_OK)
		return run_failed(status, why);
	code = session_open(&session, run, address.whole, 30.0);
	if (code == EXIT_HEALTHY) {
		status = measure(&session, &address);
		code = status == ST_OK ? session_report(&session, "diagnose") : run_failed(status, NULL);
	}
	session_close(&session);
	return code;
}
