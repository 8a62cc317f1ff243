/* This file gives the makers memory; a maker whose memory ends stops. */
#ifndef POSTMEND_TESTS_MAKERS_MEMORY_H
#define POSTMEND_TESTS_MAKERS_MEMORY_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* `n` zeroed elements; the caller frees them. */
static inline void *memory_new(size_t n, size_t size)
{
	void *at = calloc(n ? n : 1, size);

	if (!at) {
		fputs("store-maker: not enough memory\n", stderr);
		abort();
	}
	return at;
}

/* Makes room for one more of `n` elements; returns the array, perhaps moved. */
static inline void *memory_grow(void *at, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return at;
	*room = *room ? *room * 2 : 16;
	at = realloc(at, *room * size);
	if (!at) {
		fputs("store-maker: not enough memory\n", stderr);
		abort();
	}
	return at;
}

#endif
