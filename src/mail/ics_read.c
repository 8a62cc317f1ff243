/* This file reads calendars: appointments, meetings and tasks. */
#include "mail/ics_read.h"

#include "base/calendar.h"
#include "base/checked.h"

#include <string.h>

enum { CHANGES_WORK = 20 << 20, DAY = 86400, DEPTH_MAX = 8, REMINDER_DEFAULT = 15, TEXT_MAX = 1000 };

/* Fields that stand once in an item. */
enum field {
	F_UID,
	F_DTSTAMP,
	F_DTSTART,
	F_DTEND,
	F_DUE,
	F_DURATION,
	F_RRULE,
	F_SUMMARY,
	F_LOCATION,
	F_DESCRIPTION,
	F_ORGANIZER,
	F_CLASS,
	F_PRIORITY,
	F_SEQUENCE,
	F_TRANSP,
	F_STATUS,
	F_COMPLETED,
	F_RECURRENCE_ID,
	F_PERCENT,
	F_BUSY,
	FIELDS_N
};

static const char *const field_names[] = {
	[F_UID] = "UID",
	[F_DTSTAMP] = "DTSTAMP",
	[F_DTSTART] = "DTSTART",
	[F_DTEND] = "DTEND",
	[F_DUE] = "DUE",
	[F_DURATION] = "DURATION",
	[F_RRULE] = "RRULE",
	[F_SUMMARY] = "SUMMARY",
	[F_LOCATION] = "LOCATION",
	[F_DESCRIPTION] = "DESCRIPTION",
	[F_ORGANIZER] = "ORGANIZER",
	[F_CLASS] = "CLASS",
	[F_PRIORITY] = "PRIORITY",
	[F_SEQUENCE] = "SEQUENCE",
	[F_TRANSP] = "TRANSP",
	[F_STATUS] = "STATUS",
	[F_COMPLETED] = "COMPLETED",
	[F_RECURRENCE_ID] = "RECURRENCE-ID",
	[F_PERCENT] = "PERCENT-COMPLETE",
	[F_BUSY] = "X-MICROSOFT-CDO-BUSYSTATUS",
};

/* What items of Outlook have no place for. */
static const char *const placeless[] = { "ATTACH",  "RDATE",   "EXRULE",    "CATEGORIES", "URL",
					 "COMMENT", "CONTACT", "RESOURCES", "GEO",        "RELATED-TO" };

/* An item while its lines are read. */
struct draft {
	struct ics_found found;
	struct card_line fields[FIELDS_N]; /* name empty: not there */
	struct letter_person *people;
	size_t n_people, people_room;
	struct card_line *gone; /* EXDATE */
	size_t n_gone, gone_room;
	bool is_used; /* it changes one occurrence of another */
};

struct reading {
	struct arena *arena;
	struct ics_list *out;
	struct str stack[DEPTH_MAX]; /* what has begun */
	size_t depth;
	const char *method;
	struct zone zones[ICS_ZONES_MAX];
	size_t n_zones;
	struct zone_lines zone;
	struct draft **drafts; /* of this calendar */
	size_t n_drafts, drafts_room;
	size_t n_changes; /* of these: change one occurrence */
	uint64_t budget;  /* comparisons of such with series */
};

static bool has(const struct draft *d, enum field field)
{
	return d->fields[field].name.len > 0;
}

static void lose(struct draft *d, const char *what)
{
	if (!d->found.lost)
		d->found.lost = what;
}

static const char *words(struct reading *r, const struct draft *d, enum field field)
{
	return has(d, field) ? card_line_words(r->arena, &d->fields[field]) : NULL;
}

/* A text of one line, as Outlook has it. */
static const char *short_words(struct reading *r, const struct draft *d, enum field field)
{
	const char *text = words(r, d, field);

	return text && strlen(text) > TEXT_MAX ? arena_text(r->arena, str_head(str_of(text), TEXT_MAX))
					       : text;
}

static bool is_word(const struct draft *d, enum field field, const char *word)
{
	return has(d, field) && str_is_nocase(str_trim(d->fields[field].value), word);
}

static uint64_t number_of(const struct draft *d, enum field field, uint64_t max, uint64_t otherwise)
{
	uint64_t value;

	return has(d, field) && str_to_u64(str_trim(d->fields[field].value), max, &value) ? value : otherwise;
}

static const struct zone *zone_named(const struct reading *r, struct str name)
{
	for (size_t i = r->n_zones; i-- > 0;)
		if (str_eq(str_of(r->zones[i].name), name))
			return &r->zones[i];
	/* Quotation marks cannot stand in a parameter. */
	return r->n_zones == 1 && name.len ? &r->zones[0] : NULL;
}

/* A field's time on the clocks of its zone; NULL for the zone of one in UTC, of a day, or of no zone. */
struct moment_in {
	enum card_time kind;
	wall_time local, utc;
	const struct zone *zone;
};

static struct moment_in time_of(const struct reading *r, struct draft *d, const struct card_line *line,
				struct str value)
{
	struct moment_in m = { 0 };
	struct str name = card_line_parameter(line, "TZID");

	m.kind = card_time_read(value, &m.local);
	m.utc = m.local;
	if (m.kind != CARD_TIME_LOCAL)
		return m;
	m.zone = zone_named(r, name);
	if (m.zone)
		m.utc = zone_to_utc(m.zone, m.local);
	else
		lose(d, name.len ? "a time zone that the calendar does not say" : "a time of no time zone");
	return m;
}

static struct moment_in field_time(const struct reading *r, struct draft *d, enum field field)
{
	if (!has(d, field))
		return (struct moment_in){ 0 };
	return time_of(r, d, &d->fields[field], d->fields[field].value);
}

static void read_person(struct reading *r, const struct card_line *line, struct letter_person *out)
{
	struct str name = card_line_parameter(line, "CN"), address = str_trim(line->value);
	struct str role = card_line_parameter(line, "ROLE"), answer = card_line_parameter(line, "PARTSTAT");
	bool is_resource = str_is_nocase(card_line_parameter(line, "CUTYPE"), "RESOURCE");

	*out = (struct letter_person){ .role = LETTER_TO };
	if (str_starts_nocase(address, STR("mailto:")))
		out->address = arena_text(r->arena, str_trim(str_skip(address, 7)));
	if (name.len)
		out->name = arena_text(r->arena, name);
	if (!out->name && !out->address)
		out->address = arena_text(r->arena, address);
	if (is_resource || str_is_nocase(role, "NON-PARTICIPANT"))
		out->role = LETTER_BCC;
	else if (str_is_nocase(role, "OPT-PARTICIPANT"))
		out->role = LETTER_CC;
	if (str_is_nocase(answer, "TENTATIVE"))
		out->response = 2;
	else if (str_is_nocase(answer, "ACCEPTED"))
		out->response = 3;
	else if (str_is_nocase(answer, "DECLINED"))
		out->response = 4;
}

static void read_state(struct draft *d)
{
	struct ics_item *item = &d->found.item;
	uint64_t priority = number_of(d, F_PRIORITY, 9, 0);

	d->found.has_priority = priority > 0;
	item->importance = priority == 0 || priority == 5 ? 1 : priority < 5 ? 2 : 0;
	item->secrecy = is_word(d, F_CLASS, "PRIVATE") ? 2 : is_word(d, F_CLASS, "CONFIDENTIAL") ? 3 : 0;
	item->sequence = (uint32_t)number_of(d, F_SEQUENCE, INT32_MAX, 0);
	item->is_cancelled = is_word(d, F_STATUS, "CANCELLED");
	item->busy = is_word(d, F_TRANSP, "TRANSPARENT") ? 0
		     : is_word(d, F_STATUS, "TENTATIVE") ? 1
		     : is_word(d, F_BUSY, "OOF")         ? 3
							 : 2;
	item->status = is_word(d, F_STATUS, "COMPLETED")    ? ICS_COMPLETED
		       : is_word(d, F_STATUS, "IN-PROCESS") ? ICS_IN_PROCESS
							    : ICS_NEEDS_ACTION;
	item->percent = (uint32_t)number_of(d, F_PERCENT, 100, 0);
}

static void read_words(struct reading *r, struct draft *d)
{
	struct ics_item *item = &d->found.item;

	item->uid = short_words(r, d, F_UID);
	item->summary = short_words(r, d, F_SUMMARY);
	item->location = short_words(r, d, F_LOCATION);
	item->description = words(r, d, F_DESCRIPTION);
	item->stamp = field_time(r, d, F_DTSTAMP).utc;
	d->found.has_stamp = has(d, F_DTSTAMP);
	item->method = r->method;
	item->people = d->people;
	item->n_people = d->n_people;
	if (has(d, F_ORGANIZER))
		read_person(r, &d->fields[F_ORGANIZER], &item->organizer);
}

static wall_time midnight(wall_time time)
{
	return time - (time % DAY + DAY) % DAY;
}

/* On the clocks of the series' zone. */
static wall_time on_clocks(const struct ics_item *series, const struct moment_in *m)
{
	if (m->kind == CARD_TIME_DAY || series->is_all_day || !series->zone)
		return m->local;
	return zone_to_local(series->zone, m->utc);
}

/* Sorted by insertion: nearly all are in their order. */
static void add_gone(wall_time *days, size_t *n, wall_time day)
{
	size_t i = *n;

	for (; i && days[i - 1] > day; i--)
		days[i] = days[i - 1];
	if (i && days[i - 1] == day) {
		for (; i < *n; i++)
			days[i] = days[i + 1];
		return;
	}
	days[i] = day;
	++*n;
}

static bool is_of_series(const struct draft *d, const struct draft *series)
{
	return d != series && !d->is_used && !d->found.is_task && has(d, F_RECURRENCE_ID) &&
	       d->found.item.uid && series->found.item.uid &&
	       strcmp(d->found.item.uid, series->found.item.uid) == 0;
}

static const char *other_text(const char *own, const char *series)
{
	own = own ? own : "";
	return strcmp(own, series ? series : "") == 0 ? NULL : own;
}

/* One that is called off is a day without an occurrence. */
static bool is_called_off(const struct draft *d, const struct draft *series)
{
	return d->found.item.is_cancelled && !series->found.item.is_cancelled;
}

static void read_exceptions(struct reading *r, struct draft *d, struct recurrence *rule, wall_time *gone)
{
	const struct ics_item *series = &d->found.item;
	struct recurrence_exception *rows = arena_array(r->arena, r->n_changes + 1, sizeof *rows);

	rule->exceptions = rows;
	if (r->n_changes == 0)
		return;
	if (r->budget < r->n_drafts) {
		lose(d, "changes of single occurrences");
		return;
	}
	r->budget -= r->n_drafts;
	for (size_t i = 0; rows && i < r->n_drafts && rule->n_gone < RECURRENCE_LIST_MAX; i++) {
		struct draft *other = r->drafts[i];
		struct recurrence_exception *e = &rows[rule->n_exceptions];
		struct moment_in original, start, end;

		if (!is_of_series(other, d))
			continue;
		original = field_time(r, other, F_RECURRENCE_ID);
		start = field_time(r, other, F_DTSTART);
		end = field_time(r, other, F_DTEND);
		other->is_used = true;
		if (other->found.lost)
			lose(d, other->found.lost);
		add_gone(gone, &rule->n_gone, midnight(on_clocks(series, &original)));
		if (is_called_off(other, d) || start.kind == CARD_TIME_NONE)
			continue;
		e->original = on_clocks(series, &original);
		e->start = on_clocks(series, &start);
		e->end = end.kind ? on_clocks(series, &end) : e->start;
		e->subject = other_text(other->found.item.summary, series->summary);
		e->location = other_text(other->found.item.location, series->location);
		rule->n_exceptions++;
	}
}

static size_t count_gone(struct draft *d)
{
	size_t n = 1;

	for (size_t i = 0; i < d->n_gone; i++)
		for (size_t k = 0; k < d->gone[i].value.len; k++)
			n += d->gone[i].value.at[k] == ',';
	return n + d->n_gone;
}

static void read_gone(struct reading *r, struct draft *d, struct recurrence *rule)
{
	wall_time *gone = arena_array(r->arena, count_gone(d) + r->n_changes, sizeof *gone);

	rule->gone = gone;
	for (size_t i = 0; gone && i < d->n_gone; i++) {
		struct str rest = d->gone[i].value;

		for (struct str one = str_cut(&rest, ','); one.at; one = str_cut(&rest, ',')) {
			struct moment_in m = time_of(r, d, &d->gone[i], one);

			if (m.kind == CARD_TIME_NONE || rule->n_gone == RECURRENCE_LIST_MAX)
				lose(d, "days without an occurrence");
			else
				add_gone(gone, &rule->n_gone, midnight(on_clocks(&d->found.item, &m)));
		}
	}
	if (gone)
		read_exceptions(r, d, rule, gone);
}

static const struct zone utc_zone = { .name = "UTC" };

static void read_series(struct reading *r, struct draft *d, const struct moment_in *start, wall_time length)
{
	struct ics_item *item = &d->found.item;
	struct recurrence *rule = arena_alloc(r->arena, sizeof *rule);
	struct recurrence_end end;
	struct card_line until = { 0 };
	struct moment_in last;

	if (!rule)
		return;
	*rule = (struct recurrence){ .first = midnight(start->local) };
	rule->start = (uint32_t)((start->local - rule->first) / 60);
	rule->end = rule->start + (uint32_t)(length / 60);
	item->zone = item->is_all_day ? NULL : start->zone ? start->zone : &utc_zone;
	if (!recurrence_read_rule(d->fields[F_RRULE].value, rule, &end)) {
		lose(d, "a rule of recurrence that Outlook does not have");
		return;
	}
	if (end.kind == RECURRENCE_UNTIL) {
		last = time_of(r, d, &until, end.until);
		rule->last = midnight(on_clocks(item, &last));
	}
	recurrence_settle(rule);
	item->recurrence = rule;
	read_gone(r, d, rule);
}

static void read_span(struct reading *r, struct draft *d)
{
	struct ics_item *item = &d->found.item;
	struct moment_in start = field_time(r, d, F_DTSTART);
	struct moment_in end = field_time(r, d, d->found.is_task ? F_DUE : F_DTEND);
	int64_t length = 0;

	item->has_start = start.kind != CARD_TIME_NONE;
	item->start = start.utc;
	item->has_end = end.kind != CARD_TIME_NONE;
	item->end = end.utc;
	item->is_all_day = start.kind == CARD_TIME_DAY;
	if (!item->has_end && item->has_start && has(d, F_DURATION) &&
	    card_duration_read(d->fields[F_DURATION].value, &length) && length >= 0) {
		item->has_end = true;
		item->end = item->start + length;
	}
	if (item->has_end && item->has_start && item->end > item->start)
		length = end.kind == start.kind ? end.local - start.local : item->end - item->start;
	item->zone = item->is_all_day ? NULL : start.zone;
	if (item->has_start && has(d, F_RRULE) && !d->found.is_task)
		read_series(r, d, &start, length > 0 && length < INT32_MAX ? length : 0);
	else if (has(d, F_RRULE))
		lose(d, "the rule by which a task recurs");
}

static void keep(struct reading *r, const struct ics_found *found)
{
	struct ics_list *out = r->out;
	struct ics_found *rows = out->n < ICS_READ_MAX
					 ? arena_grown(r->arena, out->rows, out->n, &out->room, sizeof *rows)
					 : NULL;

	out->failed = out->failed || !rows;
	if (!rows)
		return;
	out->rows = rows;
	out->rows[out->n++] = *found;
}

/* A calendar's zones and methods are its own. */
static void end_calendar(struct reading *r)
{
	struct zone *zones = arena_array(r->arena, r->n_zones + 1, sizeof *zones);

	r->n_changes = 0;
	for (size_t i = 0; i < r->n_drafts; i++) {
		read_words(r, r->drafts[i]);
		r->n_changes += has(r->drafts[i], F_RECURRENCE_ID);
	}
	for (size_t i = 0; i < r->n_drafts; i++) {
		read_state(r->drafts[i]);
		if (has(r->drafts[i], F_COMPLETED)) {
			r->drafts[i]->found.item.has_completed = true;
			r->drafts[i]->found.item.completed = field_time(r, r->drafts[i], F_COMPLETED).utc;
		}
	}
	/* Those of a series come to it, wherever they stand. */
	for (size_t i = 0; i < r->n_drafts; i++)
		if (has(r->drafts[i], F_RRULE))
			read_span(r, r->drafts[i]);
	for (size_t i = 0; zones && i < r->n_drafts; i++) {
		struct draft *d = r->drafts[i];

		if (d->is_used)
			continue;
		if (!has(d, F_RRULE))
			read_span(r, d);
		for (size_t k = 0; k < r->n_zones; k++) {
			zones[k] = r->zones[k];
			if (d->found.item.zone == &r->zones[k])
				d->found.item.zone = &zones[k];
		}
		keep(r, &d->found);
	}
	r->n_drafts = r->n_zones = 0;
	r->method = NULL;
}

static struct draft *begin_item(struct reading *r, const struct card_line *line)
{
	struct draft *d = arena_alloc(r->arena, sizeof *d);
	struct draft **drafts =
		arena_grown(r->arena, r->drafts, r->n_drafts, &r->drafts_room, sizeof *drafts);

	if (!d || !drafts || r->n_drafts == ICS_READ_MAX) {
		r->out->failed = true;
		return NULL;
	}
	*d = (struct draft){ .found = { .is_task = str_is_nocase(line->value, "VTODO") } };
	d->found.item.reminder = REMINDER_DEFAULT;
	r->drafts = drafts;
	r->drafts[r->n_drafts++] = d;
	return d;
}

static void take_field(struct reading *r, struct draft *d, const struct card_line *line)
{
	for (size_t i = 0; i < COUNT_OF(field_names); i++)
		if (card_line_is(line, field_names[i]) && !has(d, (enum field)i)) {
			d->fields[i] = *line;
			return;
		}
	for (size_t i = 0; i < COUNT_OF(placeless); i++)
		if (card_line_is(line, placeless[i]))
			lose(d, "a field that items of Outlook have no place for");
	if (card_line_is(line, "ATTENDEE") && d->n_people < ICS_PEOPLE_MAX) {
		struct letter_person *rows =
			arena_grown(r->arena, d->people, d->n_people, &d->people_room, sizeof *rows);

		if (!rows)
			return;
		d->people = rows;
		read_person(r, line, &d->people[d->n_people++]);
	} else if (card_line_is(line, "EXDATE") && d->n_gone < RECURRENCE_LIST_MAX) {
		struct card_line *rows =
			arena_grown(r->arena, d->gone, d->n_gone, &d->gone_room, sizeof *rows);

		if (!rows)
			return;
		d->gone = rows;
		d->gone[d->n_gone++] = *line;
	}
}

static void take_alarm(struct draft *d, const struct card_line *line)
{
	int64_t seconds = 0;

	if (!card_line_is(line, "TRIGGER") || d->found.item.has_reminder)
		return;
	d->found.item.has_reminder = true;
	if (card_duration_read(line->value, &seconds) && seconds <= 0)
		d->found.item.reminder = (uint32_t)(-seconds / 60 < INT32_MAX ? -seconds / 60 : INT32_MAX);
}

static bool is_inside(const struct reading *r, size_t depth, const char *name)
{
	return r->depth > depth && str_is_nocase(r->stack[depth], name);
}

static void begin(struct reading *r, const struct card_line *line)
{
	bool is_item = str_is_nocase(line->value, "VEVENT") || str_is_nocase(line->value, "VTODO");

	if (r->depth == DEPTH_MAX) {
		r->out->is_cut = true;
		return;
	}
	r->stack[r->depth++] = str_trim(line->value);
	if (r->depth != 2 || !is_inside(r, 0, "VCALENDAR"))
		return;
	if (is_item)
		(void)begin_item(r, line);
	else if (is_inside(r, 1, "VTIMEZONE"))
		r->zone = (struct zone_lines){ 0 };
	else
		r->out->is_cut = true;
}

static void end(struct reading *r, const struct card_line *line)
{
	if (r->depth == 0 || !str_eq_nocase(r->stack[r->depth - 1], str_trim(line->value))) {
		r->out->is_cut = true;
		return;
	}
	if (r->depth == 2 && is_inside(r, 1, "VTIMEZONE") && r->n_zones < ICS_ZONES_MAX)
		r->n_zones += zone_lines_end(&r->zone, &r->zones[r->n_zones]);
	if (r->depth == 1 && is_inside(r, 0, "VCALENDAR"))
		end_calendar(r);
	r->depth--;
}

static void take(struct reading *r, const struct card_line *line)
{
	struct draft *last = r->n_drafts ? r->drafts[r->n_drafts - 1] : NULL;
	bool in_item = is_inside(r, 1, "VEVENT") || is_inside(r, 1, "VTODO");

	if (is_inside(r, 1, "VTIMEZONE") && r->depth >= 2)
		zone_lines_take(&r->zone, r->arena, line);
	if (card_line_is(line, "BEGIN"))
		begin(r, line);
	else if (card_line_is(line, "END"))
		end(r, line);
	else if (r->depth == 1 && card_line_is(line, "METHOD"))
		r->method = arena_text(r->arena, str_trim(line->value));
	else if (r->depth == 2 && in_item && last)
		take_field(r, last, line);
	else if (r->depth == 3 && in_item && last && is_inside(r, 2, "VALARM"))
		take_alarm(last, line);
	else if (line->name.len == 0)
		r->out->is_cut = true;
}

void ics_read(struct arena *arena, struct view bytes, struct ics_list *out)
{
	struct card_lines lines = card_lines_of(arena, bytes);
	struct reading *r = arena_alloc(arena, sizeof *r);
	struct card_line line;

	*out = (struct ics_list){ .failed = !r };
	if (!r)
		return;
	*r = (struct reading){ .arena = arena, .out = out, .budget = CHANGES_WORK };
	while (card_lines_next(&lines, &line))
		take(r, &line);
	if (r->depth) {
		out->is_cut = true;
		end_calendar(r);
	}
	out->failed = out->failed || lines.failed || arena_failed(arena);
}
