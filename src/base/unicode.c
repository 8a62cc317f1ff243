/* This file turns UTF-16 and single bytes into UTF-8. */
#include "base/unicode.h"

#include "base/code_page.h"

enum { HIGH_FIRST = 0xD800, LOW_FIRST = 0xDC00, SURROGATES_END = 0xE000, LAST = 0x10FFFF };

size_t unicode_put(char to[UNICODE_UTF8_MAX], uint32_t c)
{
	if (c > LAST || (c >= HIGH_FIRST && c < SURROGATES_END))
		c = UNICODE_REPLACEMENT;
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3F));
		to[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3F));
	to[2] = (char)(0x80 | (c >> 6 & 0x3F));
	to[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

static uint32_t next_utf16(struct cursor *c)
{
	uint32_t unit = cursor_u16le(c), low;
	struct cursor ahead = *c;

	if (unit < HIGH_FIRST || unit >= SURROGATES_END)
		return unit;
	low = cursor_u16le(&ahead);
	if (unit >= LOW_FIRST || !cursor_ok(&ahead) || low < LOW_FIRST || low >= SURROGATES_END)
		return UNICODE_REPLACEMENT;
	*c = ahead;
	return 0x10000 + ((unit - HIGH_FIRST) << 10) + (low - LOW_FIRST);
}

char *unicode_from_utf16(struct arena *arena, struct view bytes, size_t max)
{
	struct cursor c = cursor_of(bytes);
	size_t most = bytes.len / 2 < max ? bytes.len / 2 : max, len = 0;
	char *text = arena_alloc(arena, most * UNICODE_UTF8_MAX + 1);

	/* ASCII, as nearly all of it is. */
	while (text && len < most && bytes.at[2 * len + 1] == 0 && bytes.at[2 * len] > 0 &&
	       bytes.at[2 * len] < 0x80) {
		text[len] = (char)bytes.at[2 * len];
		len++;
	}
	cursor_skip(&c, 2 * len);
	for (size_t i = len; text && i < most && cursor_left(&c) >= 2; i++) {
		uint32_t character = next_utf16(&c);

		if (character == 0)
			break;
		len += unicode_put(text + len, character);
	}
	return text;
}

/* The next character of text that is UTF-8. */
static uint32_t next_utf8(struct str *text)
{
	uint8_t lead = (uint8_t)text->at[0];
	size_t n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	uint32_t c = n == 1 ? lead : lead & (0xFFu >> (n + 1));

	for (size_t i = 1; i < n && i < text->len; i++)
		c = c << 6 | ((uint8_t)text->at[i] & 0x3Fu);
	*text = str_skip(*text, n);
	return c;
}

bool unicode_to_utf16(struct arena *arena, struct str text, struct view *out)
{
	uint8_t *bytes = str_is_utf8(text) ? arena_alloc(arena, 2 * (text.len + 1)) : NULL;
	size_t len = 0;

	while (bytes && text.len) {
		uint32_t c = next_utf8(&text), pair = c - 0x10000;
		uint32_t units[] = { HIGH_FIRST + (pair >> 10), LOW_FIRST + (pair & 0x3FF) };
		bool is_pair = c >= 0x10000;

		for (size_t i = 0; i < (is_pair ? 2u : 1u); i++) {
			uint32_t unit = is_pair ? units[i] : c;

			bytes[len++] = (uint8_t)unit;
			bytes[len++] = (uint8_t)(unit >> 8);
		}
	}
	*out = view_of(bytes, bytes ? len + 2 : 0);
	return bytes != NULL;
}

char *unicode_from_bytes(struct arena *arena, struct view bytes, size_t max)
{
	struct str as_is = str_head(str_from_view(bytes), max);
	size_t len = 0, end = str_find_char(as_is, 0);
	const struct code_page *page = code_page_of(CODE_PAGE_WESTERN);
	struct cursor c;
	char *text;

	as_is = str_head(as_is, end < as_is.len ? end : as_is.len);
	if (str_is_utf8(as_is))
		return arena_text(arena, as_is);
	text = arena_alloc(arena, as_is.len * 3 + 1);
	c = cursor_of(str_view(as_is));
	while (text && cursor_left(&c))
		len += unicode_put(text + len, code_page_next(page, &c));
	return text;
}
