/* This file is the face through which a store's bytes are read.
 *
 * A store may lie on a disk that refuses some sectors, be cut in the middle, or
 * be a repair that is being tried on paper: rooms that judge it see an image
 * and nothing of where it is kept. An image never changes while it is read.
 */
#ifndef POSTMEND_PST_IMAGE_H
#define POSTMEND_PST_IMAGE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct image {
	uint64_t size; /* bytes */
	/* Copies exactly `len` bytes from offset `at` to `to`. ST_OK; ST_LIMIT when the range leaves the
	 * image; ST_IO when the device refuses it, and then `to` holds zeros. Safe from several threads. */
	enum status (*read)(const struct image *image, uint64_t at, void *to, size_t len);
	void *context;
};

[[nodiscard]] static inline enum status image_read(const struct image *image, uint64_t at, void *to,
						   size_t len)
{
	if (at > image->size || len > image->size - at)
		return ST_LIMIT;
	return image->read(image, at, to, len);
}

#endif
