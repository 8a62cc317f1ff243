/* This file notes what an item lost on the way, in words for its owner. */
#ifndef POSTMEND_CONVERT_DAMAGE_H
#define POSTMEND_CONVERT_DAMAGE_H

#include "base/arena.h"

enum damage_kind {
	DAMAGE_PROPERTIES_LOST,     /* none of an object's own could be read */
	DAMAGE_PROPERTIES_DOUBTFUL, /* some are gone, or were read from a block whose checksum does not fit */
	DAMAGE_FROM_LIST,           /* the object's own are lost; what its folder's list says was taken */
	DAMAGE_VALUE_LOST,          /* one, by its name */
	DAMAGE_VALUE_DOUBTFUL,      /* bytes of it as they were found, or zeros for those that are gone */
	DAMAGE_PARTS_LOST,          /* the list of what belongs to the message */
	DAMAGE_RECIPIENTS_LOST,
	DAMAGE_RECIPIENTS_DOUBTFUL,
	DAMAGE_ATTACHMENT_LOST,
	DAMAGE_ATTACHMENT_DOUBTFUL,
	DAMAGE_ATTACHMENT_CUT, /* it was longer once */
	DAMAGE_EMBEDDED_LOST,
	DAMAGE_PARTS_UNKNOWN, /* it was recognised by its content, and nothing tells what belongs to it */
	DAMAGE_OLDER,         /* the item is an older version of what was there */
	DAMAGE_NAMES_LOST,    /* it has named properties, and their names are lost or in doubt */
	DAMAGE_UNSENT,        /* it waited to be sent, and the queue is lost */
	DAMAGE_KINDS,
};

enum { DAMAGE_TEXT_MAX = 1000 };

/* All zeros is nothing. */
struct damage {
	unsigned kinds;             /* bits by enum damage_kind */
	size_t n;                   /* notes */
	char text[DAMAGE_TEXT_MAX]; /* UTF-8, notes with "; " between them, cut between two notes */
};

/* `what` says which one: a property's or attachment's name, or NULL. A note that is there already is not
 * added again. */
void damage_note(struct damage *damage, enum damage_kind kind, const char *what);

static inline bool damage_is_none(const struct damage *damage)
{
	return damage->n == 0;
}

#endif
