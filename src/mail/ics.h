/* This file writes an appointment, a meeting or a task as a calendar (RFC 5545, RFC 5546).
 *
 * Times of what recurs stand on the clocks of its zone, others in UTC, those of
 * whole days as dates. What is written depends on nothing but the item.
 */
#ifndef POSTMEND_MAIL_ICS_H
#define POSTMEND_MAIL_ICS_H

#include "mail/compose.h"
#include "mail/recurrence.h"
#include "mail/zone.h"

enum ics_task_status { ICS_NEEDS_ACTION, ICS_IN_PROCESS, ICS_COMPLETED, ICS_WAITING, ICS_DEFERRED };

struct ics_item {
	const char *method; /* NULL: it is nobody's answer or request */
	const char *uid, *summary, *location, *description;
	wall_time stamp; /* when it was changed last, UTC */
	bool has_start, has_end, is_all_day;
	wall_time start, end;    /* UTC; of tasks days, at midnight UTC */
	const struct zone *zone; /* NULL: not known */
	const struct recurrence *recurrence;
	uint32_t sequence, busy; /* busy: 0 free, 1 tentative, 2 busy, 3 away */
	int importance;          /* 0 low, 1 normal, 2 high */
	uint32_t secrecy;        /* 0 normal, 1 personal, 2 private, 3 confidential */
	bool is_cancelled, has_reminder;
	uint32_t reminder;              /* minutes before */
	struct letter_person organizer; /* address and name NULL: none */
	const struct letter_person *people;
	size_t n_people;
	/* Of tasks. */
	enum ics_task_status status;
	uint32_t percent;
	bool has_completed;
	wall_time completed;
};

/* Both append a whole VCALENDAR. An event has a start. */
void ics_put_event(struct buf *out, const struct ics_item *item);
void ics_put_task(struct buf *out, const struct ics_item *item);

#endif
