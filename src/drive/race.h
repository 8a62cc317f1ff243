/* This file finds a host's addresses and connects to both families side by side.
 *
 * The first address of each family is tried at once, further ones only when
 * those before them failed, RACE_ATTEMPTS_MAX in all. The first connection is
 * handed to the owner; attempts that still run go on for a while, to see
 * whether they would have connected, and are hung up.
 */
#ifndef POSTMEND_DRIVE_RACE_H
#define POSTMEND_DRIVE_RACE_H

#include "drive/stream.h"

enum { RACE_ATTEMPTS_MAX = 4 };

struct race;

struct race_attempt {
	struct race *race;
	const char *address;
	int family;
	struct step resolve, connect; /* resolve.at is MOMENT_NEVER when nothing was resolved */
	bool running, won, not_begun; /* not_begun: time was over before its turn came */
	struct stream *stream;
	struct slot_wait slot;
	moment until;
};

/* What a family's answer brought. */
struct race_family {
	struct race *race;
	int number; /* 4 or 6 */
	bool answered;
	const struct dns_facts *facts; /* NULL when nothing was asked */
	size_t n_tried;
};

struct race_target {
	const char *host, *address; /* address: connect here without asking; or NULL */
	uint16_t port;
	const char *label;
	moment patience; /* for one attempt to connect */
};

struct race_events {
	void *context;
	/* At most once. The stream is the owner's from now on, with its slot: see
	 * race_give_slot(). */
	void (*on_connected)(void *context, struct race_attempt *attempt, struct stream *stream);
	/* Once: every attempt has ended. */
	void (*on_over)(void *context);
};

struct race {
	struct drive *drive;
	struct race_target target;
	struct race_events events;
	struct race_family families[2];
	struct race_attempt attempts[RACE_ATTEMPTS_MAX];
	size_t n_attempts;
	struct race_attempt *winner;
	struct loop_timer *timer;
	bool over;
};

/* The race lives with its owner until race_end(). False when memory ended. */
[[nodiscard]] bool race_begin(struct race *race, struct drive *drive, const struct race_target *target,
			      const struct race_events *events);

/* How resolving went, for a name that gave no address to try. */
struct step race_resolve_step(const struct race *race);

/* The winner's stream was closed: somebody else may connect. */
void race_give_slot(struct race *race);

/* Hangs up what still runs, without a call; attempts under way
 * timed out. */
void race_end(struct race *race);

#endif
