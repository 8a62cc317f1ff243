/* This file holds the body hash of a message's signatures against its body as it came. */
#include "trip/signature.h"

#include "base/buf.h"
#include "trip/part.h"
#include "wire/base64.h"

enum { HASH_LEN = 32 };

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
			if (value.at[i] != ' ' && value.at[i] != '\t')
				text[len++] = value.at[i];
		return (struct str){ .at = text ? text : "", .len = len };
	}
	return STR("");
}

/* RFC 6376 section 3.4.4: runs of blanks are one, none at the end of a line. */
static void add_relaxed(struct buf *out, struct str line)
{
	bool blank = false;

	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] == ' ' || line.at[i] == '\t') {
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
static void canonical(struct str body, bool relaxed, struct buf *out)
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

static bool holds(struct arena *arena, struct str tags, struct str body, fate_hash_fn *hash)
{
	struct str method = tag_of(arena, tags, "c"), length = tag_of(arena, tags, "l"), wanted, found;
	uint8_t digest[HASH_LEN];
	uint64_t most;
	struct buf text;
	bool good;

	(void)str_cut(&method, '/');
	buf_init(&text, LETTER_MAX * 2);
	canonical(body, method.at && str_is(method, "relaxed"), &text);
	if (str_to_u64(length, SIZE_MAX, &most) && most < text.len)
		text.len = (size_t)most;
	good = !buf_failed(&text) && hash(buf_view(&text), digest);
	buf_fini(&text);
	if (!good)
		return true;
	wanted = tag_of(arena, tags, "bh");
	found = base64_write(arena, view_of(digest, sizeof digest));
	return str_eq(wanted, found);
}

void signature_check(struct arena *arena, struct view message, fate_hash_fn *hash, struct letter_fate *fate)
{
	struct parts parts;
	struct str rest;

	parts_read(message, &parts);
	rest = parts.head;
	while (rest.at && rest.len && !fate->has_signature) {
		struct str tags = part_header(arena, &rest, "DKIM-Signature"), method;

		method = tag_of(arena, tags, "a");
		if (tags.len == 0 || !str_ends_nocase(method, STR("-sha256")))
			continue;
		fate->has_signature = true;
		fate->signature_holds = holds(arena, tags, parts.body, hash);
	}
}
