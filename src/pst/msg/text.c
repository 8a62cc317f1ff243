/* This file turns text of a store into UTF-8. */
#include "pst/msg/text.h"

#include "base/cursor.h"
#include "pst/ltp/property.h"

enum { UTF8_MAX = 4, REPLACEMENT = 0xFFFD };

static size_t put(char *to, uint32_t c)
{
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

	if (unit < 0xD800 || unit > 0xDFFF)
		return unit;
	low = cursor_u16le(&ahead);
	if (unit > 0xDBFF || !cursor_ok(&ahead) || low < 0xDC00 || low > 0xDFFF)
		return REPLACEMENT;
	*c = ahead;
	return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static char *from_utf16(struct arena *arena, struct view bytes, size_t max)
{
	struct cursor c = cursor_of(bytes);
	size_t most = bytes.len / 2 < max ? bytes.len / 2 : max, len = 0;
	char *text = arena_alloc(arena, most * UTF8_MAX + 1);

	for (size_t i = 0; text && i < most && cursor_left(&c) >= 2; i++) {
		uint32_t character = next_utf16(&c);

		if (character == 0)
			break;
		len += put(text + len, character);
	}
	return text;
}

static char *from_bytes(struct arena *arena, struct view bytes, size_t max)
{
	struct cursor c = cursor_of(bytes);
	size_t most = bytes.len < max ? bytes.len : max, len = 0;
	struct str as_is = str_head(str_from_view(bytes), most);
	char *text;

	while (as_is.len && as_is.at[as_is.len - 1] == 0)
		as_is.len--;
	if (str_is_utf8(as_is))
		return arena_text(arena, as_is);
	text = arena_alloc(arena, most * 2 + 1);
	for (size_t i = 0; text && i < most; i++) {
		uint8_t byte = cursor_u8(&c);

		if (byte == 0)
			break;
		len += put(text + len, byte);
	}
	return text;
}

char *text_of(struct arena *arena, uint16_t type, struct view bytes, size_t max)
{
	return type == PTYP_STRING ? from_utf16(arena, bytes, max) : from_bytes(arena, bytes, max);
}

char *text_of_subject(struct arena *arena, uint16_t type, struct view bytes, size_t max)
{
	size_t unit = type == PTYP_STRING ? 2 : 1;
	struct cursor c = cursor_of(bytes);
	uint32_t first = unit == 2 ? cursor_u16le(&c) : cursor_u8(&c);

	if (first != 1)
		return text_of(arena, type, bytes, max);
	cursor_skip(&c, unit);
	return text_of(arena, type, cursor_take(&c, cursor_left(&c)), max);
}
