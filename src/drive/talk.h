/* This file holds one endpoint's conversation: the race to it, the machine, and what is asked after it. */
#ifndef POSTMEND_DRIVE_TALK_H
#define POSTMEND_DRIVE_TALK_H

#include "drive/after.h"
#include "drive/race.h"
#include "drive/speed.h"
#include "probe/probe.h"

struct talk {
	struct drive *drive;
	const struct endpoint *endpoint;
	const struct probe_options *options;
	const char *url;
	void (*on_done)(void *context);
	void (*on_login_settled)(void *context, struct talk *talk); /* once, before on_done */
	void *context;
	struct talk *follower; /* see turns.h */
	bool waits;

	struct race race;
	struct arena *arena; /* this endpoint's share of the run's */
	struct endpoint_facts *facts[RACE_ATTEMPTS_MAX];
	struct endpoint_facts *chosen;
	struct probe *probe;
	struct stream *stream;
	struct speed speed;
	struct loop_timer *timer;
	struct after *afters[AFTER_LANES];
	bool lanes_begun[AFTER_LANES];
	unsigned n_actions;
	bool begun, pumping, told, over, settled, done;
};

/* The fields above the empty line are set. Calls on_done once, perhaps at once. */
void talk_begin(struct talk *talk);

/* The run is over: what is open is told so and closed. With `cancelled` nobody
 * is told anything: a server is not silent because the user stopped. */
void talk_end(struct talk *talk, bool cancelled);

/* What came of it: one for each address tried, at least one; how many. */
size_t talk_facts(struct talk *talk, const struct endpoint_facts **facts_out);

#endif
