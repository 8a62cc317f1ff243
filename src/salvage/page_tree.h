/* This file makes a tree of swept pages: by its root, or by the newest that is whole. */
#ifndef POSTMEND_SALVAGE_PAGE_TREE_H
#define POSTMEND_SALVAGE_PAGE_TREE_H

#include "pst/ndb/header.h"
#include "salvage/live_map.h"
#include "salvage/sweep.h"

struct page_tree {
	const struct variant *v;
	const struct image *image;
	struct swept_page **pages; /* of one type, in the order of their places */
	size_t n;
	const struct swept_page *root; /* NULL: lost */
	bool whole;                    /* everything below the root was reached */
};

/* Takes the pages of one type; `v` and `image` are set already. SWEPT_HELD and
 * what pages cover are set from the newest sound page above each. */
[[nodiscard]] enum status page_tree_init(struct arena *arena, struct page_tree *tree,
					 const struct swept *swept, enum page_type type);

/* Walks from the root that the header names; false when no page is there.
 * Reached pages are marked, and what they cover is then certain. */
[[nodiscard]] enum status page_tree_walk(struct page_tree *tree, struct bref root);

/* The newest page that no other holds, walked, when all below it is there and
 * nothing that may be alive stands outside; else there is no root. */
[[nodiscard]] enum status page_tree_find_root(struct page_tree *tree, const struct live_map *map);

/* Newest page that no other holds; NULL when there is none. */
const struct swept_page *page_tree_newest(const struct page_tree *tree);

/* Reads a page's bytes again. */
[[nodiscard]] bool page_tree_read(const struct page_tree *tree, const struct swept_page *page,
				  uint8_t to[static PAGE_LEN_MAX]);

#endif
