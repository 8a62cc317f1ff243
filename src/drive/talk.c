/* This file holds one endpoint's conversation: it moves bytes between a stream and a machine. */
#include "drive/talk.h"

#include "base/checked.h"

/* A machine that wants more than this of its driver is broken. */
enum { TALK_ACTIONS_MAX = 10000, TALK_LAST_TRIES = 16 };

static moment now(const struct talk *talk)
{
	return loop_now(talk->drive->loop);
}

static struct endpoint_facts *new_facts(struct talk *talk)
{
	struct endpoint_facts *facts = arena_alloc(talk->arena, sizeof *facts);

	if (!facts)
		return NULL;
	facts->endpoint = *talk->endpoint;
	facts->url = talk->url;
	return facts;
}

static struct endpoint_facts *facts_of(struct talk *talk, size_t place)
{
	const struct race_attempt *attempt = &talk->race.attempts[place];
	struct endpoint_facts *facts = talk->facts[place];

	if (facts)
		return facts;
	facts = talk->facts[place] = new_facts(talk);
	if (!facts)
		return NULL;
	facts->address = attempt->address;
	facts->family = attempt->family;
	if (attempt->resolve.at != MOMENT_NEVER)
		facts->steps[facts->n_steps++] = attempt->resolve;
	if (!attempt->not_begun)
		facts->steps[facts->n_steps++] = attempt->connect;
	return facts;
}

static void settle(struct talk *talk)
{
	if (talk->settled)
		return;
	talk->settled = true;
	talk->on_login_settled(talk->context, talk);
}

static void see_whether_done(struct talk *talk)
{
	if (talk->done || !talk->over || !talk->race.over)
		return;
	for (int i = 0; i < AFTER_LANES; i++)
		if (talk->afters[i])
			return;
	talk->done = true;
	settle(talk);
	talk->on_done(talk->context);
}

static void hang_up(struct talk *talk)
{
	if (talk->stream && talk->chosen)
		stream_count(talk->stream, &talk->chosen->flow);
	speed_close(&talk->speed);
	stream_close(&talk->stream);
	race_give_slot(&talk->race);
	loop_timer_drop(&talk->timer);
	if (talk->probe)
		probe_fini(talk->probe);
	talk->probe = NULL;
}

static void on_login_settled(void *context)
{
	settle(context);
}

static void on_after(void *context, enum after_lane lane)
{
	struct talk *talk = context;

	after_drop(&talk->afters[lane]);
	see_whether_done(talk);
}

static void begin_lane(struct talk *talk, const struct after_target *target)
{
	const struct after_events events = {
		.context = talk,
		.on_login_settled = on_login_settled,
		.on_over = on_after,
	};

	talk->lanes_begun[target->lane] = true;
	talk->afters[target->lane] = after_new(talk->drive, target, &events);
}

/* What need not wait for the conversation's end begins beside it. */
static void begin_beside(struct talk *talk)
{
	for (int i = 0; i < AFTER_LANES; i++) {
		const struct after_target target = { talk->chosen, talk->options, (enum after_lane)i, true };

		if (!talk->lanes_begun[i] && after_may_begin(talk->drive, &target))
			begin_lane(talk, &target);
	}
}

static void finish(struct talk *talk)
{
	if (talk->over)
		return;
	talk->over = true;
	hang_up(talk);
	for (int i = 0; i < AFTER_LANES; i++) {
		const struct after_target target = { talk->chosen, talk->options, (enum after_lane)i, false };

		if (i == 0)
			after_conclude(talk->drive, &target);
		if (talk->afters[i] && !after_is_wanted(talk->afters[i]))
			after_drop(&talk->afters[i]);
		if (!talk->lanes_begun[i] && after_has_work(talk->drive, &target))
			begin_lane(talk, &target);
	}
	if (!talk->afters[AFTER_AFTERWARDS])
		settle(talk);
	see_whether_done(talk);
}

static const char *tls_name(const struct talk *talk)
{
	return talk->endpoint->sni ? talk->endpoint->sni : talk->endpoint->host;
}

/* Does what the machine wants until it waits. A handshake may fail at once and
 * an event bring the next action, so this is no recursion but a loop. */
static void pump(struct talk *talk)
{
	struct probe_action action = { .kind = PROBE_DONE };

	if (talk->pumping)
		return;
	talk->pumping = true;
	for (;;) {
		if (++talk->n_actions > TALK_ACTIONS_MAX || !talk->probe || !talk->stream)
			break;
		probe_next(talk->probe, &action);
		if (action.kind == PROBE_SEND) {
			stream_send(talk->stream, action.bytes, action.has_secret);
		} else if (action.kind == PROBE_START_TLS) {
			loop_timer_set(talk->timer, action.until);
			stream_start_tls(talk->stream, talk->arena, tls_name(talk));
		} else {
			break;
		}
	}
	talk->pumping = false;
	if (talk->over)
		return;
	if (talk->probe && talk->stream && action.kind == PROBE_READ && talk->n_actions <= TALK_ACTIONS_MAX) {
		loop_timer_set(talk->timer, action.until);
		speed_watch(&talk->speed);
		begin_beside(talk);
	} else {
		finish(talk);
	}
}

static void tell(struct talk *talk, struct probe_event event)
{
	if (!talk->probe)
		return;
	event.at = now(talk);
	probe_on_event(talk->probe, &event);
	pump(talk);
}

static void on_raw(void *context, size_t n)
{
	struct talk *talk = context;

	speed_count(&talk->speed, n);
}

static void on_bytes(void *context, struct view bytes)
{
	tell(context, (struct probe_event){ .kind = PROBE_BYTES, .bytes = bytes });
}

static void on_tls(void *context, const struct tls_facts *facts)
{
	struct talk *talk = context;

	tell(talk, (struct probe_event){
			   .kind = facts->end == TLS_END_UP ? PROBE_TLS_UP : PROBE_TLS_FAILED,
			   .tls = facts,
		   });
}

static void on_end(void *context, enum step_error error, const char *text)
{
	struct talk *talk = context;

	if (error == STEP_ERROR_LIMIT && talk->chosen)
		talk->chosen->limit_met = text;
	tell(talk, (struct probe_event){ .kind = error == STEP_ERROR_CLOSED || error == STEP_ERROR_LIMIT
							 ? PROBE_CLOSED
							 : PROBE_RESET });
	/* Whatever the machine still hoped for, nothing will come. */
	if (talk->probe)
		finish(talk);
}

static void on_time(void *context)
{
	struct talk *talk = context;

	if (talk->stream && stream_is_in_handshake(talk->stream))
		stream_end_tls(talk->stream);
	else
		tell(talk, (struct probe_event){ .kind = PROBE_TIMEOUT });
}

static void on_connected(void *context, struct race_attempt *attempt, struct stream *stream)
{
	struct talk *talk = context;
	const struct stream_events events = {
		.context = talk,
		.on_raw = on_raw,
		.on_bytes = on_bytes,
		.on_tls = on_tls,
		.on_end = on_end,
	};

	talk->stream = stream;
	talk->chosen = facts_of(talk, (size_t)(attempt - talk->race.attempts));
	if (talk->chosen) {
		talk->chosen->chosen = true;
		talk->probe = probe_new(talk->arena, talk->options, talk->chosen);
		talk->timer = loop_timer_new(talk->drive->loop, on_time, talk);
		talk->speed = (struct speed){ .drive = talk->drive, .facts = talk->chosen };
	}
	if (!talk->probe || !talk->timer) {
		talk->over = true;
		hang_up(talk);
		return;
	}
	stream_hand_over(stream, &events);
	tell(talk, (struct probe_event){ .kind = PROBE_CONNECTED });
}

static void on_over(void *context)
{
	struct talk *talk = context;

	/* Nobody connected: there is nobody to talk to. */
	if (!talk->race.winner)
		talk->over = true;
	see_whether_done(talk);
}

void talk_begin(struct talk *talk)
{
	const struct race_events events = {
		.context = talk,
		.on_connected = on_connected,
		.on_over = on_over,
	};
	const struct race_target target = {
		.host = talk->endpoint->host,
		.address = talk->endpoint->address,
		.port = talk->endpoint->port,
		.label = talk->url,
		.patience = talk->options->step_timeout,
	};

	talk->begun = true;
	talk->arena = arena_new_within(talk->drive->arena, DRIVE_MEMORY_MAX);
	if (talk->arena && race_begin(&talk->race, talk->drive, &target, &events))
		return;
	talk->over = talk->race.over = true;
	see_whether_done(talk);
}

/* The machine hears that time is over until it has nothing more to want. */
static void tell_time_is_over(struct talk *talk)
{
	for (int i = 0; i < TALK_LAST_TRIES && talk->probe; i++)
		on_time(talk);
}

void talk_end(struct talk *talk, bool cancelled)
{
	if (talk->done)
		return;
	talk->done = true; /* and nobody is called */
	if (!cancelled)
		tell_time_is_over(talk);
	talk->over = true;
	hang_up(talk);
	race_end(&talk->race);
	for (int i = 0; i < AFTER_LANES; i++)
		after_drop(&talk->afters[i]);
}

/* No address at all: the name's own trouble is all there is. */
static struct endpoint_facts *nameless(struct talk *talk)
{
	struct endpoint_facts *facts = new_facts(talk);

	if (facts && talk->race.families[0].facts)
		facts->steps[facts->n_steps++] = race_resolve_step(&talk->race);
	return facts;
}

size_t talk_facts(struct talk *talk, const struct endpoint_facts **facts_out)
{
	struct endpoint_facts *first = NULL, *facts;
	size_t n = 0;

	for (size_t i = 0; talk->arena && i < talk->race.n_attempts; i++) {
		facts = facts_of(talk, i);
		first = first ? first : facts;
		if (facts)
			facts_out[n++] = facts;
	}
	if (n == 0 && talk->arena && (first = nameless(talk)) != NULL)
		facts_out[n++] = first;
	if (first && !talk->chosen)
		first->chosen = true;
	return n;
}
