/* This file reads how an appointment of Outlook recurs and says it as calendars do. */
#include "mail/recurrence.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/unicode.h"

enum { DAILY = 0x200A, WEEKLY = 0x200B, MONTHLY = 0x200C, YEARLY = 0x200D };
enum { BY_DAY = 0, BY_WEEK = 1, BY_MONTH = 2, BY_MONTH_NTH = 3, BY_MONTH_END = 4 };
enum { ENDS_BY_DAY = 0x2021, ENDS_BY_COUNT = 0x2022 };
enum {
	OVER_SUBJECT = 1 << 0,
	OVER_TYPE = 1 << 1,
	OVER_DELTA = 1 << 2,
	OVER_REMINDER = 1 << 3,
	OVER_LOCATION = 1 << 4,
	OVER_BUSY = 1 << 5,
	OVER_ATTACHMENT = 1 << 6,
	OVER_SUBTYPE = 1 << 7,
	OVER_COLOR = 1 << 8,
};
enum {
	VERSION = 0x3004,
	VERSION_WITH_HIGHLIGHT = 0x3009,
	GREGORIAN_MAX = 1,
	MINUTES_TO_1970 = 194074560,
	DAY_MINUTES = 1440,
	ALL_DAYS = 0x7F,
	TEXT_MAX = 1000,
};

static wall_time time_of(uint32_t minutes)
{
	return ((wall_time)minutes - MINUTES_TO_1970) * 60;
}

static wall_time *read_days(struct arena *arena, struct cursor *c, size_t *n_out)
{
	uint32_t n = cursor_u32le(c);
	wall_time *days;

	*n_out = 0;
	if (n > RECURRENCE_LIST_MAX || n > cursor_left(c) / 4) {
		cursor_fail(c);
		return NULL;
	}
	days = arena_array(arena, n + 1, sizeof *days);
	for (uint32_t i = 0; days && i < n; i++)
		days[(*n_out)++] = time_of(cursor_u32le(c));
	return days;
}

static void read_pattern(struct cursor *c, struct recurrence *out)
{
	out->frequency = cursor_u16le(c);
	out->pattern = cursor_u16le(c);
	if (cursor_u16le(c) > GREGORIAN_MAX)
		cursor_fail(c);
	cursor_skip(c, 4); /* where periods are counted from */
	out->period = cursor_u32le(c);
	cursor_skip(c, 4);
	if (out->pattern == BY_WEEK)
		out->days = cursor_u32le(c) & ALL_DAYS;
	else if (out->pattern == BY_MONTH || out->pattern == BY_MONTH_END)
		out->day = cursor_u32le(c);
	else if (out->pattern == BY_MONTH_NTH)
		out->days = cursor_u32le(c) & ALL_DAYS, out->week = cursor_u32le(c);
	else if (out->pattern != BY_DAY)
		cursor_fail(c);
	out->end_type = cursor_u32le(c);
	out->count = cursor_u32le(c);
	out->first_weekday = cursor_u32le(c) % 7;
}

static bool is_rule(const struct recurrence *r)
{
	if (r->frequency < DAILY || r->frequency > YEARLY || r->period == 0)
		return false;
	if (r->pattern == BY_MONTH && (r->day < 1 || r->day > 31))
		return false;
	if (r->pattern == BY_MONTH_NTH && (r->week < 1 || r->week > 5))
		return false;
	return !(r->pattern == BY_WEEK || r->pattern == BY_MONTH_NTH) || r->days;
}

static const char *read_narrow(struct arena *arena, struct cursor *c)
{
	cursor_skip(c, 2);
	return unicode_from_bytes(arena, cursor_take(c, cursor_u16le(c)), TEXT_MAX);
}

static uint16_t read_exception(struct arena *arena, struct cursor *c, struct recurrence_exception *out)
{
	static const uint16_t numbers[] = { OVER_BUSY, OVER_ATTACHMENT, OVER_SUBTYPE, OVER_COLOR };
	uint16_t flags;

	out->start = time_of(cursor_u32le(c));
	out->end = time_of(cursor_u32le(c));
	out->original = time_of(cursor_u32le(c));
	flags = cursor_u16le(c);
	if (flags & OVER_SUBJECT)
		out->subject = read_narrow(arena, c);
	cursor_skip(c, flags & OVER_TYPE ? 4 : 0);
	cursor_skip(c, flags & OVER_DELTA ? 4 : 0);
	cursor_skip(c, flags & OVER_REMINDER ? 4 : 0);
	if (flags & OVER_LOCATION)
		out->location = read_narrow(arena, c);
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		cursor_skip(c, flags & numbers[i] ? 4 : 0);
	return flags;
}

/* The texts once more, in UTF-16. */
static void read_extended(struct arena *arena, struct cursor *c, uint16_t flags,
			  struct recurrence_exception *out)
{
	cursor_skip(c, cursor_u32le(c));
	if (!(flags & (OVER_SUBJECT | OVER_LOCATION)))
		return;
	cursor_skip(c, 3 * 4);
	if (flags & OVER_SUBJECT)
		out->subject =
			unicode_from_utf16(arena, cursor_take(c, (size_t)cursor_u16le(c) * 2), TEXT_MAX);
	if (flags & OVER_LOCATION)
		out->location =
			unicode_from_utf16(arena, cursor_take(c, (size_t)cursor_u16le(c) * 2), TEXT_MAX);
	cursor_skip(c, cursor_u32le(c));
}

static void read_exceptions(struct arena *arena, struct cursor *c, uint32_t version, struct recurrence *out)
{
	uint16_t n = cursor_u16le(c), *flags;
	struct recurrence_exception *rows;

	if (n > RECURRENCE_LIST_MAX || n > cursor_left(c) / 14)
		return;
	rows = arena_array(arena, n + 1U, sizeof *rows);
	flags = arena_array(arena, n + 1U, sizeof *flags);
	if (!rows || !flags)
		return;
	out->exceptions = rows;
	for (uint16_t i = 0; i < n; i++) {
		flags[i] = read_exception(arena, c, &rows[i]);
		if (!cursor_ok(c))
			return;
		out->n_exceptions++;
	}
	cursor_skip(c, cursor_u32le(c));
	for (size_t i = 0; i < out->n_exceptions; i++) {
		struct recurrence_exception wide = rows[i];

		if (version >= VERSION_WITH_HIGHLIGHT)
			cursor_skip(c, cursor_u32le(c));
		read_extended(arena, c, flags[i], &wide);
		if (!cursor_ok(c))
			return;
		rows[i] = wide;
	}
}

bool recurrence_read(struct arena *arena, struct view bytes, struct recurrence *out)
{
	struct cursor c = cursor_of(bytes);
	size_t n_modified;
	uint32_t version;

	*out = (struct recurrence){ 0 };
	if (cursor_u16le(&c) != VERSION)
		return false;
	cursor_skip(&c, 2);
	read_pattern(&c, out);
	out->gone = read_days(arena, &c, &out->n_gone);
	(void)read_days(arena, &c, &n_modified);
	out->first = time_of(cursor_u32le(&c));
	out->last = time_of(cursor_u32le(&c));
	cursor_skip(&c, 4);
	version = cursor_u32le(&c);
	out->start = cursor_u32le(&c);
	out->end = cursor_u32le(&c);
	if (!cursor_ok(&c) || !is_rule(out) || out->start > 2 * DAY_MINUTES || arena_failed(arena))
		return false;
	read_exceptions(arena, &c, version, out);
	return !arena_failed(arena);
}

bool recurrence_has_last(const struct recurrence *r)
{
	return r->end_type == ENDS_BY_DAY;
}

static void put_days(struct buf *out, uint32_t days)
{
	static const char *const names[] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };
	const char *between = ";BYDAY=";

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (days >> i & 1) {
			buf_printf(out, "%s%s", between, names[i]);
			between = ",";
		}
}

/* The last day of a month that is shorter stands for its later ones. */
static void put_month_day(struct buf *out, uint32_t day)
{
	if (day == 31) {
		buf_add_text(out, ";BYMONTHDAY=-1");
	} else if (day > 28) {
		buf_add_text(out, ";BYMONTHDAY=28");
		for (uint32_t i = 29; i <= day; i++)
			buf_printf(out, ",%u", (unsigned)i);
		buf_add_text(out, ";BYSETPOS=-1");
	} else {
		buf_printf(out, ";BYMONTHDAY=%u", (unsigned)day);
	}
}

static void put_frequency(struct buf *out, const struct recurrence *r)
{
	bool is_yearly = r->frequency == YEARLY && r->period % 12 == 0;
	uint32_t interval = r->period;

	if (r->pattern == BY_DAY) {
		interval = r->period / DAY_MINUTES ? r->period / DAY_MINUTES : 1;
		buf_add_text(out, "FREQ=DAILY");
	} else if (r->pattern == BY_WEEK) {
		interval = r->frequency == DAILY ? 1 : r->period;
		buf_add_text(out, "FREQ=WEEKLY");
	} else if (is_yearly) {
		interval = r->period / 12;
		buf_printf(out, "FREQ=YEARLY;BYMONTH=%u", calendar_of(r->first).month);
	} else {
		buf_add_text(out, "FREQ=MONTHLY");
	}
	if (interval > 1)
		buf_printf(out, ";INTERVAL=%u", (unsigned)interval);
}

void recurrence_put_rule(struct buf *out, const struct recurrence *r)
{
	put_frequency(out, r);
	if (r->pattern == BY_WEEK || r->pattern == BY_MONTH_NTH)
		put_days(out, r->days);
	if (r->pattern == BY_MONTH)
		put_month_day(out, r->day);
	if (r->pattern == BY_MONTH_END)
		buf_add_text(out, ";BYMONTHDAY=-1");
	if (r->pattern == BY_MONTH_NTH)
		buf_printf(out, ";BYSETPOS=%d", r->week == 5 ? -1 : (int)r->week);
	if (r->pattern == BY_WEEK && r->frequency == WEEKLY && r->period > 1)
		buf_printf(out, ";WKST=%s", r->first_weekday == 0 ? "SU" : "MO");
	if (r->end_type == ENDS_BY_COUNT && r->count)
		buf_printf(out, ";COUNT=%u", (unsigned)r->count);
}
