/* This file tests what is read of calendars, and that what Outlook gets of it says the same again. */
#include "mail/ics_read.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 1 << 16, ARENA = 16 << 20 };

/* A series as another program writes it, and the rule that our export writes of it; NULL: none that Outlook
 * has. */
static const struct {
	const char *name, *rule, *expected;
} rules[] = {
	{ "daily", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=3" },
	{ "every other day", "FREQ=DAILY;INTERVAL=2", "FREQ=DAILY;INTERVAL=2" },
	{ "no weekday", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO" },
	{ "working days", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" },
	{ "weeks from Sunday", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,SU",
	  "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU" },
	{ "a day of the month", "FREQ=MONTHLY;BYMONTHDAY=4", "FREQ=MONTHLY;BYMONTHDAY=4" },
	{ "its last day", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=-1" },
	{ "its 30th or last", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
	  "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1" },
	{ "the second Monday", "FREQ=MONTHLY;BYDAY=2MO", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2" },
	{ "the last Friday", "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1" },
	{ "yearly", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4" },
	{ "the first Monday of March", "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYDAY=1MO",
	  "FREQ=YEARLY;BYMONTH=3;INTERVAL=2;BYDAY=MO;BYSETPOS=1" },
	{ "until a day", "FREQ=DAILY;UNTIL=20240310T080000Z", "FREQ=DAILY;UNTIL=20240310T080000Z" },
	{ "hours", "FREQ=HOURLY", NULL },
	{ "another month", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=4", NULL },
	{ "two days of the month", "FREQ=MONTHLY;BYMONTHDAY=4,18", NULL },
	{ "the fifth Monday", "FREQ=MONTHLY;BYDAY=5MO", NULL },
	{ "the hundredth day", "FREQ=YEARLY;BYYEARDAY=100", NULL },
	{ "no frequency", "COUNT=3", NULL },
	{ "an interval of nothing", "FREQ=DAILY;INTERVAL=x", NULL },
};

static const char calendar[] =
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Berlin\r\nBEGIN:STANDARD\r\n"
	"DTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\n"
	"TZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\n"
	"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n"
	"END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20240101T000000Z\r\n"
	"DTSTART;TZID=Berlin:20240304T090000\r\nDTEND;TZID=Berlin:20240304T093000\r\nRRULE:%s\r\n"
	"EXDATE;TZID=Berlin:20240306T090000,20240305T090000\r\nSUMMARY:a\\, b\r\n"
	"BEGIN:VALARM\r\nTRIGGER:-PT1H\r\nDESCRIPTION:not this\r\nEND:VALARM\r\nEND:VEVENT\r\n"
	"BEGIN:VEVENT\r\nUID:1@x\r\nRECURRENCE-ID;TZID=Berlin:20240404T090000\r\n"
	"DTSTART:20240404T090000Z\r\nDTEND:20240404T093000Z\r\nSUMMARY:la\r\n "
	"ter\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

static struct ics_found *read_one(struct arena *arena, const char *text, struct ics_list *list)
{
	ics_read(arena, str_view(str_of(text)), list);
	assert_false(list->failed);
	assert_true(list->n >= 1);
	return &list->rows[0];
}

/* What Outlook gets of it, read back. */
static void expect_same(struct arena *arena, const struct recurrence *r)
{
	struct recurrence again;
	struct buf blob;

	buf_init(&blob, CAP);
	recurrence_write(&blob, r);
	assert_true(recurrence_read(arena, buf_view(&blob), &again));
	assert_int_equal(again.frequency, r->frequency);
	assert_int_equal(again.pattern, r->pattern);
	assert_int_equal(again.period, r->period);
	assert_int_equal(again.count, r->count);
	assert_true(again.first == r->first && again.start == r->start && again.end == r->end);
	assert_int_equal(again.n_gone, r->n_gone);
	for (size_t i = 0; i < r->n_gone; i++)
		assert_true(again.gone[i] == r->gone[i]);
	assert_int_equal(again.n_exceptions, r->n_exceptions);
	for (size_t i = 0; i < r->n_exceptions; i++) {
		assert_true(again.exceptions[i].original == r->exceptions[i].original);
		assert_true(again.exceptions[i].start == r->exceptions[i].start);
		assert_string_equal(again.exceptions[i].subject, r->exceptions[i].subject);
		assert_null(again.exceptions[i].location);
	}
	buf_fini(&blob);
}

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		struct arena *arena = arena_new(ARENA);
		char *text = arena_printf(arena, calendar, rules[i].rule);
		struct ics_list list;
		struct ics_found *found = read_one(arena, text, &list);
		struct buf out, wanted;

		buf_init(&out, CAP);
		buf_init(&wanted, CAP);
		if (!rules[i].expected) {
			assert_null(found->item.recurrence);
			assert_non_null(found->lost);
		} else {
			assert_null(found->lost);
			assert_int_equal(list.n, 1);
			expect_same(arena, found->item.recurrence);
			ics_put_event(&out, &found->item);
			buf_printf(&wanted, "\r\nRRULE:%s\r\n", rules[i].expected);
			if (str_find(buf_str(&out), buf_str(&wanted)) == SIZE_MAX)
				fail_msg("%s: %.*s", rules[i].name, (int)out.len, (const char *)out.at);
		}
		buf_fini(&wanted);
		buf_fini(&out);
		arena_drop(&arena);
	}
}

static void test_series(void **state)
{
	struct arena *arena = arena_new(ARENA);
	char *text = arena_printf(arena, calendar, "FREQ=DAILY;COUNT=40");
	struct ics_list list;
	struct ics_found *found = read_one(arena, text, &list);
	const struct recurrence *r = found->item.recurrence;

	(void)state;
	assert_string_equal(found->item.summary, "a, b");
	assert_true(found->item.has_reminder);
	assert_int_equal(found->item.reminder, 60);
	/* 8 o'clock in UTC; the other one stands on summer's clocks. */
	assert_true(found->item.start == 1709539200);
	assert_int_equal(r->start, 9 * 60);
	assert_int_equal(r->n_gone, 3);
	assert_true(r->gone[0] < r->gone[1] && r->gone[1] < r->gone[2]);
	assert_int_equal(r->n_exceptions, 1);
	assert_true(r->exceptions[0].start - r->exceptions[0].original == 2 * 3600);
	assert_string_equal(r->exceptions[0].subject, "later");
	assert_true(r->last == r->first + 39 * 86400);
	arena_drop(&arena);
}

static void test_zones(void **state)
{
	static const struct zone wanted = { .name = "B\xC3\xA4r",
					    .bias = -60,
					    .daylight = -60,
					    .to_standard = { .month = 10, .week = 5, .hour = 3 },
					    .to_daylight = {
						    .month = 3, .week = 5, .hour = 2, .minute = 30 } };
	struct arena *arena = arena_new(ARENA);
	struct buf blob;
	struct zone zone;

	(void)state;
	buf_init(&blob, CAP);
	zone_write_definition(&blob, &wanted, arena);
	assert_true(zone_read_definition(arena, buf_view(&blob), &zone));
	assert_string_equal(zone.name, wanted.name);
	assert_int_equal(zone.bias, -60);
	assert_int_equal(zone.to_daylight.minute, 30);
	buf_clear(&blob);
	zone_write_struct(&blob, &wanted);
	assert_true(zone_read_struct(buf_view(&blob), "x", &zone));
	assert_int_equal(zone.daylight, -60);
	assert_int_equal(zone.to_standard.week, 5);
	buf_fini(&blob);
	arena_drop(&arena);
}

static void test_odd(void **state)
{
	static const struct {
		const char *name, *text;
		size_t n;
		bool is_cut, is_lost;
	} rows[] = {
		{ "nothing", "", 0, false, false },
		{ "a day",
		  "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20240304\nEND:VEVENT\nEND:VCALENDAR\n",
		  1, false, false },
		{ "a task", "BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\nEND:VTODO\nEND:VCALENDAR\n", 1, false,
		  false },
		{ "two calendars",
		  "BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VTODO\nEND:"
		  "VTODO\nEND:"
		  "VCALENDAR\n",
		  2, false, false },
		{ "no end", "BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\n", 1, true, false },
		{ "a wrong end", "BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VEVENT\nEND:VTODO\nEND:VCALENDAR\n", 1,
		  true, false },
		{ "no calendar", "hello\n", 0, true, false },
		{ "a journal", "BEGIN:VCALENDAR\nBEGIN:VJOURNAL\nEND:VJOURNAL\nEND:VCALENDAR\n", 0, true,
		  false },
		{ "an unknown zone",
		  "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=Mars:20240304T090000\nEND:VEVENT\nEND:"
		  "VCALENDAR\n",
		  1, false, true },
		{ "a file",
		  "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20240304T090000Z\nATTACH:x\nEND:VEVENT\nEND:"
		  "VCALENDAR\n",
		  1, false, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(ARENA);
		struct ics_list list;

		ics_read(arena, str_view(str_of(rows[i].text)), &list);
		if (list.failed || list.n != rows[i].n || list.is_cut != rows[i].is_cut ||
		    (list.n && (list.rows[0].lost != NULL) != rows[i].is_lost))
			fail_msg("%s: %zu items, cut %d, lost %s", rows[i].name, list.n, list.is_cut,
				 list.n && list.rows[0].lost ? list.rows[0].lost : "nothing");
		arena_drop(&arena);
	}
}

static void test_lines(void **state)
{
	static const char text[] =
		"item1.EMAIL;type=INTERNET;TYPE=\"a;b\",pref:a\\;b;c\\nd\r\nN;ENCODING=QUOTED-PRINTABLE:"
		"M=C3=\r\n=BC;x\r\n";
	struct arena *arena = arena_new(ARENA);
	struct card_lines lines = card_lines_of(arena, view_of(text, sizeof text - 1));
	struct card_line line;

	(void)state;
	assert_true(card_lines_next(&lines, &line));
	assert_true(card_line_is(&line, "email"));
	assert_true(card_line_has_type(&line, "internet"));
	assert_false(card_line_has_type(&line, "b"));
	assert_string_equal(card_line_part(arena, &line, 0), "a;b");
	assert_string_equal(card_line_part(arena, &line, 1), "c\r\nd");
	assert_string_equal(card_line_part(arena, &line, 2), "");
	assert_true(card_lines_next(&lines, &line));
	assert_string_equal(card_line_part(arena, &line, 0), "M\xC3\xBC");
	assert_false(card_lines_next(&lines, &line));
	arena_drop(&arena);
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		enum card_time kind;
		wall_time time;
	} rows[] = {
		{ "20240304", CARD_TIME_DAY, 1709510400 },
		{ "2024-03-04", CARD_TIME_DAY, 1709510400 },
		{ "20240304T090000", CARD_TIME_LOCAL, 1709542800 },
		{ "2024-03-04T09:00:00Z", CARD_TIME_UTC, 1709542800 },
		{ "20241304", CARD_TIME_NONE, 0 },
		{ "2024030", CARD_TIME_NONE, 0 },
		{ "20240304T0900", CARD_TIME_NONE, 0 },
		{ "", CARD_TIME_NONE, 0 },
	};
	static const struct {
		const char *text;
		bool is_one;
		int64_t seconds;
	} spans[] = {
		{ "-PT15M", true, -900 }, { "P1DT2H", true, 93600 }, { "PT0S", true, 0 },
		{ "P2W", true, 1209600 }, { "PT", false, 0 },        { "15M", false, 0 },
		{ "PT5", false, 0 },      { "P5X", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		wall_time time = 0;
		enum card_time kind = card_time_read(str_of(rows[i].text), &time);

		assert_int_equal(kind, rows[i].kind);
		assert_true(kind == CARD_TIME_NONE || time == rows[i].time);
	}
	for (size_t i = 0; i < COUNT_OF(spans); i++) {
		int64_t seconds = 0;

		assert_int_equal(card_duration_read(str_of(spans[i].text), &seconds), spans[i].is_one);
		assert_true(!spans[i].is_one || seconds == spans[i].seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules), cmocka_unit_test(test_series), cmocka_unit_test(test_zones),
		cmocka_unit_test(test_odd),   cmocka_unit_test(test_lines),  cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
