/* This file finds every block that a store's bytes hold and its maps call used: what a lost BBT listed. */
#ifndef POSTMEND_PLAN_BLOCK_SCAN_H
#define POSTMEND_PLAN_BLOCK_SCAN_H

#include "plan/space.h"

enum { BLOCK_SCAN_MAX = 1 << 24 };

struct block_scan {
	struct mender *m;
	struct arena *arena;
	struct space *space;
	/* Out: entries in the order of their numbers, each number once, with the
	 * reference counts that nodes and blocks give them. */
	struct bbt_entry *entries;
	size_t n, room;
	bool is_certain; /* no number was found in two places, and the NBT is whole */
};

/* One read of the store, a second one of internal blocks. ST_NOMEM, ST_LIMIT. */
[[nodiscard]] enum status block_scan_run(struct block_scan *scan);

#endif
