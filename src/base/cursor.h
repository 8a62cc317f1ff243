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

struct cursor cursor_of(struct view view);

/* Little-endian, as stores are; big-endian, as network records are. */
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16le(struct cursor *c);
uint32_t cursor_u32le(struct cursor *c);
uint64_t cursor_u64le(struct cursor *c);
uint16_t cursor_u16be(struct cursor *c);
uint32_t cursor_u24be(struct cursor *c);
uint32_t cursor_u32be(struct cursor *c);

/* The next `len` bytes as a view, and as a cursor that cannot leave them. */
struct view cursor_take(struct cursor *c, size_t len);
struct cursor cursor_sub(struct cursor *c, size_t len);

void cursor_skip(struct cursor *c, size_t len);
void cursor_seek(struct cursor *c, size_t at); /* from the start of the view */

/* Makes the cursor fail: for a value that the grammar forbids. */
void cursor_fail(struct cursor *c);

size_t cursor_left(const struct cursor *c);
bool cursor_ok(const struct cursor *c);
bool cursor_done(const struct cursor *c); /* not failed and all consumed */

#endif
