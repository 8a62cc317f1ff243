/* This file finds out which versions of TLS a server takes, by hellos that lead nowhere. */
#include "drive/versions.h"

#include "base/checked.h"
#include "drive/stream.h"
#include "os/random.h"
#include "wire/tls_hello.h"

#include <stdlib.h>

enum { VERSION_ARENA_MAX = 256 * 1024, VERSION_PATIENCE_MS = 2000, HELLO_MAX = 4096, ACTIONS_MAX = 1000 };

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

struct versions {
	struct drive *drive;
	struct versions_target target;
	struct versions_events events;
	struct probe_options options; /* the user's, without a login */
	size_t row;
	struct slot_wait slot;
	struct loop_timer *timer, *next;

	/* Of one connection. */
	struct arena *arena;
	struct stream *stream;
	struct probe *probe; /* leads up to the handshake; NULL once the hello is out */
	struct tls_hello_reply reply;
	unsigned n_actions;
	moment until;
};

static void close_one(struct versions *versions)
{
	stream_close(&versions->stream);
	slots_give(&versions->drive->slots, &versions->slot);
	if (versions->probe)
		probe_fini(versions->probe);
	versions->probe = NULL;
	arena_drop(&versions->arena);
	loop_timer_set(versions->timer, MOMENT_NEVER);
}

static void done(struct versions *versions, enum tls_taken taken)
{
	char *all = (char *)&versions->target.facts->versions;

	*(enum tls_taken *)(void *)(all + rows[versions->row].at) = taken;
	close_one(versions);
	versions->row++;
	/* The next one begins from the loop: this may be deep inside a callback. */
	loop_timer_set(versions->next, loop_now(versions->drive->loop));
}

/* TLS 1.3 is only chosen in an extension, which the reply has read. An alert,
 * or a server that chose another version than the one offered, is a no. */
static enum tls_taken taken_by(const struct versions *versions, enum tls_hello_answer answer)
{
	if (answer == TLS_HELLO_SERVER && versions->reply.version == rows[versions->row].version)
		return TLS_TAKEN_YES;
	return answer == TLS_HELLO_SERVER || answer == TLS_HELLO_ALERT ? TLS_TAKEN_NO : TLS_TAKEN_UNKNOWN;
}

static void send_hello(struct versions *versions)
{
	const struct endpoint *endpoint = &versions->target.facts->endpoint;
	uint8_t random[TLS_HELLO_RANDOM_LEN];
	struct buf hello;

	probe_fini(versions->probe);
	versions->probe = NULL;
	if (random_bytes(random, sizeof random) != ST_OK) {
		done(versions, TLS_TAKEN_UNKNOWN);
		return;
	}
	buf_init(&hello, HELLO_MAX);
	tls_hello_write(&hello, rows[versions->row].version, endpoint->sni ? endpoint->sni : endpoint->host,
			random);
	tls_hello_reply_init(&versions->reply);
	stream_send(versions->stream, buf_view(&hello), false);
	buf_fini(&hello);
}

/* The machine speaks until it wants TLS. */
static void pump(struct versions *versions)
{
	struct probe_action action = { .kind = PROBE_DONE };

	while (versions->n_actions++ < ACTIONS_MAX) {
		probe_next(versions->probe, &action);
		if (action.kind != PROBE_SEND)
			break;
		stream_send(versions->stream, action.bytes, action.has_secret);
	}
	if (action.kind == PROBE_START_TLS)
		send_hello(versions);
	else if (action.kind != PROBE_READ)
		done(versions, TLS_TAKEN_UNKNOWN);
}

static void tell(struct versions *versions, enum probe_event_kind kind, struct view bytes)
{
	const struct probe_event event = {
		.kind = kind,
		.at = loop_now(versions->drive->loop),
		.bytes = bytes,
	};

	probe_on_event(versions->probe, &event);
	pump(versions);
}

static void on_bytes(void *context, struct view bytes)
{
	struct versions *versions = context;
	enum tls_hello_answer answer;

	if (versions->probe) {
		tell(versions, PROBE_BYTES, bytes);
		return;
	}
	answer = tls_hello_reply_add(&versions->reply, bytes);
	if (answer != TLS_HELLO_MORE)
		done(versions, taken_by(versions, answer));
}

/* Hanging up on a hello is how some say no. */
static void on_end(void *context, enum step_error error, const char *text)
{
	struct versions *versions = context;

	(void)error;
	(void)text;
	done(versions, versions->probe ? TLS_TAKEN_UNKNOWN : TLS_TAKEN_NO);
}

static void on_tls(void *context, const struct tls_facts *facts)
{
	(void)context;
	(void)facts;
}

static void on_connect(void *context, enum step_error error, const char *text)
{
	struct versions *versions = context;

	(void)text;
	if (error != STEP_ERROR_NONE)
		done(versions, TLS_TAKEN_UNKNOWN);
	else
		tell(versions, PROBE_CONNECTED, (struct view){ 0 });
}

static void on_time(void *context)
{
	done(context, TLS_TAKEN_UNKNOWN);
}

static void on_slot(void *context)
{
	struct versions *versions = context;
	const struct endpoint_facts *known = versions->target.facts;
	struct drive *drive = versions->drive;
	struct endpoint_facts *facts;
	const struct stream_events events = {
		.context = versions,
		.on_connect = on_connect,
		.on_bytes = on_bytes,
		.on_tls = on_tls,
		.on_end = on_end,
	};
	const struct stream_target target = {
		.address = known->address,
		.port = known->endpoint.port,
		.label = known->url,
	};

	if (drive->stopping)
		return;
	versions->n_actions = 0;
	versions->arena = arena_new(VERSION_ARENA_MAX);
	facts = versions->arena ? arena_alloc(versions->arena, sizeof *facts) : NULL;
	if (facts) {
		facts->endpoint = known->endpoint;
		facts->url = known->url;
		facts->address = known->address;
		facts->family = known->family;
		versions->probe = probe_new(versions->arena, &versions->options, facts);
	}
	if (versions->probe)
		versions->stream = stream_open(drive, &target, &events);
	if (versions->stream)
		loop_timer_set(versions->timer, run_until(drive, MOMENT_MS(VERSION_PATIENCE_MS)));
	else
		done(versions, TLS_TAKEN_UNKNOWN);
}

static void on_next(void *context)
{
	struct versions *versions = context;

	if (versions->row < COUNT_OF(rows))
		slots_take(&versions->drive->slots, &versions->slot);
	else
		versions->events.on_over(versions->events.context);
}

struct versions *versions_new(struct drive *drive, const struct versions_target *target,
			      const struct versions_events *events)
{
	struct versions *versions = calloc(1, sizeof *versions);

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
	versions->slot = (struct slot_wait){ .on_slot = on_slot, .context = versions };
	versions->timer = loop_timer_new(drive->loop, on_time, versions);
	versions->next = loop_timer_new(drive->loop, on_next, versions);
	if (!versions->timer || !versions->next) {
		loop_timer_drop(&versions->timer);
		loop_timer_drop(&versions->next);
		free(versions);
		return NULL;
	}
	loop_timer_set(versions->next, loop_now(drive->loop));
	return versions;
}

void versions_drop(struct versions **versions)
{
	if (!*versions)
		return;
	close_one(*versions);
	loop_timer_drop(&(*versions)->timer);
	loop_timer_drop(&(*versions)->next);
	free(*versions);
	*versions = NULL;
}
