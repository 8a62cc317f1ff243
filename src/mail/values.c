/* This file reads the structured values of header fields. */
#include "mail/values.h"

#include "mail/decode.h"

#include <stdio.h>
#include <string.h>

enum { VALUE_CAP = 1 << 20, NAME_MAX_LEN = 80 };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A comment, which may have others in it; the length with both brackets. */
static size_t comment_len(struct str s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\\')
			i++;
		else if (s.at[i] == '(')
			depth++;
		else if (s.at[i] == ')' && --depth == 0)
			return i + 1;
	}
	return s.len;
}

static struct str skip_blank(struct str s)
{
	while (s.len && (is_blank(s.at[0]) || s.at[0] == '('))
		s = str_skip(s, s.at[0] == '(' ? comment_len(s) : 1);
	return s;
}

/* Takes a quoted string off *rest; line ends of folds and the quotes' backslashes are none of it. */
static void take_quoted(struct str *rest, struct buf *out)
{
	size_t i = 1;

	for (; i < rest->len && rest->at[i] != '"'; i++) {
		char c = rest->at[i];

		if (c == '\\' && i + 1 < rest->len)
			c = rest->at[++i];
		if (c != '\r' && c != '\n' && c)
			buf_add_byte(out, (uint8_t)c);
	}
	*rest = str_skip(*rest, i + 1);
}

const char *values_word(struct arena *arena, struct str raw)
{
	char word[NAME_MAX_LEN];
	size_t len = 0;

	for (struct str s = skip_blank(raw); s.len && s.at[0] != ';' && len + 1 < sizeof word;
	     s = skip_blank(s)) {
		word[len++] = str_lower_char(s.at[0]);
		s = str_skip(s, 1);
	}
	for (size_t i = 0; i < len; i++)
		if (word[i] <= 32 || word[i] > 126)
			return arena_text(arena, STR(""));
	return arena_text(arena, (struct str){ word, len });
}

/* One parameter: its name as it stands, its value without quotes. */
static bool next_parameter(struct str *rest, struct str *name, struct buf *value)
{
	struct str s = *rest;

	buf_clear(value);
	for (;;) {
		size_t len = 0;

		/* Whatever is in front of the next semicolon is none. */
		while (s.len && s.at[0] != ';') {
			if (s.at[0] == '"')
				take_quoted(&s, value);
			else
				s = str_skip(s, s.at[0] == '(' ? comment_len(s) : 1);
		}
		buf_clear(value);
		if (s.len == 0)
			return false;
		s = skip_blank(str_skip(s, 1));
		while (len < s.len && s.at[len] != '=' && s.at[len] != ';')
			len++;
		*name = str_trim(str_head(s, len));
		s = str_skip(s, len);
		if (s.len && s.at[0] == '=')
			break;
	}
	s = skip_blank(str_skip(s, 1));
	if (s.len && s.at[0] == '"') {
		take_quoted(&s, value);
	} else {
		size_t len = 0;

		/* Names with blanks in them and without quotes are common. */
		while (len < s.len && s.at[len] != ';' && s.at[len] != '\r' && s.at[len] != '\n')
			len++;
		buf_add_str(value, str_trim(str_head(s, len)));
		s = str_skip(s, len);
	}
	*rest = s;
	return true;
}

static int hex_of(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_percent(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		int high = s.at[i] == '%' && i + 2 < s.len ? hex_of(s.at[i + 1]) : -1;
		int low = high >= 0 ? hex_of(s.at[i + 2]) : -1;

		if (low >= 0) {
			buf_add_byte(out, (uint8_t)(high << 4 | low));
			i += 2;
		} else {
			buf_add_byte(out, (uint8_t)s.at[i]);
		}
	}
}

/* charset'language'text */
static struct str take_charset(struct str *s)
{
	size_t first = str_find_char(*s, '\'');
	struct str charset = { 0 };

	if (first == SIZE_MAX)
		return charset;
	charset = str_head(*s, first);
	*s = str_skip(*s, first + 1);
	first = str_find_char(*s, '\'');
	if (first != SIZE_MAX)
		*s = str_skip(*s, first + 1);
	return charset;
}

/* Piece `number` of a parameter: name*0*, name*0; for -1 name* and name. */
static bool find_piece(struct str raw, const char *name, int number, struct buf *value, bool *is_coded)
{
	char plain[NAME_MAX_LEN], coded[NAME_MAX_LEN];
	struct str rest = raw, found;

	if (number < 0) {
		snprintf(plain, sizeof plain, "%s", name);
		snprintf(coded, sizeof coded, "%s*", name);
	} else {
		snprintf(plain, sizeof plain, "%s*%d", name, number);
		snprintf(coded, sizeof coded, "%s*%d*", name, number);
	}
	while (next_parameter(&rest, &found, value)) {
		*is_coded = str_is_nocase(found, coded);
		if (*is_coded || str_is_nocase(found, plain))
			return true;
	}
	return false;
}

static const char *text_in(struct arena *arena, struct str charset, struct view bytes, unsigned *faults)
{
	struct buf out;
	const char *text;

	buf_init(&out, VALUE_CAP);
	*faults |= words_from_charset(charset, bytes, &out);
	text = arena_text(arena, str_head(buf_str(&out), VALUES_TEXT_MAX));
	buf_fini(&out);
	return text;
}

/* RFC 2231: pieces with numbers, each with or without its own coding; the first says the character set. */
static const char *put_together(struct arena *arena, struct str raw, const char *name, unsigned *faults)
{
	char set[NAME_MAX_LEN] = "";
	struct buf piece, all;
	const char *text = NULL;
	bool is_coded;
	int n = 0;

	buf_init(&piece, VALUE_CAP);
	buf_init(&all, VALUE_CAP);
	for (; n < VALUES_PIECES_MAX && find_piece(raw, name, n, &piece, &is_coded); n++) {
		struct str s = buf_str(&piece);

		if (n == 0 && is_coded) {
			struct str charset = take_charset(&s);

			snprintf(set, sizeof set, "%.*s", (int)(charset.len < 60 ? charset.len : 60),
				 charset.len ? charset.at : "");
		}
		if (is_coded)
			add_percent(s, &all);
		else
			buf_add_str(&all, s);
	}
	if (n)
		text = text_in(arena, str_of(set), buf_view(&all), faults);
	buf_fini(&all);
	buf_fini(&piece);
	return text;
}

static const char *whole_value(struct arena *arena, struct str s, bool is_coded, unsigned *faults)
{
	struct str charset;
	struct buf bytes;
	const char *text;

	if (!is_coded && str_find(s, STR("=?")) != SIZE_MAX)
		return words_text(arena, s, VALUES_TEXT_MAX, faults);
	if (!is_coded)
		return text_in(arena, STR(""), str_view(s), faults);
	buf_init(&bytes, VALUE_CAP);
	charset = take_charset(&s);
	add_percent(s, &bytes);
	text = text_in(arena, charset, buf_view(&bytes), faults);
	buf_fini(&bytes);
	return text;
}

const char *values_parameter(struct arena *arena, struct str raw, const char *name, unsigned *faults)
{
	struct buf value;
	const char *text;
	bool is_coded = false;

	raw = str_head(raw, VALUE_CAP / 4);
	buf_init(&value, VALUE_CAP);
	if (find_piece(raw, name, -1, &value, &is_coded))
		text = whole_value(arena, buf_str(&value), is_coded, faults);
	else
		text = put_together(arena, raw, name, faults);
	buf_fini(&value);
	return text;
}

/* One mailbox while it is read. */
struct people {
	struct arena *arena;
	struct mail_person *rows;
	size_t n, room;
	struct buf name, address, comment;
	bool has_angle, is_whole;
};

static void add_person(struct people *p)
{
	struct mail_person *one;
	unsigned faults = 0;
	struct str name = str_trim(buf_str(&p->name)), address = str_trim(buf_str(&p->address));

	/* Without angle brackets the words are the address, and a comment is the name. */
	if (!p->has_angle) {
		address = name;
		name = str_trim(buf_str(&p->comment));
	}
	if ((name.len || address.len) && p->n < p->room) {
		one = &p->rows[p->n++];
		one->name = words_text(p->arena, name, VALUES_TEXT_MAX, &faults);
		one->address = arena_text(p->arena, str_head(address, VALUES_TEXT_MAX));
		if (!one->name || !one->address)
			p->n--;
		p->is_whole = p->is_whole && !faults && str_find_char(address, '@') != SIZE_MAX;
	} else if (name.len || address.len) {
		p->is_whole = false;
	}
	buf_clear(&p->name);
	buf_clear(&p->address);
	buf_clear(&p->comment);
	p->has_angle = false;
}

static void take_angle(struct people *p, struct str *s)
{
	size_t len = str_find_char(*s, '>');
	struct str inside, rest;

	p->is_whole = p->is_whole && len != SIZE_MAX;
	inside = str_skip(str_head(*s, len == SIZE_MAX ? s->len : len), 1);
	*s = str_skip(*s, len == SIZE_MAX ? s->len : len + 1);
	/* A route of the old kind: <@a,@b:user@host>. */
	if (inside.len && inside.at[0] == '@' && str_find_char(inside, ':') != SIZE_MAX)
		inside = str_skip(inside, str_find_char(inside, ':') + 1);
	p->has_angle = true;
	buf_clear(&p->address);
	for (rest = inside; rest.len;) {
		if (rest.at[0] == '"') {
			take_quoted(&rest, &p->address);
			continue;
		}
		if (!is_blank(rest.at[0]) && rest.at[0])
			buf_add_byte(&p->address, (uint8_t)rest.at[0]);
		rest = str_skip(rest, 1);
	}
}

static void take_comment(struct people *p, struct str *s)
{
	size_t len = comment_len(*s);

	buf_clear(&p->comment);
	if (len > 2)
		buf_add_str(&p->comment, str_head(str_skip(*s, 1), len - 2));
	*s = str_skip(*s, len);
}

static void read_people(struct people *p, struct str s)
{
	while (s.len) {
		char c = s.at[0];

		if (c == '"') {
			take_quoted(&s, &p->name);
			continue;
		}
		if (c == '<') {
			take_angle(p, &s);
			continue;
		}
		if (c == '(') {
			take_comment(p, &s);
			continue;
		}
		/* A group's name goes; its members stand for themselves. */
		if (c == ':' && !p->has_angle)
			buf_clear(&p->name);
		else if (c == ',' || c == ';')
			add_person(p);
		else if (c && c != '\r' && c != '\n')
			buf_add_byte(&p->name, c == '\t' ? ' ' : (uint8_t)c);
		s = str_skip(s, 1);
	}
	add_person(p);
}

struct mail_person *values_people(struct arena *arena, struct str raw, size_t *n_out, bool *whole_out)
{
	struct people p = { .arena = arena, .is_whole = true };

	raw = str_head(raw, 4 * VALUE_CAP);
	p.room = 1;
	for (size_t i = 0; i < raw.len && p.room < VALUES_PEOPLE_MAX; i++)
		p.room += raw.at[i] == ',' || raw.at[i] == ';';
	p.rows = arena_array(arena, p.room, sizeof *p.rows);
	*n_out = 0;
	*whole_out = false;
	if (!p.rows)
		return NULL;
	buf_init(&p.name, VALUE_CAP);
	buf_init(&p.address, VALUE_CAP);
	buf_init(&p.comment, VALUE_CAP);
	read_people(&p, raw);
	buf_fini(&p.comment);
	buf_fini(&p.address);
	buf_fini(&p.name);
	*n_out = p.n;
	*whole_out = p.is_whole;
	return p.rows;
}

static bool take_number(struct str *s, unsigned digits_max, unsigned *out)
{
	size_t len = 0;

	*out = 0;
	while (len < s->len && len < digits_max && str_is_digit(s->at[len]))
		*out = *out * 10 + (unsigned)(s->at[len++] - '0');
	*s = str_skip(*s, len);
	return len > 0;
}

static bool take_month(struct str *s, unsigned *out)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (unsigned i = 0; i < 12 && s->len >= 3; i++)
		if (str_eq_nocase(str_head(*s, 3), (struct str){ months + (size_t)3 * i, 3 })) {
			while (s->len && str_is_alpha(s->at[0]))
				*s = str_skip(*s, 1);
			*out = i + 1;
			return true;
		}
	return false;
}

static void skip_separators(struct str *s)
{
	*s = skip_blank(*s);
	while (s->len && (s->at[0] == '-' || s->at[0] == ',' || s->at[0] == '/' || s->at[0] == '.'))
		*s = skip_blank(str_skip(*s, 1));
}

/* Minutes east of Greenwich. */
static int zone_of(struct str s)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = { { "EDT", -4 }, { "EST", -5 }, { "CDT", -5 }, { "CST", -6 }, { "MDT", -6 },
		      { "MST", -7 }, { "PDT", -7 }, { "PST", -8 }, { "CET", 1 },  { "CEST", 2 },
		      { "MEZ", 1 },  { "MET", 1 },  { "MESZ", 2 }, { "JST", 9 } };
	unsigned number;
	char sign;

	s = skip_blank(s);
	if (s.len && (s.at[0] == '+' || s.at[0] == '-')) {
		sign = s.at[0];
		s = str_skip(s, 1);
		if (!take_number(&s, 2, &number))
			return 0;
		number *= 60;
		if (s.len && s.at[0] == ':')
			s = str_skip(s, 1);
		{
			unsigned minutes = 0;

			(void)take_number(&s, 2, &minutes);
			number += minutes;
		}
		return number > 24 * 60 ? 0 : sign == '-' ? -(int)number : (int)number;
	}
	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
		if (str_starts_nocase(s, str_of(zones[i].name)) &&
		    (s.len == strlen(zones[i].name) || !str_is_alpha(s.at[strlen(zones[i].name)])))
			return zones[i].hours * 60;
	return 0;
}

/* Days since 1970 of the proleptic Gregorian calendar. */
int64_t values_days(uint64_t year, unsigned month, unsigned day)
{
	int64_t y = (int64_t)year - (month <= 2), era = y / 400;
	unsigned of_era = (unsigned)(y - era * 400);
	unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + (int64_t)of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool take_clock(struct str *s, unsigned *hour, unsigned *minute, unsigned *second)
{
	*s = skip_blank(*s);
	*minute = *second = 0;
	if (!take_number(s, 2, hour) || s->len == 0 || (s->at[0] != ':' && s->at[0] != '.'))
		return false;
	*s = str_skip(*s, 1);
	if (!take_number(s, 2, minute))
		return false;
	if (s->len && (s->at[0] == ':' || s->at[0] == '.')) {
		*s = str_skip(*s, 1);
		if (!take_number(s, 2, second))
			return false;
	}
	return *hour < 24 && *minute < 60 && *second < 61;
}

/* The year may stand behind the clock, as in ctime()'s form. */
static bool take_year(struct str *s, unsigned *year)
{
	struct str before;

	skip_separators(s);
	before = *s;
	if (!take_number(s, 4, year))
		return false;
	if (s->len && s->at[0] == ':') {
		*s = before;
		return false;
	}
	if (before.len - s->len <= 2)
		*year += *year < 50 ? 2000 : 1900;
	else if (before.len - s->len == 3)
		*year += 1900;
	return true;
}

bool values_date(struct str raw, wall_time *out)
{
	struct str s = skip_blank(raw), mark;
	unsigned day, month, year, hour, minute, second;
	bool has_year;

	mark = s;
	/* A day's name. */
	while (s.len && str_is_alpha(s.at[0]))
		s = str_skip(s, 1);
	skip_separators(&s);
	if (s.len == 0)
		return false;
	if (take_month(&s, &month)) {
		skip_separators(&s);
		if (!take_number(&s, 2, &day))
			return false;
	} else {
		if (!take_number(&s, 2, &day)) {
			s = mark;
			return false;
		}
		skip_separators(&s);
		if (!take_month(&s, &month))
			return false;
	}
	has_year = take_year(&s, &year);
	if (!take_clock(&s, &hour, &minute, &second))
		return false;
	if (!has_year) {
		/* "Mon Jan  1 12:00:00 [CET] 2001" */
		s = skip_blank(s);
		while (s.len && str_is_alpha(s.at[0]))
			s = str_skip(s, 1);
		if (!take_year(&s, &year))
			return false;
	}
	if (day < 1 || day > 31 || year < 1601 || year > 9999)
		return false;
	*out = values_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second -
	       (int64_t)zone_of(s) * 60;
	return true;
}

struct str values_id(struct str raw)
{
	size_t from = str_find_char(raw, '<'), to;

	if (from == SIZE_MAX)
		return str_trim(raw);
	raw = str_skip(raw, from + 1);
	to = str_find_char(raw, '>');
	return str_trim(str_head(raw, to == SIZE_MAX ? raw.len : to));
}
