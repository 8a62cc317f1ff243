/* This file asks the store's own allocation maps what is alive.
 *
 * Maps know nothing of trees, so they outlive them; a section whose map is
 * damaged is simply not known of.
 */
#ifndef POSTMEND_SALVAGE_LIVE_MAP_H
#define POSTMEND_SALVAGE_LIVE_MAP_H

#include "base/arena.h"
#include "pst/image.h"
#include "pst/ndb/variant.h"

#include <stdbool.h>

/* In the order in which they are believed. */
enum life { LIFE_FREE, LIFE_UNKNOWN, LIFE_TAKEN };

struct live_map;

/* Reads every map page that is sound: some 0.2 % of the image. NULL when memory ended. */
[[nodiscard]] struct live_map *live_map_new(struct arena *arena, const struct image *image,
					    const struct variant *variant);

/* Of the block or the page that begins there. Old writers keep pages in
 * reserve, and a second map tells those from pages in use ([MS-PST] 2.2.2.7.3). */
enum life live_map_of_block(const struct live_map *map, uint64_t at);
enum life live_map_of_page(const struct live_map *map, uint64_t at);

#endif
