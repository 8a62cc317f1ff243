/* This file reads a message of a store as what it would be on the Internet. */
#include "content/item_letter.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/str.h"
#include "check/row_read.h"
#include "content/item_value.h"
#include "mail/charset.h"
#include "mail/charset_shift.h"
#include "mail/lzfu.h"
#include "mail/rtf.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/msg/text.h"

#include <string.h>

enum {
	TAG_HEADERS = 0x007D,
	TAG_FROM_ADDRESS = 0x0065,
	TAG_SENDER_NAME = 0x0C1A,
	TAG_SENDER_ADDRESS = 0x0C1F,
	TAG_SENDER_SMTP = 0x5D01,
	TAG_FROM_SMTP = 0x5D02,
	TAG_TEXT = 0x1000,
	TAG_REPORT_TEXT = 0x1001,
	TAG_RTF = 0x1009,
	TAG_HTML = 0x1013,
	TAG_MESSAGE_ID = 0x1035,
	TAG_REFERENCES = 0x1039,
	TAG_IN_REPLY_TO = 0x1042,
	TAG_INTERNET_PAGE = 0x3FDE,
	TAG_PAGE = 0x3FFD,
	TAG_FILE_NAME = 0x3704,
	TAG_LONG_FILE_NAME = 0x3707,
	TAG_MIME_TYPE = 0x370E,
	TAG_CONTENT_ID = 0x3712,
	TAG_ATTACH_FLAGS = 0x3714,
	TAG_SMTP_ADDRESS = 0x39FE,
	TAG_ADDRESS = 0x3003,
	TAG_RECIPIENT_FLAGS = 0x5FFD,
	TAG_RESPONSE = 0x5FFF,
};

enum {
	TEXT_MAX = 32 << 20,
	LINE_MAX = 4000,
	DEPTH_MAX = 32,
	PEOPLE_MAX = 20000,
	PARTS_MAX = 10000,
	RECIPIENT_IS_ORGANIZER = 2,
	ATTACH_IS_RELATED = 4, /* PidTagAttachFlags: it is shown in the body */
};

/* A message while it is read: its own, or one inside another. */
struct item_letter {
	const struct node_reader *reader;
	struct item item;
	struct item_sheet sheet; /* of the item */
	struct arena *arena;
	unsigned depth;
	uint32_t page, internet_page;
	struct letter letter;
	struct letter_person *people;
	size_t people_room;
	struct letter_part *parts;
	bool is_whole;
};

/* A part's context. */
struct attached {
	struct item_letter *holder;
	struct item item;
	struct item_sheet sheet; /* of the item */
	uint32_t embedded;       /* subnode of a message, or 0 */
};

static bool value_of(struct item_letter *r, uint16_t id, struct property *p, struct view *out)
{
	return item_sheet_long(&r->sheet, id, TEXT_MAX, p, out);
}

/* Text in UTF-8 of any length; NULL when there is none. */
static const char *text_property(struct item_letter *r, const struct item_sheet *sheet, uint16_t id,
				 size_t max)
{
	struct property p;
	struct view value;
	struct buf utf8;
	const char *text;

	if (!item_sheet_long(sheet, id, TEXT_MAX, &p, &value))
		return NULL;
	if (p.type == PTYP_STRING)
		return text_of(r->arena, p.type, value, max);
	if (p.type != PTYP_STRING_8)
		return NULL;
	buf_init(&utf8, TEXT_MAX);
	charset_to_utf8(r->page, value, &utf8);
	text = arena_text(r->arena, str_head(buf_str(&utf8), max));
	buf_fini(&utf8);
	return text;
}

static const char *line_property(struct item_letter *r, uint16_t id)
{
	return text_property(r, &r->sheet, id, LINE_MAX);
}

static bool has_at(const char *text)
{
	return text && strchr(text, '@');
}

static bool is_someone(const char *text)
{
	return text && *text;
}

/* Where only a name is known, and it is an address, perhaps in quotation marks, it is the address. */
static void settle(struct item_letter *r, struct letter_person *p)
{
	struct str name = str_of(p->name);

	if (is_someone(p->address) || !has_at(p->name) || str_find_char(name, ' ') != SIZE_MAX)
		return;
	if (name.len > 2 && name.at[0] == '\'' && name.at[name.len - 1] == '\'')
		name = str_head(str_skip(name, 1), name.len - 2);
	p->address = arena_text(r->arena, name);
}

static struct letter_person person(struct item_letter *r, uint16_t name, uint16_t address, uint16_t smtp)
{
	struct letter_person p = { .name = line_property(r, name), .address = line_property(r, smtp) };

	if (!has_at(p.address))
		p.address = line_property(r, address);
	return p;
}

static void read_times(struct item_letter *r)
{
	static const uint16_t ids[] = { TAG_CLIENT_SUBMIT_TIME, TAG_DELIVERY_TIME, TAG_CREATION_TIME };
	struct property p;
	struct view value;

	for (size_t i = 0; i < COUNT_OF(ids) && !r->letter.has_date; i++) {
		struct cursor c;

		if (!value_of(r, ids[i], &p, &value) || p.type != PTYP_TIME)
			continue;
		c = cursor_of(value);
		r->letter.date = calendar_of_filetime(cursor_u64le(&c));
		r->letter.has_date = cursor_ok(&c) && r->letter.date > 0;
	}
}

static void read_lines(struct item_letter *r)
{
	struct letter *l = &r->letter;
	struct property p;
	struct view value;
	uint32_t importance = 1;

	l->header = str_of(text_property(r, &r->sheet, TAG_HEADERS, TEXT_MAX));
	l->from = person(r, TAG_SENDER, TAG_FROM_ADDRESS, TAG_FROM_SMTP);
	l->sender = person(r, TAG_SENDER_NAME, TAG_SENDER_ADDRESS, TAG_SENDER_SMTP);
	/* Whom it was sent for is often the sender by name alone. */
	if (!is_someone(l->from.address) &&
	    (!is_someone(l->from.name) ||
	     (is_someone(l->sender.name) && strcmp(l->from.name, l->sender.name) == 0)))
		l->from = l->sender;
	if (!l->sender.address || (l->from.address && strcmp(l->sender.address, l->from.address) == 0))
		l->sender = (struct letter_person){ 0 };
	if (value_of(r, TAG_SUBJECT, &p, &value))
		l->subject = p.type == PTYP_STRING ? text_of_subject(r->arena, p.type, value, LINE_MAX)
						   : line_property(r, TAG_SUBJECT);
	/* The two characters in front say where a prefix ends. */
	if (l->subject && l->subject[0] == 1 && l->subject[1])
		l->subject += 2;
	settle(r, &l->from);
	l->message_id = line_property(r, TAG_MESSAGE_ID);
	l->in_reply_to = line_property(r, TAG_IN_REPLY_TO);
	l->references = line_property(r, TAG_REFERENCES);
	(void)item_sheet_integer(&r->sheet, TAG_IMPORTANCE, &importance);
	l->importance = importance > 2 ? 1 : (int)importance;
}

static void read_rtf(struct item_letter *r, bool has_text)
{
	struct property p;
	struct view value, rtf;
	struct buf unpacked, plain;
	enum rtf_kind kind;

	if (!value_of(r, TAG_RTF, &p, &value) || p.type != PTYP_BINARY || value.len == 0)
		return;
	buf_init(&unpacked, TEXT_MAX);
	buf_init(&plain, TEXT_MAX);
	r->is_whole = lzfu_unpack(value, &unpacked) && r->is_whole;
	rtf = buf_view(&unpacked);
	kind = rtf_kind_of(rtf);
	if (kind == RTF_HTML || (kind != RTF_NONE && !has_text)) {
		struct view copy;

		rtf_unwrap(rtf, &plain);
		copy = view_of(arena_copy(r->arena, plain.at, plain.len), plain.len);
		if (kind == RTF_HTML)
			r->letter.html = copy;
		else
			r->letter.text = copy;
	}
	buf_fini(&plain);
	buf_fini(&unpacked);
}

static void read_html(struct item_letter *r)
{
	uint32_t page = r->internet_page ? r->internet_page : r->page;
	struct property p;
	struct view value;
	const char *text;

	if (!value_of(r, TAG_HTML, &p, &value) || value.len == 0)
		return;
	if (p.type == PTYP_BINARY) {
		r->letter.html = value;
		if (!str_is_utf8(str_from_view(value)) || charset_shift_is_ascii(page))
			r->letter.html_charset = charset_name(page);
		if (!r->letter.html_charset && !str_is_utf8(str_from_view(value)))
			r->letter.html_charset = "windows-1252";
	} else {
		text = text_property(r, &r->sheet, TAG_HTML, TEXT_MAX);
		r->letter.html = str_view(str_of(text));
	}
}

static void read_bodies(struct item_letter *r)
{
	const char *text = text_property(r, &r->sheet, TAG_TEXT, TEXT_MAX);

	if (text && *text)
		r->letter.text = str_view(str_of(text));
	read_html(r);
	if (!r->letter.html.at)
		read_rtf(r, r->letter.text.at != NULL);
	/* Of reports a server's words are the text. */
	text = r->letter.text.at ? NULL : text_property(r, &r->sheet, TAG_REPORT_TEXT, TEXT_MAX);
	if (text && *text)
		r->letter.text = str_view(str_of(text));
}

static const char *cell_text(struct item_letter *r, const struct table *table, struct view row, uint16_t id)
{
	struct view cell;
	struct buf utf8;
	const char *text;

	if (row_read_cell(table, row, (uint32_t)id << 16 | PTYP_STRING, &cell))
		return text_of(r->arena, PTYP_STRING, cell, LINE_MAX);
	if (!row_read_cell(table, row, (uint32_t)id << 16 | PTYP_STRING_8, &cell))
		return NULL;
	buf_init(&utf8, TEXT_MAX);
	charset_to_utf8(r->page, cell, &utf8);
	text = arena_text(r->arena, str_head(buf_str(&utf8), LINE_MAX));
	buf_fini(&utf8);
	return text;
}

static bool on_recipient(void *context, const struct table *table, struct view row)
{
	struct item_letter *r = context;
	struct letter_person *p =
		arena_grown(r->arena, r->people, r->letter.n_people, &r->people_room, sizeof *p);
	uint32_t type =
		row_read_integer(table, row, (uint32_t)TAG_RECIPIENT_TYPE << 16 | PTYP_INTEGER_32) & 15;

	if (!p)
		return false;
	r->people = p;
	p += r->letter.n_people;
	*p = (struct letter_person){ .name = cell_text(r, table, row, TAG_DISPLAY_NAME),
				     .address = cell_text(r, table, row, TAG_SMTP_ADDRESS) };
	if (!has_at(p->address))
		p->address = cell_text(r, table, row, TAG_ADDRESS);
	p->response = row_read_integer(table, row, (uint32_t)TAG_RESPONSE << 16 | PTYP_INTEGER_32);
	p->is_organizer =
		row_read_integer(table, row, (uint32_t)TAG_RECIPIENT_FLAGS << 16 | PTYP_INTEGER_32) &
		RECIPIENT_IS_ORGANIZER;
	p->role = type == RECIPIENT_CC ? LETTER_CC : type == RECIPIENT_BCC ? LETTER_BCC : LETTER_TO;
	settle(r, p);
	if ((p->name && *p->name) || (p->address && *p->address))
		r->letter.n_people++;
	return r->letter.n_people < PEOPLE_MAX;
}

/* True when there is no such table. */
static bool read_people(struct item_letter *r)
{
	struct row_read rows = { .context = r, .row = on_recipient, .cells = true };
	struct subnode sub;
	bool good = !item_subnode(&r->item, SPECIAL_RECIPIENT_TABLE, &sub) ||
		    row_read_table(r->reader, sub.data, sub.subnode, &rows);

	r->letter.people = r->people;
	return good;
}

static bool give_block(void *context, struct view data)
{
	encode_base64_add(context, data);
	return true;
}

static bool write_file(struct attached *a, struct encode_base64 *file)
{
	struct property p;
	struct view value;
	struct node_walk walk = { file, give_block };
	struct subnode sub;

	if (!item_sheet_head(&a->sheet, TAG_ATTACH_DATA, &p, &value))
		return false;
	/* An OLE object is a subnode that the value names. */
	if (p.type == PTYP_OBJECT) {
		struct cursor c = cursor_of(value);

		p.value = cursor_u32le(&c);
	} else if (hnid_is_hid(p.value) || property_is_inline(&p)) {
		encode_base64_add(file, value);
		return true;
	}
	return item_subnode(&a->item, p.value, &sub) &&
	       node_data_walk(a->holder->reader, (struct bid){ sub.data }, &walk);
}

static bool read_letter(struct item_letter *r);

static bool read_inner(struct item_letter *inner)
{
	item_sheet_fill(&inner->item, &inner->sheet);
	return read_letter(inner);
}

static bool write_message(struct attached *a, struct compose *compose)
{
	struct item_letter *inner = arena_alloc(a->holder->arena, sizeof *inner);
	struct subnode sub;

	if (!inner)
		return false;
	*inner = (struct item_letter){ .reader = a->holder->reader,
				       .arena = a->holder->arena,
				       .depth = a->holder->depth + 1,
				       .page = a->holder->page,
				       .is_whole = true };
	if (inner->depth > DEPTH_MAX || !item_subnode(&a->item, a->embedded, &sub) ||
	    !item_open_part(inner->reader, sub.data, sub.subnode, &inner->item) || !read_inner(inner)) {
		struct letter none = { .subject = "(a message that cannot be read)", .importance = 1 };

		(void)compose_letter(compose, &none);
		return false;
	}
	return compose_letter(compose, &inner->letter) && inner->is_whole;
}

static bool write_part(void *context, struct compose *compose, struct encode_base64 *file)
{
	struct attached *a = context;

	return a->embedded ? write_message(a, compose) : write_file(a, file);
}

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".txt", "text/plain" },
	{ ".htm", "text/html" },
	{ ".html", "text/html" },
	{ ".pdf", "application/pdf" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".jpeg", "image/jpeg" },
	{ ".gif", "image/gif" },
	{ ".zip", "application/zip" },
	{ ".doc", "application/msword" },
	{ ".xls", "application/vnd.ms-excel" },
	{ ".ics", "text/calendar" },
	{ ".vcf", "text/vcard" },
	{ ".rtf", "application/rtf" },
};

static const char *type_of(const char *name)
{
	for (size_t i = 0; name && i < COUNT_OF(types); i++)
		if (str_ends_nocase(str_of(name), str_of(types[i].ending)))
			return types[i].type;
	return NULL;
}

static void describe(struct item_letter *r, struct attached *a, struct letter_part *part)
{
	uint32_t flags = 0;

	item_sheet_fill(&a->item, &a->sheet);
	*part = (struct letter_part){ .write = write_part, .context = a };
	a->embedded = item_value_embedded(&a->item);
	part->is_message = a->embedded != 0;
	part->name = text_property(r, &a->sheet, TAG_LONG_FILE_NAME, LINE_MAX);
	if (!part->name || !*part->name)
		part->name = text_property(r, &a->sheet, TAG_FILE_NAME, LINE_MAX);
	if (!part->name || !*part->name)
		part->name = text_property(r, &a->sheet, TAG_DISPLAY_NAME, LINE_MAX);
	part->type = text_property(r, &a->sheet, TAG_MIME_TYPE, LINE_MAX);
	if (!part->type || !*part->type)
		part->type = type_of(part->name);
	part->id = text_property(r, &a->sheet, TAG_CONTENT_ID, LINE_MAX);
	(void)item_sheet_integer(&a->sheet, TAG_ATTACH_FLAGS, &flags);
	part->is_inline = (flags & ATTACH_IS_RELATED) && part->id && *part->id && !part->is_message &&
			  r->letter.html.at;
}

static bool read_parts(struct item_letter *r)
{
	struct subnode_list list;
	bool good = true;
	size_t n = 0;

	if (subnode_list_read(r->reader, (struct bid){ r->item.subnode }, &list) != ST_OK)
		return false;
	for (size_t i = 0; i < list.n; i++)
		n += nid_type((struct nid){ list.rows[i].nid }) == NID_TYPE_ATTACHMENT;
	r->parts = arena_array(r->arena, n, sizeof *r->parts);
	r->letter.parts = r->parts;
	for (size_t i = 0; r->parts && i < list.n && r->letter.n_parts < PARTS_MAX; i++) {
		struct attached *a;

		if (nid_type((struct nid){ list.rows[i].nid }) != NID_TYPE_ATTACHMENT)
			continue;
		a = arena_alloc(r->arena, sizeof *a);
		if (!a)
			return false;
		a->holder = r;
		if (item_open_part(r->reader, list.rows[i].data, list.rows[i].subnode, &a->item))
			describe(r, a, &r->parts[r->letter.n_parts++]);
		else
			good = false;
	}
	return good && list.whole && r->parts;
}

static bool read_letter(struct item_letter *r)
{
	uint32_t page = 0;

	if (item_sheet_integer(&r->sheet, TAG_PAGE, &page) && page)
		r->page = page;
	r->internet_page = 0;
	(void)item_sheet_integer(&r->sheet, TAG_INTERNET_PAGE, &r->internet_page);
	if (!r->page)
		r->page = r->internet_page;
	r->letter = (struct letter){ .importance = 1 };
	read_lines(r);
	read_times(r);
	read_bodies(r);
	r->is_whole = read_people(r) && r->is_whole;
	r->is_whole = read_parts(r) && r->is_whole;
	return !arena_failed(r->arena);
}

struct item_letter *item_letter_open(const struct node_reader *reader, const struct node_fact *node)
{
	struct item_letter *r = arena_alloc(reader->arena, sizeof *r);

	if (!r)
		return NULL;
	*r = (struct item_letter){ .reader = reader, .arena = reader->arena, .is_whole = true };
	if (!item_open(reader, node, &r->item))
		return NULL;
	item_sheet_fill(&r->item, &r->sheet);
	return r;
}

const struct item_sheet *item_letter_sheet(const struct item_letter *letter)
{
	return &letter->sheet;
}

struct item_letter_result item_letter_write(struct item_letter *letter, uint32_t nid, struct mail_sink *sink)
{
	struct compose compose = { .sink = sink, .seed = nid };
	struct letter none = { .subject = "(a message that cannot be read)", .importance = 1 };

	if (!letter || !read_letter(letter)) {
		(void)compose_letter(&compose, &none);
		return (struct item_letter_result){ false, false };
	}
	return (struct item_letter_result){ true,
					    compose_letter(&compose, &letter->letter) && letter->is_whole };
}

bool item_letter_read(const struct node_reader *reader, const struct node_fact *node, struct letter *out)
{
	struct item_letter *r = item_letter_open(reader, node);

	if (!r || !read_letter(r))
		return false;
	*out = r->letter;
	return true;
}
