/* This file makes appointments, tasks and contacts of calendars and cards. */
#include "intake/card_in.h"

#include "base/buf.h"
#include "base/checked.h"
#include "pst/msg/tags.h"

#include <string.h>

enum {
	P_CLASS = 0x001A001F,
	P_IMPORTANCE = 0x00170003,
	P_SENSITIVITY = 0x00360003,
	P_SUBJECT = 0x0037001F,
	P_TOPIC = 0x0070001F,
	P_BODY = 0x1000001F,
	P_CHANGED = 0x30080040,
	P_MADE = 0x30070040,
	P_SEARCH_KEY = 0x300B0102,
	P_RESPONSE = 0x5FFF0003,
	P_RECIPIENT_FLAGS = 0x5FFD0003,
	STATE_IS_MEETING = 1,
	STATE_IS_CANCELLED = 4,
	RECIPIENT_IS_SENDABLE = 1,
	GLOBAL_ID_DATA = 40,
	ID_CAP = 4096,
	BLOB_CAP = 1 << 20,
	ROLES = 3,
};

uint32_t card_in_tag(struct intake *in, enum card_set set, uint32_t number, uint16_t type)
{
	static const uint8_t meeting[] = { 0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10,
					   0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05 };
	static const uint8_t firsts[] = {
		[CARD_COMMON] = 8, [CARD_APPOINTMENT] = 2, [CARD_ADDRESS] = 4, [CARD_TASK] = 3
	};
	uint8_t guid[] = { 0, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 };
	struct property_name name = { .guid = view_of(guid, sizeof guid), .number = number };
	uint16_t id;

	if (set == CARD_MEETING)
		name.guid = view_of(meeting, sizeof meeting);
	else
		guid[0] = firsts[set];
	id = names_out_id(store_out_names(in->store), &name);
	return id ? (uint32_t)id << 16 | type : 0;
}

static int hex_of(char c)
{
	if (str_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Pairs of digits; empty when it is something else. */
static void read_hex(struct str text, struct buf *out)
{
	for (size_t i = 0; i + 1 < text.len; i += 2) {
		int high = hex_of(text.at[i]), low = hex_of(text.at[i + 1]);

		if (high < 0 || low < 0 || text.len % 2) {
			buf_clear(out);
			return;
		}
		buf_add_byte(out, (uint8_t)((unsigned)high << 4 | (unsigned)low));
	}
}

static const uint8_t global_id[16] = { 0x04, 0,    0,    0,    0x82, 0,    0xE0, 0,
				       0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08 };

/* A number of another program goes into a global object id ([MS-OXOCAL] 2.2.1.27). */
static void wrap_uid(const char *uid, struct buf *out)
{
	uint32_t len = (uint32_t)strlen(uid) + 13;

	buf_add(out, view_of(global_id, sizeof global_id));
	while (out->len < GLOBAL_ID_DATA - 4)
		buf_add_byte(out, 0);
	for (unsigned i = 0; i < 4; i++)
		buf_add_byte(out, (uint8_t)(len >> 8 * i));
	buf_add(out, view_of("vCal-Uid\1\0\0\0", 12));
	buf_add(out, view_of(uid, strlen(uid) + 1));
}

static void add_bytes(struct props *props, uint32_t tag, const struct buf *bytes)
{
	if (tag && bytes->len && !buf_failed(bytes))
		props_add_bytes(props, tag, buf_view(bytes));
}

void card_in_uid(struct intake *in, struct props *props, const char *uid, bool is_meeting)
{
	struct buf id;
	bool is_global;

	if (!uid || !*uid)
		return;
	buf_init(&id, ID_CAP);
	read_hex(str_of(uid), &id);
	is_global = id.len >= GLOBAL_ID_DATA && memcmp(id.at, global_id, sizeof global_id) == 0;
	if (id.len && !is_global) {
		add_bytes(props, P_SEARCH_KEY, &id);
		buf_fini(&id);
		return;
	}
	if (id.len == 0)
		wrap_uid(uid, &id);
	add_bytes(props, card_in_tag(in, CARD_MEETING, 0x3, PTYP_BINARY), &id);
	if (is_meeting)
		add_bytes(props, card_in_tag(in, CARD_MEETING, 0x23, PTYP_BINARY), &id);
	buf_fini(&id);
}

/* An appointment or a task on its way. */
struct event {
	struct intake *in;
	struct message_out *out;
	const struct ics_item *item;
	bool is_answer; /* one person says whether they come */
};

static void add_int(struct event *e, enum card_set set, uint32_t number, uint16_t type, uint64_t value)
{
	uint32_t tag = card_in_tag(e->in, set, number, type);

	if (tag)
		props_add_int(e->out->props, tag, value);
}

static void add_time(struct event *e, enum card_set set, uint32_t number, wall_time time)
{
	uint32_t tag = card_in_tag(e->in, set, number, PTYP_TIME);

	if (tag)
		letter_in_time(e->out->props, tag, time);
}

static void add_text(struct event *e, uint32_t tag, const char *text)
{
	if (tag && text && *text)
		props_add_text(e->out->props, tag, text);
}

static const char *class_of(const struct ics_item *item)
{
	static const char *const answers[] = {
		[2] = "IPM.Schedule.Meeting.Resp.Tent", [3] = "IPM.Schedule.Meeting.Resp.Pos"
	};
	const char *method = item->method ? item->method : "";
	unsigned answer = item->n_people ? item->people[0].response : 0;

	if (str_is_nocase(str_of(method), "REQUEST"))
		return "IPM.Schedule.Meeting.Request";
	if (str_is_nocase(str_of(method), "CANCEL"))
		return "IPM.Schedule.Meeting.Canceled";
	if (str_is_nocase(str_of(method), "REPLY"))
		return answer == 2 || answer == 3 ? answers[answer] : "IPM.Schedule.Meeting.Resp.Neg";
	return "IPM.Appointment";
}

static void put_zone(struct event *e)
{
	static const struct zone none = { .name = "UTC" };
	/* Days are the same days everywhere: what they are counted in is said, so that no clock moves them.
	 */
	const struct zone *zone = e->item->is_all_day ? &none : e->item->zone;
	struct buf blob;

	if (!zone)
		return;
	buf_init(&blob, ID_CAP);
	zone_write_definition(&blob, zone, e->in->item);
	add_bytes(e->out->props, card_in_tag(e->in, CARD_APPOINTMENT, 0x825E, PTYP_BINARY), &blob);
	add_bytes(e->out->props, card_in_tag(e->in, CARD_APPOINTMENT, 0x825F, PTYP_BINARY), &blob);
	if (e->item->recurrence) {
		add_bytes(e->out->props, card_in_tag(e->in, CARD_APPOINTMENT, 0x8260, PTYP_BINARY), &blob);
		buf_clear(&blob);
		zone_write_struct(&blob, zone);
		add_bytes(e->out->props, card_in_tag(e->in, CARD_APPOINTMENT, 0x8233, PTYP_BINARY), &blob);
		add_text(e, card_in_tag(e->in, CARD_APPOINTMENT, 0x8234, PTYP_STRING), zone->name);
	}
	buf_fini(&blob);
}

static void put_recurrence(struct event *e)
{
	const struct recurrence *r = e->item->recurrence;
	struct buf blob;

	add_int(e, CARD_APPOINTMENT, 0x8223, PTYP_BOOLEAN, r != NULL);
	if (!r)
		return;
	buf_init(&blob, BLOB_CAP);
	recurrence_write(&blob, r);
	add_bytes(e->out->props, card_in_tag(e->in, CARD_APPOINTMENT, 0x8216, PTYP_BINARY), &blob);
	buf_fini(&blob);
	/* Daily 1 to yearly 4, as the frequencies are numbered. */
	add_int(e, CARD_APPOINTMENT, 0x8231, PTYP_INTEGER_32, r->frequency - 0x2009U);
	add_time(e, CARD_APPOINTMENT, 0x8235, r->first);
	add_time(e, CARD_APPOINTMENT, 0x8236, r->last ? r->last : r->first);
}

static void put_reminder(struct event *e)
{
	const struct ics_item *item = e->item;

	add_int(e, CARD_COMMON, 0x8503, PTYP_BOOLEAN, item->has_reminder);
	if (!item->has_reminder)
		return;
	add_int(e, CARD_COMMON, 0x8501, PTYP_INTEGER_32, item->reminder);
	add_time(e, CARD_COMMON, 0x8502, item->start);
	add_time(e, CARD_COMMON, 0x8560, item->start - (wall_time)item->reminder * 60);
}

static void put_event(struct event *e)
{
	const struct ics_item *item = e->item;
	bool is_meeting = item->n_people || item->organizer.name || item->organizer.address;

	add_time(e, CARD_APPOINTMENT, 0x820D, item->start);
	add_time(e, CARD_COMMON, 0x8516, item->start);
	if (item->has_end) {
		add_time(e, CARD_APPOINTMENT, 0x820E, item->end);
		add_time(e, CARD_COMMON, 0x8517, item->end);
	}
	add_int(e, CARD_APPOINTMENT, 0x8215, PTYP_BOOLEAN, item->is_all_day);
	add_int(e, CARD_APPOINTMENT, 0x8205, PTYP_INTEGER_32, item->busy);
	add_int(e, CARD_APPOINTMENT, 0x8217, PTYP_INTEGER_32,
		(is_meeting ? STATE_IS_MEETING : 0U) | (item->is_cancelled ? STATE_IS_CANCELLED : 0U));
	add_int(e, CARD_APPOINTMENT, 0x8201, PTYP_INTEGER_32, item->sequence);
	add_text(e, card_in_tag(e->in, CARD_APPOINTMENT, 0x8208, PTYP_STRING), item->location);
	put_zone(e);
	put_recurrence(e);
	put_reminder(e);
}

static void put_task(struct event *e)
{
	const struct ics_item *item = e->item;
	double share = (double)item->percent / 100.0;
	uint64_t bits;

	memcpy(&bits, &share, sizeof bits);
	add_int(e, CARD_TASK, 0x8101, PTYP_INTEGER_32, item->status);
	add_int(e, CARD_TASK, 0x8102, PTYP_FLOATING_64, bits);
	add_int(e, CARD_TASK, 0x811C, PTYP_BOOLEAN, item->status == ICS_COMPLETED);
	if (item->has_start)
		add_time(e, CARD_TASK, 0x8104, item->start);
	if (item->has_end)
		add_time(e, CARD_TASK, 0x8105, item->end);
	if (item->has_completed)
		add_time(e, CARD_TASK, 0x810F, item->completed);
}

/* Who has no address, but a name that looks like one, is not to get it as such. */
static const char *address_of(const struct letter_person *p)
{
	if (p->address)
		return p->address;
	return p->name && strchr(p->name, '@') ? "invalid:nomail" : "";
}

static void put_person(struct event *e, const struct letter_person *p)
{
	static const uint32_t roles[ROLES] = { RECIPIENT_TO, RECIPIENT_CC, RECIPIENT_BCC };
	struct letter_in_person person = { p->name, address_of(p), roles[p->role] };
	struct props *row = letter_in_recipient(e->in, e->out, &person);

	if (!row)
		return;
	props_add_int(row, P_RESPONSE, p->response);
	props_add_int(row, P_RECIPIENT_FLAGS, RECIPIENT_IS_SENDABLE);
	message_out_recipient(e->out, row);
}

static void put_shown(struct event *e, enum letter_role role, uint32_t tag)
{
	struct buf shown;

	buf_init(&shown, BLOB_CAP);
	for (size_t i = 0; i < e->item->n_people; i++) {
		const struct letter_person *p = &e->item->people[i];

		if (p->role != role)
			continue;
		buf_add_text(&shown, shown.len ? "; " : "");
		buf_add_text(&shown, p->name ? p->name : p->address);
	}
	if (shown.len)
		letter_in_text(e->out->props, tag, buf_str(&shown));
	buf_fini(&shown);
}

/* An answer is from who gives it, to who asked. */
static void put_people(struct event *e)
{
	static const uint32_t tags[] = { P_RESPONSE, P_RECIPIENT_FLAGS };
	const struct ics_item *item = e->item;
	const struct letter_person *from =
		e->is_answer && item->n_people ? &item->people[0] : &item->organizer;

	e->out->columns = columns_extend(e->in->item, &templates[TEMPLATE_RECIPIENTS], tags, COUNT_OF(tags));
	if (from->name || from->address)
		letter_in_sender(e->out->props, from->name ? from->name : "", address_of(from));
	if (e->is_answer && (item->organizer.name || item->organizer.address))
		put_person(e, &item->organizer);
	for (size_t i = 0; !e->is_answer && i < item->n_people; i++)
		put_person(e, &item->people[i]);
	if (e->is_answer)
		return;
	put_shown(e, LETTER_TO, (uint32_t)TAG_DISPLAY_TO << 16 | PTYP_STRING);
	put_shown(e, LETTER_CC, (uint32_t)TAG_DISPLAY_CC << 16 | PTYP_STRING);
}

static void put_found(struct intake *in, const struct ics_found *found, struct message_out *out,
		      bool is_beside)
{
	struct event e = { .in = in, .out = out, .item = &found->item };
	const struct ics_item *item = e.item;
	struct props *props = out->props;

	e.is_answer = item->method && str_is_nocase(str_of(item->method), "REPLY");
	props_add_text(props, P_CLASS, found->is_task ? "IPM.Task" : class_of(item));
	add_text(&e, P_SUBJECT, item->summary);
	add_text(&e, P_TOPIC, item->summary);
	if (!is_beside || !props_find(props, P_BODY >> 16))
		add_text(&e, P_BODY, item->description);
	if (found->has_priority)
		props_add_int(props, P_IMPORTANCE, (uint64_t)item->importance);
	if (item->secrecy)
		props_add_int(props, P_SENSITIVITY, item->secrecy);
	if (found->has_stamp) {
		letter_in_time(props, P_CHANGED, item->stamp);
		if (!is_beside)
			letter_in_time(props, P_MADE, item->stamp);
	}
	card_in_uid(in, props, item->uid, !found->is_task);
	if (found->is_task)
		put_task(&e);
	else
		put_event(&e);
	if (item->n_people || item->organizer.name || item->organizer.address)
		put_people(&e);
}

bool intake_card_read(struct intake *in, struct view bytes, struct intake_card *out)
{
	struct card_lines rest = card_lines_of(in->item, bytes);
	struct ics_list *list;

	*out = (struct intake_card){ .bytes = bytes };
	if (bytes.len == 0)
		return false;
	if (str_find_nocase(str_head(str_from_view(bytes), 64), STR("BEGIN:VCARD")) != SIZE_MAX)
		return contact_in_next(&rest, &out->contact);
	list = arena_alloc(in->item, sizeof *list);
	if (!list)
		return false;
	ics_read(in->item, bytes, list);
	out->event = list->n && !list->failed ? &list->rows[0] : NULL;
	out->has_people = out->event && (out->event->item.n_people || out->event->item.organizer.name ||
					 out->event->item.organizer.address);
	return out->event != NULL;
}

const char *intake_card_put(struct intake *in, const struct intake_card *card, struct message_out *out)
{
	if (!card->event)
		return contact_in_put(in, card->contact, out, true);
	put_found(in, card->event, out, true);
	return card->event->lost;
}

static void add_item(struct intake *in, const struct intake_source *source, struct message_out *out,
		     const char *lost)
{
	struct message_place place = message_out_end(out, false);

	if (lost)
		intake_report_lost(in, source, lost);
	intake_add(in, source, intake_number(in, source->nid), &place, out->props);
}

static bool goes_on(struct intake *in, const struct intake_piece *piece, size_t done)
{
	if (piece->tick && !piece->tick(piece->context, done))
		intake_fail(in, ST_CANCEL);
	return in->status == ST_OK;
}

/* Of a number in the file's name the first item takes it. */
static size_t take_contacts(struct intake *in, struct intake_source one, const struct intake_piece *piece)
{
	struct arena *arena = arena_new(INTAKE_ITEM_ARENA);
	struct card_lines rest = card_lines_of(arena, piece->bytes), card;
	struct message_out out;
	size_t n = 0;

	if (!arena)
		intake_fail(in, ST_NOMEM);
	for (; arena && goes_on(in, piece, piece->bytes.len - rest.rest.len) && contact_in_next(&rest, &card);
	     n++) {
		const char *lost;

		one.at = (size_t)(piece->bytes.len - card.rest.len);
		if (message_out_start(&out, in->store, in->item) != ST_OK) {
			intake_fail(in, ST_NOMEM);
			break;
		}
		lost = contact_in_put(in, card, &out, false);
		intake_folder_class(in, one.folder, "IPF.Contact");
		add_item(in, &one, &out, lost);
		one.nid = 0;
		arena_clear(arena);
	}
	arena_drop(&arena);
	return n;
}

static void take_event(struct intake *in, const struct intake_source *source, const struct ics_found *found)
{
	struct message_out out;

	if (!found->is_task && !found->item.has_start) {
		intake_report_lost(in, source, "an appointment that does not say when it is");
		return;
	}
	if (message_out_start(&out, in->store, in->item) != ST_OK) {
		intake_fail(in, ST_NOMEM);
		return;
	}
	put_found(in, found, &out, false);
	intake_folder_class(in, source->folder, found->is_task ? "IPF.Task" : "IPF.Appointment");
	add_item(in, source, &out, found->lost);
}

void intake_cards(struct intake *in, const struct intake_source *source, const struct intake_piece *piece)
{
	bool is_contacts =
		str_find_nocase(str_head(str_from_view(piece->bytes), 64), STR("BEGIN:VCARD")) != SIZE_MAX;
	struct intake_source one = *source;
	struct arena *arena = is_contacts ? NULL : arena_new(INTAKE_ITEM_ARENA);
	struct ics_list list = { 0 };

	if (is_contacts) {
		if (take_contacts(in, one, piece) == 0)
			intake_report_lost(in, source, "a card that has no end");
		return;
	}
	if (arena)
		ics_read(arena, piece->bytes, &list);
	if (!arena || list.failed)
		intake_fail(in, ST_NOMEM);
	for (size_t i = 0; i < list.n && goes_on(in, piece, piece->bytes.len / list.n * i); i++) {
		take_event(in, &one, &list.rows[i]);
		one.nid = 0;
	}
	if (in->status == ST_OK && (list.is_cut || list.n == 0))
		intake_report_lost(in, source, "a part of the calendar that is no appointment and no task");
	arena_drop(&arena);
}
