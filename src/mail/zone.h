/* This file reads Outlook's time zones ([MS-OXOCAL] 2.2.1.39, 2.2.1.41) and writes them as calendars have
 * them.
 */
#ifndef POSTMEND_MAIL_ZONE_H
#define POSTMEND_MAIL_ZONE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/moment.h"

/* When clocks are changed: the week's `week`th (5: last) `weekday` of a month, every year, or in one year a
 * day. */
struct zone_change {
	uint16_t year, month, weekday, week, hour, minute;
};

struct zone {
	const char *name;                            /* UTF-8, never NULL once read */
	int32_t bias, standard, daylight;            /* minutes that UTC is ahead; the latter two are added */
	struct zone_change to_standard, to_daylight; /* month 0: clocks are not changed */
};

/* PidLidTimeZoneStruct. False when it is none. */
[[nodiscard]] bool zone_read_struct(struct view bytes, const char *name, struct zone *out);

/* A time zone definition; the name is in the arena. */
[[nodiscard]] bool zone_read_definition(struct arena *arena, struct view bytes, struct zone *out);

/* Seconds that stand on the clocks of the zone, as if they were UTC; and back. */
wall_time zone_to_local(const struct zone *zone, wall_time utc);
wall_time zone_to_utc(const struct zone *zone, wall_time local);

/* What the two above read. */
void zone_write_struct(struct buf *out, const struct zone *zone);
void zone_write_definition(struct buf *out, const struct zone *zone, struct arena *arena);

/* A VTIMEZONE. */
void zone_put(struct buf *out, const struct zone *zone);

#endif
