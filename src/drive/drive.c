/* This file opens a run, probes endpoints side by side, and closes it. */
#include "drive/drive.h"

#include "base/checked.h"
#include "drive/bulk.h"
#include "drive/path.h"
#include "drive/questions.h"
#include "drive/talk.h"
#include "drive/turns.h"
#include "drive/via.h"
#include "drive/web.h"
#include "os/clock.h"
#include "os/process.h"
#include "os/tcp.h"

#include <stdlib.h>

enum {
	DEADLINE_DEFAULT_S = 10,
	DEADLINE_MAX_S = 24 * 3600,
	STEP_TIMEOUT_MAX_S = 10,
	PATH_GRACE_MS = 1000,
	DESCRIPTORS_KEPT = 48, /* our own files, the loop's, and the resolver's sockets */
	PROGRESS_MAX = 64,
};

struct probing {
	struct drive *drive;
	struct talk *talks;
	struct turns turns;
	struct path path;
	struct loop_timer *grace;
	size_t n, n_done;
};

moment run_until(const struct drive *drive, moment length)
{
	moment now = loop_now(drive->loop);

	return length < drive->deadline - now ? now + length : drive->deadline;
}

static void on_interrupt(void *context)
{
	drive_cancel(context);
}

static void on_deadline(void *context)
{
	struct drive *drive = context;

	loop_stop(drive->loop);
}

bool run_wait(struct drive *drive, moment until)
{
	struct loop_timer *timer;

	if (drive->cancelled || loop_now(drive->loop) >= until)
		return drive->cancelled;
	timer = loop_timer_new(drive->loop, on_deadline, drive);
	if (!timer)
		return false;
	loop_timer_set(timer, until);
	loop_on_interrupt(drive->loop, on_interrupt, drive);
	loop_run(drive->loop);
	loop_on_interrupt(drive->loop, NULL, NULL);
	loop_timer_drop(&timer);
	return loop_now(drive->loop) < until;
}

void drive_cancel(struct drive *drive)
{
	drive->cancelled = true;
	loop_stop(drive->loop);
}

bool drive_was_cancelled(const struct drive *drive)
{
	return drive->cancelled;
}

void drive_pause(struct drive *drive, moment length)
{
	(void)run_wait(drive, run_until(drive, length));
}

moment drive_now(const struct drive *drive)
{
	return loop_now(drive->loop);
}

static enum status open_parts(struct drive *drive, const char **why_out)
{
	const struct drive_options *options = &drive->options;
	const char *why = "", *what = NULL;
	unsigned limit = process_descriptor_limit();
	enum status status = ST_OK;

	slots_init(&drive->slots, limit > 2 * DESCRIPTORS_KEPT ? limit - DESCRIPTORS_KEPT : limit / 2);
	if (options->trace_file && (status = trace_open(options->trace_file, &drive->trace, &why)) != ST_OK) {
		what = options->trace_file;
		status = status == ST_NOMEM ? status : ST_USAGE;
	}
	if (status == ST_OK && !options->offline &&
	    (status = dns_new(drive->loop, options->resolver, drive->deadline / 5 * 3, &drive->dns, &why)) !=
		    ST_OK)
		what = options->resolver ? options->resolver : "DNS";
	if (status == ST_OK && (status = tls_context_new(options->ca_file, &drive->tls, &why)) != ST_OK)
		what = options->ca_file ? options->ca_file : "TLS";
	if (status == ST_OK && options->via)
		return via_prepare(drive, why_out);
	if (what)
		*why_out = arena_printf(drive->arena, "%s: %s", what, why);
	return status;
}

enum status drive_open(const struct drive_options *options, struct arena *arena, struct drive **out,
		       const char **why_out)
{
	struct drive *drive = calloc(1, sizeof *drive);
	double seconds = options->deadline > 0 ? options->deadline : DEADLINE_DEFAULT_S;
	enum status status;

	*out = NULL;
	*why_out = "memory ended";
	if (!drive)
		return ST_NOMEM;
	drive->options = *options;
	drive->arena = arena;
	drive->deadline = (moment)((seconds < DEADLINE_MAX_S ? seconds : DEADLINE_MAX_S) * 1e6);
	drive->loop = loop_new();
	drive->questions = questions_new(drive);
	status = drive->loop && drive->questions ? open_parts(drive, why_out) : ST_NOMEM;
	if (status != ST_OK)
		drive_close(&drive);
	*out = drive;
	return status;
}

void drive_close(struct drive **at)
{
	struct drive *drive = *at;

	if (!drive)
		return;
	*at = NULL;
	dns_drop(&drive->dns);
	if (drive->loop)
		loop_drop(&drive->loop);
	tls_context_drop(&drive->tls);
	trace_close(&drive->trace);
	free(drive);
}

static void on_grace(void *context)
{
	struct probing *probing = context;

	loop_stop(probing->drive->loop);
}

/* The servers' conversations are what the run is about; the tests of the path
 * get a moment more at most. */
static void see_whether_done(struct probing *probing)
{
	if (probing->n_done < probing->n)
		return;
	if (path_is_done(&probing->path) || !probing->grace)
		loop_stop(probing->drive->loop);
	else
		loop_timer_set(probing->grace, run_until(probing->drive, MOMENT_MS(PATH_GRACE_MS)));
}

static void on_talk_done(void *context)
{
	struct probing *probing = context;
	const struct drive_options *options = &probing->drive->options;

	probing->n_done++;
	if (options->progress)
		options->progress(options->context, "endpoints", probing->n_done, probing->n);
	see_whether_done(probing);
}

static void on_login_settled(void *context, struct talk *talk)
{
	struct probing *probing = context;

	turns_pass(&probing->turns, talk);
}

static void on_path_done(void *context)
{
	see_whether_done(context);
}

static bool is_asked_of_resolver(const struct drive *drive, const struct endpoint *endpoint)
{
	char address[DNS_ADDRESS_MAX];
	int family;

	return drive->dns && !drive->options.via && !endpoint->address &&
	       !tcp_is_address(endpoint->host, &family) &&
	       !dns_knows(drive->dns, endpoint->host, 4, address) &&
	       !dns_knows(drive->dns, endpoint->host, 6, address);
}

/* What the caller left open gets a value that suits the time there is: three
 * silences in a row must fit, so that a silent server is still understood. */
static struct probe_options *fill_options(struct drive *drive, const struct probe_options *options)
{
	struct probe_options *filled = arena_copy(drive->arena, options, sizeof *options);
	moment left = drive->deadline - loop_now(drive->loop);

	if (!filled)
		return NULL;
	if (filled->deadline == 0 || filled->deadline > drive->deadline)
		filled->deadline = drive->deadline;
	if (filled->step_timeout == 0)
		filled->step_timeout = left / 5 * 2 < MOMENT_S(STEP_TIMEOUT_MAX_S)
					       ? left / 5 * 2
					       : MOMENT_S(STEP_TIMEOUT_MAX_S);
	if (drive->options.versions && !filled->login)
		filled->bulk_last = BULK_BYTES;
	return filled;
}

static enum status begin(struct probing *probing, const struct endpoint *endpoints,
			 const struct probe_options *options)
{
	struct drive *drive = probing->drive;
	const struct probe_options *filled = fill_options(drive, options);
	bool resolver = false;

	probing->talks = arena_array(drive->arena, probing->n, sizeof *probing->talks);
	probing->grace = loop_timer_new(drive->loop, on_grace, probing);
	if (!probing->talks || !filled)
		return ST_NOMEM;
	for (size_t i = 0; i < probing->n; i++) {
		struct talk *talk = &probing->talks[i];

		talk->drive = drive;
		talk->endpoint = &endpoints[i];
		talk->options = filled;
		talk->url = endpoint_url(drive->arena, &endpoints[i]);
		talk->on_done = on_talk_done;
		talk->on_login_settled = on_login_settled;
		talk->context = probing;
		if (!talk->url)
			return ST_NOMEM;
		resolver = resolver || is_asked_of_resolver(drive, &endpoints[i]);
	}
	probing->path = (struct path){ .drive = drive, .on_done = on_path_done, .context = probing };
	if (resolver && !drive->path.wildcard_tested)
		path_begin(&probing->path);
	return ST_OK;
}

static enum status collect(struct probing *probing, struct case_facts *facts)
{
	struct drive *drive = probing->drive;
	const struct endpoint_facts **all =
		arena_array(drive->arena, probing->n * RACE_ATTEMPTS_MAX, sizeof *all);
	size_t n = 0;

	if (!all)
		return ST_NOMEM;
	for (size_t i = 0; i < probing->n; i++)
		n += talk_facts(&probing->talks[i], all + n);
	facts->endpoints = all;
	facts->n_endpoints = n;
	facts->dns = questions_facts(drive->questions, &facts->n_dns);
	path_facts(&probing->path, &facts->path);
	facts->now = clock_wall();
	return ST_OK;
}

enum status drive_probe(struct drive *drive, const struct endpoint *endpoints, size_t n,
			const struct probe_options *options, struct case_facts *facts)
{
	struct probing *probing = arena_alloc(drive->arena, sizeof *probing);
	enum status status;

	if (!probing)
		return ST_NOMEM;
	*probing = (struct probing){ .drive = drive, .n = n };
	trace_hide(drive->trace, options->password);
	trace_hide(drive->trace, options->oauth_token);
	status = begin(probing, endpoints, options);
	if (status == ST_OK && !drive->options.offline &&
	    !turns_begin(&probing->turns, drive, probing->talks, n))
		status = ST_NOMEM;
	if (status == ST_OK && probing->n_done < n && !drive->options.offline)
		run_wait(drive, drive->deadline);
	drive->stopping = true;
	for (size_t i = 0; status == ST_OK && i < n; i++)
		talk_end(&probing->talks[i], drive->cancelled);
	drive->stopping = false;
	questions_end(drive->questions);
	turns_end(&probing->turns);
	loop_timer_drop(&probing->grace);
	if (status == ST_OK)
		status = collect(probing, facts);
	if (status == ST_OK && !drive->cancelled)
		web_try(drive, facts);
	if (status == ST_OK && drive->cancelled)
		status = ST_CANCEL;
	return status;
}
