/* This file holds one more conversation with a server that is known already.
 *
 * It goes to the address that carried the first one, has a machine and facts of
 * its own, and leaves the record of the first one alone.
 */
#ifndef POSTMEND_DRIVE_AGAIN_H
#define POSTMEND_DRIVE_AGAIN_H

#include "drive/run.h"

struct again;

struct again_events {
	void *context;
	/* Once, from the loop and not from within again_new(). The facts, NULL when
	 * memory ended, live until again_drop(). */
	void (*on_over)(void *context, const struct endpoint_facts *facts);
};

/* What is other than the first time. */
struct again_how {
	unsigned mss; /* see "os/tcp.h" */
	bool no_name; /* no SNI */
};

/* NULL when memory ended; then nothing is called. `known` and `options` must
 * outlive it; `how` may be NULL; it ends at the options' deadline at the latest. */
[[nodiscard]] struct again *again_new(struct drive *drive, const struct endpoint_facts *known,
				      const struct probe_options *options, const struct again_how *how,
				      const struct again_events *events);

/* Also in the middle. */
void again_drop(struct again **at);

#endif
