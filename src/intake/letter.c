/* This file makes a message of a store out of the header of a letter. */
#include "base/buf.h"
#include "base/calendar.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/unicode.h"
#include "intake/inner.h"
#include "mail/values.h"
#include "pst/msg/tags.h"

#include <string.h>

enum {
	P_HEADERS = 0x007D001F,
	P_FROM_TYPE = 0x0064001F,
	P_FROM_ADDRESS = 0x0065001F,
	P_SENDER_NAME = 0x0C1A001F,
	P_SENDER_TYPE = 0x0C1E001F,
	P_SENDER_ADDRESS = 0x0C1F001F,
	P_SENDER_SMTP = 0x5D01001F,
	P_FROM_SMTP = 0x5D02001F,
	P_MESSAGE_ID = 0x1035001F,
	P_REFERENCES = 0x1039001F,
	P_IN_REPLY_TO = 0x1042001F,
	P_ADDRESS_TYPE = 0x3002001F,
	P_ADDRESS = 0x3003001F,
	P_OBJECT_TYPE = 0x0FFE0003,
	P_ENTRY_ID = 0x0FFF0102,
	P_FLAG_STATUS = 0x10900003,
	P_LAST_VERB = 0x10810003,
	MAIL_USER = 6,
	FLAGGED = 2,
	VERB_REPLY = 102,
	HEADER_CAP = 16 << 20,
	LINE_MAX_LEN = 4000,
	SUBJECT_MAX_LEN = 4000,
	FIELD_CAP = 1 << 20,
};

#define TEXT_TAG(id)   ((uint32_t)TAG_##id << 16 | PTYP_STRING)
#define NUMBER_TAG(id) ((uint32_t)TAG_##id << 16 | PTYP_INTEGER_32)
#define TIME_TAG(id)   ((uint32_t)TAG_##id << 16 | PTYP_TIME)
#define FILETIME_1970  11644473600LL
#define TICKS_A_SECOND UINT64_C(10000000)

static uint64_t filetime_of(wall_time time)
{
	return time < -FILETIME_1970 ? 0 : (uint64_t)(time + FILETIME_1970) * TICKS_A_SECOND;
}

void letter_in_text(struct props *props, uint32_t tag, struct str utf8)
{
	const char *text = arena_text(props->arena, utf8);

	if (text)
		props_add_text(props, tag, text);
	else
		props->failed = true;
}

void letter_in_time(struct props *props, uint32_t tag, wall_time time)
{
	props_add_int(props, tag, filetime_of(time));
}

static void note_faults(struct letter_in *l, unsigned faults, const void *where)
{
	if (faults & WORDS_FAULT_BYTES)
		mime_note(l->mime, MIME_HEADER_BYTES, where);
	if (faults & WORDS_FAULT_CHARSET)
		mime_note(l->mime, MIME_CHARSET, where);
	if (faults & WORDS_FAULT_WORD)
		mime_note(l->mime, MIME_WORD, where);
}

static bool field(const struct letter_in *l, const char *name, struct str *out)
{
	return mime_field(&l->mime->parts[l->part], name, out);
}

/* Free text of a field; NULL when there is no such field. */
static const char *text_field(struct letter_in *l, const char *name, size_t max)
{
	unsigned faults = 0;
	const char *text;
	struct str raw;

	if (!field(l, name, &raw))
		return NULL;
	text = words_text(l->in->item, raw, max, &faults);
	note_faults(l, faults, raw.at);
	return text;
}

/* The header as it came, in lines with CR LF; what is no UTF-8 is taken as windows-1252. */
static void add_header(struct letter_in *l, struct props *props)
{
	struct str header = l->mime->parts[l->part].header;
	struct buf lines, utf8;

	buf_init(&lines, HEADER_CAP);
	buf_init(&utf8, HEADER_CAP);
	for (size_t i = 0; i < header.len; i++) {
		char c = header.at[i];

		if (c == '\n')
			buf_add_text(&lines, "\r\n");
		else if (c && c != '\r')
			buf_add_byte(&lines, (uint8_t)c);
	}
	if (words_from_charset(STR(""), buf_view(&lines), &utf8))
		mime_note(l->mime, MIME_HEADER_BYTES, header.at);
	if (utf8.len)
		letter_in_text(props, P_HEADERS, buf_str(&utf8));
	buf_fini(&utf8);
	buf_fini(&lines);
}

static int hex_of(char c)
{
	if (str_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* An address of another system, carried inside one of the Internet (IMCEA-…@invalid); else as it is. */
static const char *unwrap_address(struct letter_in *l, const char *address)
{
	struct str s = str_of(address);
	struct buf out;
	const char *text;

	if (!str_starts_nocase(s, STR("IMCEA-")) || !str_ends_nocase(s, STR("@invalid")))
		return address;
	s = str_head(str_skip(s, 6), s.len - 6 - 8);
	buf_init(&out, LINE_MAX_LEN);
	for (size_t i = 0; i < s.len; i++) {
		bool has_code = s.at[i] == '+' && i + 2 < s.len;
		int high = has_code ? hex_of(s.at[i + 1]) : -1, low = has_code ? hex_of(s.at[i + 2]) : -1;

		if (high >= 0 && low >= 0) {
			buf_add_byte(&out, (uint8_t)((unsigned)high << 4 | (unsigned)low));
			i += 2;
		} else {
			buf_add_byte(&out, s.at[i] == '_' ? '/' : (uint8_t)s.at[i]);
		}
	}
	text = str_is_utf8(buf_str(&out)) ? arena_text(l->in->item, buf_str(&out)) : address;
	buf_fini(&out);
	return text;
}

static const char *type_of(const char *address)
{
	return address && address[0] == '/' ? "EX" : "SMTP";
}

static struct mail_person *people(struct letter_in *l, const char *name, size_t *n)
{
	struct mail_person *rows;
	struct str raw;
	bool is_whole;

	*n = 0;
	if (!field(l, name, &raw))
		return NULL;
	rows = values_people(l->in->item, raw, n, &is_whole);
	if (!is_whole)
		mime_note(l->mime, MIME_ADDRESS, raw.at);
	for (size_t i = 0; rows && i < *n; i++)
		rows[i].address = unwrap_address(l, rows[i].address);
	return rows;
}

static const char *name_of_person(const struct mail_person *p)
{
	return *p->name ? p->name : p->address;
}

/* Who it is from, and who sent it for them. */
static void add_senders(struct letter_in *l, struct props *props)
{
	size_t n_from, n_sender;
	const struct mail_person *from = people(l, "From", &n_from), *sender = people(l, "Sender", &n_sender);

	if (!n_from && !n_sender)
		return;
	if (!n_sender)
		sender = from;
	if (!n_from)
		from = sender;
	props_add_text(props, TEXT_TAG(SENDER), name_of_person(from));
	props_add_text(props, P_SENDER_NAME, name_of_person(sender));
	if (*from->address) {
		props_add_text(props, P_FROM_TYPE, type_of(from->address));
		props_add_text(props, P_FROM_ADDRESS, from->address);
		props_add_text(props, P_FROM_SMTP, from->address);
	}
	if (*sender->address) {
		props_add_text(props, P_SENDER_TYPE, type_of(sender->address));
		props_add_text(props, P_SENDER_ADDRESS, sender->address);
		props_add_text(props, P_SENDER_SMTP, sender->address);
	}
}

/* An entry that stands for itself: [MS-OXCDATA] 2.2.5.1. */
static void add_entry_id(struct props *props, const char *name, const char *type, const char *address)
{
	static const uint8_t front[] = { 0,    0,    0,    0,    0x81, 0x2B, 0x1F, 0xA4,
					 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD,
					 0x01, 0x0F, 0x54, 0x02, 0,    0,    0x01, 0x90 };
	const char *const texts[] = { name, type, address };
	struct buf id;

	buf_init(&id, FIELD_CAP);
	buf_add(&id, view_of(front, sizeof front));
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		buf_add(&id, props_text(props->arena, props->v, texts[i]));
		buf_add(&id, view_of("\0", 2));
	}
	props_add_bytes(props, P_ENTRY_ID, buf_view(&id));
	buf_fini(&id);
}

struct props *letter_in_recipient(struct intake *in, struct message_out *out,
				  const struct letter_in_person *person)
{
	struct props *props = props_new(in->item, out->props->v);
	const char *kind = type_of(person->address), *name = person->name ? person->name : person->address;

	if (!props)
		return NULL;
	props_add_int(props, NUMBER_TAG(RECIPIENT_TYPE), person->type);
	props_add_int(props, P_OBJECT_TYPE, MAIL_USER);
	if (person->name)
		props_add_text(props, TEXT_TAG(DISPLAY_NAME), person->name);
	if (*person->address) {
		props_add_text(props, P_ADDRESS_TYPE, kind);
		props_add_text(props, P_ADDRESS, person->address);
		add_entry_id(props, name, kind, person->address);
	}
	return props;
}

void letter_in_sender(struct props *props, const char *name, const char *address)
{
	static const uint32_t names[] = { TEXT_TAG(SENDER), P_SENDER_NAME };
	static const uint32_t types[] = { P_FROM_TYPE, P_SENDER_TYPE };
	static const uint32_t addresses[] = { P_FROM_ADDRESS, P_FROM_SMTP, P_SENDER_ADDRESS, P_SENDER_SMTP };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		props_add_text(props, names[i], name);
	for (size_t i = 0; i < COUNT_OF(types); i++)
		props_add_text(props, types[i], type_of(address));
	for (size_t i = 0; i < COUNT_OF(addresses); i++)
		props_add_text(props, addresses[i], address);
}

static bool add_recipients(struct letter_in *l, struct message_out *out, const char *name, uint32_t type,
			   uint32_t display)
{
	size_t n;
	const struct mail_person *rows = people(l, name, &n);
	struct buf shown;

	if (!n)
		return true;
	buf_init(&shown, FIELD_CAP);
	for (size_t i = 0; i < n; i++) {
		struct letter_in_person person = { name_of_person(&rows[i]), rows[i].address, type };
		struct props *props = l->has_other_people ? NULL : letter_in_recipient(l->in, out, &person);

		if (props)
			message_out_recipient(out, props);
		buf_add_text(&shown, i ? "; " : "");
		buf_add_text(&shown, name_of_person(&rows[i]));
	}
	letter_in_text(out->props, display, buf_str(&shown));
	buf_fini(&shown);
	return !arena_failed(l->in->item);
}

/* The subject without what answers and forwards put in front. */
static const char *topic_of(const char *subject)
{
	static const char *const fronts[] = { "re:", "fw:", "fwd:", "aw:", "wg:" };
	struct str s = str_trim(str_of(subject));
	bool goes_on = true;

	while (goes_on) {
		goes_on = false;
		for (size_t i = 0; i < COUNT_OF(fronts); i++)
			if (str_starts_nocase(s, str_of(fronts[i]))) {
				s = str_trim(str_skip(s, strlen(fronts[i])));
				goes_on = true;
			}
	}
	return s.len ? s.at : subject;
}

static void add_subject(struct letter_in *l, struct props *props)
{
	const char *subject = text_field(l, "Subject", SUBJECT_MAX_LEN);

	if (!subject)
		return;
	props_add_text(props, TEXT_TAG(SUBJECT), subject);
	props_add_text(props, TEXT_TAG(TOPIC), topic_of(subject));
}

/* The time of arrival is that of the topmost Received. */
static bool received_time(struct letter_in *l, wall_time *out)
{
	struct str raw;
	size_t semicolon = SIZE_MAX;

	if (!field(l, "Received", &raw))
		return false;
	for (size_t i = 0; i < raw.len; i++)
		if (raw.at[i] == ';')
			semicolon = i;
	return semicolon != SIZE_MAX && values_date(str_skip(raw, semicolon + 1), out);
}

static void add_times(struct letter_in *l, struct props *props)
{
	wall_time sent = 0, arrived = 0;
	struct str raw;
	bool has_sent = field(l, "Date", &raw) && values_date(raw, &sent), has_arrived;

	if (raw.len && !has_sent)
		mime_note(l->mime, MIME_DATE, raw.at);
	has_arrived = received_time(l, &arrived);
	if (!has_arrived && l->depth == 0 && l->source->has_time && has_sent) {
		arrived = l->source->time;
		has_arrived = true;
	}
	if (!has_arrived && has_sent) {
		arrived = sent;
		has_arrived = true;
	}
	if (has_sent)
		props_add_int(props, TIME_TAG(CLIENT_SUBMIT_TIME), filetime_of(sent));
	if (has_arrived)
		props_add_int(props, TIME_TAG(DELIVERY_TIME), filetime_of(arrived));
	/* A letter without any date gets none: 1970 is what stands for it. */
	props_add_int(props, TIME_TAG(CREATION_TIME), filetime_of(has_arrived ? arrived : 0));
	props_add_int(props, TIME_TAG(MODIFICATION_TIME), filetime_of(has_arrived ? arrived : 0));
}

static void add_ids(struct letter_in *l, struct props *props)
{
	static const struct {
		const char *name;
		uint32_t tag;
	} rows[] = { { "Message-ID", P_MESSAGE_ID },
		     { "In-Reply-To", P_IN_REPLY_TO },
		     { "References", P_REFERENCES } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *text = text_field(l, rows[i].name, LINE_MAX_LEN);

		if (text && *text)
			props_add_text(props, rows[i].tag, text);
	}
}

static void add_importance(struct letter_in *l, struct props *props)
{
	const char *word = text_field(l, "Importance", 20);
	uint64_t importance = 1;

	if (!word) {
		const char *number = text_field(l, "X-Priority", 20);

		word = !number                            ? "normal"
		       : *number == '1' || *number == '2' ? "high"
		       : *number == '4' || *number == '5' ? "low"
							  : "normal";
	}
	if (str_is_nocase(str_of(word), "high"))
		importance = 2;
	else if (str_is_nocase(str_of(word), "low"))
		importance = 0;
	props_add_int(props, NUMBER_TAG(IMPORTANCE), importance);
}

/* What mailboxes keep beside a letter: Status: RO, X-Status: AF (as mail programs of Unix write them). */
static void add_flags(struct letter_in *l, struct props *props)
{
	const char *status = text_field(l, "Status", 20), *more = text_field(l, "X-Status", 20);
	const char *unsent = text_field(l, "X-Unsent", 8);
	bool is_unread = l->depth == 0 && (l->source->is_unread || (status && !strchr(status, 'R')));
	bool is_draft = (l->depth == 0 && l->source->is_draft) || (unsent && *unsent == '1');

	props_add_int(props, NUMBER_TAG(MESSAGE_FLAGS),
		      (is_unread ? 0U : MESSAGE_READ) | (is_draft ? MESSAGE_UNSENT : 0U));
	if (l->depth)
		return;
	if (l->source->is_flagged || (more && strchr(more, 'F')))
		props_add_int(props, P_FLAG_STATUS, FLAGGED);
	if (l->source->is_answered || (more && strchr(more, 'A')))
		props_add_int(props, P_LAST_VERB, VERB_REPLY);
}

/* Fields that may stand once only. */
static void note_twice(struct letter_in *l)
{
	static const char *const names[] = { "From", "Subject", "Date", "Message-ID", "Content-Type" };
	unsigned seen[COUNT_OF(names)] = { 0 };
	struct str rest = l->mime->parts[l->part].header;
	struct mail_field f;

	while (fields_next(&rest, &f))
		for (size_t i = 0; i < COUNT_OF(names); i++)
			if (str_is_nocase(f.name, names[i]) && seen[i]++ == 1)
				mime_note(l->mime, MIME_TWICE, f.name.at);
}

bool letter_in_write(struct letter_in *l, struct message_out *out)
{
	struct props *props = out->props;

	add_header(l, props);
	note_twice(l);
	props_add_text(props, TEXT_TAG(MESSAGE_CLASS), "IPM.Note");
	add_subject(l, props);
	add_senders(l, props);
	add_times(l, props);
	add_ids(l, props);
	add_importance(l, props);
	add_flags(l, props);
	return add_recipients(l, out, "To", RECIPIENT_TO, TEXT_TAG(DISPLAY_TO)) &&
	       add_recipients(l, out, "Cc", RECIPIENT_CC, TEXT_TAG(DISPLAY_CC)) &&
	       add_recipients(l, out, "Bcc", RECIPIENT_BCC, TEXT_TAG(DISPLAY_BCC)) &&
	       letter_in_bodies(l, out) && !arena_failed(l->in->item);
}
