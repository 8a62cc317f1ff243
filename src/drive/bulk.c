/* This file finds out whether much at once reaches a server as well as a little, and with how small segments
 * it does. */
#include "drive/bulk.h"

#include "base/checked.h"
#include "drive/again.h"

#include <stdlib.h>

enum { PATIENCE_MS = 2500, ROUND_TRIPS = 8, RUNS_MAX = 3 };

/* An Ethernet behind a tunnel, the least of IPv6 (RFC 8200), the least of IPv4 (RFC 9293): MTUs of 1400,
 * 1260, 576. */
static const unsigned segments[RUNS_MAX] = { 1360, 1220, 536 };

struct run_again {
	struct bulk *bulk;
	struct again *again;
	bool passed;
};

enum bulk_phase { BEGIN, JUDGE, SMALLER, OVER };

struct bulk {
	struct drive *drive;
	struct endpoint_facts *facts;
	struct bulk_events events;
	struct probe_options options;
	struct run_again runs[RUNS_MAX];
	size_t n_left;
	bool is_handshake;
	struct loop_timer *next;
	enum bulk_phase phase;
};

bool bulk_hung_in_handshake(const struct endpoint_facts *facts)
{
	return facts->tls && facts->tls->end == TLS_END_TIMEOUT && !facts->silent_port_speaks_tls &&
	       facts->endpoint.security != SECURITY_NONE;
}

bool bulk_is_wanted(const struct drive *drive, const struct endpoint_facts *facts)
{
	return drive->options.versions && facts->endpoint.protocol == PROTOCOL_SMTP &&
	       facts->bulk.way == BULK_NOT_TRIED && facts_went_well(facts);
}

/* What comes next begins from the loop: this may be deep inside a callback. */
static void go_on(struct bulk *bulk, enum bulk_phase phase)
{
	bulk->phase = phase;
	loop_timer_set(bulk->next, loop_now(bulk->drive->loop));
}

static bool all_answered(const struct endpoint_facts *facts)
{
	return facts->bulk_sent > 0 && facts->bulk_answered == facts->bulk_sent;
}

/* What the first try, with the system's own segments, showed. */
static void judge_first(struct bulk *bulk, const struct endpoint_facts *facts)
{
	struct bulk_facts *out = &bulk->facts->bulk;

	go_on(bulk, OVER);
	if (!facts || facts->bulk_sent == 0)
		return;
	out->sent = facts->bulk_sent;
	out->answered = facts->bulk_answered;
	out->flow = facts->flow;
	if (all_answered(facts)) {
		out->way = BULK_PASSES;
	} else if (facts->flow.known && facts->flow.unacked > 0 && facts->flow.retransmits > 0) {
		out->way = BULK_STALLS_OUT;
		go_on(bulk, SMALLER);
	} else if (facts->flow.known && facts->flow.unacked == 0) {
		out->way = BULK_HALF_ANSWERED;
	}
}

static void on_first(void *context, const struct endpoint_facts *facts)
{
	struct run_again *run = context;

	judge_first(run->bulk, facts);
	again_drop(&run->again);
}

static void on_smaller(void *context, const struct endpoint_facts *facts)
{
	struct run_again *run = context;
	struct bulk *bulk = run->bulk;

	run->passed = facts && (bulk->is_handshake ? facts->tls && facts->tls->end == TLS_END_UP
						   : all_answered(facts));
	again_drop(&run->again);
	if (--bulk->n_left > 0)
		return;
	for (size_t i = 0; i < RUNS_MAX && bulk->facts->bulk.works_with == 0; i++)
		if (bulk->runs[i].passed)
			bulk->facts->bulk.works_with = segments[i];
	if (bulk->is_handshake && bulk->facts->bulk.works_with)
		bulk->facts->bulk.way = BULK_STALLS_IN;
	go_on(bulk, OVER);
}

static void set_options(struct bulk *bulk)
{
	const struct step *connect = facts_step(bulk->facts, STEP_CONNECT);
	moment patience = MOMENT_MS(PATIENCE_MS) + (connect ? connect->took * ROUND_TRIPS : 0);

	bulk->options.step_timeout = patience;
	bulk->options.deadline = run_until(bulk->drive, 2 * patience);
}

static bool begin_one(struct bulk *bulk, size_t i, unsigned mss,
		      void (*on_over)(void *context, const struct endpoint_facts *facts))
{
	struct run_again *run = &bulk->runs[i];
	const struct again_how how = { .mss = mss };
	const struct again_events events = { .context = run, .on_over = on_over };

	run->bulk = bulk;
	run->again = again_new(bulk->drive, bulk->facts, &bulk->options, &how, &events);
	return run->again != NULL;
}

static void begin_smaller(struct bulk *bulk)
{
	for (size_t i = 0; i < RUNS_MAX; i++)
		bulk->n_left += begin_one(bulk, i, segments[i], on_smaller);
	if (bulk->n_left == 0)
		go_on(bulk, OVER);
}

static void on_next(void *context)
{
	struct bulk *bulk = context;

	set_options(bulk);
	if (bulk->phase == OVER || bulk->drive->stopping)
		bulk->events.on_over(bulk->events.context);
	else if (bulk->phase == SMALLER)
		begin_smaller(bulk);
	else if (bulk->phase == JUDGE)
		judge_first(bulk, bulk->facts);
	else if (!begin_one(bulk, 0, 0, on_first))
		go_on(bulk, OVER);
}

static enum bulk_phase first_phase(const struct bulk *bulk)
{
	if (bulk->is_handshake)
		return SMALLER;
	return bulk->facts->bulk_sent > 0 ? JUDGE : BEGIN;
}

struct bulk *bulk_new(struct drive *drive, struct endpoint_facts *facts, const struct probe_options *user,
		      const struct bulk_events *events)
{
	struct bulk *bulk = calloc(1, sizeof *bulk);

	if (!bulk)
		return NULL;
	*bulk = (struct bulk){ .drive = drive, .facts = facts, .events = *events };
	bulk->is_handshake = bulk_hung_in_handshake(facts);
	bulk->options = (struct probe_options){
		.helo = user->helo,
		.bulk = bulk->is_handshake ? 0 : BULK_BYTES,
	};
	bulk->next = loop_timer_new(drive->loop, on_next, bulk);
	if (!bulk->next)
		bulk_drop(&bulk);
	else
		go_on(bulk, first_phase(bulk));
	return bulk;
}

void bulk_drop(struct bulk **at)
{
	struct bulk *bulk = *at;

	if (!bulk)
		return;
	*at = NULL;
	for (size_t i = 0; i < RUNS_MAX; i++)
		again_drop(&bulk->runs[i].again);
	loop_timer_drop(&bulk->next);
	free(bulk);
}
