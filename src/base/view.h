/* This file names bytes that somebody else owns. */
#ifndef POSTMEND_BASE_VIEW_H
#define POSTMEND_BASE_VIEW_H

#include <stddef.h>
#include <stdint.h>

/* Read-only bytes; they live as long as their owner says. at may be NULL only
 * when len is 0. */
struct view {
	const uint8_t *at;
	size_t len;
};

static inline struct view view_of(const void *at, size_t len)
{
	return (struct view){ .at = at, .len = len };
}

#endif
