/* This file turns text of a store into UTF-8. */
#include "pst/msg/text.h"

#include "base/cursor.h"
#include "base/unicode.h"
#include "pst/ltp/property.h"

char *text_of(struct arena *arena, uint16_t type, struct view bytes, size_t max)
{
	return type == PTYP_STRING ? unicode_from_utf16(arena, bytes, max)
				   : unicode_from_bytes(arena, bytes, max);
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
