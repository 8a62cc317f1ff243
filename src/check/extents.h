/* This file lists everything alive in a store by its place, in ascending order. */
#ifndef POSTMEND_CHECK_EXTENTS_H
#define POSTMEND_CHECK_EXTENTS_H

#include "check/facts.h"

struct extent {
	uint64_t at, len;               /* bytes; len as on disk, trailer and padding included */
	const struct block_fact *block; /* NULL for pages */
	const struct page_fact *page;   /* NULL for blocks */
};

/* Goes through blocks and pages in the order of their places. Blocks marked
 * BLOCK_BAD_PLACE are left out. */
struct extent_walk {
	const struct check_facts *facts;
	const uint32_t *by_place; /* indices of blocks */
	size_t block, page;
};

/* Sorts; the arrays live in the arena. ST_NOMEM, or ST_LIMIT beyond 2^32 blocks. */
[[nodiscard]] enum status extent_walk_new(struct arena *arena, struct check_facts *facts,
					  struct extent_walk *out);

/* From the beginning, over what the places pass has sorted. */
struct extent_walk extent_walk_of(const struct check_facts *facts);

/* The next extent; false when there is none. */
bool extent_walk_next(struct extent_walk *walk, struct extent *out);

#endif
