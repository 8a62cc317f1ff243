/* This file is the part that the network commands share: open, measure, judge, tell. */
#include "app/visit.h"

#include "app/elsewhere.h"
#include "app/remember.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/terminal.h"

#include <stdio.h>
#include <string.h>

enum {
	PROGRESS_COLUMNS = 78,
	SPEED_S = 15,
	SPEED_CONVERSATION_MAX = 8 << 20,
};

static void show_progress(void *context, const char *what, size_t done, size_t total)
{
	struct visit *visit = context;
	char line[PROGRESS_COLUMNS + 1];

	if (!visit->shows_progress)
		return;
	if (total)
		snprintf(line, sizeof line, "%.50s  %zu of %zu", what, done, total);
	else
		snprintf(line, sizeof line, "%.70s …", what);
	fprintf(stderr, "\r%-*s", PROGRESS_COLUMNS, line);
	fflush(stderr);
}

static void clear_progress(const struct visit *visit)
{
	if (!visit->shows_progress)
		return;
	fprintf(stderr, "\r%*s\r", PROGRESS_COLUMNS, "");
	fflush(stderr);
}

/* Who logs in with an address is asked about as sender and recipient too. */
static const char *address_of_user(const struct visit *visit)
{
	bool is_address = visit->user && str_find_char(str_of(visit->user), '@') != SIZE_MAX;

	return is_address && visit->run->options.login ? visit->user : NULL;
}

static void set_probe_options(struct visit *visit)
{
	const struct options *options = &visit->run->options;
	const char *own = address_of_user(visit);

	visit->probe = (struct probe_options){
		.login = options->login,
		.user = options->login ? visit->user : NULL,
		.password = visit->secrets.password.present ? &visit->secrets.password : NULL,
		.oauth_token = visit->secrets.oauth_token.present ? &visit->secrets.oauth_token : NULL,
		.allow_plain_login = options->allow_plain_login,
		.speed = options->speed && options->login,
		.sender = options->sender ? options->sender : own,
		.recipient = options->recipient ? options->recipient : own,
		.helo = "[127.0.0.1]",
		.may_log_in = visit->has_guard ? guard_may_log_in : NULL,
		.context = &visit->guard,
	};
}

static double more_time(const struct options *options)
{
	return options->idle + (options->speed ? SPEED_S : 0);
}

int visit_open(struct visit *visit, struct run *run, const struct visit_needs *needs)
{
	const struct options *options = &run->options;
	const char *why = NULL;
	enum status status;

	*visit = (struct visit){ .run = run, .user = options->user ? options->user : needs->user };
	if (options->via && !drive_knows_via(options->via))
		return run_usage(arena_printf(run->arena,
					      "--via: expected socks5://HOST[:PORT], http://HOST[:PORT] or "
					      "ssh:HOST, not \"%.200s\"",
					      options->via));
	visit->shows_progress = !options->quiet && !options->json && terminal_is(TERMINAL_ERROR);
	status = secrets_read(run->arena, options, visit->user, &visit->secrets, &why);
	if (status == ST_OK && options->login) {
		status = guard_open(run->arena, visit->user, &visit->guard, &why);
		visit->has_guard = status == ST_OK;
	}
	if (status == ST_OK) {
		struct drive_options drive = {
			.resolver = options->resolver,
			.ca_file = options->ca_file,
			.deadline = options->deadline > 0 ? options->deadline
							  : needs->deadline + more_time(options),
			.offline = options->offline,
			.no_third_party = options->no_third_party,
			.versions = needs->tls_versions,
			.bytes_max = options->speed && needs->bytes_max == 0 ? SPEED_CONVERSATION_MAX
									     : needs->bytes_max,
			.rest = options->idle,
			.https_port = (uint16_t)options->https_port,
			.trace_file = options->trace,
			.progress = show_progress,
			.context = visit,
		};

		status = drive_open(&drive, run->arena, &visit->drive, &why);
	}
	set_probe_options(visit);
	visit->facts.now = clock_wall();
	visit->facts.user = visit->user;
	visit->seconds = options->deadline > 0 ? options->deadline : needs->deadline;
	return status == ST_OK ? EXIT_HEALTHY : run_failed(status, why);
}

void visit_close(struct visit *visit)
{
	(void)drive_firewall_end(&visit->firewall, visit->run->arena);
	drive_close(&visit->drive);
	secrets_fini(&visit->secrets);
}

enum status visit_settings(struct visit *visit, const struct address *address)
{
	struct settings_facts *settings = arena_alloc(visit->run->arena, sizeof *settings);
	enum status status;

	if (!settings)
		return ST_NOMEM;
	show_progress(visit, "looking for the right settings", 0, 0);
	status = drive_settings(visit->drive, address, settings);
	clear_progress(visit);
	visit->facts.address = address->whole;
	visit->facts.settings = settings;
	return status == ST_CANCEL ? ST_OK : status;
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

/* The servers may want the name in another form. */
static void know_other_name(struct visit *visit)
{
	struct probe_options *probe = &visit->probe;

	probe->other_user = NULL;
	if (probe->login)
		probe->other_user = user_form_other(visit->run->arena, probe->user, visit->facts.address,
						    &probe->other_form);
}

static enum status probe_wave(struct visit *visit, const struct endpoint *endpoints, size_t n)
{
	struct case_facts *facts = &visit->facts, more = { .address = facts->address, .now = facts->now };
	struct arena *arena = visit->run->arena;
	enum status status;

	more.settings = facts->settings;
	show_progress(visit, "endpoints", 0, n);
	status = drive_probe(visit->drive, endpoints, n, &visit->probe, &more);
	clear_progress(visit);
	if (status != ST_OK && status != ST_CANCEL)
		return status;
	if (visit->has_guard)
		guard_learn(&visit->guard, &more);
	facts->endpoints =
		joined(arena, facts->endpoints, facts->n_endpoints, more.endpoints, more.n_endpoints);
	if (!facts->endpoints)
		return ST_NOMEM;
	facts->n_endpoints += more.n_endpoints;
	/* All questions of the run, earlier waves' included. */
	facts->dns = more.dns;
	facts->n_dns = more.n_dns;
	if (more.path.wildcard_tested || more.path.resolver_tested || more.path.clock_tested)
		facts->path = more.path;
	facts->now = more.now;
	return ST_OK;
}

/* Moves the endpoints of the next wave to the front: all, or with logins at most
 * LOCKOUT_TRIES_A_RUN of one host, so that what these learn can hold the rest
 * back. Returns how many. */
static size_t next_wave(const struct visit *visit, struct endpoint *endpoints, size_t n)
{
	size_t taken = 0;

	if (!visit->has_guard)
		return n;
	for (size_t i = 0; i < n; i++) {
		struct endpoint one = endpoints[i];
		size_t same = 0;

		for (size_t k = 0; k < taken; k++)
			same += str_eq_nocase(str_of(endpoints[k].host), str_of(one.host));
		if (same >= LOCKOUT_TRIES_A_RUN)
			continue;
		memmove(endpoints + taken + 1, endpoints + taken, (i - taken) * sizeof one);
		endpoints[taken++] = one;
	}
	return taken;
}

enum status visit_probe(struct visit *visit, const struct endpoint *endpoints, size_t n)
{
	struct endpoint *left = arena_copy(visit->run->arena, endpoints, n * sizeof *endpoints);
	enum status status = left ? ST_OK : ST_NOMEM;

	know_other_name(visit);
	if (!visit->firewall && !visit->run->options.offline)
		visit->firewall = drive_firewall_begin();
	while (status == ST_OK && n > 0 && !drive_was_cancelled(visit->drive)) {
		size_t wave = next_wave(visit, left, n);

		status = probe_wave(visit, left, wave);
		left += wave;
		n -= wave;
	}
	return status;
}

/* A login that was tried is remembered, even when the run was cut short. */
static int remember_logins(struct visit *visit)
{
	const char *why = NULL;

	if (!visit->has_guard || guard_close(&visit->guard, &why) == ST_OK)
		return EXIT_HEALTHY;
	return run_failed(ST_IO, arena_printf(visit->run->arena,
					      "the memory of failed logins \"%s\" cannot be written: %s",
					      visit->guard.path, why ? why : exit_words_of(ST_IO)));
}

int visit_judge(struct visit *visit, struct finding_sink *sink, struct diagnosis *out)
{
	struct remember *remember = arena_alloc(visit->run->arena, sizeof *remember);
	int code = remember_logins(visit);

	if (!drive_was_cancelled(visit->drive) && !visit->facts.trip && !elsewhere_look(visit))
		code |= EXIT_FAILED;
	clear_progress(visit);
	if (!remember)
		return run_failed(ST_NOMEM, NULL);
	remember_open(visit->run, remember);
	visit->facts.memory = &remember->memory;
	if (diagnose(visit->run->arena, &visit->facts, sink, out) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	if (visit->run->options.remember && !drive_was_cancelled(visit->drive))
		code |= remember_keep(visit->run, remember, &out->healthy);
	return code;
}

int visit_report(struct visit *visit, const char *command)
{
	struct arena *arena = visit->run->arena;
	struct finding_sink *sink = finding_sink_new(arena);
	struct diagnosis *diagnosis = arena_alloc(arena, sizeof *diagnosis);
	int code;

	if (!sink || !diagnosis)
		return run_failed(ST_NOMEM, NULL);
	code = visit_judge(visit, sink, diagnosis);
	if (!diagnosis->headline)
		return code;
	return code | run_report(visit->run, &(struct report){
						     .command = command,
						     .version = POSTMEND_VERSION,
						     .findings = sink,
						     .diagnosis = diagnosis,
						     .facts = &visit->facts,
						     .elapsed = drive_now(visit->drive),
						     .cancelled = drive_was_cancelled(visit->drive),
						     .user_name = visit->user,
						     .computer_name = env_host_name(arena),
					     });
}
