/* This file reads the structured values of header fields: types with parameters, addresses, dates
 * (RFC 5322, 3.3 and 3.4; RFC 2045, 5.1; RFC 2231).
 *
 * Values come as they stand, folded; results are UTF-8 in an arena.
 */
#ifndef POSTMEND_MAIL_VALUES_H
#define POSTMEND_MAIL_VALUES_H

#include "base/arena.h"
#include "base/moment.h"
#include "mail/words.h"

enum { VALUES_PEOPLE_MAX = 10000, VALUES_PIECES_MAX = 200, VALUES_TEXT_MAX = 4000 };

/* The word in front of the first semicolon, in lower case, without comments: "text/plain". */
[[nodiscard]] const char *values_word(struct arena *arena, struct str raw);

/* A parameter's value, put together from its pieces; NULL when there is none. */
const char *values_parameter(struct arena *arena, struct str raw, const char *name, unsigned *faults);

struct mail_person {
	const char *name, *address; /* "" for none */
};

/* The mailboxes of an address field; members of groups too. NULL when memory ended; *whole_out is false when
 * something of it was no address. */
[[nodiscard]] struct mail_person *values_people(struct arena *arena, struct str raw, size_t *n_out,
						bool *whole_out);

/* A date in any form that mail has had. */
[[nodiscard]] bool values_date(struct str raw, wall_time *out);

/* Days from 1970-01-01 to a date. */
int64_t values_days(uint64_t year, unsigned month, unsigned day);

/* What stands in the first pair of angle brackets, or all of it; blanks go. */
struct str values_id(struct str raw);

#endif
