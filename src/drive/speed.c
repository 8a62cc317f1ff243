/* This file counts the bytes of fetched messages as they come, and asks meanwhile how soon the same door
 * opens. */
#include "drive/speed.h"

#include "drive/stream.h"

/* Whatever comes sooner is not slow. No slot is taken for these connections: there is one at a time, and only
 * while a slow one is open. */
enum { QUIET_MS = 800, BETWEEN_MS = 400, PATIENCE_MS = 4000 };

static void on_time(void *context);

static moment now(const struct speed *speed)
{
	return loop_now(speed->drive->loop);
}

static void over(struct speed *speed)
{
	stream_close(&speed->stream);
	loop_timer_set(speed->timer, now(speed) + MOMENT_MS(BETWEEN_MS));
}

static void on_connect(void *context, enum step_error error, const char *text)
{
	struct speed *speed = context;
	struct speed_facts *facts = &speed->facts->speed;
	moment took = now(speed) - speed->begun;

	(void)text;
	if (error == STEP_ERROR_NONE) {
		facts->came++;
		facts->busy = took > facts->busy ? took : facts->busy;
	}
	over(speed);
}

static void open_door(struct speed *speed)
{
	const struct stream_events events = {
		.context = speed,
		.on_connect = on_connect,
	};
	const struct stream_target target = {
		.address = speed->facts->address,
		.port = speed->facts->endpoint.port,
		.label = "the same door",
	};

	speed->begun = now(speed);
	speed->stream = stream_open(speed->drive, &target, &events);
	if (!speed->stream)
		return;
	speed->facts->speed.tried++;
	loop_timer_set(speed->timer, speed->begun + MOMENT_MS(PATIENCE_MS));
}

static void on_time(void *context)
{
	struct speed *speed = context;
	const struct speed_facts *facts = &speed->facts->speed;

	if (speed->stream)
		over(speed);
	else if (facts->running && facts->tried < SPEED_TRIES_MAX && !speed->drive->stopping)
		open_door(speed);
}

void speed_watch(struct speed *speed)
{
	const struct speed_facts *facts = &speed->facts->speed;

	if (!facts->running || facts->sent == speed->sent)
		return;
	speed->sent = facts->sent;
	if (!speed->timer)
		speed->timer = loop_timer_new(speed->drive->loop, on_time, speed);
	if (speed->timer && !speed->stream)
		loop_timer_set(speed->timer, speed->sent + MOMENT_MS(QUIET_MS));
}

void speed_count(struct speed *speed, size_t n)
{
	struct speed_facts *facts = speed->facts ? &speed->facts->speed : NULL;

	if (!facts || !facts->running)
		return;
	facts->last = now(speed);
	if (facts->begun == MOMENT_NEVER)
		facts->begun = facts->last;
	facts->bytes += n;
}

void speed_close(struct speed *speed)
{
	stream_close(&speed->stream);
	loop_timer_drop(&speed->timer);
}
