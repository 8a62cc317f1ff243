/* This file holds one more conversation with a server that is known already. */
#include "drive/again.h"

#include "drive/stream.h"

#include <stdlib.h>

enum { AGAIN_ARENA_MAX = 512 * 1024, ACTIONS_MAX = 1000 };

struct again {
	struct drive *drive;
	const struct endpoint_facts *known;
	const struct probe_options *options;
	struct again_how how;
	struct again_events events;
	struct slot_wait slot;
	struct loop_timer *timer, *over;
	struct arena *arena;
	struct endpoint_facts *facts;
	struct stream *stream;
	struct probe *probe;
	unsigned n_actions;
	bool pumping;
};

static void close_it(struct again *again)
{
	if (again->stream && again->facts)
		stream_count(again->stream, &again->facts->flow);
	stream_close(&again->stream);
	slots_give(&again->drive->slots, &again->slot);
	if (again->probe)
		probe_fini(again->probe);
	again->probe = NULL;
	loop_timer_set(again->timer, MOMENT_NEVER);
}

/* The owner hears of it from the loop: this may be deep inside a callback. */
static void finish(struct again *again)
{
	close_it(again);
	loop_timer_set(again->over, loop_now(again->drive->loop));
}

static void do_action(struct again *again, const struct probe_action *action)
{
	const struct endpoint *endpoint = &again->known->endpoint;

	if (action->kind == PROBE_SEND) {
		stream_send(again->stream, action->bytes, action->has_secret);
		return;
	}
	loop_timer_set(again->timer, action->until);
	stream_start_tls(again->stream, again->arena, endpoint->sni ? endpoint->sni : endpoint->host);
}

/* Does what the machine wants until it waits; an event within is heard by this loop. */
static void pump(struct again *again)
{
	struct probe_action action = { .kind = PROBE_DONE };

	if (again->pumping)
		return;
	again->pumping = true;
	while (again->probe && again->stream && again->n_actions++ < ACTIONS_MAX) {
		probe_next(again->probe, &action);
		if (action.kind != PROBE_SEND && action.kind != PROBE_START_TLS)
			break;
		do_action(again, &action);
	}
	again->pumping = false;
	if (!again->probe)
		return;
	if (action.kind == PROBE_READ && again->stream)
		loop_timer_set(again->timer, action.until);
	else
		finish(again);
}

static void tell(struct again *again, struct probe_event event)
{
	if (!again->probe)
		return;
	event.at = loop_now(again->drive->loop);
	probe_on_event(again->probe, &event);
	pump(again);
}

static void on_bytes(void *context, struct view bytes)
{
	tell(context, (struct probe_event){ .kind = PROBE_BYTES, .bytes = bytes });
}

static void on_tls(void *context, const struct tls_facts *facts)
{
	tell(context, (struct probe_event){
			      .kind = facts->end == TLS_END_UP ? PROBE_TLS_UP : PROBE_TLS_FAILED,
			      .tls = facts,
		      });
}

static void on_end(void *context, enum step_error error, const char *text)
{
	struct again *again = context;

	(void)text;
	tell(again, (struct probe_event){ .kind = error == STEP_ERROR_CLOSED ? PROBE_CLOSED : PROBE_RESET });
	if (again->probe)
		finish(again);
}

static void on_connect(void *context, enum step_error error, const char *text)
{
	struct again *again = context;

	(void)text;
	if (error == STEP_ERROR_NONE)
		tell(again, (struct probe_event){ .kind = PROBE_CONNECTED });
	else
		finish(again);
}

static void on_time(void *context)
{
	struct again *again = context;

	if (!again->stream || !again->probe)
		finish(again);
	else if (stream_is_in_handshake(again->stream))
		stream_end_tls(again->stream);
	else
		tell(again, (struct probe_event){ .kind = PROBE_TIMEOUT });
}

static void on_slot(void *context)
{
	struct again *again = context;
	const struct endpoint_facts *known = again->known;
	const struct stream_events events = {
		.context = again,
		.on_connect = on_connect,
		.on_bytes = on_bytes,
		.on_tls = on_tls,
		.on_end = on_end,
	};
	const struct stream_target target = {
		.address = known->address,
		.port = known->endpoint.port,
		.label = known->url,
		.mss = again->how.mss,
		.no_name = again->how.no_name,
	};

	if (again->drive->stopping)
		return;
	again->stream = stream_open(again->drive, &target, &events);
	if (again->stream)
		loop_timer_set(again->timer, run_until(again->drive, again->options->step_timeout));
	else
		finish(again);
}

static void on_over(void *context)
{
	struct again *again = context;

	again->events.on_over(again->events.context, again->facts);
}

static bool prepare(struct again *again)
{
	const struct endpoint_facts *known = again->known;

	again->arena = arena_new(AGAIN_ARENA_MAX);
	again->facts = again->arena ? arena_alloc(again->arena, sizeof *again->facts) : NULL;
	again->timer = loop_timer_new(again->drive->loop, on_time, again);
	again->over = loop_timer_new(again->drive->loop, on_over, again);
	if (!again->facts || !again->timer || !again->over)
		return false;
	again->facts->endpoint = known->endpoint;
	again->facts->url = known->url;
	again->facts->address = known->address;
	again->facts->family = known->family;
	again->probe = probe_new(again->arena, again->options, again->facts);
	return again->probe != NULL;
}

struct again *again_new(struct drive *drive, const struct endpoint_facts *known,
			const struct probe_options *options, const struct again_how *how,
			const struct again_events *events)
{
	struct again *again = calloc(1, sizeof *again);

	if (!again)
		return NULL;
	*again = (struct again){ .drive = drive, .known = known, .options = options, .events = *events };
	if (how)
		again->how = *how;
	again->slot = (struct slot_wait){ .on_slot = on_slot, .context = again };
	if (!prepare(again))
		again_drop(&again);
	else
		slots_take(&drive->slots, &again->slot);
	return again;
}

void again_drop(struct again **at)
{
	struct again *again = *at;

	if (!again)
		return;
	*at = NULL;
	if (again->timer)
		close_it(again);
	loop_timer_drop(&again->timer);
	loop_timer_drop(&again->over);
	arena_drop(&again->arena);
	free(again);
}
