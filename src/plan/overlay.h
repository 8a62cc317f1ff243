/* This file lays changes over an image, so that a repair can be tried on paper.
 *
 *	struct overlay *draft = overlay_new(arena, &image);
 *	st = overlay_write(draft, 0x4400, page);
 *	... check_store(arena, overlay_image(draft), ...)
 *
 * What lies below is never written. An overlay is an image itself: one may lie
 * over another, which is how a trial is taken back by forgetting it.
 */
#ifndef POSTMEND_PLAN_OVERLAY_H
#define POSTMEND_PLAN_OVERLAY_H

#include "base/arena.h"
#include "pst/image.h"

#include <stdbool.h>

enum { OVERLAY_SECTOR = 512 };

struct overlay;

/* Nothing is changed yet; NULL when memory ended. `base` lives as long. */
[[nodiscard]] struct overlay *overlay_new(struct arena *arena, const struct image *base);

/* The image with its changes; valid until the next write. */
const struct image *overlay_image(const struct overlay *overlay);

/* Bytes behind the end make the image longer, what lies between being zeros.
 * ST_NOMEM, ST_LIMIT beyond 2^62, ST_IO when a sector that is changed in part
 * cannot be read. */
[[nodiscard]] enum status overlay_write(struct overlay *overlay, uint64_t at, struct view bytes);

/* Writes all changes of `from` into `to`; both lie over images of the same bytes. */
[[nodiscard]] enum status overlay_merge(struct overlay *to, const struct overlay *from);

/* How many sectors are held, and the n-th of them in ascending order: its
 * offset, and OVERLAY_SECTOR bytes. The order is made by overlay_sort(). */
size_t overlay_count(const struct overlay *overlay);
[[nodiscard]] enum status overlay_sort(struct overlay *overlay);
uint64_t overlay_sector(const struct overlay *overlay, size_t n, const uint8_t **bytes_out);

#endif
