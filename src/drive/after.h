/* This file does what is left to ask of a server once the conversation with it is over.
 *
 * Short conversations, one after the other, on connections of their own: the
 * user name in its other form when the server called name or password wrong, the
 * TLS versions that it takes, and whether it runs commands from before the
 * handshake. Only the first carries a secret. What comes of them is added to
 * the record of the first conversation.
 */
#ifndef POSTMEND_DRIVE_AFTER_H
#define POSTMEND_DRIVE_AFTER_H

#include "drive/run.h"

struct after;

struct after_target {
	struct endpoint_facts *facts;
	const struct probe_options *options;
};

struct after_events {
	void *context;
	/* Each once, from the loop and not from within after_new(). */
	void (*on_login_settled)(void *context); /* no login will be tried here any more */
	void (*on_over)(void *context);
};

/* Whether there is anything to ask at all. */
bool after_has_work(struct drive *drive, const struct after_target *target);

/* NULL when memory ended; then nothing is called. */
[[nodiscard]] struct after *after_new(struct drive *drive, const struct after_target *target,
				      const struct after_events *events);

/* Also in the middle. */
void after_drop(struct after **at);

#endif
