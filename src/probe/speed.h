/* This file marks the times at which a conversation fetches messages; whoever drives it counts what comes. */
#ifndef POSTMEND_PROBE_SPEED_H
#define POSTMEND_PROBE_SPEED_H

#include "probe/engine.h"

enum {
	SPEED_NEWEST = 32,            /* how many messages may be the sample */
	SPEED_BYTES_MAX = 128 * 1024, /* of it */
};

/* A sample is taken: opens its step. False, and nothing is done, where none is wanted or there is no message.
 */
[[nodiscard]] bool speed_begin(struct probe *p);

/* The next command fetches a message; and its answer is whole, or not waited for any more. */
void speed_fetch(struct probe *p, enum engine_state state);
void speed_fetched(struct probe *p);

/* How long the sample may take: it is the last thing in a conversation. */
moment speed_end(const struct probe *p);

/* The largest message that fits is the sample; the first one that is offered stays when none does. */
void speed_offer(struct probe *p, uint64_t number, uint64_t size);

#endif
