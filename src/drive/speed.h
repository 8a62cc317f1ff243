/* This file counts the bytes of fetched messages as they come, and asks meanwhile how soon the same door
 * opens: the system behind it answers that, whatever its mail server is busy with, and through the same path.
 */
#ifndef POSTMEND_DRIVE_SPEED_H
#define POSTMEND_DRIVE_SPEED_H

#include "drive/run.h"
#include "record/facts.h"

struct speed {
	struct drive *drive;
	struct endpoint_facts *facts;
	struct stream *stream; /* the connection that is being made */
	struct loop_timer *timer;
	moment sent, begun; /* of the fetch that is watched; of the connection */
};

/* The conversation waits: perhaps for a message. */
void speed_watch(struct speed *speed);

/* Bytes came. */
void speed_count(struct speed *speed, size_t n);

void speed_close(struct speed *speed);

#endif
