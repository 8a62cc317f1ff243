/* This file reads bytes that may be hostile, one field after the other. */
#include "base/cursor.h"

struct cursor cursor_of(struct view view)
{
	return (struct cursor){ .view = view };
}

void cursor_fail(struct cursor *c)
{
	c->failed = true;
}

size_t cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : c->view.len - c->at;
}

struct view cursor_take(struct cursor *c, size_t len)
{
	struct view taken;

	if (c->failed || len > c->view.len - c->at) {
		c->failed = true;
		return view_of(NULL, 0);
	}
	taken = view_of(len ? c->view.at + c->at : NULL, len);
	c->at += len;
	return taken;
}

struct cursor cursor_sub(struct cursor *c, size_t len)
{
	struct cursor sub = cursor_of(cursor_take(c, len));

	sub.failed = c->failed;
	return sub;
}

void cursor_skip(struct cursor *c, size_t len)
{
	(void)cursor_take(c, len);
}

void cursor_seek(struct cursor *c, size_t at)
{
	if (at > c->view.len)
		c->failed = true;
	if (!c->failed)
		c->at = at;
}

/* Low byte first when `little`; zero once failed. n is at most 8. */
static uint64_t take_integer(struct cursor *c, size_t n, bool little)
{
	struct view bytes = cursor_take(c, n);
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		size_t shift = little ? i : bytes.len - 1 - i;

		value |= (uint64_t)bytes.at[i] << (8 * shift);
	}
	return value;
}

uint8_t cursor_u8(struct cursor *c)
{
	return (uint8_t)take_integer(c, 1, true);
}

uint16_t cursor_u16le(struct cursor *c)
{
	return (uint16_t)take_integer(c, 2, true);
}

uint32_t cursor_u32le(struct cursor *c)
{
	return (uint32_t)take_integer(c, 4, true);
}

uint64_t cursor_u64le(struct cursor *c)
{
	return take_integer(c, 8, true);
}

uint16_t cursor_u16be(struct cursor *c)
{
	return (uint16_t)take_integer(c, 2, false);
}

uint32_t cursor_u24be(struct cursor *c)
{
	return (uint32_t)take_integer(c, 3, false);
}

uint32_t cursor_u32be(struct cursor *c)
{
	return (uint32_t)take_integer(c, 4, false);
}

bool cursor_ok(const struct cursor *c)
{
	return !c->failed;
}

bool cursor_done(const struct cursor *c)
{
	return !c->failed && c->at == c->view.len;
}
