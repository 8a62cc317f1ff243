/* This file finds out which versions of TLS a server takes, by hellos that lead nowhere. */
#include "drive/versions.h"

#include "base/checked.h"
#include "drive/stream.h"
#include "os/random.h"
#include "wire/tls_hello.h"

#include <stdlib.h>

enum {
	VERSION_ARENA_MAX = 256 * 1024,
	VERSION_PATIENCE_MS = 2000,
	ROUND_TRIPS = 6, /* up to the answer to a hello behind STARTTLS */
	HELLO_MAX = 4096,
	ACTIONS_MAX = 1000,
	AT_ONCE = 2,
};

static const struct {
	uint16_t version;
	size_t at; /* in struct tls_versions */
} rows[] = {
	{ TLS_HELLO_TLS13, offsetof(struct tls_versions, tls13) },
	{ TLS_HELLO_TLS12, offsetof(struct tls_versions, tls12) },
	{ TLS_HELLO_TLS11, offsetof(struct tls_versions, tls11) },
	{ TLS_HELLO_TLS10, offsetof(struct tls_versions, tls10) },
	{ TLS_HELLO_SSL3, offsetof(struct tls_versions, ssl3) },
};

/* One connection after the other. */
struct hello {
	struct versions *versions;
	bool runs;
	bool has_row; /* the hello is out; which version it has is decided as late as that */
	size_t row;
	struct slot_wait slot;
	struct loop_timer *timer, *next;

	/* Of one connection. */
	struct arena *arena;
	struct stream *stream;
	struct probe *probe; /* leads up to the handshake; NULL once the hello is out */
	struct tls_hello_reply reply;
	unsigned n_actions;
};

struct versions {
	struct drive *drive;
	struct versions_target target;
	struct versions_events events;
	struct probe_options options; /* the user's, without a login */
	struct hello hellos[AT_ONCE];
	size_t n_begun; /* rows */
};

static void close_one(struct hello *hello)
{
	stream_close(&hello->stream);
	slots_give(&hello->versions->drive->slots, &hello->slot);
	if (hello->probe)
		probe_fini(hello->probe);
	hello->probe = NULL;
	arena_drop(&hello->arena);
	loop_timer_set(hello->timer, MOMENT_NEVER);
}

static enum tls_taken *taken_of(struct versions *versions, size_t row)
{
	char *all = (char *)&versions->target.facts->versions;

	return (enum tls_taken *)(void *)(all + rows[row].at);
}

/* Whoever has come up with a newer version knows how to answer an older hello: with the newest version that
 * both know, or not at all (RFC 5246 appendix E.1). What an answer passes over is not taken. */
static bool answers_for_older(const struct versions *versions, size_t row)
{
	const struct tls_facts *tls = versions->target.facts->tls;

	return tls && tls->end == TLS_END_UP && tls->version > rows[row].version;
}

static void pass_over(struct versions *versions, size_t from, size_t to)
{
	if (!answers_for_older(versions, from))
		return;
	for (size_t row = from + 1; row < to; row++)
		if (*taken_of(versions, row) == TLS_TAKEN_UNKNOWN)
			*taken_of(versions, row) = TLS_TAKEN_NO;
}

/* By the conversation itself, or by another hello. */
static bool is_known(struct versions *versions, size_t row)
{
	const struct tls_facts *tls = versions->target.facts->tls;

	if (tls && tls->end == TLS_END_UP && tls->version == rows[row].version)
		*taken_of(versions, row) = TLS_TAKEN_YES;
	return *taken_of(versions, row) != TLS_TAKEN_UNKNOWN;
}

static bool is_any_row_left(struct versions *versions)
{
	while (versions->n_begun < COUNT_OF(rows) && is_known(versions, versions->n_begun))
		versions->n_begun++;
	return versions->n_begun < COUNT_OF(rows);
}

/* The answer to a hello that is out, or on its way out, may make the next one needless. */
static bool is_worth_waiting(const struct versions *versions, const struct hello *hello)
{
	for (size_t i = 0; i < AT_ONCE; i++) {
		const struct hello *other = &versions->hellos[i];

		if (other == hello || !other->runs)
			continue;
		if (other->has_row && rows[other->row].version < TLS_HELLO_TLS12 &&
		    answers_for_older(versions, other->row))
			return true;
		if (!other->has_row && hello->has_row && answers_for_older(versions, hello->row))
			return true;
	}
	return false;
}

static bool take_row(struct hello *hello)
{
	if (!hello->has_row && is_any_row_left(hello->versions)) {
		hello->row = hello->versions->n_begun++;
		hello->has_row = true;
	}
	return hello->has_row;
}

static void go_on(struct hello *hello)
{
	close_one(hello);
	/* The next one begins from the loop: this may be deep inside a callback. */
	loop_timer_set(hello->next, loop_now(hello->versions->drive->loop));
}

/* A connection on which no hello came out has used up a row too: there is an end to them. */
static void done(struct hello *hello, enum tls_taken taken)
{
	if (take_row(hello))
		*taken_of(hello->versions, hello->row) = taken;
	go_on(hello);
}

static void refused(struct hello *hello)
{
	pass_over(hello->versions, hello->row, COUNT_OF(rows));
	done(hello, TLS_TAKEN_NO);
}

/* TLS 1.3 is only chosen in an extension, which the reply has read. An alert,
 * or a server that chose another version than the one offered, is a no. */
static void answered(struct hello *hello, enum tls_hello_answer answer)
{
	size_t chosen = hello->row;

	if (answer == TLS_HELLO_ALERT) {
		refused(hello);
		return;
	}
	if (answer != TLS_HELLO_SERVER) {
		done(hello, TLS_TAKEN_UNKNOWN);
		return;
	}
	while (chosen < COUNT_OF(rows) && rows[chosen].version != hello->reply.version)
		chosen++;
	if (chosen < COUNT_OF(rows))
		pass_over(hello->versions, hello->row, chosen);
	done(hello, chosen == hello->row ? TLS_TAKEN_YES : TLS_TAKEN_NO);
}

static void send_hello(struct hello *hello)
{
	const struct endpoint *endpoint = &hello->versions->target.facts->endpoint;
	uint8_t random[TLS_HELLO_RANDOM_LEN];
	struct buf bytes;

	probe_fini(hello->probe);
	hello->probe = NULL;
	if (is_worth_waiting(hello->versions, hello) || !take_row(hello)) {
		go_on(hello);
		return;
	}
	if (random_bytes(random, sizeof random) != ST_OK) {
		done(hello, TLS_TAKEN_UNKNOWN);
		return;
	}
	buf_init(&bytes, HELLO_MAX);
	tls_hello_write(&bytes, rows[hello->row].version, endpoint->sni ? endpoint->sni : endpoint->host,
			random);
	tls_hello_reply_init(&hello->reply);
	stream_send(hello->stream, buf_view(&bytes), false);
	buf_fini(&bytes);
}

/* The machine speaks until it wants TLS. */
static void pump(struct hello *hello)
{
	struct probe_action action = { .kind = PROBE_DONE };

	while (hello->n_actions++ < ACTIONS_MAX) {
		probe_next(hello->probe, &action);
		if (action.kind != PROBE_SEND)
			break;
		stream_send(hello->stream, action.bytes, action.has_secret);
	}
	if (action.kind == PROBE_START_TLS)
		send_hello(hello);
	else if (action.kind != PROBE_READ)
		done(hello, TLS_TAKEN_UNKNOWN);
}

static void tell(struct hello *hello, enum probe_event_kind kind, struct view bytes)
{
	const struct probe_event event = {
		.kind = kind,
		.at = loop_now(hello->versions->drive->loop),
		.bytes = bytes,
	};

	probe_on_event(hello->probe, &event);
	pump(hello);
}

static void on_bytes(void *context, struct view bytes)
{
	struct hello *hello = context;
	enum tls_hello_answer answer;

	if (hello->probe) {
		tell(hello, PROBE_BYTES, bytes);
		return;
	}
	answer = tls_hello_reply_add(&hello->reply, bytes);
	if (answer != TLS_HELLO_MORE)
		answered(hello, answer);
}

/* Hanging up on a hello is how some say no. */
static void on_end(void *context, enum step_error error, const char *text)
{
	struct hello *hello = context;

	(void)text;
	if (hello->probe)
		done(hello, TLS_TAKEN_UNKNOWN);
	else if (error == STEP_ERROR_CLOSED)
		refused(hello);
	else
		done(hello, TLS_TAKEN_NO);
}

static void on_connect(void *context, enum step_error error, const char *text)
{
	struct hello *hello = context;

	(void)text;
	if (error != STEP_ERROR_NONE)
		done(hello, TLS_TAKEN_UNKNOWN);
	else
		tell(hello, PROBE_CONNECTED, (struct view){ 0 });
}

static void on_time(void *context)
{
	done(context, TLS_TAKEN_UNKNOWN);
}

static moment patience(const struct endpoint_facts *known)
{
	const struct step *connect = facts_step(known, STEP_CONNECT);

	return MOMENT_MS(VERSION_PATIENCE_MS) + (connect ? connect->took * ROUND_TRIPS : 0);
}

static void on_slot(void *context)
{
	struct hello *hello = context;
	struct versions *versions = hello->versions;
	const struct endpoint_facts *known = versions->target.facts;
	struct drive *drive = versions->drive;
	struct endpoint_facts *facts;
	const struct stream_events events = {
		.context = hello,
		.on_connect = on_connect,
		.on_bytes = on_bytes,
		.on_end = on_end,
	};
	const struct stream_target target = {
		.address = known->address,
		.port = known->endpoint.port,
		.label = known->url,
	};

	if (drive->stopping)
		return;
	hello->n_actions = 0;
	hello->arena = arena_new(VERSION_ARENA_MAX);
	facts = hello->arena ? arena_alloc(hello->arena, sizeof *facts) : NULL;
	if (facts) {
		facts->endpoint = known->endpoint;
		facts->url = known->url;
		facts->address = known->address;
		facts->family = known->family;
		hello->probe = probe_new(hello->arena, &versions->options, facts);
	}
	if (hello->probe)
		hello->stream = stream_open(drive, &target, &events);
	if (hello->stream)
		loop_timer_set(hello->timer, run_until(drive, patience(known)));
	else
		done(hello, TLS_TAKEN_UNKNOWN);
}

static bool is_anything_running(const struct versions *versions)
{
	for (size_t i = 0; i < AT_ONCE; i++)
		if (versions->hellos[i].runs)
			return true;
	return false;
}

static void on_next(void *context)
{
	struct hello *hello = context;
	struct versions *versions = hello->versions;

	hello->runs = is_any_row_left(versions) && !is_worth_waiting(versions, hello);
	hello->has_row = false;
	if (hello->runs)
		slots_take(&versions->drive->slots, &hello->slot);
	else if (!is_anything_running(versions))
		versions->events.on_over(versions->events.context);
}

static bool prepare(struct versions *versions, struct hello *hello)
{
	struct loop *loop = versions->drive->loop;

	hello->versions = versions;
	hello->runs = true;
	hello->slot = (struct slot_wait){ .on_slot = on_slot, .context = hello };
	hello->timer = loop_timer_new(loop, on_time, hello);
	hello->next = loop_timer_new(loop, on_next, hello);
	if (!hello->timer || !hello->next)
		return false;
	loop_timer_set(hello->next, loop_now(loop));
	return true;
}

struct versions *versions_new(struct drive *drive, const struct versions_target *target,
			      const struct versions_events *events)
{
	struct versions *versions = calloc(1, sizeof *versions);
	bool good = true;

	if (!versions)
		return NULL;
	versions->drive = drive;
	versions->target = *target;
	versions->events = *events;
	versions->options = (struct probe_options){
		.deadline = target->options->deadline,
		.step_timeout = target->options->step_timeout,
		.helo = target->options->helo,
	};
	for (size_t i = 0; i < AT_ONCE; i++)
		good = prepare(versions, &versions->hellos[i]) && good;
	if (!good)
		versions_drop(&versions);
	return versions;
}

void versions_drop(struct versions **at)
{
	struct versions *versions = *at;

	if (!versions)
		return;
	*at = NULL;
	for (size_t i = 0; i < AT_ONCE; i++) {
		struct hello *hello = &versions->hellos[i];

		if (hello->timer)
			close_one(hello);
		loop_timer_drop(&hello->timer);
		loop_timer_drop(&hello->next);
	}
	free(versions);
}
