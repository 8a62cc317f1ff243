/* This file reads a message's DKIM signature: does its body hash fit, and which bytes were signed. */
#include "trip/signature.h"

#include "base/buf.h"
#include "base/checked.h"
#include "trip/part.h"
#include "wire/base64.h"

#include <string.h>

enum { HASH_LEN = 32, FIELDS_MAX = 256, DATA_MAX = 256 * 1024 };

/* One header field with the lines that go on with it, each with its CRLF. */
struct fields {
	struct str list[FIELDS_MAX];
	bool used[FIELDS_MAX];
	size_t n;
};

static const struct {
	const char *name;
	enum signature_kind kind;
} kinds[] = {
	{ "rsa-sha256", SIGNATURE_RSA_SHA256 },
	{ "ed25519-sha256", SIGNATURE_ED25519_SHA256 },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of a tag in "a=x; b=y" (RFC 6376 section 3.2), without the blanks of folding. */
static struct str tag_of(struct arena *arena, struct str list, const char *name)
{
	while (list.at && list.len) {
		struct str value = str_cut(&list, ';'), key = str_trim(str_cut(&value, '='));
		char *text;
		size_t len = 0;

		if (!str_is(key, name) || !value.at)
			continue;
		text = arena_alloc(arena, value.len + 1);
		for (size_t i = 0; text && i < value.len; i++)
			if (!is_blank(value.at[i]))
				text[len++] = value.at[i];
		return (struct str){ .at = text ? text : "", .len = len };
	}
	return STR("");
}

static void fields_read(struct str head, struct fields *out)
{
	out->n = 0;
	while (head.at && head.len) {
		struct str rest = head, line = str_cut(&rest, '\n');
		bool goes_on = line.len && (line.at[0] == ' ' || line.at[0] == '\t');
		size_t len = rest.at ? line.len + 1 : line.len;

		if (goes_on && out->n > 0)
			out->list[out->n - 1].len += len;
		else if (out->n < FIELDS_MAX)
			out->list[out->n++] = (struct str){ .at = head.at, .len = len };
		head = rest;
	}
	memset(out->used, 0, sizeof out->used);
}

static struct str name_of_field(struct str field)
{
	return str_trim(str_cut(&field, ':'));
}

static struct str value_of_field(struct str field)
{
	(void)str_cut(&field, ':');
	return field.at ? field : STR("");
}

/* RFC 6376 section 3.4.4: runs of blanks are one, none at the end of a line. */
static void add_relaxed(struct buf *out, struct str line)
{
	bool blank = false;

	for (size_t i = 0; i < line.len; i++) {
		if (is_blank(line.at[i])) {
			blank = true;
			continue;
		}
		if (blank)
			buf_add_byte(out, ' ');
		blank = false;
		buf_add_byte(out, (uint8_t)line.at[i]);
	}
}

/* Sections 3.4.3 and 3.4.4: empty lines at the end do not count. */
static void add_body(struct str body, bool relaxed, struct buf *out)
{
	size_t n_empty = 0;

	while (body.at && body.len) {
		struct str line = str_cut(&body, '\n');
		size_t before, begin;

		if (line.len && line.at[line.len - 1] == '\r')
			line.len--;
		before = out->len;
		for (size_t i = 0; i < n_empty; i++)
			buf_add_text(out, "\r\n");
		begin = out->len;
		if (relaxed)
			add_relaxed(out, line);
		else
			buf_add_str(out, line);
		if (out->len == begin) {
			out->len = before;
			n_empty++;
			continue;
		}
		n_empty = 0;
		buf_add_text(out, "\r\n");
	}
	if (out->len == 0 && !relaxed)
		buf_add_text(out, "\r\n");
}

static bool body_fits(struct arena *arena, struct str tags, struct str body, fate_hash_fn *hash)
{
	struct str method = tag_of(arena, tags, "c"), length = tag_of(arena, tags, "l");
	uint8_t digest[HASH_LEN];
	uint64_t most;
	struct buf text;
	bool good;

	(void)str_cut(&method, '/');
	buf_init(&text, LETTER_MAX * 2);
	add_body(body, method.at && str_is(method, "relaxed"), &text);
	if (str_to_u64(length, SIZE_MAX, &most) && most < text.len)
		text.len = (size_t)most;
	good = !buf_failed(&text) && hash(buf_view(&text), digest);
	buf_fini(&text);
	if (!good)
		return true;
	return str_eq(tag_of(arena, tags, "bh"), base64_write(arena, view_of(digest, sizeof digest)));
}

/* Sections 3.4.1 and 3.4.2: as it is, or its name in small letters and its value on one line. */
static void add_field(struct buf *out, struct str field, bool relaxed)
{
	struct str name = name_of_field(field);

	if (!relaxed) {
		buf_add_str(out, field);
		return;
	}
	for (size_t i = 0; i < name.len; i++)
		buf_add_byte(out, (uint8_t)str_lower_char(name.at[i]));
	buf_add_byte(out, ':');
	add_relaxed(out, str_trim(value_of_field(field)));
	buf_add_text(out, "\r\n");
}

/* The signature's own field with nothing behind "b=" and no line end (section 3.7). */
static struct str without_signature(struct arena *arena, struct str field)
{
	struct str rest = value_of_field(field);
	size_t head, tail;
	char *text = arena_alloc(arena, field.len + 1);

	if (!text)
		return STR("");
	while (rest.at) {
		struct str tag = str_cut(&rest, ';'), value = tag, key = str_trim(str_cut(&value, '='));

		if (!str_is(key, "b") || !value.at)
			continue;
		head = (size_t)(value.at - field.at);
		tail = head + value.len;
		memcpy(text, field.at, head);
		memcpy(text + head, field.at + tail, field.len - tail);
		return (struct str){ .at = text, .len = field.len - value.len };
	}
	return field;
}

/* The last one of this name that was not taken yet (section 5.4.2). */
static void add_named(struct buf *out, struct fields *fields, struct str name, bool relaxed)
{
	for (size_t i = fields->n; i-- > 0;) {
		if (fields->used[i] || !str_eq_nocase(name_of_field(fields->list[i]), name))
			continue;
		fields->used[i] = true;
		add_field(out, fields->list[i], relaxed);
		return;
	}
}

static struct view signed_bytes(struct arena *arena, struct fields *fields, size_t own, struct str tags)
{
	struct str method = tag_of(arena, tags, "c"), names = tag_of(arena, tags, "h");
	struct str how = str_cut(&method, '/'), copy;
	bool relaxed = str_is(how, "relaxed");
	struct buf out;

	buf_init(&out, DATA_MAX);
	while (names.at && names.len)
		add_named(&out, fields, str_cut(&names, ':'), relaxed);
	add_field(&out, without_signature(arena, fields->list[own]), relaxed);
	while (out.len && is_blank((char)out.at[out.len - 1]))
		out.len--;
	copy = buf_failed(&out) ? STR("") : arena_str(arena, buf_str(&out));
	buf_fini(&out);
	return str_view(copy);
}

static bool known_kind(struct str name, enum signature_kind *out)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (str_is_nocase(name, kinds[i].name)) {
			*out = kinds[i].kind;
			return true;
		}
	return false;
}

static bool is_name(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!str_is_alpha(text.at[i]) && !str_is_digit(text.at[i]) && text.at[i] != '-' &&
		    text.at[i] != '.' && text.at[i] != '_')
			return false;
	return text.len > 0 && text.len < 200;
}

static bool read_one(struct arena *arena, struct fields *fields, size_t at, struct signature *out)
{
	struct str tags = value_of_field(fields->list[at]);
	struct str domain = tag_of(arena, tags, "d"), selector = tag_of(arena, tags, "s");

	if (!str_is_nocase(name_of_field(fields->list[at]), "DKIM-Signature") ||
	    !known_kind(tag_of(arena, tags, "a"), &out->kind))
		return false;
	out->there = true;
	out->domain = domain;
	if (!is_name(domain) || !is_name(selector) ||
	    !base64_read(arena, tag_of(arena, tags, "b"), &out->bytes))
		return true;
	out->key_name = arena_printf(arena, "%.*s._domainkey.%.*s", (int)selector.len, selector.at,
				     (int)domain.len, domain.at);
	out->data = signed_bytes(arena, fields, at, tags);
	return true;
}

void signature_check(struct arena *arena, struct view message, struct view sent, fate_hash_fn *hash,
		     struct letter_fate *fate)
{
	struct fields *fields = arena_alloc(arena, sizeof *fields);
	struct signature *out = &fate->signature;
	struct parts got, went;

	if (!fields)
		return;
	parts_read(message, &got);
	parts_read(sent, &went);
	fields_read(got.head, fields);
	for (size_t i = 0; i < fields->n && !out->there; i++) {
		if (!read_one(arena, fields, i, out))
			continue;
		out->body_fits = body_fits(arena, value_of_field(fields->list[i]), got.body, hash);
		out->fits_sent_body = body_fits(arena, value_of_field(fields->list[i]), went.body, hash);
	}
}

bool signature_key(struct arena *arena, struct str record, enum signature_kind kind, struct view *key_out)
{
	struct str type = tag_of(arena, record, "k"), key = tag_of(arena, record, "p");
	bool is_rsa = type.len == 0 || str_is_nocase(type, "rsa");

	return key.len > 0 &&
	       (is_rsa ? kind == SIGNATURE_RSA_SHA256
		       : str_is_nocase(type, "ed25519") && kind == SIGNATURE_ED25519_SHA256) &&
	       base64_read(arena, key, key_out);
}
