/* This file reads Mozilla's prefs.js: calls of user_pref("name", value). */
#include "client/prefs.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "base/unicode.h"

#include <stdlib.h>
#include <string.h>

/* Beginnings of the names that are kept. */
static const char *const wanted[] = { "mail.account",
				      "mail.server.",
				      "mail.smtp",
				      "mail.identity.",
				      "mailnews.tcptimeout",
				      "network.proxy.type",
				      "network.online",
				      "offline.startup_state",
				      "security.tls.version.min",
				      "security.enterprise_roots.enabled" };

struct scanner {
	struct arena *arena;
	struct cursor c;
	unsigned line;
	struct prefs *out;
};

/* The byte at hand; NUL at the end. */
static char peek(const struct scanner *s)
{
	struct cursor ahead = s->c;

	return (char)cursor_u8(&ahead);
}

static char next(struct scanner *s)
{
	char c = (char)cursor_u8(&s->c);

	s->line += c == '\n';
	return c;
}

static bool at_end(const struct scanner *s)
{
	return cursor_left(&s->c) == 0;
}

static void skip_line(struct scanner *s)
{
	while (!at_end(s) && next(s) != '\n')
		;
}

static void skip_comment(struct scanner *s)
{
	char last = '\0';

	while (!at_end(s)) {
		char c = next(s);

		if (last == '*' && c == '/')
			return;
		last = c;
	}
}

/* Blanks and comments. */
static void skip_blank(struct scanner *s)
{
	while (!at_end(s)) {
		char c = peek(s);
		struct cursor before = s->c;

		if (c == '#') {
			skip_line(s);
			continue;
		}
		if (c == '/') {
			cursor_skip(&s->c, 1);
			c = peek(s);
			if (c == '/') {
				skip_line(s);
				continue;
			}
			if (c == '*') {
				(void)next(s);
				skip_comment(s);
				continue;
			}
			s->c = before;
			return;
		}
		if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			return;
		(void)next(s);
	}
}

static bool take(struct scanner *s, char wanted_char)
{
	skip_blank(s);
	if (at_end(s) || peek(s) != wanted_char)
		return false;
	(void)next(s);
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \xNN and \uNNNN, whose letter was read. */
static bool take_hex(struct scanner *s, unsigned n, uint32_t *out)
{
	*out = 0;
	for (unsigned i = 0; i < n; i++) {
		int digit = at_end(s) ? -1 : hex_digit(next(s));

		if (digit < 0)
			return false;
		*out = *out << 4 | (uint32_t)digit;
	}
	return true;
}

/* One escape behind its backslash; two \u make one character beyond U+FFFF. */
static bool take_escape(struct scanner *s, uint32_t *out)
{
	struct scanner before;
	uint32_t low;
	bool is_pair;
	char c = next(s);

	switch (c) {
	case 'n':
		*out = '\n';
		return true;
	case 'r':
		*out = '\r';
		return true;
	case 'x':
		return take_hex(s, 2, out);
	case 'u':
		if (!take_hex(s, 4, out))
			return false;
		before = *s;
		if ((*out & 0xFC00) != 0xD800)
			return true;
		is_pair = next(s) == '\\';
		is_pair = is_pair && next(s) == 'u' && take_hex(s, 4, &low);
		if (is_pair && (low & 0xFC00) == 0xDC00)
			*out = 0x10000 + ((*out & 0x3FF) << 10 | (low & 0x3FF));
		else
			*s = before;
		return true;
	default:
		*out = (unsigned char)c;
		return c == '"' || c == '\'' || c == '\\';
	}
}

/* A string in either quotes into `to`, cut at its room; false at a line's end or a
 * wrong escape. */
static bool take_string(struct scanner *s, char to[static PREFS_TEXT_MAX + 1])
{
	size_t len = 0;
	char quote;

	skip_blank(s);
	quote = peek(s);
	if (quote != '"' && quote != '\'')
		return false;
	(void)next(s);
	while (!at_end(s) && peek(s) != '\n') {
		uint32_t code;
		char c = next(s);

		if (c == quote) {
			to[len] = '\0';
			return true;
		}
		code = (unsigned char)c;
		if (c == '\\' && !take_escape(s, &code))
			return false;
		if (len + UNICODE_UTF8_MAX > PREFS_TEXT_MAX)
			s->out->is_cut = true;
		else if (c == '\\')
			len += unicode_put(to + len, code);
		else
			to[len++] = c;
	}
	return false;
}

static bool take_number(struct scanner *s, int64_t *out)
{
	bool is_negative = peek(s) == '-';
	uint64_t number = 0;
	unsigned n = 0;

	if (is_negative || peek(s) == '+')
		(void)next(s);
	while (!at_end(s) && str_is_digit(peek(s)) && n++ < 18)
		number = number * 10 + (uint64_t)(next(s) - '0');
	*out = is_negative ? -(int64_t)number : (int64_t)number;
	return n > 0 && n <= 18;
}

static bool take_word(struct scanner *s, const char *word)
{
	struct scanner before = *s;

	for (; *word; word++) {
		if (at_end(s) || next(s) == *word)
			continue;
		*s = before;
		return false;
	}
	return !at_end(s);
}

static bool take_value(struct scanner *s, struct pref *out, char *text)
{
	skip_blank(s);
	if (peek(s) == '"' || peek(s) == '\'') {
		out->kind = PREF_TEXT;
		return take_string(s, text);
	}
	out->kind = PREF_BOOL;
	out->number = peek(s) == 't';
	if (take_word(s, "true") || take_word(s, "false"))
		return true;
	out->kind = PREF_NUMBER;
	return take_number(s, &out->number);
}

static bool is_wanted(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		if (str_starts(str_of(name), str_of(wanted[i])))
			return true;
	return false;
}

/* A call whose name was read; false where the grammar is left. */
static bool take_call(struct scanner *s, char *name, char *text)
{
	struct pref one = { .line = s->line };

	if (!take(s, '(') || !take_string(s, name) || !take(s, ',') || !take_value(s, &one, text) ||
	    !take(s, ')') || !take(s, ';'))
		return false;
	if (!is_wanted(name))
		return true;
	if (s->out->n == PREFS_KEPT_MAX) {
		s->out->is_cut = true;
		return true;
	}
	one.name = arena_strdup(s->arena, name);
	if (one.kind == PREF_TEXT)
		one.text = arena_strdup(s->arena, text);
	one.call = s->out->n;
	s->out->at[s->out->n++] = one;
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct pref *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order ? order : left->call < right->call ? -1 : left->call > right->call;
}

static void sort_and_keep_last(struct prefs *prefs)
{
	size_t kept = 0;

	qsort(prefs->at, prefs->n, sizeof *prefs->at, by_name);
	for (size_t i = 0; i < prefs->n; i++)
		if (i + 1 == prefs->n || strcmp(prefs->at[i].name, prefs->at[i + 1].name) != 0)
			prefs->at[kept++] = prefs->at[i];
	prefs->n = kept;
}

static bool take_name(struct scanner *s)
{
	return take_word(s, "user_pref") || take_word(s, "pref") || take_word(s, "lockPref") ||
	       take_word(s, "sticky_pref");
}

/* Most of a long file: user_pref("…", "…"); on a line of its own, of a name that nobody
 * needs, without escapes. Passed over at once; anything else is read in order. */
static bool skip_other(struct scanner *s)
{
	static const char start[] = "user_pref(\"", between[] = "\", \"", end[] = "\");";
	struct str rest = str_from_view(view_of(s->c.view.at + s->c.at, cursor_left(&s->c))), line, name,
		   text;
	size_t len = str_find_char(rest, '\n');

	line = str_head(rest, len);
	if (len == SIZE_MAX || !str_starts(line, STR(start)) || str_find_char(line, '\\') != SIZE_MAX)
		return false;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	name = str_skip(line, sizeof start - 1);
	text = str_skip(name, str_find_char(name, '"'));
	if (!str_starts(text, STR(between)))
		return false;
	text = str_skip(text, sizeof between - 1);
	if (str_find_char(text, '"') + sizeof end - 1 != text.len || !str_ends_nocase(text, STR(end)))
		return false;
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		if (str_starts(name, str_of(wanted[i])))
			return false;
	cursor_skip(&s->c, len + 1);
	s->line++;
	return true;
}

bool prefs_read(struct arena *arena, struct view bytes, struct prefs *out)
{
	struct scanner s = { .arena = arena, .line = 1, .out = out };
	char *name = arena_alloc(arena, PREFS_TEXT_MAX + 1), *text = arena_alloc(arena, PREFS_TEXT_MAX + 1);

	*out = (struct prefs){ .at = arena_array(arena, PREFS_KEPT_MAX, sizeof *out->at),
			       .is_cut = bytes.len > PREFS_BYTES_MAX };
	if (!name || !text || !out->at)
		return false;
	s.c = cursor_of(view_of(bytes.at, out->is_cut ? PREFS_BYTES_MAX : bytes.len));
	for (skip_blank(&s); !at_end(&s) && !arena_failed(arena); skip_blank(&s)) {
		unsigned line = s.line;

		if (skip_other(&s))
			continue;
		if (take_name(&s) && take_call(&s, name, text))
			continue;
		out->n_bad++;
		if (!out->first_bad_line)
			out->first_bad_line = line;
		/* A string that was not closed has left the reader at its line's end already. */
		if (s.line == line)
			skip_line(&s);
	}
	if (arena_failed(arena))
		return false;
	sort_and_keep_last(out);
	return true;
}

const struct pref *prefs_find(const struct prefs *prefs, const char *name)
{
	size_t low = 0, high = prefs->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, prefs->at[middle].name);

		if (order == 0)
			return &prefs->at[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
