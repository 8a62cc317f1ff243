/* This file asks other doors of a host how long they take to answer. */
#include "drive/doors.h"

#include "base/checked.h"
#include "base/str.h"
#include "drive/stream.h"
#include "os/tcp.h"

#include <stdlib.h>

enum { DOORS = 3, PART = 4, LEAST_MS = 8, PATIENCE_MS = 300, ROUND_TRIPS = 3 };

/* The web's, and one where nobody listens (discard, RFC 863): who meddles with mail leaves some of them
 * alone. */
static const uint16_t ports[DOORS] = { 443, 80, 9 };

struct door {
	struct doors *doors;
	struct stream *stream;
	uint16_t port;
};

struct doors {
	struct drive *drive;
	struct endpoint_facts *facts;
	void (*on_over)(void *context);
	void *context;
	struct door door[DOORS];
	size_t n_open;
	moment begun;
	struct loop_timer *timer;
};

/* No path leads there: who stands before it is on this computer, and its listeners tell more. */
static bool is_loopback(const char *address)
{
	return str_starts(str_of(address), STR("127.")) || str_is(str_of(address), "::1");
}

bool doors_are_wanted(const struct drive *drive, const struct endpoint_facts *facts)
{
	const struct step *connect = facts_step(facts, STEP_CONNECT);
	moment quickest = facts_quickest(facts);

	return !drive->options.via && !is_loopback(facts->address) && connect && connect->ok &&
	       quickest >= MOMENT_MS(LEAST_MS) && connect->took < quickest / PART;
}

static bool is_timely(enum step_error error)
{
	return error == STEP_ERROR_NONE || (error == STEP_ERROR_REFUSED && tcp_refusal_is_timely);
}

static void on_connect(void *context, enum step_error error, const char *text)
{
	struct door *door = context;
	struct doors *doors = door->doors;
	moment took = loop_now(doors->drive->loop) - doors->begun;

	(void)text;
	if (is_timely(error) && took > doors->facts->doors.took) {
		doors->facts->doors.took = took;
		doors->facts->doors.port = door->port;
	}
	stream_close(&door->stream);
	if (--doors->n_open == 0)
		loop_timer_set(doors->timer, loop_now(doors->drive->loop));
}

static void on_time(void *context)
{
	struct doors *doors = context;

	doors->on_over(doors->context);
}

static void open_doors(struct doors *doors)
{
	doors->begun = loop_now(doors->drive->loop);
	for (size_t i = 0; i < DOORS; i++) {
		struct door *door = &doors->door[i];
		const struct stream_events events = {
			.context = door,
			.on_connect = on_connect,
		};
		const struct stream_target target = {
			.address = doors->facts->address,
			.port = ports[i],
			.label = "another door",
		};

		*door = (struct door){ .doors = doors, .port = ports[i] };
		door->stream = stream_open(doors->drive, &target, &events);
		doors->n_open += door->stream != NULL;
	}
}

struct doors *doors_new(struct drive *drive, struct endpoint_facts *facts, void (*on_over)(void *context),
			void *context)
{
	struct doors *doors = calloc(1, sizeof *doors);
	moment patience = MOMENT_MS(PATIENCE_MS) + facts_quickest(facts) * ROUND_TRIPS;

	if (!doors)
		return NULL;
	*doors = (struct doors){ .drive = drive, .facts = facts, .on_over = on_over, .context = context };
	doors->timer = loop_timer_new(drive->loop, on_time, doors);
	if (!doors->timer) {
		doors_drop(&doors);
		return NULL;
	}
	facts->doors.tried = true;
	open_doors(doors);
	loop_timer_set(doors->timer, doors->n_open ? run_until(drive, patience) : loop_now(drive->loop));
	return doors;
}

void doors_drop(struct doors **at)
{
	struct doors *doors = *at;

	if (!doors)
		return;
	*at = NULL;
	for (size_t i = 0; i < DOORS; i++)
		stream_close(&doors->door[i].stream);
	loop_timer_drop(&doors->timer);
	free(doors);
}
