/* This file finds out whether much at once reaches a server as well as a little, and with how small segments
 * it does.
 *
 * Where a handshake hung, it is begun again with small segments; where all went well, a server for sending
 * gets a few thousand bytes of commands that mean nothing, the last thing in the conversation
 * (probe_options.bulk_last) or, with a login or STARTTLS, on a connection of its own beside it.
 */
#ifndef POSTMEND_DRIVE_BULK_H
#define POSTMEND_DRIVE_BULK_H

#include "drive/run.h"

/* Of one burst. */
enum { BULK_BYTES = 4000 };

struct bulk;

struct bulk_events {
	void *context;
	void (*on_over)(void *context); /* once, not from within bulk_new() */
};

/* A handshake hung: small segments may make it come up. */
bool bulk_hung_in_handshake(const struct endpoint_facts *facts);

/* A server for sending, all is well so far, and nothing is known yet. */
bool bulk_is_wanted(const struct drive *drive, const struct endpoint_facts *facts);

/* Fills facts->bulk, from what the conversation's own burst showed where there was one. NULL when memory
 * ended; then nothing is called. */
[[nodiscard]] struct bulk *bulk_new(struct drive *drive, struct endpoint_facts *facts,
				    const struct probe_options *user, const struct bulk_events *events);

/* Also in the middle. */
void bulk_drop(struct bulk **at);

#endif
