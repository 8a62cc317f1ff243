/* This file reads time zones of calendars and writes them as Outlook has them. */
#include "mail/ics_read.h"

#include "base/calendar.h"
#include "base/unicode.h"

enum { STANDARD, SUMMER, RULE_LEN = 66, RULE_VERSION = 0x102, NAME_MAX = 200, FLAGS_BOTH = 3 };

/* "+0130" in minutes that UTC is ahead. */
static bool read_offset(struct str s, int32_t *out)
{
	bool is_west = s.len && s.at[0] == '-';
	uint64_t number;

	if (s.len < 5 || !str_to_u64(str_head(str_skip(s, 1), 4), 9999, &number))
		return false;
	*out = (int32_t)(number / 100 * 60 + number % 100);
	*out = is_west ? *out : -*out;
	return true;
}

/* FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU */
static void read_rule(struct zone_change *change, struct str rule)
{
	static const char *const days[] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };
	uint64_t number;

	change->year = 0;
	for (struct str part = str_cut(&rule, ';'); part.at; part = str_cut(&rule, ';')) {
		struct str name = str_cut(&part, '=');

		if (str_is_nocase(name, "BYMONTH") && str_to_u64(part, 12, &number))
			change->month = (uint16_t)number;
		if (!str_is_nocase(name, "BYDAY") || part.len < 3)
			continue;
		if (part.at[0] == '-')
			change->week = 5;
		else if (str_to_u64(str_head(part, part.len - 2), 5, &number))
			change->week = (uint16_t)number;
		for (uint16_t day = 0; day < 7; day++)
			if (str_ends_nocase(part, str_of(days[day])))
				change->weekday = day;
	}
}

static void begin(struct zone_lines *z, wall_time since)
{
	struct calendar c = calendar_of(since);
	bool has_rule = z->has_rule;

	z->now.since = since;
	z->now.change.hour = (uint16_t)c.hour;
	z->now.change.minute = (uint16_t)c.minute;
	if (has_rule)
		return;
	/* Without a rule it is one day in one year. */
	z->now.change.year = (uint16_t)c.year;
	z->now.change.month = (uint16_t)c.month;
	z->now.change.week = (uint16_t)c.day;
}

static void end_kind(struct zone_lines *z, unsigned kind)
{
	if (z->now.is_there && (!z->kinds[kind].is_there || z->now.since >= z->kinds[kind].since))
		z->kinds[kind] = z->now;
	z->now.is_there = false;
}

void zone_lines_take(struct zone_lines *lines, struct arena *arena, const struct card_line *line)
{
	unsigned kind = str_is_nocase(line->value, "DAYLIGHT") ? SUMMER : STANDARD;
	wall_time since;

	if (card_line_is(line, "BEGIN")) {
		lines->now.is_there = lines->has_rule = false;
		lines->now.since = 0;
		lines->now.change = (struct zone_change){ 0 };
	} else if (card_line_is(line, "END")) {
		end_kind(lines, kind);
	} else if (card_line_is(line, "TZID")) {
		lines->zone.name = card_line_words(arena, line);
	} else if (card_line_is(line, "TZOFFSETTO")) {
		lines->now.is_there = read_offset(str_trim(line->value), &lines->now.bias);
	} else if (card_line_is(line, "DTSTART") && card_time_read(line->value, &since)) {
		begin(lines, since);
	} else if (card_line_is(line, "RRULE")) {
		lines->has_rule = true;
		read_rule(&lines->now.change, line->value);
	}
}

bool zone_lines_end(struct zone_lines *lines, struct zone *out)
{
	unsigned base = lines->kinds[STANDARD].is_there ? STANDARD : SUMMER;

	*out = lines->zone;
	if (!out->name || !*out->name)
		out->name = "Outlook";
	if (!lines->kinds[base].is_there)
		return false;
	out->bias = lines->kinds[base].bias;
	if (!lines->kinds[STANDARD].is_there || !lines->kinds[SUMMER].is_there)
		return true;
	out->daylight = lines->kinds[SUMMER].bias - out->bias;
	out->to_standard = lines->kinds[STANDARD].change;
	out->to_daylight = lines->kinds[SUMMER].change;
	/* A rule without a week is none that Outlook has. */
	if (out->to_standard.week == 0 || out->to_daylight.week == 0)
		out->to_standard.month = out->to_daylight.month = 0;
	return true;
}

static void put_16(struct buf *out, uint32_t value)
{
	buf_add_byte(out, (uint8_t)value);
	buf_add_byte(out, (uint8_t)(value >> 8));
}

static void put_32(struct buf *out, uint32_t value)
{
	put_16(out, value & 0xFFFF);
	put_16(out, value >> 16);
}

static void put_change(struct buf *out, const struct zone_change *change)
{
	put_16(out, change->year);
	put_16(out, change->month);
	put_16(out, change->weekday);
	put_16(out, change->week);
	put_16(out, change->hour);
	put_16(out, change->minute);
	put_32(out, 0);
}

static void put_biases(struct buf *out, const struct zone *zone)
{
	put_32(out, (uint32_t)zone->bias);
	put_32(out, (uint32_t)zone->standard);
	put_32(out, (uint32_t)zone->daylight);
}

void zone_write_struct(struct buf *out, const struct zone *zone)
{
	put_biases(out, zone);
	put_16(out, zone->to_standard.year);
	put_change(out, &zone->to_standard);
	put_16(out, zone->to_daylight.year);
	put_change(out, &zone->to_daylight);
}

void zone_write_definition(struct buf *out, const struct zone *zone, struct arena *arena)
{
	struct view name = { 0 };
	size_t n;

	if (!unicode_to_utf16(arena, str_of(zone->name), &name))
		name = view_of(NULL, 0);
	n = name.len >= 2 ? name.len / 2 - 1 : 0;
	n = n < NAME_MAX ? n : NAME_MAX;
	put_16(out, RULE_VERSION);
	put_16(out, (uint32_t)(6 + 2 * n));
	put_16(out, 2);
	put_16(out, (uint32_t)n);
	buf_add(out, view_of(name.at, 2 * n));
	put_16(out, 1);
	put_16(out, RULE_VERSION);
	put_16(out, RULE_LEN - 4);
	put_16(out, FLAGS_BOTH);
	put_16(out, 1601);
	for (size_t i = 0; i < 14; i++)
		buf_add_byte(out, 0);
	put_biases(out, zone);
	put_change(out, &zone->to_standard);
	put_change(out, &zone->to_daylight);
}
