/* This file takes over what a letter holds: its text, its HTML, its files and the letters inside. */
#include "base/buf.h"
#include "base/code_page.h"
#include "base/str.h"
#include "intake/inner.h"
#include "mail/charset.h"
#include "mail/values.h"
#include "pst/msg/tags.h"
#include "write/data_out.h"

#include <string.h>

enum {
	P_BODY = 0x1000001F,
	P_HTML = 0x10130102,
	P_NATIVE_BODY = 0x10160003,
	P_INTERNET_PAGE = 0x3FDE0003,
	P_DATA = 0x37010102,
	P_EXTENSION = 0x3703001F,
	P_LONG_NAME = 0x3707001F,
	P_MIME_TYPE = 0x370E001F,
	P_CONTENT_ID = 0x3712001F,
	P_ATTACH_FLAGS = 0x37140003,
	P_HIDDEN = 0x7FFE000B,
	NATIVE_PLAIN = 1,
	NATIVE_HTML = 3,
	RELATED = 4,
	TEXT_CAP = 128 << 20,
	LETTER_CAP = 256 << 20,
	SMALL = 3000, /* bytes that stay in the attachment's own heap */
};

static bool keep(void *context, struct view bytes)
{
	buf_add(context, bytes);
	return true;
}

static bool is_type(const struct mime_part *part, const char *type)
{
	return strcmp(part->type, type) == 0;
}

static bool is_multipart(const struct mime_part *part)
{
	return part->kind == MIME_SEVERAL;
}

/* Bytes without their transfer encoding; the caller ends the buffer. False when they are too many. */
static bool decoded(struct letter_in *l, const struct mime_part *part, size_t cap, struct buf *out)
{
	struct mail_sink sink = { .context = out, .write = keep };

	buf_init(out, cap);
	mime_decode(l->mime, part, &sink);
	return !buf_failed(out) && !sink.failed;
}

/* Lines of text end with CR LF, whatever the file had. */
static void put_lines(struct view bytes, struct buf *out)
{
	size_t from = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.at[i] != '\n' || (i && bytes.at[i - 1] == '\r'))
			continue;
		buf_add(out, view_of(bytes.at + from, i - from));
		buf_add_text(out, "\r\n");
		from = i + 1;
	}
	if (bytes.len > from)
		buf_add(out, view_of(bytes.at + from, bytes.len - from));
}

static uint32_t page_of(struct letter_in *l, const struct mime_part *part, struct view bytes)
{
	uint32_t page = charset_page(str_of(part->charset));
	bool is_utf8 = str_is_utf8(str_from_view(bytes));

	if (*part->charset && page == 0)
		mime_note(l->mime, MIME_CHARSET, part->type_raw.at);
	else if (!is_utf8 && bytes.len && (page == CODE_PAGE_UTF8 || (page == 0 && !*part->charset)))
		mime_note(l->mime, MIME_CHARSET, part->body.at);
	if (page == 0)
		page = is_utf8 ? CODE_PAGE_UTF8 : CODE_PAGE_WESTERN;
	return page;
}

/* NUL ends text in stores. */
static void drop_zeros(struct buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		if (text->at[i])
			text->at[n++] = text->at[i];
	text->len = n;
}

static bool put_text(struct letter_in *l, const struct mime_part *part, struct message_out *out)
{
	struct buf bytes, lines, utf8;
	bool good = decoded(l, part, TEXT_CAP, &bytes);

	buf_init(&lines, TEXT_CAP);
	buf_init(&utf8, TEXT_CAP);
	put_lines(buf_view(&bytes), &lines);
	(void)words_from_charset(str_of(charset_name(page_of(l, part, buf_view(&lines)))), buf_view(&lines),
				 &utf8);
	drop_zeros(&utf8);
	good = good && !buf_failed(&lines) && !buf_failed(&utf8);
	letter_in_text(out->props, P_BODY, buf_str(&utf8));
	buf_fini(&utf8);
	buf_fini(&lines);
	buf_fini(&bytes);
	return good;
}

static bool put_html(struct letter_in *l, const struct mime_part *part, struct message_out *out)
{
	struct buf bytes, lines;
	bool good = decoded(l, part, TEXT_CAP, &bytes);

	buf_init(&lines, TEXT_CAP);
	put_lines(buf_view(&bytes), &lines);
	good = good && !buf_failed(&lines);
	props_add_bytes(out->props, P_HTML, buf_view(&lines));
	props_add_int(out->props, P_INTERNET_PAGE, page_of(l, part, buf_view(&lines)));
	buf_fini(&lines);
	buf_fini(&bytes);
	return good;
}

/* Where a file's bytes go: what is small waits, the rest flows into the store. */
struct file_out {
	struct ndb_out *ndb;
	uint8_t held[SMALL];
	size_t n_held;
	struct data_out data;
	bool flows;
	uint64_t len;
};

static bool write_file(void *context, struct view bytes)
{
	struct file_out *f = context;

	f->len += bytes.len;
	if (!f->flows && bytes.len <= sizeof f->held - f->n_held) {
		if (bytes.len)
			memcpy(f->held + f->n_held, bytes.at, bytes.len);
		f->n_held += bytes.len;
		return true;
	}
	if (!f->flows) {
		data_out_start(&f->data, f->ndb);
		data_out_add(&f->data, view_of(f->held, f->n_held));
		f->flows = true;
	}
	data_out_add(&f->data, bytes);
	return ndb_out_status(f->ndb) == ST_OK;
}

static void put_file(struct letter_in *l, const struct mime_part *part, struct attachment_out *a)
{
	struct file_out *f = arena_alloc(l->in->item, sizeof *f);
	struct mail_sink sink = { .context = f, .write = write_file };

	if (!f)
		return;
	f->ndb = store_out_ndb(l->in->store);
	mime_decode(l->mime, part, &sink);
	if (f->flows)
		message_out_stream(a->props, &a->subnodes, P_DATA, data_out_end(&f->data), f->len);
	else
		props_add_bytes(a->props, P_DATA, view_of(f->held, f->n_held));
}

static void describe_file(const struct mime_part *part, bool is_related, struct props *props)
{
	const char *dot;

	props_add_text(props, P_MIME_TYPE, part->type);
	if (part->name && *part->name) {
		props_add_text(props, P_LONG_NAME, part->name);
		props_add_text(props, (uint32_t)TAG_DISPLAY_NAME << 16 | PTYP_STRING, part->name);
		dot = strrchr(part->name, '.');
		if (dot && dot[1])
			props_add_text(props, P_EXTENSION, dot);
	}
	if (part->id && *part->id)
		props_add_text(props, P_CONTENT_ID, part->id);
	if (is_related) {
		props_add_int(props, P_ATTACH_FLAGS, RELATED);
		props_add_int(props, P_HIDDEN, 1);
	}
}

/* A letter inside, which becomes the attachment's content. False when memory ended. */
static bool put_letter(struct letter_in *l, struct mime_message *mime, uint32_t part,
		       struct attachment_out *a)
{
	struct letter_in inner = { .in = l->in, .source = l->source, .mime = mime, .part = part };
	struct message_out message;
	struct message_place place;

	inner.depth = l->depth + 1;
	if (message_out_start(&message, l->in->store, l->in->item) != ST_OK ||
	    !letter_in_write(&inner, &message))
		return false;
	place = message_out_end(&message, false);
	attachment_out_embed(a, &place);
	l->is_lost = l->is_lost || inner.is_lost;
	return true;
}

/* A letter in a transfer encoding, which is against the rules and common. */
static bool put_coded_letter(struct letter_in *l, const struct mime_part *part, struct attachment_out *a)
{
	struct mime_message *inner = arena_alloc(l->in->item, sizeof *inner);
	struct buf bytes;
	const void *copy = NULL;
	bool good = false;

	if (inner && decoded(l, part, LETTER_CAP, &bytes)) {
		copy = arena_copy(l->in->item, bytes.at, bytes.len);
		good = copy && mime_parse(l->in->item, view_of(copy, bytes.len), inner) == ST_OK &&
		       put_letter(l, inner, 0, a);
	}
	if (inner)
		buf_fini(&bytes);
	if (good)
		for (size_t i = 0; i < inner->n_defects && i < MIME_DEFECTS_MAX; i++)
			mime_note(l->mime, inner->defects[i].kind, part->body.at);
	return good;
}

static bool is_related(const struct letter_in *l, const struct mime_part *part, bool has_html)
{
	const struct mime_part *holder = part->parent == MIME_TOP ? NULL : &l->mime->parts[part->parent];

	return has_html && part->id && *part->id && part->kind == MIME_LEAF && holder &&
	       (is_type(holder, "multipart/related") || part->place == MIME_INLINE);
}

static bool put_attachment(struct letter_in *l, uint32_t number, bool has_html, struct message_out *out)
{
	const struct mime_part *part = &l->mime->parts[number];
	bool is_letter = is_type(part, "message/rfc822") || part->kind == MIME_MESSAGE;
	struct attachment_out a;
	bool good = true;

	if (attachment_out_start(&a, out) != ST_OK)
		return false;
	if (is_letter && l->depth >= INTAKE_DEPTH_MAX) {
		mime_note(l->mime, MIME_DEEP, part->body.at);
		is_letter = false;
	}
	if (!is_letter) {
		describe_file(part, is_related(l, part, has_html), a.props);
		put_file(l, part, &a);
	} else {
		if (part->name && *part->name)
			props_add_text(a.props, (uint32_t)TAG_DISPLAY_NAME << 16 | PTYP_STRING, part->name);
		if (part->id && *part->id)
			props_add_text(a.props, P_CONTENT_ID, part->id);
		good = part->kind == MIME_MESSAGE ? put_letter(l, l->mime, number + 1, &a)
						  : put_coded_letter(l, part, &a);
	}
	attachment_out_end(&a);
	return good;
}

/* What of a letter is its text and its HTML; numbers of parts, 0xFFFFFFFF for none. */
struct bodies {
	uint32_t text, html;
};

/* A part may be the body where it is no file and what it stands in shows it first. */
static bool may_be_body(const struct mime_part *part)
{
	return part->kind == MIME_LEAF && part->place != MIME_ATTACHMENT && !(part->name && *part->name);
}

/* The first below `part` that the letter itself holds; parts of letters inside are passed by. */
static uint32_t next_part(const struct letter_in *l, uint32_t number, uint32_t end)
{
	uint32_t depth = l->mime->parts[number].depth;
	bool is_message = l->mime->parts[number].kind == MIME_MESSAGE;

	do
		number++;
	while (is_message && number < end && l->mime->parts[number].depth > depth);
	return number;
}

static uint32_t end_of(const struct letter_in *l)
{
	uint32_t n = l->part + 1, depth = l->mime->parts[l->part].depth;

	while (n < l->mime->n && l->mime->parts[n].depth > depth)
		n++;
	return n;
}

/* Behind the first body only what stands beside it as an alternative is one too. */
static void find_bodies(const struct letter_in *l, uint32_t end, struct bodies *out)
{
	uint32_t first = MIME_TOP;

	*out = (struct bodies){ MIME_TOP, MIME_TOP };
	for (uint32_t i = l->part; i < end; i = next_part(l, i, end)) {
		const struct mime_part *part = &l->mime->parts[i];
		bool is_text = is_type(part, "text/plain"), is_html = is_type(part, "text/html");

		if (part->kind == MIME_LEAF && first == MIME_TOP && !may_be_body(part))
			first = i;
		if (!may_be_body(part) || (!is_text && !is_html))
			continue;
		if (first != MIME_TOP && l->mime->parts[first].parent != part->parent) {
			/* <alternative> text, <related> html, image: the outer ones are what is compared. */
			const struct mime_part *holder = &l->mime->parts[part->parent];

			if (!is_type(holder, "multipart/related") ||
			    holder->parent != l->mime->parts[first].parent ||
			    !is_type(&l->mime->parts[holder->parent], "multipart/alternative"))
				continue;
		} else if (first != MIME_TOP &&
			   !is_type(&l->mime->parts[part->parent], "multipart/alternative")) {
			continue;
		}
		if (first == MIME_TOP)
			first = i;
		if (is_text && out->text == MIME_TOP)
			out->text = i;
		if (is_html && out->html == MIME_TOP)
			out->html = i;
	}
}

/* Which of the bodies the letter was written in: HTML wherever it is. */
static void add_kind(const struct bodies *b, struct props *props)
{
	props_add_int(props, P_NATIVE_BODY, b->html != MIME_TOP ? NATIVE_HTML : NATIVE_PLAIN);
	if (b->html == MIME_TOP)
		props_add_int(props, P_INTERNET_PAGE, CODE_PAGE_UTF8);
}

bool letter_in_bodies(struct letter_in *l, struct message_out *out)
{
	uint32_t end = end_of(l);
	bool has_html;
	struct bodies b;

	find_bodies(l, end, &b);
	has_html = b.html != MIME_TOP;
	add_kind(&b, out->props);
	if (b.text != MIME_TOP && !put_text(l, &l->mime->parts[b.text], out))
		l->is_lost = true;
	if (has_html && !put_html(l, &l->mime->parts[b.html], out))
		l->is_lost = true;
	for (uint32_t i = l->part; i < end; i = next_part(l, i, end)) {
		if (i == b.text || i == b.html || is_multipart(&l->mime->parts[i]))
			continue;
		/* A letter whose only part is empty has no file. */
		if (i == l->part && l->mime->parts[i].kind == MIME_LEAF && l->mime->parts[i].body.len == 0)
			continue;
		if (!put_attachment(l, i, has_html, out))
			return false;
	}
	return true;
}
