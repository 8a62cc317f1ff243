/* This file lists everything alive in a store by its place. */
#include "check/extents.h"

#include <stdlib.h>

/* Sorted together, so that qsort needs no context to look the place up. */
struct placed {
	uint64_t at;
	uint32_t index;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static int compare_pages(const void *a, const void *b)
{
	const struct page_fact *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

enum status extent_walk_new(struct arena *arena, struct check_facts *facts, struct extent_walk *out)
{
	size_t n = facts->n_blocks;
	struct placed *placed;
	uint32_t *by_place;

	if (n > UINT32_MAX)
		return ST_LIMIT;
	placed = arena_array(arena, n, sizeof *placed);
	by_place = arena_array(arena, n, sizeof *by_place);
	if (!placed || !by_place)
		return ST_NOMEM;
	for (size_t i = 0; i < n; i++)
		placed[i] = (struct placed){ facts->blocks[i].at, (uint32_t)i };
	if (n)
		qsort(placed, n, sizeof *placed, compare_placed);
	for (size_t i = 0; i < n; i++)
		by_place[i] = placed[i].index;
	if (facts->n_pages)
		qsort(facts->pages, facts->n_pages, sizeof *facts->pages, compare_pages);
	*out = (struct extent_walk){ .facts = facts, .by_place = by_place };
	return ST_OK;
}

static const struct block_fact *next_block(struct extent_walk *walk)
{
	while (walk->block < walk->facts->n_blocks) {
		const struct block_fact *b = &walk->facts->blocks[walk->by_place[walk->block]];

		if (!(b->state & BLOCK_BAD_PLACE))
			return b;
		walk->block++;
	}
	return NULL;
}

bool extent_walk_next(struct extent_walk *walk, struct extent *out)
{
	const struct block_fact *b = next_block(walk);
	const struct page_fact *p =
		walk->page < walk->facts->n_pages ? &walk->facts->pages[walk->page] : NULL;

	if (!b && !p)
		return false;
	if (b && (!p || b->at <= p->at)) {
		*out = (struct extent){ b->at, variant_block_extent(walk->facts->variant, b->len), b, NULL };
		walk->block++;
	} else {
		*out = (struct extent){ p->at, walk->facts->variant->page_len, NULL, p };
		walk->page++;
	}
	return true;
}
