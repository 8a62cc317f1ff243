/* This file reads how an appointment of Outlook recurs ([MS-OXOCAL] 2.2.1.44) and says it as calendars do.
 */
#ifndef POSTMEND_MAIL_RECURRENCE_H
#define POSTMEND_MAIL_RECURRENCE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/moment.h"
#include "base/str.h"

enum { RECURRENCE_LIST_MAX = 4096 };

/* An occurrence that is not as the rule says. Times are those of the clocks there. */
struct recurrence_exception {
	wall_time original, start, end;
	const char *subject, *location; /* UTF-8; NULL: as in the series */
};

/* Times are local, as seconds of a clock that knows no time zone. */
struct recurrence {
	uint16_t frequency, pattern;
	uint32_t period, days, day, week; /* days: bit 0 is Sunday; week 5: last */
	uint32_t end_type, count, first_weekday;
	wall_time first, last; /* days, at midnight */
	uint32_t start, end;   /* minutes from midnight */
	const wall_time *gone; /* days without an occurrence where the rule has one */
	size_t n_gone;
	const struct recurrence_exception *exceptions;
	size_t n_exceptions;
};

/* False when it is no such thing, or of a calendar that is not Gregorian. Exceptions that are cut are left
 * out. */
[[nodiscard]] bool recurrence_read(struct arena *arena, struct view bytes, struct recurrence *out);

/* "FREQ=WEEKLY;…" without its end; a rule ends by COUNT, which this adds, or by UNTIL, which is the caller's.
 */
void recurrence_put_rule(struct buf *out, const struct recurrence *r);

/* Whether it ends with a day: the last occurrence begins then. */
bool recurrence_has_last(const struct recurrence *r);

/* The way back: "FREQ=WEEKLY;…" of a series that begins on a day. The day of UNTIL, which is in UTC where it
 * has a time, is left to the caller with the end's type. False for a rule that Outlook cannot have. */
struct recurrence_end {
	enum { RECURRENCE_ENDLESS, RECURRENCE_COUNTED, RECURRENCE_UNTIL } kind;
	struct str until;
};
[[nodiscard]] bool recurrence_read_rule(struct str rule, struct recurrence *r,
					struct recurrence_end *end_out);

/* Where the end is known by count or by day, the other as well: Outlook wants both. */
void recurrence_settle(struct recurrence *r);

/* Appends what recurrence_read() reads: `gone` and exceptions in the order of their days. */
void recurrence_write(struct buf *out, const struct recurrence *r);

#endif
