/* This file lets no more connections be open at once than descriptors allow. */
#include "drive/slots.h"

void slots_init(struct slots *slots, size_t n)
{
	*slots = (struct slots){ .n_free = n ? n : 1 };
}

static void leave(struct slots *slots, struct slot_wait *wait)
{
	*(wait->before ? &wait->before->after : &slots->first) = wait->after;
	*(wait->after ? &wait->after->before : &slots->last) = wait->before;
	wait->before = wait->after = NULL;
	wait->waits = false;
}

static void queue(struct slots *slots, struct slot_wait *wait)
{
	wait->waits = true;
	wait->before = slots->last;
	wait->after = NULL;
	*(slots->last ? &slots->last->after : &slots->first) = wait;
	slots->last = wait;
}

void slots_take(struct slots *slots, struct slot_wait *wait)
{
	if (slots->n_free == 0) {
		queue(slots, wait);
		return;
	}
	slots->n_free--;
	slots->n_held++;
	wait->holds = true;
	wait->on_slot(wait->context);
}

void slots_give(struct slots *slots, struct slot_wait *wait)
{
	struct slot_wait *next;

	if (wait->waits)
		leave(slots, wait);
	if (!wait->holds)
		return;
	wait->holds = false;
	next = slots->first;
	if (!next) {
		slots->n_free++;
		slots->n_held--;
		return;
	}
	leave(slots, next);
	next->holds = true;
	next->on_slot(next->context);
}

bool slots_shrink(struct slots *slots, struct slot_wait *wait)
{
	if (slots->n_held < 2)
		return false;
	slots->n_held--;
	slots->n_free = 0;
	wait->holds = false;
	queue(slots, wait);
	return true;
}
