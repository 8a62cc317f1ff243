/* This file is what the fuzzers of whole stores share: a store without its empty parts.
 *
 * The input is again and again the number of empty 64-byte units, a length and so many bytes.
 */
#ifndef POSTMEND_CHECK_FUZZ_STORE_H
#define POSTMEND_CHECK_FUZZ_STORE_H

#include "base/cursor.h"
#include "pst/image.h"

#include <string.h>

enum { FUZZ_STORE_MAX = 17 << 20, FUZZ_STORE_UNIT = 64 };

static inline enum status fuzz_store_read(const struct image *image, uint64_t at, void *to, size_t len)
{
	memcpy(to, (const uint8_t *)image->context + at, len);
	return ST_OK;
}

/* The store's size; what does not fit is left out. */
static inline size_t fuzz_store_unpack(struct view input, uint8_t *store)
{
	struct cursor c = cursor_of(input);
	size_t at = 0;

	while (cursor_left(&c) >= 4) {
		size_t skip = (size_t)cursor_u16le(&c) * FUZZ_STORE_UNIT, n = cursor_u16le(&c);
		struct view part = cursor_take(&c, n < cursor_left(&c) ? n : cursor_left(&c));

		if (skip > FUZZ_STORE_MAX - at || part.len > FUZZ_STORE_MAX - at - skip)
			break;
		at += skip;
		if (part.len)
			memcpy(store + at, part.at, part.len);
		at += part.len;
	}
	return at;
}

#endif
