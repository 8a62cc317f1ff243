/* This file reads the frame of a rules stream: header, rules, footer. */
#include "rules/rules.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/unicode.h"
#include "rules/element.h"

/* One layout of the stream. Numbers are of four bytes. */
struct form {
	const char *writer;
	uint32_t signature; /* the first number; 0: none stands there */
	uint8_t n_numbers;  /* between it and the count of rules */
	bool has_mark;      /* each rule begins with a number */
	uint8_t n_states;   /* numbers behind "enabled" */
	bool has_len;       /* then the rule's length in bytes */
	bool has_footer;
	struct element_style style;
};

/* The signature is the program's version times 100000, or its build. */
static const struct form forms[] = {
	{ "Outlook 2010 or later", 1310720, 10, true, 4, true, true, { true, true } },
	{ "Outlook 2007", 1200000, 10, true, 4, true, true, { true, true } },
	{ "Outlook 2003", 1100000, 10, true, 4, true, true, { true, true } },
	{ "Outlook 2002", 1000000, 10, true, 4, true, true, { true, true } },
	{ "Outlook 2000", 980413, 8, false, 3, false, true, { false, true } },
	{ "Outlook 98", 970812, 8, false, 3, false, true, { false, true } },
	{ "Outlook 2003, for older ones", 0, 9, false, 2, false, true, { false, true } },
	{ "Outlook 2003, for older ones", 0, 9, true, 4, true, true, { true, true } },
	{ "Outlook 97", 0, 0, false, 2, false, false, { false, false } },
};

enum { CLASS_NEW = 0xFFFF, CLASS_KNOWN = 0x8001, RULE_LEN_MIN = 7, ELEMENT_LEN_MIN = 10, FOOTER_DATE_OK = 0 };
enum { ELEMENT_ID_MIN = 100, ELEMENT_ID_MAX = 0x1000, UNKNOWN_MAX = 64 << 10 };

struct stream {
	struct arena *arena;
	const struct form *form;
	struct cursor c;
	struct rules *out;
};

/* What MFC's archives write in front of an object: its class, by name the first time. */
static void read_class(struct cursor *c)
{
	uint16_t tag = cursor_u16le(c);

	if (tag == CLASS_NEW) {
		cursor_skip(c, 2);
		if (!str_is(str_from_view(cursor_take(c, cursor_u16le(c))), "CRuleElement"))
			cursor_fail(c);
	} else if (tag != CLASS_KNOWN) {
		cursor_fail(c);
	}
}

static bool is_class_at(struct cursor c)
{
	uint16_t tag = cursor_u16le(&c);

	return cursor_ok(&c) && (tag == CLASS_KNOWN || tag == CLASS_NEW);
}

/* Where an element that is known begins, or the end of a rule whose length is known. */
static bool is_next(struct cursor c, bool is_last, bool is_measured)
{
	if (is_last)
		return is_measured && cursor_left(&c) == 0;
	return cursor_u16le(&c) == CLASS_KNOWN && element_row(cursor_u32le(&c)) && cursor_ok(&c);
}

/* An element of an id that is not in the table: most have nothing to say, and what others say is passed over.
 */
static void pass_unknown(struct cursor before, struct cursor *c, bool is_last, bool is_measured)
{
	if (cursor_ok(c) && (is_last ? !is_measured || cursor_left(c) == 0 : is_class_at(*c)))
		return;
	cursor_skip(&before, 4);
	for (size_t i = 0; i < UNKNOWN_MAX && cursor_left(&before); i++) {
		cursor_skip(&before, 1);
		if (is_next(before, is_last, is_measured)) {
			*c = before;
			return;
		}
	}
	cursor_fail(c);
}

static enum status read_elements(struct stream *s, struct cursor *c, struct rule *rule, uint16_t n)
{
	bool is_measured = s->form->has_len;
	enum status st = ST_OK;

	if (n > cursor_left(c) / (ELEMENT_LEN_MIN - 4)) {
		cursor_fail(c);
		return ST_OK;
	}
	rule->elements = arena_array(s->arena, n, sizeof *rule->elements);
	if (!rule->elements)
		return ST_NOMEM;
	for (uint16_t i = 0; st == ST_OK && i < n; i++) {
		struct rule_element *e = &rule->elements[rule->n];
		struct cursor before;

		read_class(c);
		before = *c;
		st = element_read(s->arena, &s->form->style, c, e);
		if (cursor_ok(&before) && e->id >= ELEMENT_ID_MIN && e->id < ELEMENT_ID_MAX &&
		    !element_row(e->id))
			pass_unknown(before, c, i + 1 == n, is_measured);
		if (!cursor_ok(c))
			return st;
		if (e->part == RULE_APPLIES)
			rule->applies = e->number;
		rule->n++;
	}
	return st;
}

/* Where a rule's length is known, a rule that cannot be read costs no other. */
static enum status read_measured(struct stream *s, struct rule *rule)
{
	struct cursor body = cursor_sub(&s->c, cursor_u32le(&s->c));
	size_t len = body.view.len;
	enum status st;

	if (!cursor_ok(&s->c))
		return ST_OK;
	st = read_elements(s, &body, rule, cursor_u16le(&body));
	rule->is_broken = !cursor_done(&body);
	rule->n_lost = rule->is_broken ? len - body.at : 0;
	return st;
}

static enum status read_rule(struct stream *s, struct rule *rule)
{
	const struct form *form = s->form;
	enum status st;

	if (form->has_mark)
		cursor_skip(&s->c, 4);
	rule->name = element_text(s->arena, form->style.is_wide, &s->c);
	rule->enabled_at = s->c.at;
	rule->is_enabled = cursor_u32le(&s->c) != 0;
	cursor_skip(&s->c, 4 * (size_t)form->n_states);
	if (form->has_len)
		return read_measured(s, rule);
	st = read_elements(s, &s->c, rule, cursor_u16le(&s->c));
	rule->is_broken = !cursor_ok(&s->c);
	return st;
}

static void read_footer(struct stream *s)
{
	struct rules *out = s->out;
	bool is_wide = s->form->style.is_wide;
	uint32_t len = cursor_u32le(&s->c), state;
	struct view folder = cursor_take(&s->c, is_wide ? (size_t)len * 2 : len);

	state = cursor_u32le(&s->c);
	out->has_time = calendar_of_ole(cursor_u64le(&s->c), &out->saved) && state == FOOTER_DATE_OK;
	cursor_skip(&s->c, 4);
	out->template_folder = is_wide ? unicode_from_utf16(s->arena, folder, folder.len)
				       : unicode_from_bytes(s->arena, folder, folder.len);
}

static enum status read_all(struct stream *s)
{
	struct rules *out = s->out;
	enum status st = ST_OK;

	if (s->form->signature)
		cursor_skip(&s->c, 4);
	cursor_skip(&s->c, 4 * (size_t)s->form->n_numbers);
	out->n_announced = cursor_u16le(&s->c);
	if (!cursor_ok(&s->c) || out->n_announced > cursor_left(&s->c) / RULE_LEN_MIN)
		return ST_OK;
	out->rules = arena_array(s->arena, out->n_announced, sizeof *out->rules);
	if (!out->rules)
		return ST_NOMEM;
	out->is_whole = true;
	while (st == ST_OK && out->n < out->n_announced && cursor_ok(&s->c)) {
		struct rule *rule = &out->rules[out->n];

		st = read_rule(s, rule);
		out->is_whole = out->is_whole && !rule->is_broken;
		/* The name of a rule without any element is more likely chance. */
		out->n += cursor_ok(&s->c) || rule->n > 0;
	}
	out->n_read = s->c.at;
	if (st != ST_OK || !cursor_ok(&s->c))
		return st;
	if (s->form->has_footer)
		read_footer(s);
	out->n_read = s->c.at;
	return arena_failed(s->arena) ? ST_NOMEM : ST_OK;
}

static enum status read_as(struct arena *arena, const struct form *form, struct view bytes, struct rules *out)
{
	struct stream s = { .arena = arena, .form = form, .c = cursor_of(bytes), .out = out };
	enum status st;

	*out = (struct rules){ .writer = form->writer };
	st = read_all(&s);
	out->is_whole = out->is_whole && cursor_done(&s.c);
	return st;
}

/* Which of two readings of the same bytes makes more sense. */
static bool is_better(const struct rules *a, const struct rules *b)
{
	if (a->is_whole != b->is_whole)
		return a->is_whole;
	return a->n_read > b->n_read;
}

enum status rules_read(struct arena *arena, struct view bytes, struct rules *out)
{
	struct cursor c = cursor_of(bytes);
	uint32_t signature = cursor_u32le(&c);
	bool is_known = false;

	*out = (struct rules){ .writer = "unknown" };
	for (size_t pass = 0; pass < 2 && !out->is_whole; pass++)
		for (size_t i = 0; i < COUNT_OF(forms) && !out->is_whole; i++) {
			bool is_named = forms[i].signature && forms[i].signature == signature;
			struct rules one;
			enum status st;

			/* What the first number names comes first. */
			if (is_named != (pass == 0))
				continue;
			st = read_as(arena, &forms[i], bytes, &one);
			if (st != ST_OK)
				return st;
			/* Zeros look like a list of no rules in many layouts. */
			one.is_whole = one.is_whole && (is_named || one.n > 0);
			if (is_better(&one, out) && !(is_known && !one.is_whole))
				*out = one;
			is_known = is_known || is_named;
		}
	return ST_OK;
}

bool rules_has(const struct rule *rule, uint32_t id)
{
	for (size_t i = 0; i < rule->n; i++)
		if (rule->elements[i].id == id)
			return true;
	return false;
}
