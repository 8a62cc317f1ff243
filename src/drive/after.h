/* This file does what is left to ask of a server beside the conversation with it and once that is over.
 *
 * Short conversations on connections of their own, in lanes: those of a lane one
 * after the other, the lanes side by side. AFTERWARDS has the user name in its
 * other form, when the server called name or password wrong, and what a failure
 * calls for; only it carries a secret. HELLOS has the TLS versions that the
 * server takes, BURSTS whether much at once reaches it, EARLY whether it runs
 * commands from before the handshake: these begin as soon as the conversation has
 * shown what they need to know. Where STARTTLS leads to the handshake they lead up
 * to it themselves, side by side with the conversation; should that fail, they are
 * given up. What comes of them is added to its record.
 */
#ifndef POSTMEND_DRIVE_AFTER_H
#define POSTMEND_DRIVE_AFTER_H

#include "drive/run.h"

struct after;

enum after_lane { AFTER_HELLOS, AFTER_BURSTS, AFTER_EARLY, AFTER_AFTERWARDS, AFTER_LANES };

struct after_target {
	struct endpoint_facts *facts;
	const struct probe_options *options;
	enum after_lane lane;
	bool beside; /* the conversation goes on */
};

struct after_events {
	void *context;
	/* Each once, from the loop and not from within after_new(). Of AFTERWARDS alone: no login will be
	 * tried here any more. */
	void (*on_login_settled)(void *context);
	void (*on_over)(void *context, enum after_lane lane);
};

/* Whether there is anything to ask in this lane at all, by what is known now. */
bool after_has_work(struct drive *drive, const struct after_target *target);

/* The lane need not wait for the conversation's end: what it depends on is known. */
bool after_may_begin(struct drive *drive, const struct after_target *target);

/* The conversation is over: true when a lane that began beside it is still wanted by what is known now. */
bool after_is_wanted(struct after *after);

/* The same time, once: what lanes have found out and nobody wants any more leaves the record. */
void after_conclude(struct drive *drive, const struct after_target *target);

/* NULL when memory ended; then nothing is called. */
[[nodiscard]] struct after *after_new(struct drive *drive, const struct after_target *target,
				      const struct after_events *events);

/* Also in the middle. */
void after_drop(struct after **at);

#endif
