/* This file reads Outlook's time zones and writes them as calendars have them. */
#include "mail/zone.h"

#include "base/calendar.h"
#include "base/cursor.h"
#include "base/unicode.h"
#include "mail/card_line.h"

#include <stdio.h>

enum {
	STRUCT_LEN = 48,
	RULE_LEN = 66,
	RULES_MAX = 1024,
	NAME_MAX = 200,
	RULE_IS_CURRENT = 1, /* of recurring meetings */
	RULE_IS_IN_EFFECT = 2,
	DAY = 86400,
	FIRST_YEAR = 1970,
	BIAS_MAX = 24 * 60,
};

static struct zone_change read_change(struct cursor *c)
{
	struct zone_change change = { .year = cursor_u16le(c), .month = cursor_u16le(c) };

	change.weekday = cursor_u16le(c);
	change.week = cursor_u16le(c);
	change.hour = cursor_u16le(c);
	change.minute = cursor_u16le(c);
	cursor_skip(c, 2 * 2);
	return change;
}

static bool is_change(const struct zone_change *change)
{
	return change->month <= 12 && change->weekday < 7 && change->hour < 24 && change->minute < 60 &&
	       (change->month == 0 || (change->week >= 1 && change->week <= (change->year ? 31 : 5)));
}

static bool is_sound(const struct zone *zone)
{
	return zone->bias > -BIAS_MAX && zone->bias < BIAS_MAX && zone->standard > -BIAS_MAX &&
	       zone->standard < BIAS_MAX && zone->daylight > -BIAS_MAX && zone->daylight < BIAS_MAX &&
	       is_change(&zone->to_standard) && is_change(&zone->to_daylight);
}

static void read_biases(struct cursor *c, struct zone *out)
{
	out->bias = (int32_t)cursor_u32le(c);
	out->standard = (int32_t)cursor_u32le(c);
	out->daylight = (int32_t)cursor_u32le(c);
}

bool zone_read_struct(struct view bytes, const char *name, struct zone *out)
{
	struct cursor c = cursor_of(bytes);

	*out = (struct zone){ .name = name && *name ? name : "Outlook" };
	read_biases(&c, out);
	cursor_skip(&c, 2);
	out->to_standard = read_change(&c);
	cursor_skip(&c, 2);
	out->to_daylight = read_change(&c);
	return bytes.len == STRUCT_LEN && cursor_ok(&c) && is_sound(out);
}

bool zone_read_definition(struct arena *arena, struct view bytes, struct zone *out)
{
	struct cursor c = cursor_of(bytes);
	uint16_t n, best = 0;
	bool good = false;
	const char *name;

	cursor_skip(&c, 2 + 2 + 2);
	name = unicode_from_utf16(arena, cursor_take(&c, (size_t)cursor_u16le(&c) * 2), NAME_MAX);
	n = cursor_u16le(&c);
	for (uint16_t i = 0; i < n && n <= RULES_MAX && cursor_left(&c) >= RULE_LEN; i++) {
		struct zone zone = { .name = name && *name ? name : "Outlook" };
		uint16_t flags;

		cursor_skip(&c, 2 + 2);
		flags = cursor_u16le(&c) & (RULE_IS_CURRENT | RULE_IS_IN_EFFECT);
		cursor_skip(&c, 2 + 14);
		read_biases(&c, &zone);
		zone.to_standard = read_change(&c);
		zone.to_daylight = read_change(&c);
		if (!cursor_ok(&c) || !is_sound(&zone) || (good && flags < best))
			continue;
		*out = zone;
		best = flags;
		good = true;
	}
	return good;
}

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
	unsigned of_era = (unsigned)(y - era * 400), months = month > 2 ? month - 3 : month + 9;
	unsigned of_year = (153 * months + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The local time of a change in a year. */
static wall_time time_of(const struct zone_change *change, int64_t year)
{
	int64_t first = days_of(year, change->month, 1), day;
	int64_t next = change->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, change->month + 1U, 1);
	unsigned weekday = (unsigned)(((first + 4) % 7 + 7) % 7);

	if (change->year)
		day = first + change->week - 1;
	else
		for (day = first + (change->weekday + 7 - weekday) % 7 + 7 * (change->week - 1); day >= next;)
			day -= 7;
	return day * DAY + change->hour * 3600 + change->minute * 60;
}

static bool changes(const struct zone *zone)
{
	return zone->to_standard.month && zone->to_daylight.month;
}

/* Whether it is summer time when clocks that know of none show `standard`. */
static bool is_summer(const struct zone *zone, wall_time standard)
{
	int64_t year = calendar_of(standard).year;
	wall_time on = time_of(&zone->to_daylight, year);
	wall_time off = time_of(&zone->to_standard, year) + (wall_time)(zone->daylight - zone->standard) * 60;

	if (!changes(zone))
		return false;
	return on < off ? standard >= on && standard < off : standard >= on || standard < off;
}

wall_time zone_to_local(const struct zone *zone, wall_time utc)
{
	wall_time standard = utc - (wall_time)(zone->bias + zone->standard) * 60;

	return is_summer(zone, standard) ? utc - (wall_time)(zone->bias + zone->daylight) * 60 : standard;
}

wall_time zone_to_utc(const struct zone *zone, wall_time local)
{
	wall_time summer = local + (wall_time)(zone->bias + zone->daylight) * 60;

	if (changes(zone) && zone_to_local(zone, summer) == local)
		return summer;
	return local + (wall_time)(zone->bias + zone->standard) * 60;
}

static void put_offset(struct buf *out, const char *name, int32_t bias)
{
	int32_t minutes = -bias, size = minutes < 0 ? -minutes : minutes;

	buf_printf(out, "%s:%c%02d%02d\r\n", name, minutes < 0 ? '-' : '+', (int)(size / 60),
		   (int)(size % 60));
}

static void put_change(struct buf *out, const char *kind, const struct zone_change *change)
{
	static const char *const days[] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };
	struct calendar c = calendar_of(time_of(change, change->year ? change->year : FIRST_YEAR));

	buf_printf(out, "BEGIN:%s\r\nDTSTART:%04u%02u%02uT%02u%02u00\r\n", kind, (unsigned)c.year, c.month,
		   c.day, c.hour, c.minute);
	if (!change->year)
		buf_printf(out, "RRULE:FREQ=YEARLY;BYMONTH=%u;BYDAY=%d%s\r\n", (unsigned)change->month,
			   change->week == 5 ? -1 : (int)change->week, days[change->weekday]);
}

void zone_put(struct buf *out, const struct zone *zone)
{
	int32_t standard = zone->bias + zone->standard, daylight = zone->bias + zone->daylight;

	buf_add_text(out, "BEGIN:VTIMEZONE\r\n");
	card_line_text(out, "TZID", zone->name);
	if (changes(zone)) {
		put_change(out, "STANDARD", &zone->to_standard);
		put_offset(out, "TZOFFSETFROM", daylight);
		put_offset(out, "TZOFFSETTO", standard);
		buf_add_text(out, "END:STANDARD\r\n");
		put_change(out, "DAYLIGHT", &zone->to_daylight);
		put_offset(out, "TZOFFSETFROM", standard);
		put_offset(out, "TZOFFSETTO", daylight);
		buf_add_text(out, "END:DAYLIGHT\r\n");
	} else {
		buf_add_text(out, "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n");
		put_offset(out, "TZOFFSETFROM", standard);
		put_offset(out, "TZOFFSETTO", standard);
		buf_add_text(out, "END:STANDARD\r\n");
	}
	buf_add_text(out, "END:VTIMEZONE\r\n");
}
