/* This file decodes and encodes on-disk structures by their tables. */
#include "pst/ndb/field.h"

#include <string.h>

static uint64_t take(struct cursor *c, size_t width)
{
	switch (width) {
	case 1:
		return cursor_u8(c);
	case 2:
		return cursor_u16le(c);
	case 4:
		return cursor_u32le(c);
	default:
		return cursor_u64le(c);
	}
}

bool field_decode(const struct field_table *table, struct view bytes, void *out)
{
	bool whole = true;

	for (size_t i = 0; i < table->n; i++) {
		const struct field *f = &table->rows[i];
		struct cursor c = cursor_of(bytes);
		uint64_t value;

		if (!field_is_integer(f))
			continue;
		cursor_seek(&c, f->at);
		value = take(&c, f->width);
		whole = whole && cursor_ok(&c);
		memcpy((unsigned char *)out + f->member, &value, sizeof value);
	}
	return whole;
}

struct view field_part(struct view bytes, uint64_t at, uint64_t len)
{
	struct cursor c = cursor_of(bytes);

	if (at > bytes.len || len > bytes.len)
		return view_of(NULL, 0);
	cursor_seek(&c, (size_t)at);
	return cursor_take(&c, (size_t)len);
}

void field_put(uint8_t *to, size_t width, uint64_t value)
{
	for (size_t i = 0; i < width; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

void field_encode(const struct field_table *table, const void *in, uint8_t *bytes)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct field *f = &table->rows[i];
		uint64_t value;

		if (!field_is_integer(f))
			continue;
		memcpy(&value, (const unsigned char *)in + f->member, sizeof value);
		field_put(bytes + f->at, f->width, value);
	}
}
