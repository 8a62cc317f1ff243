/* This file tests time zones, recurrences, and the lines of calendars. */
#include "mail/card_line.h"
#include "mail/ics.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 1 << 16, ARENA = 1 << 20, BLOB_MAX = 512 };

/* Bytes of a blob, written down as numbers of 2 and 4 bytes. */
struct blob {
	uint8_t at[BLOB_MAX];
	size_t len;
};

static void put_16(struct blob *b, uint32_t value)
{
	b->at[b->len++] = (uint8_t)value;
	b->at[b->len++] = (uint8_t)(value >> 8);
}

static void put_32(struct blob *b, uint32_t value)
{
	put_16(b, value & 0xFFFF);
	put_16(b, value >> 16);
}

static uint32_t minutes_of(wall_time time)
{
	return (uint32_t)(time / 60 + 194074560);
}

static const wall_time monday = 1709510400; /* 2024-03-04 */

struct rule_row {
	const char *name;
	uint32_t frequency, pattern, period, a, b, end_type, count;
	bool is_rule;
	const char *expected;
};

static void put_rule(struct blob *b, const struct rule_row *row)
{
	put_16(b, 0x3004);
	put_16(b, 0x3004);
	put_16(b, row->frequency);
	put_16(b, row->pattern);
	put_16(b, 0);
	put_32(b, 0);
	put_32(b, row->period);
	put_32(b, 0);
	if (row->pattern)
		put_32(b, row->a);
	if (row->pattern == 3)
		put_32(b, row->b);
	put_32(b, row->end_type);
	put_32(b, row->count);
	put_32(b, 1);
}

static void put_tail(struct blob *b, uint16_t n_exceptions)
{
	put_32(b, minutes_of(monday));
	put_32(b, minutes_of(monday + 20 * 86400));
	put_32(b, 0x3006);
	put_32(b, 0x3009);
	put_32(b, 9 * 60);
	put_32(b, 10 * 60);
	put_16(b, n_exceptions);
}

static void test_rules(void **state)
{
	static const struct rule_row rows[] = {
		{ "every second day", 0x200A, 0, 2880, 0, 0, 0x2023, 0, true, "FREQ=DAILY;INTERVAL=2" },
		{ "every working day", 0x200A, 1, 1, 0x3E, 0, 0x2022, 5, true,
		  "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5" },
		{ "weekly", 0x200B, 1, 1, 0x12, 0, 0x2023, 0, true, "FREQ=WEEKLY;BYDAY=MO,TH" },
		{ "every second week", 0x200B, 1, 2, 0x02, 0, 0x2023, 0, true,
		  "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=MO" },
		{ "the 14th", 0x200C, 2, 1, 14, 0, 0x2023, 0, true, "FREQ=MONTHLY;BYMONTHDAY=14" },
		{ "the 31st, or the last", 0x200C, 2, 1, 31, 0, 0x2023, 0, true,
		  "FREQ=MONTHLY;BYMONTHDAY=-1" },
		{ "the 30th, or the last", 0x200C, 2, 1, 30, 0, 0x2023, 0, true,
		  "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1" },
		{ "the last Monday", 0x200C, 3, 1, 2, 5, 0x2023, 0, true,
		  "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1" },
		{ "yearly", 0x200D, 2, 12, 4, 0, 0x2023, 0, true, "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4" },
		{ "no period", 0x200A, 0, 0, 0, 0, 0x2023, 0, false, "" },
		{ "no weekday", 0x200B, 1, 1, 0, 0, 0x2023, 0, false, "" },
		{ "the 32nd", 0x200C, 2, 1, 32, 0, 0x2023, 0, false, "" },
		{ "the 6th Monday", 0x200C, 3, 1, 2, 6, 0x2023, 0, false, "" },
		{ "a calendar of the moon", 0x200C, 0xA, 1, 2, 6, 0x2023, 0, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(ARENA);
		struct recurrence r;
		struct blob b = { .len = 0 };
		struct buf out;

		buf_init(&out, CAP);
		put_rule(&b, &rows[i]);
		put_32(&b, 0);
		put_32(&b, 0);
		put_tail(&b, 0);
		if (recurrence_read(arena, view_of(b.at, b.len), &r) != rows[i].is_rule)
			fail_msg("%s: read", rows[i].name);
		if (rows[i].is_rule)
			recurrence_put_rule(&out, &r);
		buf_add_byte(&out, 0);
		if (strcmp((const char *)out.at, rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].name, (const char *)out.at);
		/* Cut anywhere in front of the exceptions it is none. */
		for (size_t len = 0; len + 2 < b.len; len++)
			if (recurrence_read(arena, view_of(b.at, len), &r) && len < b.len - 2)
				fail_msg("%s: %zu bytes of it", rows[i].name, len);
		buf_fini(&out);
		arena_drop(&arena);
	}
}

/* 2024-03-11 is moved to the afternoon and gets a subject, 2024-03-18 is gone. */
static void put_series(struct blob *b)
{
	static const struct rule_row weekly = {
		.frequency = 0x200B, .pattern = 1, .period = 1, .a = 2, .end_type = 0x2021
	};
	wall_time second = monday + 7 * 86400, third = monday + 14 * 86400;

	put_rule(b, &weekly);
	put_32(b, 2);
	put_32(b, minutes_of(second));
	put_32(b, minutes_of(third));
	put_32(b, 1);
	put_32(b, minutes_of(second));
	put_tail(b, 1);
	put_32(b, minutes_of(second + 15 * 3600));
	put_32(b, minutes_of(second + 16 * 3600));
	put_32(b, minutes_of(second + 9 * 3600));
	put_16(b, 1);
	put_16(b, 2);
	put_16(b, 1);
	b->at[b->len++] = '?';
	put_32(b, 0);
	put_32(b, 0);
	put_32(b, 0);
	put_32(b, minutes_of(second + 15 * 3600));
	put_32(b, minutes_of(second + 16 * 3600));
	put_32(b, minutes_of(second + 9 * 3600));
	put_16(b, 2);
	put_16(b, 0x00C4);
	put_16(b, 0x20AC);
	put_32(b, 0);
}

/* PidLidTimeZoneStruct of central Europe. */
static void put_zone(struct blob *b)
{
	static const uint16_t changes[] = { 0, 0, 10, 0, 5, 3, 0, 0, 0, 0, 0, 3, 0, 5, 2, 0, 0, 0 };

	put_32(b, (uint32_t)-60);
	put_32(b, 0);
	put_32(b, (uint32_t)-60);
	for (size_t i = 0; i < COUNT_OF(changes); i++)
		put_16(b, changes[i]);
}

static void expect_line(struct buf *out, const char *line)
{
	if (str_find(buf_str(out), str_of(line)) == SIZE_MAX)
		fail_msg("no \"%s\" in:\n%.*s", line, (int)out->len, (const char *)out->at);
}

static void test_series(void **state)
{
	static const char *const lines[] = {
		"DTSTART;TZID=\"Berlin\":20240304T090000\r\n",
		"DTEND;TZID=\"Berlin\":20240304T100000\r\n",
		"RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20240324T080000Z\r\n",
		"EXDATE;TZID=\"Berlin\":20240318T090000\r\n",
		("RECURRENCE-ID;TZID=\"Berlin\":20240311T090000\r\nDTSTART;TZID=\"Berlin\":"
		 "20240311T150000\r\n"),
		"SUMMARY:Ä€\r\n",
		"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n",
		"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n",
		"DTSTART:19701025T030000\r\n",
	};
	struct arena *arena = arena_new(ARENA);
	struct ics_item item = {
		.uid = "u", .summary = "a, b", .has_start = true, .importance = 1, .busy = 2
	};
	struct blob zone_bytes = { .len = 0 }, bytes = { .len = 0 };
	struct recurrence r;
	struct zone zone;
	struct buf out;

	(void)state;
	put_zone(&zone_bytes);
	put_series(&bytes);
	assert_true(zone_read_struct(view_of(zone_bytes.at, zone_bytes.len), "Berlin", &zone));
	assert_false(zone_read_struct(view_of(zone_bytes.at, zone_bytes.len - 1), "Berlin", &zone));
	assert_true(zone_read_struct(view_of(zone_bytes.at, zone_bytes.len), "Berlin", &zone));
	assert_true(recurrence_read(arena, view_of(bytes.at, bytes.len), &r));
	item.zone = &zone;
	item.recurrence = &r;
	buf_init(&out, CAP);
	ics_put_event(&out, &item);
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		expect_line(&out, lines[i]);
	buf_fini(&out);
	arena_drop(&arena);
}

static void test_clocks(void **state)
{
	static const struct {
		const char *name;
		wall_time utc;
		int hours;
	} rows[] = {
		{ "winter", 1704067200, 1 },        { "a second before summer", 1711846799, 1 },
		{ "summer begins", 1711846800, 2 }, { "a second before winter", 1729990799, 2 },
		{ "winter begins", 1729990800, 1 },
	};
	struct blob bytes = { .len = 0 };
	struct zone zone;

	(void)state;
	put_zone(&bytes);
	assert_true(zone_read_struct(view_of(bytes.at, bytes.len), "", &zone));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		wall_time local = zone_to_local(&zone, rows[i].utc);

		if (local != rows[i].utc + rows[i].hours * 3600)
			fail_msg("%s: %lld", rows[i].name, (long long)(local - rows[i].utc));
		/* The hour that comes twice is taken as the first. */
		if (zone_to_utc(&zone, local) != rows[i].utc &&
		    zone_to_utc(&zone, local) != rows[i].utc - 3600)
			fail_msg("%s: and back", rows[i].name);
	}
}

static void test_lines(void **state)
{
	static const struct {
		const char *name, *value, *expected;
	} rows[] = {
		{ "plain", "a", "X:a\r\n" },
		{ "nothing", "", "" },
		{ "marks", "a,b;c\\d\r\ne", "X:a\\,b\\;c\\\\d\\ne\r\n" },
		{ "long", "123456789 123456789 123456789 123456789 123456789 123456789 123456789 12345",
		  "X:123456789 123456789 123456789 123456789 123456789 123456789 123456789 12\r\n 345\r\n" },
		{ "a character at the fold",
		  "123456789 123456789 123456789 123456789 123456789 123456789 123456789 1Ä2",
		  "X:123456789 123456789 123456789 123456789 123456789 123456789 123456789 1\r\n Ä2\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf out;

		buf_init(&out, CAP);
		card_line_text(&out, "X", rows[i].value);
		if (!str_is(buf_str(&out), rows[i].expected))
			fail_msg("%s: %.*s", rows[i].name, (int)out.len, (const char *)out.at);
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
