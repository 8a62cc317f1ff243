/* This file lets no more connections be open at once than descriptors allow.
 *
 * Whoever wants one waits in a queue, first come, first served. Nobody waits
 * while holding one, so the queue always moves.
 */
#ifndef POSTMEND_DRIVE_SLOTS_H
#define POSTMEND_DRIVE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

/* One who wants a slot; lives with its owner. */
struct slot_wait {
	struct slot_wait *before, *after;
	void (*on_slot)(void *context);
	void *context;
	bool waits, holds;
};

struct slots {
	size_t n_free, n_held;
	struct slot_wait *first, *last;
};

void slots_init(struct slots *slots, size_t n);

/* Calls on_slot when there is one, perhaps at once. */
void slots_take(struct slots *slots, struct slot_wait *wait);

/* Gives it back, or leaves the queue; nothing when neither. */
void slots_give(struct slots *slots, struct slot_wait *wait);

/* The holder met the system's own bound, which is lower than we thought: it
 * waits again, for one of fewer slots. False when it is the only holder, so
 * that waiting would not help: then it still holds its slot. */
[[nodiscard]] bool slots_shrink(struct slots *slots, struct slot_wait *wait);

#endif
