/* This file computes Marvin32, the hash of the entries of a hive's transaction log. */
#include "hive/marvin.h"

#include "base/cursor.h"

struct marvin {
	uint32_t low, high;
};

static uint32_t rotate(uint32_t word, unsigned by)
{
	return word << by | word >> (32 - by);
}

static void mix(struct marvin *m, uint32_t word)
{
	m->low += word;
	m->high ^= m->low;
	m->low = rotate(m->low, 20) + m->high;
	m->high = rotate(m->high, 9) ^ m->low;
	m->low = rotate(m->low, 27) + m->high;
	m->high = rotate(m->high, 19);
}

uint64_t marvin_hash(uint64_t seed, struct view bytes)
{
	struct marvin m = { .low = (uint32_t)seed, .high = (uint32_t)(seed >> 32) };
	struct cursor c = cursor_of(bytes);
	uint32_t last = 0x80;

	while (cursor_left(&c) >= 4)
		mix(&m, cursor_u32le(&c));
	/* What is left, and a byte 0x80 behind it. */
	for (size_t n = cursor_left(&c), i = 0; i < n; i++)
		last = (last & ~(0xFFU << 8 * i)) | (uint32_t)cursor_u8(&c) << 8 * i | 0x80U << 8 * (i + 1);
	mix(&m, last);
	mix(&m, 0);
	return (uint64_t)m.high << 32 | m.low;
}
