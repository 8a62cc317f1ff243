/* This file turns values of 8-bit text into values of UTF-16. */
#include "convert/text.h"

#include "base/str.h"
#include "pst/ltp/property.h"
#include "pst/ndb/field.h"

#include <string.h>

enum { UNIT = 2, PAIR_FIRST = 0x10000 };

bool text_is_narrow(uint16_t type)
{
	return (type & (uint16_t)~PTYP_MULTIPLE) == PTYP_STRING_8;
}

uint16_t text_wide_type(uint16_t type)
{
	return (uint16_t)(type + (PTYP_STRING - PTYP_STRING_8));
}

static size_t put(uint8_t *to, uint32_t character)
{
	if (character < PAIR_FIRST) {
		field_put(to, UNIT, character);
		return UNIT;
	}
	field_put(to, UNIT, 0xD800 + ((character - PAIR_FIRST) >> 10));
	field_put(to + UNIT, UNIT, 0xDC00 + (character & 0x3FF));
	return 2 * UNIT;
}

/* `to` has room for two bytes for each of the text: no character takes more. */
static size_t widen(const struct code_page *page, struct view text, uint8_t *to, uint64_t *lost)
{
	struct cursor c = cursor_of(text);
	size_t len = 0;

	while (cursor_left(&c)) {
		uint32_t character = code_page_next(page, &c);

		*lost += character == CODE_PAGE_REPLACEMENT;
		len += put(to + len, character);
	}
	return len;
}

static uint32_t offset_at(struct view value, uint32_t i)
{
	struct cursor c = cursor_of(value);

	cursor_seek(&c, 4 + 4 * (size_t)i);
	return cursor_u32le(&c);
}

/* Count, offsets, values ([MS-PST] 2.3.3.4.2). */
static size_t widen_many(const struct code_page *page, struct view value, uint8_t *to, uint64_t *lost)
{
	struct cursor c = cursor_of(value);
	uint32_t n = cursor_u32le(&c);
	size_t len = 4 + 4 * (size_t)n;

	field_put(to, 4, n);
	for (uint32_t i = 0; i < n; i++) {
		size_t from = offset_at(value, i), end = i + 1 < n ? offset_at(value, i + 1) : value.len;

		field_put(to + 4 + 4 * (size_t)i, 4, len);
		len += widen(page, field_part(value, from, end - from), to + len, lost);
	}
	return len;
}

bool text_widen(struct arena *arena, const struct code_page *page, uint16_t type, struct view value,
		struct text_widened *out)
{
	uint8_t *to = arena_alloc(arena, value.len * UNIT + 1);
	size_t len = 0;

	*out = (struct text_widened){ 0 };
	if (!to)
		return false;
	if (!(type & PTYP_MULTIPLE))
		len = widen(page, value, to, &out->lost);
	else if (value.len)
		len = widen_many(page, value, to, &out->lost);
	out->value = view_of(to, len);
	return true;
}

bool text_mend(struct arena *arena, struct view value, struct text_widened *out)
{
	uint8_t *to = arena_alloc(arena, value.len + 1);
	struct cursor c = cursor_of(value);
	size_t len = 0;

	*out = (struct text_widened){ 0 };
	if (!to)
		return false;
	while (cursor_left(&c) >= UNIT) {
		uint32_t unit = cursor_u16le(&c), low;
		struct cursor ahead = c;

		low = cursor_u16le(&ahead);
		if (unit >= 0xD800 && unit < 0xDC00 && cursor_ok(&ahead) && low >= 0xDC00 && low < 0xE000) {
			c = ahead;
			unit = PAIR_FIRST + ((unit - 0xD800) << 10) + (low - 0xDC00);
		} else if (unit >= 0xD800 && unit < 0xE000) {
			unit = CODE_PAGE_REPLACEMENT;
			out->lost++;
		}
		len += put(to + len, unit);
	}
	out->value = view_of(to, len);
	return true;
}

struct view text_from_utf8(struct arena *arena, const char *text)
{
	struct text_widened out;

	if (!text_widen(arena, code_page_of(CODE_PAGE_UTF8), PTYP_STRING_8, str_view(str_of(text)), &out))
		return view_of(NULL, 0);
	return out.value;
}
