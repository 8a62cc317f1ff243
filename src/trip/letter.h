/* This file writes the letters of a trip: each shows another way in which mail is damaged.
 *
 * All are of 7-bit lines, as RFC 5322 wants them, so that no server on the way has a reason to touch them.
 */
#ifndef POSTMEND_TRIP_LETTER_H
#define POSTMEND_TRIP_LETTER_H

#include "base/arena.h"
#include "base/status.h"
#include "record/trip_facts.h"

enum { LETTER_SIZE_DEFAULT = 1024, LETTER_SIZE_LARGE = 200 * 1024, LETTER_SIZE_MOST = 20 << 20 };

struct letter_order {
	const char *address; /* sender and recipient */
	const char *token;   /* letters a to z: stands in the subject */
	wall_time now;
	enum letter_kind kind;
	size_t size; /* of a plain letter's body, about; 0 is the default */
};

/* ST_NOMEM when memory ended; ST_LIMIT for a size beyond LETTER_SIZE_MOST. */
[[nodiscard]] enum status letter_write(struct arena *arena, const struct letter_order *order,
				       struct letter *out);

/* "plain", "html", "attachment", "long", "large". */
const char *letter_kind_name(enum letter_kind kind);
[[nodiscard]] bool letter_kind_find(struct str name, enum letter_kind *out);

#endif
