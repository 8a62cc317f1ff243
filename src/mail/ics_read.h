/* This file reads calendars (RFC 5545, RFC 5546): appointments, meetings and tasks, as ics.h writes them and
 * as other programs do.
 */
#ifndef POSTMEND_MAIL_ICS_READ_H
#define POSTMEND_MAIL_ICS_READ_H

#include "mail/card_read.h"
#include "mail/ics.h"

enum { ICS_READ_MAX = 100000, ICS_PEOPLE_MAX = 10000, ICS_ZONES_MAX = 100 };

struct ics_found {
	bool is_task;
	struct ics_item item; /* in the arena; a text that is not there is NULL */
	bool has_stamp, has_priority;
	const char *lost; /* what of it has no place in an item of Outlook; NULL: nothing */
};

struct ics_list {
	struct ics_found *rows;
	size_t n, room;
	bool failed; /* memory ended, or there are too many */
	bool is_cut; /* something does not end, or is no line of a calendar */
};

void ics_read(struct arena *arena, struct view bytes, struct ics_list *out);

/* A VTIMEZONE's lines, one after the other from behind BEGIN to END. */
struct zone_lines {
	struct zone zone;
	struct {
		bool is_there;
		wall_time since;
		int32_t bias;
		struct zone_change change;
	} now, kinds[2]; /* what is being read; standard time, summer time */
	bool has_rule;
};
void zone_lines_take(struct zone_lines *lines, struct arena *arena, const struct card_line *line);
/* False when it says no offset. */
[[nodiscard]] bool zone_lines_end(struct zone_lines *lines, struct zone *out);

#endif
