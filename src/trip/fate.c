/* This file judges what became of a letter: which messages are it, what was altered, and how it travelled. */
#include "trip/fate.h"

#include "base/checked.h"
#include "trip/hops.h"
#include "trip/letter.h"
#include "trip/part.h"
#include "trip/signature.h"

#include <string.h>

enum { SHOWN_MAX = 200 };

/* Its token and its kind stand in the subject. */
static bool is_it(struct arena *arena, const struct letter *letter, struct view message)
{
	struct parts parts;
	struct str rest, subject;

	parts_read(message, &parts);
	rest = parts.head;
	subject = part_header(arena, &rest, "Subject");
	return str_find(subject, str_of(letter->token)) != SIZE_MAX &&
	       str_find(subject, str_of(letter_kind_name(letter->kind))) != SIZE_MAX;
}

static bool is_blank(struct str text)
{
	return str_trim(text).len == 0;
}

static bool same_bytes(struct view a, struct view b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

struct content {
	struct view parts[PARTS_MAX];
	size_t n;
	struct str text; /* all of them, one after the other */
};

static void unpack(struct arena *arena, const struct parts *parts, struct content *out)
{
	size_t len = 0;
	char *all;

	*out = (struct content){ .n = parts->n, .text = STR("") };
	for (size_t i = 0; i < parts->n; i++) {
		out->parts[i] = part_content(arena, &parts->list[i]);
		len += out->parts[i].len + 1;
	}
	all = arena_alloc(arena, len + 1);
	if (!all)
		return;
	out->text = (struct str){ .at = all, .len = 0 };
	for (size_t i = 0; i < parts->n; i++) {
		if (out->parts[i].len)
			memcpy(all + out->text.len, out->parts[i].at, out->parts[i].len);
		out->text.len += out->parts[i].len;
		all[out->text.len++] = '\n';
	}
}

static bool same_content(const struct content *a, const struct content *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_bytes(a->parts[i], b->parts[i]))
			return false;
	return true;
}

/* Every line of `sent` stands in `got`, in order; *more_out is the first one that was put in. */
static bool only_added(struct str sent, struct str got, struct str *more_out)
{
	struct str wanted = str_cut(&sent, '\n');

	*more_out = (struct str){ 0 };
	while (got.at) {
		struct str line = str_cut(&got, '\n');

		if (wanted.at && str_eq(str_trim(line), str_trim(wanted)))
			wanted = str_cut(&sent, '\n');
		else if (!more_out->at && str_trim(line).len > 0)
			*more_out = line;
	}
	while (wanted.at && str_trim(wanted).len == 0)
		wanted = str_cut(&sent, '\n');
	return !wanted.at;
}

static bool has_attachment_less(const struct content *sent, const struct content *got)
{
	for (size_t i = 1; i < sent->n; i++) {
		bool found = false;

		for (size_t k = 0; k < got->n; k++)
			found = found || same_bytes(sent->parts[i], got->parts[k]);
		if (!found)
			return got->n == 0 || same_bytes(sent->parts[0], got->parts[0]) || got->n < sent->n;
	}
	return false;
}

static size_t common(struct str a, struct str b)
{
	size_t n = 0;

	while (n < a.len && n < b.len && a.at[n] == b.at[n])
		n++;
	return n;
}

static void show_difference(struct letter_fate *fate, struct str sent, struct str got)
{
	size_t at = common(sent, got);

	fate->differs_at = at;
	fate->shown = str_head(str_skip(got, at), SHOWN_MAX);
}

static enum alteration classify(const struct content *a, const struct content *b, struct letter_fate *fate)
{
	struct str more, sent = str_trim(a->text), got = str_trim(b->text);

	if (is_blank(b->text))
		return ALTERATION_BLANK;
	if (same_content(a, b))
		return ALTERATION_RECODED;
	if (only_added(a->text, b->text, &more) && more.at) {
		fate->shown = str_head(str_trim(more), SHOWN_MAX);
		return ALTERATION_FOOTER;
	}
	if (got.len < sent.len && common(sent, got) == got.len)
		return ALTERATION_TRUNCATED;
	if (a->n > 1 && has_attachment_less(a, b))
		return ALTERATION_ATTACHMENT_LOST;
	return ALTERATION_OTHER;
}

static void compare(struct arena *arena, struct view message, struct letter_fate *fate)
{
	struct parts sent, got;
	struct content a, b;

	parts_read(fate->sent.letter->bytes, &sent);
	parts_read(message, &got);
	if (str_eq(sent.body, got.body))
		return;
	unpack(arena, &sent, &a);
	unpack(arena, &got, &b);
	show_difference(fate, sent.body, got.body);
	fate->alteration = classify(&a, &b, fate);
}

static bool subject_differs(struct arena *arena, struct view sent, struct view got)
{
	struct parts a, b;

	parts_read(sent, &a);
	parts_read(got, &b);
	return !str_eq(part_header(arena, &a.head, "Subject"), part_header(arena, &b.head, "Subject"));
}

void fate_find(struct arena *arena, const struct arrival *arrivals, size_t n, fate_hash_fn *hash,
	       struct letter_fate *fate)
{
	struct view message;

	for (size_t i = 0; i < n && fate->n_arrivals < ARRIVALS_MAX; i++)
		if (is_it(arena, fate->sent.letter, arrivals[i].bytes))
			fate->arrivals[fate->n_arrivals++] = &arrivals[i];
	if (fate->n_arrivals == 0)
		return;
	message = fate->arrivals[0]->bytes;
	fate->in_junk = !str_is_nocase(str_of(fate->arrivals[0]->folder), "INBOX");
	fate->subject_altered = subject_differs(arena, fate->sent.letter->bytes, message);
	compare(arena, message, fate);
	hops_read(arena, message, fate);
	signature_check(arena, message, fate->sent.letter->bytes, hash, fate);
}
