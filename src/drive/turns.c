/* This file begins conversations: all at once, but for logins at one host. */
#include "drive/turns.h"

/* A door that keeps silent must leave time for the others. */
enum { TURN_PARTS = 4 };

static bool is_host(const struct talk *a, const struct talk *b)
{
	return str_eq_nocase(str_of(a->endpoint->host), str_of(b->endpoint->host));
}

/* Each waits for the nearest one before it at the same host. */
static bool line_up(struct turns *turns)
{
	bool anyone = false;

	for (size_t i = 1; i < turns->n; i++) {
		struct talk *talk = &turns->talks[i];

		if (!talk->options->login || !talk->options->other_user)
			continue;
		for (size_t k = i; k-- > 0 && !talk->waits;) {
			if (!is_host(&turns->talks[k], talk))
				continue;
			turns->talks[k].follower = talk;
			talk->waits = anyone = true;
		}
	}
	return anyone;
}

static void let_begin(struct talk *talk)
{
	if (!talk->waits)
		return;
	talk->waits = false;
	talk_begin(talk);
}

static void on_time(void *context)
{
	struct turns *turns = context;

	for (size_t i = 0; i < turns->n; i++)
		let_begin(&turns->talks[i]);
}

bool turns_begin(struct turns *turns, struct drive *drive, struct talk *talks, size_t n)
{
	moment now = loop_now(drive->loop);

	*turns = (struct turns){ .drive = drive, .talks = talks, .n = n };
	if (line_up(turns)) {
		turns->timer = loop_timer_new(drive->loop, on_time, turns);
		if (!turns->timer)
			return false;
		loop_timer_set(turns->timer, now + (drive->deadline - now) / TURN_PARTS);
	}
	for (size_t i = 0; i < n; i++)
		if (!talks[i].waits && !talks[i].begun)
			talk_begin(&talks[i]);
	return true;
}

void turns_pass(struct turns *turns, struct talk *talk)
{
	if (talk->follower && !turns->drive->stopping)
		let_begin(talk->follower);
}

void turns_end(struct turns *turns)
{
	loop_timer_drop(&turns->timer);
}
