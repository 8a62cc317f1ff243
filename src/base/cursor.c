/* This file reads bytes that may be hostile, one field after the other. */
#include "base/cursor.h"

void cursor_fail(struct cursor *c)
{
	c->failed = true;
}

struct cursor cursor_sub(struct cursor *c, size_t len)
{
	struct cursor sub = cursor_of(cursor_take(c, len));

	sub.failed = c->failed;
	return sub;
}

static uint32_t take_big(struct cursor *c, size_t n)
{
	struct view bytes = cursor_take(c, n);
	uint32_t value = 0;

	for (size_t i = 0; i < bytes.len; i++)
		value = value << 8 | bytes.at[i];
	return value;
}

uint16_t cursor_u16be(struct cursor *c)
{
	return (uint16_t)take_big(c, 2);
}

uint32_t cursor_u24be(struct cursor *c)
{
	return take_big(c, 3);
}

uint32_t cursor_u32be(struct cursor *c)
{
	return take_big(c, 4);
}
