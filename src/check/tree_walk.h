/* This file walks one of a store's two B-trees, page by page, without recursion.
 *
 * Invariants P26-P37, P73. Every page is visited at most once; what is wrong is
 * reported and the walk goes on with what is left.
 */
#ifndef POSTMEND_CHECK_TREE_WALK_H
#define POSTMEND_CHECK_TREE_WALK_H

#include "check/pass.h"

enum { TREE_LEVELS_MAX = 8 };

struct tree_walk {
	enum page_type type; /* PAGE_BBT or PAGE_NBT */
	struct bref root;
	/* Takes a leaf page that can be believed, in key order; ST_OK goes on. */
	enum status (*leaf)(void *context, struct view page, const struct btree_page *counters, uint64_t at);
	void *context;
	bool whole; /* out: every page was read and believed */
};

/* How many leaf pages the index pages that can be believed name: read without
 * the leaves, so that arrays can be made once. A bound for good stores, a guess
 * for damaged ones. */
[[nodiscard]] enum status tree_count_leaves(struct pass_context *pass, const struct tree_walk *walk,
					    uint64_t *n_out);

[[nodiscard]] enum status tree_walk(struct pass_context *pass, struct tree_walk *walk);

#endif
