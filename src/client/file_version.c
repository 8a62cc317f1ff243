/* This file reads the version that a Windows program says of itself.
 *
 * The block is found by its key and signature: where a program's section of
 * resources lies need not be known for that.
 */
#include "client/file_version.h"

#include "base/cursor.h"

#include <string.h>

enum { SIGNATURE_AT = 34, HIGH_AT = 8 };

#define SIGNATURE 0xFEEF04BDU

static const uint8_t key[] = "V\0S\0_\0V\0E\0R\0S\0I\0O\0N\0_\0I\0N\0F\0O\0\0";

const char *file_version_read(struct arena *arena, struct view program)
{
	size_t at = 0;

	while (at + SIGNATURE_AT < program.len) {
		const uint8_t *found = memchr(program.at + at, key[0], program.len - at - SIGNATURE_AT);
		struct cursor c;
		uint32_t high, low;

		if (!found)
			return NULL;
		at = (size_t)(found - program.at) + 1;
		if (memcmp(found, key, SIGNATURE_AT - 2) != 0)
			continue;
		c = cursor_of(program);
		cursor_seek(&c, at - 1 + SIGNATURE_AT);
		if (cursor_u32le(&c) != SIGNATURE)
			continue;
		cursor_skip(&c, HIGH_AT - 4);
		high = cursor_u32le(&c);
		low = cursor_u32le(&c);
		if (cursor_ok(&c))
			return arena_printf(arena, "%u.%u.%u.%u", (unsigned)(high >> 16),
					    (unsigned)(high & 0xFFFF), (unsigned)(low >> 16),
					    (unsigned)(low & 0xFFFF));
	}
	return NULL;
}
