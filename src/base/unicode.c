/* This file turns UTF-16 and single bytes into UTF-8. */
#include "base/unicode.h"

enum { HIGH_FIRST = 0xD800, LOW_FIRST = 0xDC00, SURROGATES_END = 0xE000, LAST = 0x10FFFF };

/* 0x80 to 0x9F of windows-1252; the others are those of Latin-1. */
static const uint16_t upper_1252[32] = {
	0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
	0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
	0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

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

uint32_t unicode_next_utf16(struct cursor *c)
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

	for (size_t i = 0; text && i < most && cursor_left(&c) >= 2; i++) {
		uint32_t character = unicode_next_utf16(&c);

		if (character == 0)
			break;
		len += unicode_put(text + len, character);
	}
	return text;
}

uint32_t unicode_of_1252(uint8_t byte)
{
	return byte >= 0x80 && byte < 0xA0 ? upper_1252[byte - 0x80] : byte;
}

char *unicode_from_bytes(struct arena *arena, struct view bytes, size_t max)
{
	struct str as_is = str_head(str_from_view(bytes), max);
	size_t len = 0, end = str_find_char(as_is, 0);
	struct cursor c;
	char *text;

	as_is = str_head(as_is, end < as_is.len ? end : as_is.len);
	if (str_is_utf8(as_is))
		return arena_text(arena, as_is);
	text = arena_alloc(arena, as_is.len * 3 + 1);
	c = cursor_of(str_view(as_is));
	while (text && cursor_left(&c))
		len += unicode_put(text + len, unicode_of_1252(cursor_u8(&c)));
	return text;
}
