/* This file finds blocks and pages by what they say of themselves, wherever they lie.
 *
 * A block's trailer names its BID and length, and its signature ties both to
 * the place ([MS-PST] 2.2.2.8.1, 5.5), so one look at each possible end of a
 * block finds it; its checksum then proves it. Pages likewise. Whether what is
 * found is alive is not asked here.
 */
#ifndef POSTMEND_SALVAGE_SWEEP_H
#define POSTMEND_SALVAGE_SWEEP_H

#include "check/check.h"

enum swept_mark {
	SWEPT_BAD_CRC = 1 << 0, /* its checksum does not hold; all else does */
	SWEPT_HELD = 1 << 1,    /* a sound page above names it */
	SWEPT_REACHED = 1 << 2, /* the walk from the root came to it */
};

/* A B-tree page with entries in ascending order. */
struct swept_page {
	uint64_t at, bid;
	uint64_t first, last; /* keys */
	uint64_t low, high;   /* of what it covers: [low, high); from the page above, else its own keys */
	uint64_t parent_bid;  /* whose word that is */
	uint16_t n;           /* entries */
	uint8_t type, level, entry_len, marks; /* bits of enum swept_mark */
};

struct swept {
	/* In the order of their places; BIDs may come twice. `holders` is the place of a small internal block
	 * in `kept`, 0 for one that is not there. */
	struct block_fact *blocks;
	size_t n_blocks;
	struct swept_page *pages; /* in the order of their places */
	size_t n_pages;
};

struct sweep_options {
	const struct variant *variant;
	const struct image *image;
	const struct check_runner *runner;
	struct kept_blocks *kept; /* takes copies of small internal blocks; NULL: none is wanted */
	bool (*tick)(void *context, uint64_t done, uint64_t total); /* may be NULL */
	void *context;
};

/* Goes through the image once; results lie in `arena`. ST_CANCEL, ST_NOMEM. */
[[nodiscard]] enum status sweep_store(struct arena *arena, const struct sweep_options *options,
				      struct swept *out);

/* The variant whose trailers hold most often, from as much of the image as it
 * takes to be sure; NULL when none does. */
[[nodiscard]] enum status sweep_vote(const struct image *image, const struct variant **out);

/* How many sound blocks and pages end in the next few MiB behind `from`. */
[[nodiscard]] enum status sweep_taste(const struct image *image, const struct variant *variant, uint64_t from,
				      uint64_t *n_out);

#endif
