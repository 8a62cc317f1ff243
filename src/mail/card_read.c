/* This file reads the lines of calendars and cards. */
#include "mail/card_read.h"

#include "base/buf.h"
#include "mail/decode.h"
#include "mail/values.h"
#include "mail/words.h"

#include <string.h>

enum { DAY = 86400, SPAN_MAX = 100000 };

struct card_lines card_lines_of(struct arena *arena, struct view bytes)
{
	struct str text = str_from_view(bytes);

	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_skip(text, 3);
	return (struct card_lines){ .arena = arena, .rest = text };
}

/* The next line of the file without its end. */
static struct str cut_line(struct str *rest)
{
	size_t end = str_find_char(*rest, '\n');
	struct str line = str_head(*rest, end == SIZE_MAX ? rest->len : end);

	*rest = str_skip(*rest, end == SIZE_MAX ? rest->len : end + 1);
	while (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool is_folded(struct str rest)
{
	return rest.len && (rest.at[0] == ' ' || rest.at[0] == '\t');
}

/* Of version 2.1: a line of quoted-printable that ends with "=" goes on. */
static bool is_soft(struct str line)
{
	size_t colon = str_find_char(line, ':');

	return line.len && line.at[line.len - 1] == '=' && colon != SIZE_MAX &&
	       str_find_nocase(str_head(line, colon), STR("QUOTED-PRINTABLE")) != SIZE_MAX;
}

/* Lines that belong together, as one. */
static struct str unfold(struct card_lines *lines)
{
	struct str line = cut_line(&lines->rest);
	struct buf whole;

	if (!is_folded(lines->rest) && !is_soft(line))
		return line;
	buf_init(&whole, CARD_LINE_MAX);
	buf_add_str(&whole, line);
	while (lines->rest.len) {
		bool soft = is_soft(buf_str(&whole));

		if (!soft && !is_folded(lines->rest))
			break;
		if (soft)
			whole.len--;
		else
			lines->rest = str_skip(lines->rest, 1);
		buf_add_str(&whole, cut_line(&lines->rest));
	}
	lines->failed = lines->failed || buf_failed(&whole);
	line = str_of(arena_text(lines->arena, buf_str(&whole)));
	buf_fini(&whole);
	return line;
}

/* The colon behind the name and its parameters: one that stands in no quotation marks. */
static size_t colon_of(struct str line)
{
	bool in_quotes = false;

	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] == '"')
			in_quotes = !in_quotes;
		else if (line.at[i] == ':' && !in_quotes)
			return i;
	}
	return SIZE_MAX;
}

bool card_lines_next(struct card_lines *lines, struct card_line *out)
{
	struct str line = { 0 }, head;
	size_t colon, end, dot;

	while (lines->rest.len && line.len == 0)
		line = unfold(lines);
	*out = (struct card_line){ .value = line };
	colon = colon_of(line);
	if (line.len == 0 || colon == SIZE_MAX)
		return line.len > 0;
	head = str_head(line, colon);
	end = str_find_char(head, ';');
	out->value = str_skip(line, colon + 1);
	out->name = str_head(head, end == SIZE_MAX ? head.len : end);
	out->parameters = str_skip(head, out->name.len);
	dot = str_find_char(out->name, '.');
	if (dot != SIZE_MAX)
		out->name = str_skip(out->name, dot + 1);
	return true;
}

bool card_line_is(const struct card_line *line, const char *name)
{
	return str_is_nocase(line->name, name);
}

/* The next parameter: ";NAME=value" or ";word", whose name is empty. */
static bool next_parameter(struct str *rest, struct str *name, struct str *value)
{
	bool in_quotes = false;
	size_t len = 1, equals;

	if (rest->len == 0)
		return false;
	for (; len < rest->len && (in_quotes || rest->at[len] != ';'); len++)
		in_quotes = in_quotes != (rest->at[len] == '"');
	*value = str_trim(str_skip(str_head(*rest, len), 1));
	*rest = str_skip(*rest, len);
	equals = str_find_char(*value, '=');
	*name = equals == SIZE_MAX ? STR("") : str_trim(str_head(*value, equals));
	if (equals != SIZE_MAX)
		*value = str_trim(str_skip(*value, equals + 1));
	if (value->len > 1 && value->at[0] == '"' && value->at[value->len - 1] == '"')
		*value = str_head(str_skip(*value, 1), value->len - 2);
	return true;
}

struct str card_line_parameter(const struct card_line *line, const char *name)
{
	struct str rest = line->parameters, found, value;

	while (next_parameter(&rest, &found, &value))
		if (str_is_nocase(found, name))
			return value;
	return (struct str){ 0 };
}

bool card_line_has_type(const struct card_line *line, const char *word)
{
	struct str rest = line->parameters, found, value;

	while (next_parameter(&rest, &found, &value)) {
		if (found.len && !str_is_nocase(found, "TYPE"))
			continue;
		for (struct str one = str_cut(&value, ','); one.at; one = str_cut(&value, ','))
			if (str_is_nocase(str_trim(one), word))
				return true;
	}
	return false;
}

static bool keep(void *context, struct view bytes)
{
	buf_add(context, bytes);
	return true;
}

/* The value's bytes without their encoding, as UTF-8. */
static void put_decoded(const struct card_line *line, struct buf *out)
{
	struct str encoding = card_line_parameter(line, "ENCODING");
	bool is_quoted =
		str_is_nocase(encoding, "QUOTED-PRINTABLE") || card_line_has_type(line, "QUOTED-PRINTABLE");
	struct str charset = card_line_parameter(line, "CHARSET");
	struct mail_sink sink = { .write = keep };
	struct decode d;
	struct buf bytes;

	buf_init(&bytes, CARD_LINE_MAX);
	sink.context = &bytes;
	if (is_quoted) {
		decode_start(&d, DECODE_QUOTED, &sink);
		decode_add(&d, str_view(line->value));
		decode_end(&d);
	} else {
		buf_add_str(&bytes, line->value);
	}
	/* What is no UTF-8 and says nothing is taken as windows-1252. */
	(void)words_from_charset(charset.at ? charset : STR(""), buf_view(&bytes), out);
	buf_fini(&bytes);
}

/* Part `n`, or with SIZE_MAX all of it. */
static const char *text_of_part(struct arena *arena, const struct card_line *line, size_t n)
{
	struct buf raw, out;
	const char *text;
	size_t part = 0;

	buf_init(&raw, CARD_LINE_MAX);
	buf_init(&out, 2 * CARD_LINE_MAX);
	put_decoded(line, &raw);
	for (size_t i = 0; i < raw.len; i++) {
		uint8_t c = raw.at[i];
		bool is_escape = c == '\\' && i + 1 < raw.len;

		if (c == ';' && n != SIZE_MAX) {
			part++;
			continue;
		}
		if (is_escape)
			c = raw.at[++i];
		if ((n != SIZE_MAX && part != n) || c == 0)
			continue;
		if (is_escape && (c == 'n' || c == 'N'))
			buf_add_text(&out, "\r\n");
		else
			buf_add_byte(&out, c);
	}
	text = arena_text(arena, buf_str(&out));
	buf_fini(&out);
	buf_fini(&raw);
	return text;
}

const char *card_line_words(struct arena *arena, const struct card_line *line)
{
	return text_of_part(arena, line, SIZE_MAX);
}

const char *card_line_part(struct arena *arena, const struct card_line *line, size_t n)
{
	return text_of_part(arena, line, n);
}

static bool take_number(struct str *s, size_t digits, unsigned *out)
{
	uint64_t value;

	if (s->len < digits || !str_to_u64(str_head(*s, digits), UINT32_MAX, &value))
		return false;
	*out = (unsigned)value;
	*s = str_skip(*s, digits);
	return true;
}

/* Dates of cards have marks between their numbers: 1970-01-31. */
static void skip_mark(struct str *s, char mark)
{
	if (s->len && s->at[0] == mark)
		*s = str_skip(*s, 1);
}

enum card_time card_time_read(struct str text, wall_time *out)
{
	unsigned year, month, day, hour, minute, second;
	struct str s = str_trim(text);

	*out = 0;
	if (!take_number(&s, 4, &year))
		return CARD_TIME_NONE;
	skip_mark(&s, '-');
	if (!take_number(&s, 2, &month))
		return CARD_TIME_NONE;
	skip_mark(&s, '-');
	if (!take_number(&s, 2, &day) || year < 1601 || month < 1 || month > 12 || day < 1 || day > 31)
		return CARD_TIME_NONE;
	*out = values_days(year, month, day) * DAY;
	if (s.len == 0)
		return CARD_TIME_DAY;
	s = str_skip(s, 1);
	if (!take_number(&s, 2, &hour))
		return CARD_TIME_NONE;
	skip_mark(&s, ':');
	if (!take_number(&s, 2, &minute))
		return CARD_TIME_NONE;
	skip_mark(&s, ':');
	if (!take_number(&s, 2, &second) || hour > 23 || minute > 59 || second > 60)
		return CARD_TIME_NONE;
	*out += hour * 3600 + minute * 60 + second;
	return s.len && s.at[s.len - 1] == 'Z' ? CARD_TIME_UTC : CARD_TIME_LOCAL;
}

bool card_duration_read(struct str text, int64_t *seconds_out)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 'W', 7 * DAY }, { 'D', DAY }, { 'H', 3600 }, { 'M', 60 }, { 'S', 1 } };
	struct str s = str_trim(text);
	bool is_negative = s.len && s.at[0] == '-', any = false;
	int64_t sum = 0;

	if (s.len && (s.at[0] == '-' || s.at[0] == '+'))
		s = str_skip(s, 1);
	if (s.len == 0 || s.at[0] != 'P')
		return false;
	for (s = str_skip(s, 1); s.len; s = str_skip(s, 1)) {
		uint64_t value = 0;
		size_t digits = 0, unit = 0;

		while (digits < s.len && str_is_digit(s.at[digits]))
			digits++;
		if (digits == 0 && s.at[0] == 'T')
			continue;
		if (digits == s.len || !str_to_u64(str_head(s, digits), SPAN_MAX * 10, &value))
			return false;
		s = str_skip(s, digits);
		while (unit < sizeof units / sizeof units[0] && units[unit].unit != s.at[0])
			unit++;
		if (unit == sizeof units / sizeof units[0])
			return false;
		sum += (int64_t)value * units[unit].seconds;
		any = true;
	}
	*seconds_out = is_negative ? -sum : sum;
	return any;
}
