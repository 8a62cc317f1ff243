/* This file reads bytes that may be hostile, one field after the other.
 *
 * A cursor never reads outside its view. The first read that would do so makes
 * it fail, and from then on every read is a no-op that gives zero: a decoder
 * lists its fields from top to bottom and asks cursor_ok() or cursor_done()
 * once. Nothing else in postmend takes bytes of a peer or a store apart.
 *
 *	struct cursor c = cursor_of(record);
 *	out->magic = cursor_u32le(&c);
 *	out->n = cursor_u16le(&c);
 *	out->name = cursor_take(&c, out->n);
 *	return cursor_done(&c);
 */
#ifndef POSTMEND_BASE_CURSOR_H
#define POSTMEND_BASE_CURSOR_H

#include "base/str.h"
#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	struct view view;
	size_t at;   /* of the next byte, at most view.len */
	bool failed; /* sticky */
};

/* What every field of a store goes through is inline. */
static inline struct cursor cursor_of(struct view view)
{
	return (struct cursor){ .view = view };
}

/* The next `len` bytes as a view, and as a cursor that cannot leave them. */
static inline struct view cursor_take(struct cursor *c, size_t len)
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
struct cursor cursor_sub(struct cursor *c, size_t len);

static inline void cursor_skip(struct cursor *c, size_t len)
{
	(void)cursor_take(c, len);
}

/* From the start of the view. */
static inline void cursor_seek(struct cursor *c, size_t at)
{
	if (at > c->view.len)
		c->failed = true;
	if (!c->failed)
		c->at = at;
}

/* Little-endian, as stores are. */
static inline uint8_t cursor_u8(struct cursor *c)
{
	struct view b = cursor_take(c, 1);

	return b.len ? b.at[0] : 0;
}

static inline uint16_t cursor_u16le(struct cursor *c)
{
	struct view b = cursor_take(c, 2);

	return (uint16_t)(b.len ? b.at[0] | b.at[1] << 8 : 0);
}

static inline uint32_t cursor_u32le(struct cursor *c)
{
	struct view b = cursor_take(c, 4);

	return b.len ? b.at[0] | (uint32_t)b.at[1] << 8 | (uint32_t)b.at[2] << 16 | (uint32_t)b.at[3] << 24
		     : 0;
}

static inline uint64_t cursor_u64le(struct cursor *c)
{
	struct view b = cursor_take(c, 8);
	struct cursor halves = cursor_of(b);
	uint64_t low = cursor_u32le(&halves);

	return low | (uint64_t)cursor_u32le(&halves) << 32;
}

/* Big-endian, as network records are. */
uint16_t cursor_u16be(struct cursor *c);
uint32_t cursor_u24be(struct cursor *c);
uint32_t cursor_u32be(struct cursor *c);

/* Makes the cursor fail: for a value that the grammar forbids. */
void cursor_fail(struct cursor *c);

static inline size_t cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : c->view.len - c->at;
}

static inline bool cursor_ok(const struct cursor *c)
{
	return !c->failed;
}

/* Not failed and all consumed. */
static inline bool cursor_done(const struct cursor *c)
{
	return !c->failed && c->at == c->view.len;
}

#endif
