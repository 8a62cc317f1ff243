/* This file unpacks compressed RTF. */
#include "mail/lzfu.h"

#include "base/cursor.h"

#include <string.h>

enum {
	PACKED = 0x75465A4C,   /* "LZFu" */
	UNPACKED = 0x414C454D, /* "MELA" */
	RING = 4096,
	RING_MASK = RING - 1,
};

/* What the ring holds at first (2.1.2.1). */
static const char first[] =
	"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
	"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
	"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct unpacking {
	uint8_t ring[RING];
	size_t at;
	struct buf *out;
	size_t left; /* bytes still to be written, by the header */
};

static void put(struct unpacking *u, uint8_t byte)
{
	u->ring[u->at] = byte;
	u->at = (u->at + 1) & RING_MASK;
	if (u->left == 0)
		return;
	buf_add_byte(u->out, byte);
	u->left--;
}

/* False at the end mark: a reference to where the next byte goes. */
static bool copy(struct unpacking *u, struct cursor *c)
{
	uint16_t reference = cursor_u16be(c);
	size_t from = reference >> 4, len = (reference & 15U) + 2;

	if (!cursor_ok(c) || from == u->at)
		return false;
	for (size_t i = 0; i < len; i++)
		put(u, u->ring[(from + i) & RING_MASK]);
	return true;
}

enum run { RUN_GOES_ON, RUN_ENDS, RUN_IS_CUT };

/* A control byte and the eight bytes or references behind it. */
static enum run unpack_run(struct unpacking *u, struct cursor *c)
{
	uint8_t control = cursor_u8(c);

	for (unsigned bit = 0; bit < 8; bit++) {
		if (!(control >> bit & 1) && cursor_left(c))
			put(u, cursor_u8(c));
		else if (!(control >> bit & 1))
			return u->left == 0 ? RUN_ENDS : RUN_IS_CUT;
		else if (!copy(u, c))
			return cursor_ok(c) ? RUN_ENDS : RUN_IS_CUT;
	}
	return RUN_GOES_ON;
}

static bool unpack(struct unpacking *u, struct cursor *c)
{
	while (cursor_left(c) && !buf_failed(u->out)) {
		enum run run = unpack_run(u, c);

		if (run != RUN_GOES_ON)
			return run == RUN_ENDS;
	}
	return u->left == 0;
}

bool lzfu_unpack(struct view packed, struct buf *out)
{
	struct cursor c = cursor_of(packed);
	struct unpacking u = { .out = out };
	uint32_t whole, kind;
	size_t before = out->len;

	whole = cursor_u32le(&c); /* what follows, in bytes */
	u.left = cursor_u32le(&c);
	kind = cursor_u32le(&c);
	cursor_skip(&c, 4); /* its CRC */
	if (!cursor_ok(&c) || u.left > LZFU_MAX)
		return false;
	if (kind == UNPACKED) {
		struct view rest = cursor_take(&c, cursor_left(&c) < u.left ? cursor_left(&c) : u.left);

		buf_add(out, rest);
		/* Some writers count their own header as text. */
		return whole <= packed.len && packed.len - whole <= 4 && !buf_failed(out);
	}
	if (kind != PACKED)
		return false;
	memcpy(u.ring, first, sizeof first - 1);
	u.at = sizeof first - 1;
	return unpack(&u, &c) && !buf_failed(out) && out->len > before;
}
