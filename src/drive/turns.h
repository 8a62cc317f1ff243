/* This file begins conversations: all at once, but for logins at one host.
 *
 * A host takes two logins a run at most. What the first one brings decides what
 * the second is good for, so where a name has two forms the doors of one host
 * wait for each other's login, though not for long.
 */
#ifndef POSTMEND_DRIVE_TURNS_H
#define POSTMEND_DRIVE_TURNS_H

#include "drive/talk.h"

struct turns {
	struct drive *drive;
	struct talk *talks; /* ready for talk_begin() */
	size_t n;
	struct loop_timer *timer;
};

/* False when memory ended. */
[[nodiscard]] bool turns_begin(struct turns *turns, struct drive *drive, struct talk *talks, size_t n);

/* This one's login is settled. */
void turns_pass(struct turns *turns, struct talk *talk);

void turns_end(struct turns *turns);

#endif
