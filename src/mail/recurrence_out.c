/* This file reads the rules of calendars (RFC 5545 3.3.10) and writes them as Outlook's recurrences. */
#include "mail/recurrence.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/unicode.h"

#include <string.h>

enum { DAILY = 0x200A, WEEKLY = 0x200B, MONTHLY = 0x200C, YEARLY = 0x200D };
enum { BY_DAY = 0, BY_WEEK = 1, BY_MONTH = 2, BY_MONTH_NTH = 3 };
enum { ENDS_BY_DAY = 0x2021, ENDS_BY_COUNT = 0x2022, ENDS_NEVER = 0x2023 };
enum {
	VERSION = 0x3004,
	VERSION_2 = 0x3006,
	VERSION_WITH_HIGHLIGHT = 0x3009,
	OVER_SUBJECT = 1 << 0,
	OVER_LOCATION = 1 << 4,
	DAY = 86400,
	DAY_MINUTES = 1440,
	MINUTES_TO_1970 = 194074560,
	ENDLESS_COUNT = 10,
	ENDLESS_DAY = 0x5AE980DF,
	WALK_MAX = 400 * 366, /* days that are looked at for the end of a series */
	TEXT_MAX = 1000,
	INTERVAL_MAX = 9999,
};

static const char *const weekdays[] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };

/* What a rule says, part by part. */
struct rule {
	struct str frequency, until;
	uint64_t interval, count, month;
	uint32_t days; /* bit 0: Sunday */
	int nth;       /* of BYDAY or BYSETPOS; 0 without */
	int month_day; /* the last of BYMONTHDAY */
	int first_of_month_days;
	uint32_t week_start;
	bool is_odd; /* something that is not known here */
};

static bool read_signed(struct str s, int *out)
{
	bool is_negative = s.len && s.at[0] == '-';
	uint64_t value;

	if (s.len && (s.at[0] == '-' || s.at[0] == '+'))
		s = str_skip(s, 1);
	if (!str_to_u64(s, 366, &value))
		return false;
	*out = is_negative ? -(int)value : (int)value;
	return true;
}

/* "MO" or "2TU" or "-1FR". */
static void read_weekday(struct rule *rule, struct str s)
{
	size_t day = 0;
	int nth = 0;

	while (s.len >= 2 && day < COUNT_OF(weekdays) && !str_ends_nocase(s, str_of(weekdays[day])))
		day++;
	if (s.len < 2 || day == COUNT_OF(weekdays) ||
	    (s.len > 2 && !read_signed(str_head(s, s.len - 2), &nth))) {
		rule->is_odd = true;
		return;
	}
	rule->is_odd = rule->is_odd || (nth && rule->days && rule->nth != nth);
	rule->days |= 1U << day;
	rule->nth = nth ? nth : rule->nth;
}

static void read_list(struct rule *rule, struct str value, void (*one)(struct rule *rule, struct str s))
{
	for (struct str s = str_cut(&value, ','); s.at; s = str_cut(&value, ','))
		one(rule, str_trim(s));
}

static void read_month_day(struct rule *rule, struct str s)
{
	int day = 0;

	rule->is_odd = rule->is_odd || !read_signed(s, &day) || day == 0 || day < -1 || day > 31;
	if (!rule->first_of_month_days)
		rule->first_of_month_days = day;
	rule->month_day = day;
}

static void read_part(struct rule *rule, struct str name, struct str value)
{
	int number = 0;

	if (str_is_nocase(name, "FREQ"))
		rule->frequency = value;
	else if (str_is_nocase(name, "UNTIL"))
		rule->until = value;
	else if (str_is_nocase(name, "INTERVAL"))
		rule->is_odd = !str_to_u64(value, INTERVAL_MAX, &rule->interval) || rule->is_odd;
	else if (str_is_nocase(name, "COUNT"))
		rule->is_odd = !str_to_u64(value, UINT32_MAX, &rule->count) || rule->is_odd;
	else if (str_is_nocase(name, "BYMONTH"))
		rule->is_odd = !str_to_u64(value, 12, &rule->month) || rule->is_odd;
	else if (str_is_nocase(name, "BYDAY"))
		read_list(rule, value, read_weekday);
	else if (str_is_nocase(name, "BYMONTHDAY"))
		read_list(rule, value, read_month_day);
	else if (str_is_nocase(name, "BYSETPOS") && read_signed(value, &number))
		rule->nth = number;
	else if (str_is_nocase(name, "WKST"))
		rule->week_start = str_is_nocase(value, "SU") ? 0 : 1;
	else
		rule->is_odd = true;
}

/* 28,29,30 with the last of them that there is, or one day. */
static bool set_month_day(const struct rule *rule, struct recurrence *r)
{
	bool several = rule->first_of_month_days != rule->month_day;

	if (several && (rule->first_of_month_days != 28 || rule->nth != -1 || rule->month_day < 29))
		return false;
	if (rule->days)
		return false;
	r->pattern = BY_MONTH;
	r->day = rule->month_day == -1 ? 31
		 : rule->month_day     ? (uint32_t)rule->month_day
				       : calendar_of(r->first).day;
	return true;
}

static bool set_month(const struct rule *rule, struct recurrence *r)
{
	if (!rule->days)
		return set_month_day(rule, r);
	if (rule->month_day || rule->nth < -1 || rule->nth == 0 || rule->nth > 4)
		return false;
	r->pattern = BY_MONTH_NTH;
	r->days = rule->days;
	r->week = rule->nth == -1 ? 5 : (uint32_t)rule->nth;
	return true;
}

static bool set_frequency(const struct rule *rule, struct recurrence *r)
{
	uint32_t interval = rule->interval ? (uint32_t)rule->interval : 1;
	struct calendar first = calendar_of(r->first);

	r->period = interval;
	if (str_is_nocase(rule->frequency, "DAILY") && !rule->days && !rule->month_day) {
		r->frequency = DAILY;
		r->pattern = BY_DAY;
		r->period = interval * DAY_MINUTES;
		return rule->month == 0 && rule->nth == 0;
	}
	if (str_is_nocase(rule->frequency, "WEEKLY") ||
	    (str_is_nocase(rule->frequency, "DAILY") && interval == 1)) {
		r->frequency = WEEKLY;
		r->pattern = BY_WEEK;
		r->days = rule->days ? rule->days : 1U << first.weekday;
		return rule->month == 0 && rule->month_day == 0 && rule->nth == 0;
	}
	if (str_is_nocase(rule->frequency, "MONTHLY")) {
		r->frequency = MONTHLY;
		return rule->month == 0 && set_month(rule, r);
	}
	r->frequency = YEARLY;
	r->period = interval * 12;
	return str_is_nocase(rule->frequency, "YEARLY") && (rule->month == 0 || rule->month == first.month) &&
	       set_month(rule, r);
}

bool recurrence_read_rule(struct str text, struct recurrence *r, struct recurrence_end *end_out)
{
	struct rule rule = { .week_start = 1 };

	*end_out = (struct recurrence_end){ .kind = RECURRENCE_ENDLESS };
	for (struct str part = str_cut(&text, ';'); part.at; part = str_cut(&text, ';')) {
		struct str name = str_cut(&part, '=');

		if (name.len)
			read_part(&rule, str_trim(name), str_trim(part));
	}
	if (rule.is_odd || !set_frequency(&rule, r))
		return false;
	r->first_weekday = rule.week_start;
	r->end_type = ENDS_NEVER;
	if (rule.count) {
		r->end_type = ENDS_BY_COUNT;
		r->count = (uint32_t)rule.count;
		end_out->kind = RECURRENCE_COUNTED;
	} else if (rule.until.len) {
		r->end_type = ENDS_BY_DAY;
		end_out->kind = RECURRENCE_UNTIL;
		end_out->until = rule.until;
	}
	return true;
}

static int64_t months_of(wall_time day)
{
	struct calendar c = calendar_of(day);

	return c.year * 12 + c.month - 1;
}

static unsigned days_of_month(wall_time day)
{
	static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct calendar c = calendar_of(day);
	bool is_leap = (c.year % 4 == 0 && c.year % 100 != 0) || c.year % 400 == 0;

	return lengths[c.month - 1] + (c.month == 2 && is_leap ? 1U : 0U);
}

static bool is_weekday(const struct recurrence *r, unsigned weekday)
{
	return r->days >> weekday & 1;
}

/* The week'th of the days of the set in the month, counted from its beginning or, for 5, the last. */
static bool is_nth(const struct recurrence *r, const struct calendar *c, unsigned length)
{
	unsigned n = 0;

	if (!is_weekday(r, c->weekday))
		return false;
	if (r->week == 5) {
		for (unsigned day = c->day + 1; day <= length; day++)
			n += is_weekday(r, (c->weekday + day - c->day) % 7);
		return n == 0;
	}
	for (unsigned day = 1; day <= c->day; day++)
		n += is_weekday(r, (c->weekday + 35 + day - c->day) % 7);
	return n == r->week;
}

static wall_time week_of(const struct recurrence *r, wall_time day)
{
	return day - (wall_time)((calendar_of(day).weekday + 7 - r->first_weekday) % 7) * DAY;
}

static bool occurs(const struct recurrence *r, wall_time day)
{
	struct calendar c = calendar_of(day);
	unsigned length = days_of_month(day);

	switch (r->pattern) {
	case BY_DAY:
		return (day - r->first) / DAY % (r->period / DAY_MINUTES) == 0;
	case BY_WEEK:
		return is_weekday(r, c.weekday) &&
		       (week_of(r, day) - week_of(r, r->first)) / (7 * DAY) % r->period == 0;
	case BY_MONTH:
		return (months_of(day) - months_of(r->first)) % r->period == 0 &&
		       c.day == (r->day < length ? r->day : length);
	default:
		return (months_of(day) - months_of(r->first)) % r->period == 0 && is_nth(r, &c, length);
	}
}

void recurrence_settle(struct recurrence *r)
{
	wall_time day = r->first;
	uint32_t n = 0;

	for (uint32_t i = 0; i < WALK_MAX; i++, day += DAY) {
		if (r->end_type == ENDS_BY_DAY && day > r->last)
			break;
		if (!occurs(r, day))
			continue;
		n++;
		if (r->end_type == ENDS_BY_COUNT) {
			r->last = day;
			if (n == r->count)
				break;
		}
	}
	if (r->end_type == ENDS_BY_DAY)
		r->count = n;
	else if (r->end_type != ENDS_BY_COUNT)
		r->count = ENDLESS_COUNT;
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

static uint32_t minutes_of(wall_time time)
{
	int64_t minutes = time / 60 + MINUTES_TO_1970;

	return minutes < 0 ? 0 : minutes > UINT32_MAX ? UINT32_MAX : (uint32_t)minutes;
}

static wall_time midnight(wall_time time)
{
	return time - (time % DAY + DAY) % DAY;
}

/* Where periods are counted from: the offset of the first one from 1601 ([MS-OXOCAL] 2.2.1.44.1). */
static uint32_t first_period(const struct recurrence *r)
{
	uint32_t week = r->period * 7 * DAY_MINUTES, months;
	wall_time at = -(wall_time)MINUTES_TO_1970 * 60;

	if (r->pattern == BY_DAY)
		return minutes_of(r->first) % r->period;
	if (r->pattern == BY_WEEK)
		return week ? minutes_of(week_of(r, r->first)) % week : 0;
	months = (uint32_t)((months_of(r->first) - 1601 * 12) % r->period);
	for (; months; months--)
		at += (wall_time)days_of_month(at) * DAY;
	return minutes_of(at);
}

static void put_pattern(struct buf *out, const struct recurrence *r)
{
	put_16(out, VERSION);
	put_16(out, VERSION);
	put_16(out, r->frequency);
	put_16(out, r->pattern);
	put_16(out, 0);
	put_32(out, first_period(r));
	put_32(out, r->period);
	put_32(out, 0);
	if (r->pattern == BY_WEEK || r->pattern == BY_MONTH_NTH)
		put_32(out, r->days);
	if (r->pattern == BY_MONTH_NTH)
		put_32(out, r->week);
	if (r->pattern == BY_MONTH)
		put_32(out, r->day);
	put_32(out, r->end_type);
	put_32(out, r->count);
	put_32(out, r->first_weekday);
}

static void put_days(struct buf *out, const struct recurrence *r)
{
	put_32(out, (uint32_t)r->n_gone);
	for (size_t i = 0; i < r->n_gone; i++)
		put_32(out, minutes_of(midnight(r->gone[i])));
	put_32(out, (uint32_t)r->n_exceptions);
	for (size_t i = 0; i < r->n_exceptions; i++)
		put_32(out, minutes_of(midnight(r->exceptions[i].start)));
	put_32(out, minutes_of(r->first));
	put_32(out, r->end_type == ENDS_NEVER ? ENDLESS_DAY : minutes_of(r->last));
}

/* Characters that the narrow copy of a text has; others become question marks. */
static void put_narrow(struct buf *out, const char *text)
{
	struct buf bytes;

	buf_init(&bytes, 4 * TEXT_MAX);
	for (const char *c = text; c && *c && bytes.len < TEXT_MAX; c++)
		if (((unsigned char)*c & 0xC0) != 0x80)
			buf_add_byte(&bytes, (unsigned char)*c < 0x80 ? (uint8_t)*c : '?');
	put_16(out, (uint32_t)bytes.len + 1);
	put_16(out, (uint32_t)bytes.len);
	buf_add(out, buf_view(&bytes));
	buf_fini(&bytes);
}

static void put_wide(struct buf *out, const char *text)
{
	struct arena *arena = arena_new(16 * TEXT_MAX + (64 << 10));
	struct view wide = { 0 };
	size_t n;

	if (!arena || !unicode_to_utf16(arena, str_head(str_of(text), 4 * TEXT_MAX), &wide))
		wide = view_of(NULL, 0);
	/* Without the zero that ends it. */
	n = wide.len >= 2 ? wide.len / 2 - 1 : 0;
	n = n < TEXT_MAX ? n : TEXT_MAX;
	put_16(out, (uint32_t)n);
	buf_add(out, view_of(wide.at, n * 2));
	arena_drop(&arena);
}

static uint16_t overrides(const struct recurrence_exception *e)
{
	return (uint16_t)((e->subject ? OVER_SUBJECT : 0) | (e->location ? OVER_LOCATION : 0));
}

static void put_times(struct buf *out, const struct recurrence_exception *e)
{
	put_32(out, minutes_of(e->start));
	put_32(out, minutes_of(e->end));
	put_32(out, minutes_of(e->original));
}

static void put_exception(struct buf *out, const struct recurrence_exception *e)
{
	put_times(out, e);
	put_16(out, overrides(e));
	if (e->subject)
		put_narrow(out, e->subject);
	if (e->location)
		put_narrow(out, e->location);
}

static void put_extended(struct buf *out, const struct recurrence_exception *e)
{
	put_32(out, 4);
	put_32(out, 0);
	put_32(out, 0);
	if (!overrides(e))
		return;
	put_times(out, e);
	if (e->subject)
		put_wide(out, e->subject);
	if (e->location)
		put_wide(out, e->location);
	put_32(out, 0);
}

void recurrence_write(struct buf *out, const struct recurrence *r)
{
	put_pattern(out, r);
	put_days(out, r);
	put_32(out, VERSION_2);
	put_32(out, VERSION_WITH_HIGHLIGHT);
	put_32(out, r->start);
	put_32(out, r->end);
	put_16(out, (uint32_t)r->n_exceptions);
	for (size_t i = 0; i < r->n_exceptions; i++)
		put_exception(out, &r->exceptions[i]);
	put_32(out, 0);
	for (size_t i = 0; i < r->n_exceptions; i++)
		put_extended(out, &r->exceptions[i]);
	put_32(out, 0);
}
