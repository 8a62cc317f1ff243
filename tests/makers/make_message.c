/* This file makes messages: properties, recipients, attachments, messages inside them, and their rows. */
#include "make.h"

#include "memory.h"

#include <assert.h>
#include <libdeflate.h>
#include <string.h>

enum { MESSAGE_ARENA_MAX = 64 << 20, CHUNK = 64 << 10, SMALL_ATTACHMENT = 100, PEOPLE = 900 };
enum { RECIPIENT_TO = 1, RECIPIENT_CC = 2, RECIPIENT_BCC = 3 };
enum { OBJECT_MAIL_USER = 6 };

/* A message while it is made. */
struct making {
	struct maker *maker;
	struct arena *arena; /* of this message */
	struct dice dice;
	uint64_t number;
	struct message_out message;
	struct props *props; /* the message's */
	struct buf listed;   /* attachments, for the manifest */
	const char *subject, *embedded;
};

/* 4 January 2004, and 41 minutes from one to the next. */
uint64_t make_time(uint64_t n)
{
	return UINT64_C(127176480000000000) + n * 41 * 60 * 10000000;
}

static bool is_latin(const struct making *m)
{
	return m->maker->v->kind == VARIANT_ANSI;
}

static const char *extension_of(uint64_t i)
{
	static const char *const extensions[] = { ".txt", ".pdf", ".jpg", ".docx" };

	return extensions[i % 4];
}

/* Key by which a person is found: type and address in capitals, with a NUL. */
static void add_search_key(struct making *m, struct props *props, uint32_t tag, const char *address)
{
	char *key = arena_printf(m->arena, "SMTP:%s", address);

	assert(key);
	for (char *c = key; *c; c++)
		*c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	props_add_bytes(props, tag, view_of(key, strlen(key) + 1));
}

/* One-off entry ([MS-OXCDATA] 2.2.5.1), in 16-bit text. */
static void add_one_off(struct making *m, struct props *props, uint32_t tag, const struct person *p)
{
	static const uint8_t head[] = { 0,    0,    0,    0,    0x81, 0x2B, 0x1F, 0xA4,
					0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD,
					0x01, 0x0F, 0x54, 0x02, 0,    0,    0x01, 0x90 };
	const char *const parts[] = { p->name, "SMTP", p->address };
	uint8_t bytes[sizeof head + 512] = { 0 };
	size_t len = sizeof head;

	memcpy(bytes, head, sizeof head);
	for (unsigned i = 0; i < 3; i++) {
		struct view text = props_text(m->arena, variant_of(VARIANT_UNICODE), parts[i]);

		assert(len + text.len + 2 <= sizeof bytes);
		memcpy(bytes + len, text.at, text.len);
		len += text.len + 2;
	}
	props_add_bytes(props, tag, view_of(bytes, len));
}

static void add_recipient(struct making *m, uint32_t i, uint64_t type)
{
	struct person p = words_person(m->arena, (m->number * 7 + i) % PEOPLE);
	struct props *props = props_new(m->arena, m->maker->v);

	props_add_int(props, 0x0C150003, type);
	props_add_int(props, 0x0E0F000B, 1);
	props_add_int(props, 0x0FFE0003, OBJECT_MAIL_USER);
	add_one_off(m, props, 0x0FFF0102, &p);
	props_add_text(props, 0x3001001F, p.name);
	props_add_text(props, 0x3002001F, "SMTP");
	props_add_text(props, 0x3003001F, p.address);
	add_search_key(m, props, 0x300B0102, p.address);
	props_add_int(props, 0x39000003, 0);
	props_add_text(props, 0x39FF001F, p.name);
	props_add_int(props, 0x3A40000B, 1);
	message_out_recipient(&m->message, props);
}

/* The line that shows the recipients of one type. */
static void add_line(struct making *m, uint32_t tag, uint64_t first, uint64_t n)
{
	struct buf line;

	if (n == 0)
		return;
	buf_init(&line, 1 << 20);
	for (uint64_t i = first; i < first + n; i++)
		buf_printf(&line, "%s%s", i > first ? "; " : "",
			   words_person(m->arena, (m->number * 7 + i) % PEOPLE).name);
	buf_add_byte(&line, 0);
	props_add_text(m->props, tag, (const char *)line.at);
	buf_fini(&line);
}

/* At least one is addressed, some get copies, few blind ones. */
static void add_recipients(struct making *m)
{
	uint64_t n = dice_below(&m->dice, m->maker->plan->recipients) + 1;
	uint64_t n_to = n - n / 3, n_cc = n / 3 - n / 9, n_bcc = n / 9;

	for (uint32_t i = 0; i < n; i++)
		add_recipient(m, i, i < n_to ? RECIPIENT_TO : i < n_to + n_cc ? RECIPIENT_CC : RECIPIENT_BCC);
	add_line(m, 0x0E04001F, 0, n_to);
	add_line(m, 0x0E03001F, n_to, n_cc);
	add_line(m, 0x0E02001F, n_to + n_cc, n_bcc);
}

static void add_sender(struct making *m)
{
	struct person p = words_person(m->arena, (m->number * 13 + 5) % PEOPLE);
	static const uint32_t tags[2][5] = {
		{ 0x0042001F, 0x0064001F, 0x0065001F, 0x003B0102, 0x00410102 },
		{ 0x0C1A001F, 0x0C1E001F, 0x0C1F001F, 0x0C1D0102, 0x0C190102 },
	};

	for (unsigned i = 0; i < 2; i++) {
		props_add_text(m->props, tags[i][0], p.name);
		props_add_text(m->props, tags[i][1], "SMTP");
		props_add_text(m->props, tags[i][2], p.address);
		add_search_key(m, m->props, tags[i][3], p.address);
		add_one_off(m, m->props, tags[i][4], &p);
	}
	props_add_text(
		m->props, 0x007D001F,
		arena_printf(m->arena,
			     "From: <%s>\r\nDate: Sun, 4 Jan 2004 00:00:00 +0000\r\nX-Number: %llu\r\n",
			     p.address, (unsigned long long)m->number));
}

/* Text always, HTML beside it in every third message. */
static void add_body(struct making *m)
{
	size_t len = (size_t)dice_range(&m->dice, m->maker->plan->body);
	const char *text, *html;

	if (m->maker->plan->body.to == 0)
		return;
	text = words_text(m->arena, &m->dice, len, is_latin(m));
	props_add_text(m->props, 0x1000001F, text);
	if (m->number % 3)
		return;
	html = arena_printf(m->arena, "<html><head><title>%llu</title></head><body><p>%s</p></body></html>",
			    (unsigned long long)m->number, text);
	assert(html);
	props_add_bytes(m->props, 0x10130102, view_of(html, strlen(html)));
	props_add_int(m->props, 0x3FDE0003, 65001);
}

static void list_attachment(struct making *m, const char *name, uint64_t size, uint32_t crc)
{
	buf_printf(&m->listed, "%s{\"name\":\"%s\",\"size\":%llu,\"crc\":%lu}", m->listed.len ? "," : "",
		   name, (unsigned long long)size, (unsigned long)crc);
}

/* The bytes of an attachment, as a value or, when there are many, as a subnode of it. */
static void add_content(struct making *m, struct attachment_out *to, uint64_t size, uint32_t *crc_out)
{
	uint8_t *chunk = memory_new(CHUNK, 1);
	struct data_out data;
	uint32_t crc = 0;

	if (size <= HEAP_ITEM_ANSI_MAX) {
		dice_bytes(&m->dice, chunk, (size_t)size);
		crc = libdeflate_crc32(0, chunk, (size_t)size);
		props_add_bytes(to->props, 0x37010102, view_of(chunk, (size_t)size));
	} else {
		data_out_start(&data, m->maker->out);
		for (uint64_t left = size; left; left -= left < CHUNK ? left : CHUNK) {
			size_t n = left < CHUNK ? (size_t)left : CHUNK;

			dice_bytes(&m->dice, chunk, n);
			crc = libdeflate_crc32(crc, chunk, n);
			data_out_add(&data, view_of(chunk, n));
		}
		message_out_stream(to->props, &to->subnodes, 0x37010102, data_out_end(&data), size);
	}
	free(chunk);
	*crc_out = crc;
}

static void start_attachment(struct making *m, struct attachment_out *to)
{
	enum status st = attachment_out_start(to, &m->message);

	assert(st == ST_OK);
	props_add_int(to->props, 0x370B0003, 0xFFFFFFFF);
	props_add_int(to->props, 0x30070040, make_time(m->number));
	props_add_int(to->props, 0x30080040, make_time(m->number));
}

static void add_file(struct making *m, uint64_t i)
{
	struct range range = m->maker->plan->attachments;
	uint64_t size = i ? dice_below(&m->dice, SMALL_ATTACHMENT) + 1 : dice_range(&m->dice, range);
	const char *extension = extension_of(m->number + i);
	const char *name =
		arena_printf(m->arena, "%s %llu-%llu%s", words_line(m->arena, &m->dice, 1, is_latin(m)),
			     (unsigned long long)m->number, (unsigned long long)i, extension);
	struct attachment_out to;
	uint32_t crc;

	assert(name);
	start_attachment(m, &to);
	add_content(m, &to, size, &crc);
	props_add_text(to.props, 0x3703001F, extension);
	props_add_text(to.props, 0x3704001F,
		       arena_printf(m->arena, "FILE~%llu%s", (unsigned long long)i, extension));
	props_add_text(to.props, 0x3707001F, name);
	attachment_out_end(&to);
	list_attachment(m, name, size, crc);
}

static struct message_place write_message(struct making *m, const struct message_plan *spec);
static void begin(struct making *m, struct maker *maker);
static void end(struct making *m);

/* A message inside: written first, then the attachment that holds it. The depth
 * is the plan's and bounded there. */
static void add_embedded(struct making *m, const struct message_plan *spec)
{
	struct message_plan inner = *spec;
	struct message_place place;
	struct attachment_out to;
	struct making within;

	inner.embedded--;
	inner.attachments = inner.attachments ? 1 : 0;
	inner.named = 0;
	begin(&within, m->maker);
	place = write_message(&within, &inner);
	m->embedded = arena_strdup(m->arena, within.subject);
	end(&within);
	assert(m->embedded);
	start_attachment(m, &to);
	attachment_out_embed(&to, &place);
	props_add_text(to.props, 0x3001001F, m->embedded);
	attachment_out_end(&to);
}

static void add_attachments(struct making *m, const struct message_plan *spec)
{
	for (uint64_t i = 0; i < spec->attachments; i++)
		add_file(m, i);
	if (spec->embedded)
		add_embedded(m, spec);
}

static const char *add_subject(struct making *m)
{
	const char *topic = words_line(m->arena, &m->dice, 2 + dice_below(&m->dice, 6), is_latin(m));
	const char *topic_here = arena_printf(m->arena, "%s %llu", topic, (unsigned long long)m->number);
	const char *subject = m->number % 5 ? topic_here : arena_printf(m->arena, "Re: %s", topic_here);

	assert(topic_here && subject);
	/* A prefix is told by its length ([MS-PST] 2.5.3.1.1.1). */
	props_add_text(m->props, 0x0037001F,
		       m->number % 5 ? subject : arena_printf(m->arena, "\x01\x05%s", subject));
	props_add_text(m->props, 0x0070001F, topic_here);
	return subject;
}

static void add_usual(struct making *m, const struct message_plan *spec)
{
	uint8_t key[22] = { 0x01 };
	const char *id;

	dice_bytes(&m->dice, key + 1, sizeof key - 1);
	props_add_text(m->props, 0x001A001F, spec->class);
	props_add_int(m->props, 0x00170003, m->number % 16 ? 1 : 2);
	props_add_int(m->props, 0x00360003, 0);
	props_add_int(m->props, 0x0E070003, spec->flags);
	props_add_int(m->props, 0x0E170003, 0);
	props_add_int(m->props, 0x30070040, make_time(m->number));
	props_add_int(m->props, 0x30080040, make_time(m->number) + 600000000);
	props_add_bytes(m->props, 0x300B0102, view_of(key + 6, 16));
	if (!spec->is_mail)
		return;
	props_add_int(m->props, 0x00390040, make_time(m->number));
	props_add_int(m->props, 0x0E060040, make_time(m->number) + 20000000);
	props_add_bytes(m->props, 0x00710102, view_of(key, sizeof key));
	props_add_int(m->props, 0x0057000B, m->number % 2);
	props_add_int(m->props, 0x0058000B, 0);
	props_add_int(m->props, 0x0029000B, m->number % 11 == 0);
	id = arena_printf(m->arena, "<%016llx@made.example.org>", (unsigned long long)dice_next(&m->dice));
	props_add_text(m->props, 0x1035001F, spec->message_id ? spec->message_id : id);
}

/* Categories for some, made-up properties for the one that is asked for. */
static void add_named(struct making *m, const struct message_plan *spec)
{
	static const char *const categories[] = { "Blue", "Urgent", "Later" };

	if (m->number % 10 == 3)
		props_add_texts(m->props, named_tag(NAMED_KEYWORDS), categories, 1 + m->number % 3);
	for (uint64_t i = 0; i < spec->named; i++) {
		if (i % 2)
			props_add_text(m->props, named_made_tag(i),
				       words_line(m->arena, &m->dice, 3, is_latin(m)));
		else
			props_add_int(m->props, named_made_tag(i), i);
	}
}

static void begin(struct making *m, struct maker *maker)
{
	enum status st;

	*m = (struct making){ .maker = maker, .number = maker->n_messages++ };
	m->arena = arena_new(MESSAGE_ARENA_MAX);
	assert(m->arena);
	m->dice = dice_of(maker->plan->seed, m->number);
	st = message_out_start(&m->message, maker->store, m->arena);
	assert(st == ST_OK);
	m->props = m->message.props;
	buf_init(&m->listed, 1 << 24);
}

static void end(struct making *m)
{
	buf_fini(&m->listed);
	arena_drop(&m->arena);
}

static struct message_place write_message(struct making *m, const struct message_plan *spec)
{
	m->subject = add_subject(m);
	add_usual(m, spec);
	if (spec->is_mail) {
		add_sender(m);
		add_recipients(m);
	}
	add_body(m);
	add_attachments(m, spec);
	add_named(m, spec);
	if (spec->extra)
		spec->extra(m->maker, m->props, &m->dice);
	return message_out_end(&m->message, (spec->flags & MESSAGE_ASSOCIATED) != 0);
}

static void tell(const struct making *m, const struct folder *folder, uint32_t nid,
		 const struct message_plan *spec)
{
	FILE *to = m->maker->manifest;

	if (!to)
		return;
	fprintf(to, "{\"folder\":\"%s\",\"nid\":%lu,\"class\":\"%s\",\"subject\":\"%s\",", folder->path,
		(unsigned long)nid, spec->class, m->subject);
	fprintf(to, "\"associated\":%s,\"recipients\":%llu,",
		spec->flags & MESSAGE_ASSOCIATED ? "true" : "false",
		(unsigned long long)m->message.n_recipients);
	if (m->embedded)
		fprintf(to, "\"embedded\":\"%s\",", m->embedded);
	else
		fputs("\"embedded\":null,", to);
	fprintf(to, "\"attachments\":[%.*s]}\n", (int)m->listed.len,
		m->listed.len ? (const char *)m->listed.at : "");
}

/* Rows of tables that list messages besides their folder. */
static void add_other_rows(struct making *m, const struct folder *folder, uint32_t nid,
			   const struct message_plan *spec)
{
	struct maker *maker = m->maker;

	if (spec->flags & MESSAGE_SUBMIT) {
		props_add_int(m->props, 0x0E100003, 0);
		props_add_int(m->props, 0x0E140003, spec->submit_flags);
		store_out_queue(maker->store, nid, m->props);
	}
	if (maker->unread_search && folder == maker->inbox &&
	    !(spec->flags & (MESSAGE_READ | MESSAGE_ASSOCIATED))) {
		props_add_int(m->props, 0x67F10003, folder_out_nid(folder->out));
		folder_out_found(maker->unread_search->out, nid, m->props);
	}
}

void make_message(struct maker *maker, struct folder *folder, const struct message_plan *spec)
{
	bool associated = (spec->flags & MESSAGE_ASSOCIATED) != 0;
	struct message_spec written = { 0 };
	struct message_place place;
	struct making m;

	written.nid = ndb_out_nid(maker->out, associated ? NID_TYPE_ASSOC_MESSAGE : NID_TYPE_NORMAL_MESSAGE);
	begin(&m, maker);
	place = write_message(&m, spec);
	written.data = place.data;
	written.subnode = place.subnode;
	written.props = m.props;
	(void)folder_out_message(folder->out, &written);
	add_other_rows(&m, folder, written.nid, spec);
	tell(&m, folder, written.nid, spec);
	end(&m);
}
