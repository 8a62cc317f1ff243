/* This file lets connections rest for different lengths, all at once, to find out whether the way forgets
 * them. */
#include "drive/rest.h"

#include "base/checked.h"
#include "drive/again.h"

#include <stdlib.h>

enum { RESTS = 6, ANSWER_MS = 2500, CAPABILITIES_S = 5 };

struct resting {
	struct rest *rest;
	struct probe_options options;
	struct again *again;
};

struct rest {
	struct drive *drive;
	struct endpoint_facts *facts;
	struct rest_events events;
	struct resting rests[RESTS];
	size_t n_left;
	struct loop_timer *over;
};

static void on_all_over(void *context)
{
	struct rest *rest = context;

	rest->events.on_over(rest->events.context);
}

static void on_over(void *context, const struct endpoint_facts *facts)
{
	struct resting *one = context;
	struct rest *rest = one->rest;
	struct rest_facts *out = &rest->facts->rest;
	moment length = one->options.rest;

	if (facts && facts->rest_end == REST_ANSWERED && length > out->answered)
		out->answered = length;
	if (facts && facts->rest_end == REST_CUT && (out->cut == 0 || length < out->cut))
		out->cut = length;
	again_drop(&one->again);
	if (--rest->n_left == 0)
		loop_timer_set(rest->over, loop_now(rest->drive->loop));
}

static void begin(struct rest *rest, size_t i, const struct probe_options *user)
{
	struct resting *one = &rest->rests[i];
	const struct again_events events = { .context = one, .on_over = on_over };
	moment all = (moment)(rest->drive->options.rest * 1e6);

	one->rest = rest;
	one->options = (struct probe_options){
		.helo = user->helo,
		.rest = all / RESTS * (moment)(i + 1),
		.step_timeout = MOMENT_MS(ANSWER_MS),
		.deadline = run_until(rest->drive, all + MOMENT_S(CAPABILITIES_S)),
	};
	one->again = again_new(rest->drive, rest->facts, &one->options, NULL, &events);
	rest->n_left += one->again != NULL;
}

struct rest *rest_new(struct drive *drive, struct endpoint_facts *facts, const struct probe_options *user,
		      const struct rest_events *events)
{
	struct rest *rest = calloc(1, sizeof *rest);

	if (!rest)
		return NULL;
	*rest = (struct rest){ .drive = drive, .facts = facts, .events = *events };
	rest->over = loop_timer_new(drive->loop, on_all_over, rest);
	for (size_t i = 0; rest->over && i < RESTS; i++)
		begin(rest, i, user);
	if (rest->n_left == 0)
		rest_drop(&rest);
	return rest;
}

void rest_drop(struct rest **at)
{
	struct rest *rest = *at;

	if (!rest)
		return;
	*at = NULL;
	for (size_t i = 0; i < RESTS; i++)
		again_drop(&rest->rests[i].again);
	loop_timer_drop(&rest->over);
	free(rest);
}
