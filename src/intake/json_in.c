/* This file reads JSON, one value after the other. */
#include "intake/json_in.h"

#include "base/unicode.h"

#include <string.h>

struct json_in json_in_of(struct str text)
{
	return (struct json_in){ .text = text };
}

char json_in_peek(struct json_in *j)
{
	while (j->at < j->text.len && strchr(" \t\r\n", j->text.at[j->at]) && j->text.at[j->at])
		j->at++;
	return j->failed || j->at == j->text.len ? '\0' : j->text.at[j->at];
}

static bool take(struct json_in *j, char c)
{
	if (json_in_peek(j) == c && c) {
		j->at++;
		return true;
	}
	j->failed = true;
	return false;
}

void json_in_open(struct json_in *j, char bracket)
{
	j->is_fresh = take(j, bracket);
}

/* Behind a value there is a comma or the end. */
static bool goes_on(struct json_in *j, char end)
{
	bool was_fresh = j->is_fresh;

	j->is_fresh = false;
	if (json_in_peek(j) == end) {
		j->at++;
		return false;
	}
	return !j->failed && (was_fresh || take(j, ','));
}

bool json_in_member(struct json_in *j, struct str *key_out)
{
	if (!goes_on(j, '}'))
		return false;
	*key_out = json_in_raw(j);
	return take(j, ':');
}

bool json_in_element(struct json_in *j)
{
	return goes_on(j, ']');
}

struct str json_in_raw(struct json_in *j)
{
	size_t from;

	if (!take(j, '"'))
		return STR("");
	from = j->at;
	for (;;) {
		const char *here = j->text.at + j->at;
		const char *quote = memchr(here, '"', j->text.len - j->at);
		size_t slashes = 0;

		if (!quote) {
			j->failed = true;
			return STR("");
		}
		j->at = (size_t)(quote - j->text.at) + 1;
		for (const char *c = quote; c > j->text.at + from && c[-1] == '\\'; c--)
			slashes++;
		if (slashes % 2 == 0)
			return (struct str){ j->text.at + from, (size_t)(quote - j->text.at) - from };
	}
}

static int hex_of(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four digits. */
static bool take_code(struct str s, size_t at, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < 4; i++) {
		int digit = at + i < s.len ? hex_of(s.at[at + i]) : -1;

		if (digit < 0)
			return false;
		*out = *out << 4 | (uint32_t)digit;
	}
	return true;
}

/* What stands behind a backslash at `i`; its length in the text. */
static size_t unescape(struct str s, size_t i, char to[UNICODE_UTF8_MAX], size_t *len_out)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *found = i + 1 < s.len && s.at[i + 1] ? strchr(letters, s.at[i + 1]) : NULL;
	uint32_t code, low;

	if (found) {
		to[0] = meant[found - letters];
		*len_out = 1;
		return 2;
	}
	if (i + 1 >= s.len || s.at[i + 1] != 'u' || !take_code(s, i + 2, &code))
		return 0;
	if (code >= 0xD800 && code < 0xDC00 && i + 7 < s.len && s.at[i + 6] == '\\' && s.at[i + 7] == 'u' &&
	    take_code(s, i + 8, &low) && low >= 0xDC00 && low < 0xE000) {
		*len_out = unicode_put(to, 0x10000 + ((code - 0xD800) << 10 | (low - 0xDC00)));
		return 12;
	}
	*len_out = unicode_put(to, code);
	return 6;
}

struct str json_in_text(struct json_in *j, struct arena *arena)
{
	struct str raw = json_in_raw(j);
	size_t n = 0;
	char *text;

	if (str_find_char(raw, '\\') == SIZE_MAX)
		return raw;
	text = arena_alloc(arena, raw.len + 1);
	for (size_t i = 0; text && i < raw.len;) {
		size_t taken = 1, len = 1;

		if (raw.at[i] == '\\')
			taken = unescape(raw, i, text + n, &len);
		else
			text[n] = raw.at[i];
		if (taken == 0) {
			j->failed = true;
			return STR("");
		}
		i += taken;
		n += len;
	}
	return (struct str){ text, text ? n : 0 };
}

int64_t json_in_number(struct json_in *j)
{
	bool is_negative = json_in_peek(j) == '-';
	uint64_t value = 0;
	size_t from, len = 0;

	j->at += is_negative;
	from = j->at;
	while (from + len < j->text.len && str_is_digit(j->text.at[from + len]))
		len++;
	if (!str_to_u64((struct str){ j->text.at + from, len }, INT64_MAX, &value))
		j->failed = true;
	j->at = from + len;
	if (j->at < j->text.len && strchr(".eE", j->text.at[j->at]) && j->text.at[j->at])
		j->failed = true;
	return is_negative ? -(int64_t)value : (int64_t)value;
}

static bool take_word(struct json_in *j, struct str word)
{
	(void)json_in_peek(j);
	if (!str_starts(str_skip(j->text, j->at), word))
		return false;
	j->at += word.len;
	return true;
}

bool json_in_bool(struct json_in *j)
{
	if (take_word(j, STR("true")))
		return true;
	if (!take_word(j, STR("false")))
		j->failed = true;
	return false;
}

/* Brackets are counted, not matched: what is skipped is nobody's concern. */
void json_in_skip(struct json_in *j)
{
	size_t depth = 0;

	do {
		char c = json_in_peek(j);

		if (c == '"') {
			(void)json_in_raw(j);
		} else if (c == '\0') {
			j->failed = true;
		} else {
			j->at++;
			depth += c == '{' || c == '[';
			depth -= (c == '}' || c == ']') && depth;
			/* A number or a word goes on until something else does. */
			while (!strchr("{}[],:\" \t\r\n", c) && j->at < j->text.len && j->text.at[j->at] &&
			       !strchr("{}[],:\" \t\r\n", j->text.at[j->at]))
				j->at++;
		}
	} while (depth && !j->failed);
	j->is_fresh = false;
}

bool json_in_done(struct json_in *j)
{
	return json_in_peek(j) == '\0' && !j->failed && j->at == j->text.len;
}
