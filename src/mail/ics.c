/* This file writes an appointment, a meeting or a task as a calendar. */
#include "mail/ics.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "mail/card_line.h"

#include <string.h>

enum { DAY = 86400, LINE_CAP = 1 << 20, REMINDER_MAX = 10 * 366 * 1440 };

/* What an item's times are written by. */
struct times {
	const struct ics_item *item;
	bool is_local; /* on the clocks of the zone, else in UTC */
	struct zone zone;
};

static struct times times_of(const struct ics_item *item)
{
	struct times t = { .item = item, .is_local = item->recurrence && !item->is_all_day };
	wall_time bias;

	if (t.is_local && item->zone) {
		t.zone = *item->zone;
	} else if (t.is_local) {
		/* Without a zone the first occurrence tells how far its clocks are from UTC. */
		bias = (item->start - item->recurrence->first) / 60 - item->recurrence->start;
		t.zone.name = "Outlook";
		t.zone.bias = bias > -DAY / 60 && bias < DAY / 60 ? (int32_t)bias : 0;
	}
	return t;
}

static void add_date(struct buf *out, wall_time time)
{
	struct calendar c = calendar_of(time);

	buf_printf(out, "%04u%02u%02u", (unsigned)c.year, c.month, c.day);
}

static void add_time(struct buf *out, wall_time time)
{
	struct calendar c = calendar_of(time);

	add_date(out, time);
	buf_printf(out, "T%02u%02u%02u", c.hour, c.minute, c.second);
}

static void put_utc(struct buf *out, const char *name, wall_time time)
{
	buf_printf(out, "%s:", name);
	add_time(out, time);
	buf_add_text(out, "Z\r\n");
}

static void put_date(struct buf *out, const char *name, wall_time time)
{
	buf_printf(out, "%s;VALUE=DATE:", name);
	add_date(out, time);
	buf_add_text(out, "\r\n");
}

/* A time on the clocks of the item's zone. */
static void put_local(struct buf *out, const struct times *t, const char *name, wall_time local)
{
	struct buf line;

	if (t->item->is_all_day) {
		put_date(out, name, local);
		return;
	}
	buf_init(&line, LINE_CAP);
	buf_printf(&line, "%s;TZID=", name);
	card_line_quote(&line, str_of(t->zone.name));
	buf_add_byte(&line, ':');
	add_time(&line, local);
	card_line_put(out, buf_str(&line));
	buf_fini(&line);
}

/* The day of a midnight somewhere: where the zone is not known, clocks are less than half a day from UTC. */
static wall_time day_of(const struct ics_item *item, wall_time utc)
{
	return item->zone ? zone_to_local(item->zone, utc) : utc + DAY / 2;
}

static void put_span(struct buf *out, const struct times *t)
{
	const struct ics_item *item = t->item;
	const struct recurrence *r = item->recurrence;

	if (r) {
		wall_time length = r->end > r->start ? (wall_time)(r->end - r->start) * 60 : 0;
		wall_time start = r->first + (wall_time)r->start * 60;

		put_local(out, t, "DTSTART", start);
		if (length)
			put_local(out, t, "DTEND", start + length);
	} else if (item->is_all_day) {
		put_date(out, "DTSTART", day_of(item, item->start));
		if (item->has_end && item->end >= item->start + DAY / 2)
			put_date(out, "DTEND", day_of(item, item->end));
	} else {
		put_utc(out, "DTSTART", item->start);
		if (item->has_end && item->end >= item->start)
			put_utc(out, "DTEND", item->end);
	}
}

static void put_rule(struct buf *out, const struct times *t)
{
	const struct recurrence *r = t->item->recurrence;
	struct buf line;

	buf_init(&line, LINE_CAP);
	buf_add_text(&line, "RRULE:");
	recurrence_put_rule(&line, r);
	if (recurrence_has_last(r)) {
		wall_time last = r->last + (wall_time)r->start * 60;

		buf_add_text(&line, ";UNTIL=");
		if (t->item->is_all_day)
			add_date(&line, last);
		else
			add_time(&line, zone_to_utc(&t->zone, last));
		if (!t->item->is_all_day)
			buf_add_byte(&line, 'Z');
	}
	card_line_put(out, buf_str(&line));
	buf_fini(&line);
}

static wall_time midnight(wall_time time)
{
	return time - (time % DAY + DAY) % DAY;
}

static bool is_exception(const struct recurrence *r, wall_time day)
{
	for (size_t i = 0; i < r->n_exceptions; i++)
		if (midnight(r->exceptions[i].original) == midnight(day))
			return true;
	return false;
}

static void put_gone(struct buf *out, const struct times *t)
{
	const struct recurrence *r = t->item->recurrence;

	for (size_t i = 0; i < r->n_gone; i++)
		if (!is_exception(r, r->gone[i]))
			put_local(out, t, "EXDATE", r->gone[i] + (wall_time)r->start * 60);
}

static void add_address(struct buf *line, const struct letter_person *person)
{
	if (person->address && strchr(person->address, '@') && !strchr(person->address, ' ')) {
		buf_printf(line, ":mailto:%s", person->address);
		return;
	}
	buf_add_text(line, ":invalid:nomail");
}

static void put_person(struct buf *out, const char *head, const struct letter_person *person)
{
	struct buf line;

	if (!person->name && !person->address)
		return;
	buf_init(&line, LINE_CAP);
	buf_add_text(&line, head);
	if (person->name && *person->name) {
		buf_add_text(&line, ";CN=");
		card_line_quote(&line, str_of(person->name));
	}
	add_address(&line, person);
	card_line_put(out, buf_str(&line));
	buf_fini(&line);
}

/* PidTagRecipientTrackStatus. */
static const char *answer_of(unsigned response)
{
	static const char *const words[] = { "", "", "TENTATIVE", "ACCEPTED", "DECLINED" };

	return response < COUNT_OF(words) && *words[response] ? words[response] : "NEEDS-ACTION";
}

static void put_people(struct buf *out, const struct ics_item *item)
{
	static const char *const roles[] = {
		[LETTER_TO] = "ROLE=REQ-PARTICIPANT",
		[LETTER_CC] = "ROLE=OPT-PARTICIPANT",
		[LETTER_BCC] = "CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT",
	};
	struct buf head;

	put_person(out, "ORGANIZER", &item->organizer);
	buf_init(&head, LINE_CAP);
	for (size_t i = 0; i < item->n_people; i++) {
		const struct letter_person *p = &item->people[i];

		if (p->is_organizer)
			continue;
		buf_clear(&head);
		buf_printf(&head, "ATTENDEE;%s;PARTSTAT=%s", roles[p->role], answer_of(p->response));
		buf_add_byte(&head, 0);
		if (buf_failed(&head))
			break;
		put_person(out, (const char *)head.at, p);
	}
	buf_fini(&head);
}

static void put_reminder(struct buf *out, const struct ics_item *item)
{
	uint32_t minutes = item->reminder <= REMINDER_MAX ? item->reminder : 15;

	if (!item->has_reminder)
		return;
	buf_printf(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT%uM\r\n", (unsigned)minutes);
	card_line_text(out, "DESCRIPTION", item->summary && *item->summary ? item->summary : "Reminder");
	buf_add_text(out, "END:VALARM\r\n");
}

static void put_class(struct buf *out, const struct ics_item *item)
{
	static const char *const words[] = { NULL, "PRIVATE", "PRIVATE", "CONFIDENTIAL" };

	if (item->secrecy && item->secrecy < COUNT_OF(words))
		buf_printf(out, "CLASS:%s\r\n", words[item->secrecy]);
	if (item->importance != 1)
		buf_printf(out, "PRIORITY:%d\r\n", item->importance == 2 ? 1 : 9);
}

static void put_state(struct buf *out, const struct ics_item *item)
{
	put_class(out, item);
	if (item->sequence)
		buf_printf(out, "SEQUENCE:%u\r\n", (unsigned)item->sequence);
	buf_printf(out, "TRANSP:%s\r\n", item->busy == 0 ? "TRANSPARENT" : "OPAQUE");
	buf_printf(out, "STATUS:%s\r\n",
		   item->is_cancelled ? "CANCELLED"
		   : item->busy == 1  ? "TENTATIVE"
				      : "CONFIRMED");
}

static void put_head(struct buf *out, const struct ics_item *item)
{
	card_line_text(out, "UID", item->uid);
	put_utc(out, "DTSTAMP", item->stamp);
}

static void put_exception(struct buf *out, const struct times *t, const struct recurrence_exception *e)
{
	const struct ics_item *item = t->item;

	buf_add_text(out, "BEGIN:VEVENT\r\n");
	put_head(out, item);
	put_local(out, t, "RECURRENCE-ID", e->original);
	put_local(out, t, "DTSTART", e->start);
	if (e->end > e->start)
		put_local(out, t, "DTEND", e->end);
	card_line_text(out, "SUMMARY", e->subject ? e->subject : item->summary);
	card_line_text(out, "LOCATION", e->location ? e->location : item->location);
	put_people(out, item);
	put_state(out, item);
	buf_add_text(out, "END:VEVENT\r\n");
}

static void open_calendar(struct buf *out, const struct ics_item *item)
{
	buf_add_text(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//postmend//store export//EN\r\n");
	if (item->method)
		buf_printf(out, "METHOD:%s\r\n", item->method);
}

void ics_put_event(struct buf *out, const struct ics_item *item)
{
	struct times t = times_of(item);
	const struct recurrence *r = item->recurrence;

	open_calendar(out, item);
	if (t.is_local)
		zone_put(out, &t.zone);
	buf_add_text(out, "BEGIN:VEVENT\r\n");
	put_head(out, item);
	put_span(out, &t);
	if (r) {
		put_rule(out, &t);
		put_gone(out, &t);
	}
	card_line_text(out, "SUMMARY", item->summary);
	card_line_text(out, "LOCATION", item->location);
	card_line_text(out, "DESCRIPTION", item->description);
	put_people(out, item);
	put_state(out, item);
	put_reminder(out, item);
	buf_add_text(out, "END:VEVENT\r\n");
	for (size_t i = 0; r && i < r->n_exceptions; i++)
		put_exception(out, &t, &r->exceptions[i]);
	buf_add_text(out, "END:VCALENDAR\r\n");
}

void ics_put_task(struct buf *out, const struct ics_item *item)
{
	static const char *const words[] = { "NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "NEEDS-ACTION",
					     "NEEDS-ACTION" };

	open_calendar(out, item);
	buf_add_text(out, "BEGIN:VTODO\r\n");
	put_head(out, item);
	if (item->has_start)
		put_date(out, "DTSTART", item->start);
	if (item->has_end && (!item->has_start || item->end >= item->start))
		put_date(out, "DUE", item->end);
	card_line_text(out, "SUMMARY", item->summary);
	card_line_text(out, "DESCRIPTION", item->description);
	put_class(out, item);
	buf_printf(out, "STATUS:%s\r\n", words[(unsigned)item->status % COUNT_OF(words)]);
	if (item->percent && item->percent <= 100)
		buf_printf(out, "PERCENT-COMPLETE:%u\r\n", (unsigned)item->percent);
	if (item->has_completed)
		put_utc(out, "COMPLETED", item->completed);
	buf_add_text(out, "END:VTODO\r\nEND:VCALENDAR\r\n");
}
