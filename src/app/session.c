/* This file is the part that the network commands share: open, measure, judge, tell. */
#include "app/session.h"

#include "os/clock.h"
#include "os/env.h"
#include "os/terminal.h"

#include <stdio.h>
#include <string.h>

enum { PROGRESS_COLUMNS = 78 };

static void show_progress(void *context, const char *what, size_t done, size_t total)
{
	struct session *session = context;
	char line[PROGRESS_COLUMNS + 1];

	if (!session->shows_progress)
		return;
	snprintf(line, sizeof line, "%.50s  %zu of %zu", what, done, total);
	fprintf(stderr, "\r%-*s", PROGRESS_COLUMNS, line);
	fflush(stderr);
}

static void clear_progress(const struct session *session)
{
	if (!session->shows_progress)
		return;
	fprintf(stderr, "\r%*s\r", PROGRESS_COLUMNS, "");
	fflush(stderr);
}

static void set_probe_options(struct session *session)
{
	const struct options *options = &session->run->options;

	session->probe = (struct probe_options){
		.deadline = MOMENT_NEVER,
		.step_timeout = MOMENT_S(SESSION_STEP_SECONDS),
		.login = options->login,
		.user = options->login ? session->user : NULL,
		.password = session->secrets.password.present ? &session->secrets.password : NULL,
		.oauth_token = session->secrets.oauth_token.present ? &session->secrets.oauth_token : NULL,
		.allow_plain_login = options->allow_plain_login,
		.sender = options->sender,
		.recipient = options->recipient,
		.helo = "[127.0.0.1]",
		.may_log_in = session->has_guard ? guard_may_log_in : NULL,
		.context = &session->guard,
	};
}

int session_open(struct session *session, struct run *run, const char *user, double default_deadline)
{
	const struct options *options = &run->options;
	const char *why = NULL;
	enum status status;

	*session = (struct session){ .run = run, .user = options->user ? options->user : user };
	session->shows_progress = !options->quiet && !options->json && terminal_is(TERMINAL_ERROR);
	status = secrets_read(run->arena, options, session->user, &session->secrets, &why);
	if (status == ST_OK && options->login) {
		status = guard_open(run->arena, session->user, &session->guard, &why);
		session->has_guard = status == ST_OK;
	}
	if (status == ST_OK) {
		struct drive_options drive = {
			.resolver = options->resolver,
			.ca_file = options->ca_file,
			.deadline = options->deadline > 0 ? options->deadline : default_deadline,
			.offline = options->offline,
			.no_third_party = options->no_third_party,
			.trace_file = options->trace,
			.progress = show_progress,
			.context = session,
		};

		status = drive_open(&drive, run->arena, &session->drive, &why);
	}
	set_probe_options(session);
	session->facts.now = clock_wall();
	return status == ST_OK ? EXIT_HEALTHY : run_failed(status, why);
}

void session_close(struct session *session)
{
	drive_close(&session->drive);
	secrets_fini(&session->secrets);
}

/* One list after the other; NULL when memory ended. */
static const void *joined(struct arena *arena, const void *a, size_t n_a, const void *b, size_t n_b)
{
	unsigned char *all = arena_array(arena, n_a + n_b + 1, sizeof(void *));

	if (all && n_a)
		memcpy(all, a, n_a * sizeof(void *));
	if (all && n_b)
		memcpy(all + n_a * sizeof(void *), b, n_b * sizeof(void *));
	return all;
}

enum status session_probe(struct session *session, const struct endpoint *endpoints, size_t n)
{
	struct case_facts *facts = &session->facts, more = { .address = facts->address, .now = facts->now };
	struct arena *arena = session->run->arena;
	enum status status;

	more.settings = facts->settings;
	status = drive_probe(session->drive, endpoints, n, &session->probe, &more);
	clear_progress(session);
	if (status != ST_OK && status != ST_CANCEL)
		return status;
	facts->endpoints =
		joined(arena, facts->endpoints, facts->n_endpoints, more.endpoints, more.n_endpoints);
	facts->dns = joined(arena, facts->dns, facts->n_dns, more.dns, more.n_dns);
	if (!facts->endpoints || !facts->dns)
		return ST_NOMEM;
	facts->n_endpoints += more.n_endpoints;
	facts->n_dns += more.n_dns;
	facts->path = more.path;
	facts->now = more.now;
	return ST_OK;
}

/* A login that was tried is remembered, even when the run was cut short. */
static int remember_logins(struct session *session)
{
	const char *why = NULL;

	if (!session->has_guard || guard_close(&session->guard, &session->facts, &why) == ST_OK)
		return EXIT_HEALTHY;
	return run_failed(ST_IO, arena_printf(session->run->arena,
					      "the memory of failed logins \"%s\" cannot be written: %s",
					      session->guard.path, why ? why : exit_words_of(ST_IO)));
}

int session_report(struct session *session, const char *command)
{
	struct arena *arena = session->run->arena;
	struct finding_sink *sink = finding_sink_new(arena);
	struct diagnosis *diagnosis = arena_alloc(arena, sizeof *diagnosis);
	int code = remember_logins(session);
	enum status status = ST_NOMEM;

	clear_progress(session);
	if (sink && diagnosis)
		status = diagnose(arena, &session->facts, sink, diagnosis);
	if (status != ST_OK)
		return run_failed(status, NULL);
	return code | run_report(session->run, &(struct report){
						       .command = command,
						       .version = POSTMEND_VERSION,
						       .findings = sink,
						       .diagnosis = diagnosis,
						       .facts = &session->facts,
						       .elapsed = drive_now(session->drive),
						       .cancelled = drive_was_cancelled(session->drive),
						       .user_name = session->user,
						       .computer_name = env_host_name(arena),
					       });
}
