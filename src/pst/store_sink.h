/* This file is the face through which a store's bytes are written.
 *
 * A store may go into a file, over a fault layer of a test or into nothing but
 * a count: rooms that make it see a sink. What is written at the end is what
 * makes it a store, its header: until then nothing can take it for one.
 */
#ifndef POSTMEND_PST_STORE_SINK_H
#define POSTMEND_PST_STORE_SINK_H

#include "base/status.h"
#include "base/view.h"

#include <stdint.h>

struct store_sink {
	/* Takes `bytes` for offset `at`; they are the caller's and gone after the call. Ranges never overlap;
	 * what nobody writes reads as zeros. ST_OK, or what ends the writing: ST_IO, ST_CANCEL, ST_LIMIT. */
	enum status (*write)(const struct store_sink *sink, uint64_t at, struct view bytes);
	/* May be NULL. Memory for `len` bytes, not zeroed: filled, they go to the next write(), which takes
	 * them as they lie there and does not copy them. NULL: there is none of that length, now or later. */
	uint8_t *(*room)(const struct store_sink *sink, size_t len);
	void *context;
};

#endif
