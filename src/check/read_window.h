/* This file reads small pieces of a store that lie near each other with one read for many.
 *
 * What was saved one after the other lies so: a tree's pages, the blocks of
 * messages. A piece that lies far from the one before is read alone, because
 * what lies around it is nobody's wish.
 */
#ifndef POSTMEND_CHECK_READ_WINDOW_H
#define POSTMEND_CHECK_READ_WINDOW_H

#include "pst/image.h"

enum { READ_WINDOW = 64 << 10 };

/* Zeroed at first; of one image and one thread. */
struct read_window {
	uint64_t at, last; /* where it begins, and where the last piece asked for ended */
	size_t len;
	uint8_t bytes[READ_WINDOW];
};

/* As image_read(); without a window when that is NULL. A place that the device
 * refuses fails only the piece that holds it. */
[[nodiscard]] enum status read_window_get(struct read_window *window, const struct image *image, uint64_t at,
					  void *to, size_t len);

#endif
