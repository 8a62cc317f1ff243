/* This file handles text by address and length. */
#include "base/str.h"

#include <string.h>

struct str str_of(const char *text)
{
	if (!text)
		return (struct str){ .at = "", .len = 0 };
	return (struct str){ .at = text, .len = strlen(text) };
}

struct str str_from_view(struct view bytes)
{
	return (struct str){ .at = (const char *)bytes.at, .len = bytes.len };
}

struct view str_view(struct str s)
{
	return view_of(s.at, s.len);
}

char str_lower_char(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool str_is_alpha(char c)
{
	c = str_lower_char(c);
	return c >= 'a' && c <= 'z';
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (str_lower_char(a.at[i]) != str_lower_char(b.at[i]))
			return false;
	return true;
}

bool str_is(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

bool str_is_nocase(struct str a, const char *b)
{
	return str_eq_nocase(a, str_of(b));
}

struct str str_head(struct str s, size_t n)
{
	return (struct str){ .at = s.at, .len = n < s.len ? n : s.len };
}

struct str str_skip(struct str s, size_t n)
{
	if (s.len == 0)
		return s;
	if (n > s.len)
		n = s.len;
	return (struct str){ .at = s.at + n, .len = s.len - n };
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_head(s, prefix.len), prefix);
}

bool str_starts_nocase(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq_nocase(str_head(s, prefix.len), prefix);
}

bool str_ends_nocase(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq_nocase(str_skip(s, s.len - suffix.len), suffix);
}

size_t str_find(struct str s, struct str needle)
{
	for (size_t i = 0; i + needle.len <= s.len; i++)
		if (str_eq(str_head(str_skip(s, i), needle.len), needle))
			return i;
	return SIZE_MAX;
}

size_t str_find_nocase(struct str s, struct str needle)
{
	for (size_t i = 0; i + needle.len <= s.len; i++)
		if (str_eq_nocase(str_head(str_skip(s, i), needle.len), needle))
			return i;
	return SIZE_MAX;
}

size_t str_find_char(struct str s, char c)
{
	const char *found = s.len ? memchr(s.at, c, s.len) : NULL;

	return found ? (size_t)(found - s.at) : SIZE_MAX;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.len && is_space(s.at[0]))
		s = str_skip(s, 1);
	while (s.len && is_space(s.at[s.len - 1]))
		s.len--;
	return s;
}

struct str str_cut(struct str *rest, char separator)
{
	struct str part = *rest;
	size_t at = str_find_char(*rest, separator);

	if (at == SIZE_MAX) {
		*rest = (struct str){ .at = NULL, .len = 0 };
		return part;
	}
	part.len = at;
	*rest = (struct str){ .at = rest->at + at + 1, .len = rest->len - at - 1 };
	return part;
}

bool str_to_u64(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!str_is_digit(s.at[i]))
			return false;
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, (uint64_t)(s.at[i] - '0'), &value))
			return false;
	}
	if (value > max)
		return false;
	*out = value;
	return true;
}

/* Length of the well-formed sequence at the start of s, 0 when there is none
 * (RFC 3629 section 4: no overlong forms, no surrogates, at most U+10FFFF). */
static size_t utf8_sequence_len(struct str s)
{
	unsigned char first = (unsigned char)s.at[0];
	unsigned char low = 0x80, high = 0xBF;
	size_t n;

	if (first < 0x80)
		return first != 0;
	if (first >= 0xC2 && first <= 0xDF) {
		n = 2;
	} else if (first >= 0xE0 && first <= 0xEF) {
		n = 3;
		low = first == 0xE0 ? 0xA0 : 0x80;
		high = first == 0xED ? 0x9F : 0xBF;
	} else if (first >= 0xF0 && first <= 0xF4) {
		n = 4;
		low = first == 0xF0 ? 0x90 : 0x80;
		high = first == 0xF4 ? 0x8F : 0xBF;
	} else {
		return 0;
	}
	if (s.len < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c < (i == 1 ? low : 0x80) || c > (i == 1 ? high : 0xBF))
			return 0;
	}
	return n;
}

/* How many characters of ASCII stand in front, eight at a time. */
static size_t ascii_len(struct str s)
{
	size_t n = 0;
	uint64_t eight;

	for (; s.len - n >= sizeof eight; n += sizeof eight) {
		memcpy(&eight, s.at + n, sizeof eight);
		if (eight & UINT64_C(0x8080808080808080))
			break;
	}
	return n;
}

bool str_is_utf8(struct str s)
{
	while (s.len) {
		size_t n = ascii_len(s);

		if (n == 0)
			n = utf8_sequence_len(s);

		if (n == 0)
			return false;
		s = str_skip(s, n);
	}
	return true;
}
