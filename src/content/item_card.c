/* This file reads calendar items and tasks as what calendars take, and contacts as cards. */
#include "content/item_card.h"

#include "base/str.h"
#include "content/item_contact.h"
#include "content/item_letter.h"
#include "mail/ics.h"
#include "pst/ltp/property.h"
#include "pst/msg/tags.h"

#include <string.h>

enum {
	TAG_PAGE = 0x3FFD,
	STATE_IS_MEETING = 1 << 0,
	STATE_IS_CANCELLED = 1 << 2,
	UID_BYTES_MAX = 512,
	GLOBAL_ID_DATA = 40, /* what a global object id holds begins there */
	REMINDER_DEFAULT = 15,
};

static bool is_class(const char *class, const char *start)
{
	struct str s = str_of(class), name = str_of(start);

	return str_starts_nocase(s, name) && (s.len == name.len || s.at[name.len] == '.');
}

static const char *hex_of(struct arena *arena, struct view bytes)
{
	struct buf text;
	const char *made;

	buf_init(&text, 2 * UID_BYTES_MAX + 1);
	for (size_t i = 0; i < bytes.len && i < UID_BYTES_MAX; i++)
		buf_printf(&text, "%02X", (unsigned)bytes.at[i]);
	made = arena_text(arena, buf_str(&text));
	buf_fini(&text);
	return made;
}

/* A UID of another program stands inside the global object id ([MS-OXOCAL] 2.2.1.27). */
static const char *uid_inside(struct arena *arena, struct view id)
{
	static const char mark[] = "vCal-Uid\1\0\0\0";
	size_t len = sizeof mark - 1;
	struct str text;

	if (id.len <= GLOBAL_ID_DATA + len || memcmp(id.at + GLOBAL_ID_DATA, mark, len) != 0)
		return NULL;
	text = str_skip(str_from_view(id), GLOBAL_ID_DATA + len);
	return arena_text(arena, str_head(text, str_find_char(text, 0)));
}

/* The same for the same item, whichever store it is in, where it has such a number. */
static const char *uid_of(const struct item_values *v, uint32_t nid)
{
	struct view id = item_value_bytes(v, v->names->ids[ITEM_CLEAN_ID]);
	const char *inside;

	if (id.len == 0)
		id = item_value_bytes(v, v->names->ids[ITEM_GLOBAL_ID]);
	inside = uid_inside(v->arena, id);
	if (inside && *inside)
		return inside;
	if (id.len == 0)
		id = item_value_bytes(v, TAG_SEARCH_KEY);
	return id.len ? hex_of(v->arena, id) : arena_printf(v->arena, "0x%X.postmend", (unsigned)nid);
}

static const char *method_of(const char *class)
{
	static const struct {
		const char *class, *method;
	} rows[] = {
		{ "IPM.Schedule.Meeting.Request", "REQUEST" },
		{ "IPM.Schedule.Meeting.Canceled", "CANCEL" },
		{ "IPM.Schedule.Meeting.Resp", "REPLY" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (is_class(class, rows[i].class))
			return rows[i].method;
	return NULL;
}

/* Who answers says so in the class of the answer. */
static unsigned answer_of(const char *class)
{
	if (is_class(class, "IPM.Schedule.Meeting.Resp.Tent"))
		return 2;
	return is_class(class, "IPM.Schedule.Meeting.Resp.Pos") ? 3 : 4;
}

static const struct zone *zone_of(const struct item_values *v)
{
	const uint16_t *ids = v->names->ids;
	const uint16_t definitions[] = { ids[ITEM_ZONE_RECURS], ids[ITEM_ZONE_START] };
	struct zone *zone = arena_alloc(v->arena, sizeof *zone);

	for (size_t i = 0; zone && i < 2; i++)
		if (zone_read_definition(v->arena, item_value_bytes(v, definitions[i]), zone))
			return zone;
	if (zone && zone_read_struct(item_value_bytes(v, ids[ITEM_ZONE]),
				     item_value_text(v, ids[ITEM_ZONE_NAME]), zone))
		return zone;
	return NULL;
}

static const struct recurrence *recurrence_of(const struct item_values *v)
{
	struct view bytes = item_value_bytes(v, v->names->ids[ITEM_RECURS]);
	struct recurrence *r = bytes.len ? arena_alloc(v->arena, sizeof *r) : NULL;

	return r && recurrence_read(v->arena, bytes, r) ? r : NULL;
}

static void read_common(const struct item_values *v, const struct letter *letter, struct ics_item *out)
{
	out->summary = letter->subject;
	out->description = letter->text.at ? arena_text(v->arena, str_from_view(letter->text)) : NULL;
	out->importance = letter->importance;
	out->secrecy = item_value_number(v, TAG_SENSITIVITY, 0);
	if (!item_value_time(v, TAG_MODIFICATION_TIME, &out->stamp) &&
	    !item_value_time(v, TAG_CREATION_TIME, &out->stamp))
		out->stamp = 0;
}

/* An answer names who gives it, a meeting all who are in it. */
static void read_people(const struct item_values *v, const struct letter *letter, const char *class,
			struct ics_item *out)
{
	bool is_meeting = item_value_number(v, v->names->ids[ITEM_STATE], 0) & STATE_IS_MEETING;
	struct letter_person *one = arena_alloc(v->arena, sizeof *one);

	if (out->method && strcmp(out->method, "REPLY") == 0 && one) {
		*one = letter->from;
		one->role = LETTER_TO;
		one->response = answer_of(class);
		out->people = one;
		out->n_people = 1;
		if (letter->n_people)
			out->organizer = letter->people[0];
	} else if (is_meeting || out->method) {
		out->organizer = letter->from;
		out->people = letter->people;
		out->n_people = letter->n_people;
	}
}

static bool put_event(const struct item_values *v, const struct letter *letter, const char *class,
		      struct ics_item *item, struct buf *out)
{
	const uint16_t *ids = v->names->ids;
	bool is_late = item_value_number(v, ids[ITEM_REMINDER_DELTA], 0) > INT32_MAX / 2;

	item->has_start = item_value_time(v, ids[ITEM_START], &item->start);
	if (!item->has_start)
		return false;
	read_common(v, letter, item);
	item->method = method_of(class);
	item->has_end = item_value_time(v, ids[ITEM_END], &item->end);
	item->is_all_day = item_value_number(v, ids[ITEM_ALL_DAY], 0) != 0;
	item->location = item_value_text(v, ids[ITEM_LOCATION]);
	item->zone = zone_of(v);
	item->recurrence = recurrence_of(v);
	item->sequence = item_value_number(v, ids[ITEM_SEQUENCE], 0);
	item->busy = item_value_number(v, ids[ITEM_BUSY], 2);
	item->is_cancelled = (item->method && strcmp(item->method, "CANCEL") == 0) ||
			     (item_value_number(v, ids[ITEM_STATE], 0) & STATE_IS_CANCELLED);
	item->has_reminder = item_value_number(v, ids[ITEM_REMINDER], 0) != 0;
	item->reminder =
		is_late ? REMINDER_DEFAULT : item_value_number(v, ids[ITEM_REMINDER_DELTA], REMINDER_DEFAULT);
	read_people(v, letter, class, item);
	ics_put_event(out, item);
	return true;
}

static uint32_t percent_of(const struct item_values *v)
{
	uint16_t id = v->names->ids[ITEM_TASK_PERCENT];
	struct property p;
	struct view value;
	double share = 0.0;

	if (id && item_property(v->item, id, &p, &value) && p.type == PTYP_FLOATING_64 &&
	    value.len == sizeof share)
		memcpy(&share, value.at, sizeof share);
	return share > 0.0 && share <= 1.0 ? (uint32_t)(share * 100.0 + 0.5) : 0;
}

static bool put_task(const struct item_values *v, const struct letter *letter, struct ics_item *item,
		     struct buf *out)
{
	const uint16_t *ids = v->names->ids;

	read_common(v, letter, item);
	item->has_start = item_value_time(v, ids[ITEM_TASK_START], &item->start);
	item->has_end = item_value_time(v, ids[ITEM_TASK_DUE], &item->end);
	item->has_completed = item_value_time(v, ids[ITEM_TASK_DONE], &item->completed);
	item->status = (enum ics_task_status)item_value_number(v, ids[ITEM_TASK_STATUS], 0);
	item->percent = percent_of(v);
	ics_put_task(out, item);
	return true;
}

static bool is_event(const char *class)
{
	return is_class(class, "IPM.Appointment") || is_class(class, "IPM.Schedule.Meeting");
}

bool item_card_may_be(const char *class)
{
	return class && (is_event(class) || is_class(class, "IPM.Task") || is_class(class, "IPM.Contact"));
}

enum item_card item_card_put(const struct node_reader *reader, const struct node_fact *node,
			     const struct item_names *names, struct buf *out)
{
	struct item item;
	struct item_values v = { .item = &item, .arena = reader->arena, .names = names };
	struct ics_item ics = { .importance = 1 };
	struct letter letter;
	const char *class;

	if (!item_open(reader, node, &item))
		return ITEM_CARD_NONE;
	class = item_text(&item, reader->arena, TAG_MESSAGE_CLASS, UID_BYTES_MAX);
	if (!item_card_may_be(class) || !item_letter_read(reader, node, &letter))
		return ITEM_CARD_NONE;
	v.page = item_value_number(&v, TAG_PAGE, 0);
	ics.uid = uid_of(&v, node->nid);
	if (is_class(class, "IPM.Contact")) {
		item_contact_put(&v, ics.uid,
				 letter.text.at ? arena_text(v.arena, str_from_view(letter.text)) : NULL,
				 out);
		return ITEM_CARD_CONTACT;
	}
	if (is_event(class))
		return put_event(&v, &letter, class, &ics, out) ? ITEM_CARD_CALENDAR : ITEM_CARD_NONE;
	return put_task(&v, &letter, &ics, out) ? ITEM_CARD_CALENDAR : ITEM_CARD_NONE;
}

const char *item_card_ending(enum item_card card)
{
	return card == ITEM_CARD_CONTACT ? ".vcf" : ".ics";
}
