/* This file marks the times at which a conversation fetches messages; whoever drives it counts what comes. */
#include "probe/speed.h"

enum { RESERVE_MS = 1000, RESERVE_PARTS = 4 };

bool speed_begin(struct probe *p)
{
	if (!p->options->speed || p->facts->message_count == 0)
		return false;
	p->sample = p->sample_size = 0;
	engine_open_step(p, STEP_SPEED);
	return true;
}

void speed_fetch(struct probe *p, enum engine_state state)
{
	struct speed_facts *speed = &p->facts->speed;

	engine_enter(p, state);
	speed->asked = speed->running = true;
	speed->sent = p->now;
	speed->begun = speed->last = MOMENT_NEVER;
}

void speed_fetched(struct probe *p)
{
	struct speed_facts *speed = &p->facts->speed;
	moment waited;

	if (!speed->running)
		return;
	speed->running = false;
	waited = (speed->begun == MOMENT_NEVER ? p->now : speed->begun) - speed->sent;
	if (waited > speed->waited)
		speed->waited = waited;
	if (speed->begun != MOMENT_NEVER)
		speed->took += speed->last - speed->begun;
}

moment speed_end(const struct probe *p)
{
	moment left = p->options->deadline - p->now, reserve = left / RESERVE_PARTS;

	return p->options->deadline - (reserve < MOMENT_MS(RESERVE_MS) ? reserve : MOMENT_MS(RESERVE_MS));
}

void speed_offer(struct probe *p, uint64_t number, uint64_t size)
{
	bool fits = size <= SPEED_BYTES_MAX, fitted = p->sample_size <= SPEED_BYTES_MAX;

	if (number == 0 || number > p->facts->message_count)
		return;
	if (p->sample && !(fits && (!fitted || size > p->sample_size)))
		return;
	p->sample = number;
	p->sample_size = size;
}
