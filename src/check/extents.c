/* This file lists everything alive in a store by its place. */
#include "check/extents.h"

#include <stdlib.h>
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* One round of a radix sort: stable, by one digit of the place. */
static void sort_digit(const struct block_fact *blocks, uint32_t *const from, uint32_t *to, size_t n,
		       unsigned shift)
{
	size_t count[DIGITS] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		count[blocks[from[i]].at >> shift & (DIGITS - 1)]++;
	for (size_t d = 0; d < DIGITS; d++) {
		size_t here = count[d];

		count[d] = sum;
		sum += here;
	}
	for (size_t i = 0; i < n; i++)
		to[count[blocks[from[i]].at >> shift & (DIGITS - 1)]++] = from[i];
}

/* Indices of blocks by their places, in four bytes each: a sort of records with
 * their keys would cost more memory than the blocks themselves are allowed. */
static uint32_t *sort_blocks(const struct block_fact *blocks, size_t n, uint32_t *a, uint32_t *b)
{
	uint64_t top = 0;

	for (size_t i = 0; i < n; i++) {
		a[i] = (uint32_t)i;
		top |= blocks[i].at;
	}
	for (unsigned shift = 0; shift < 64 && top >> shift; shift += DIGIT_BITS) {
		uint32_t *swap = a;

		sort_digit(blocks, a, b, n, shift);
		a = b;
		b = swap;
	}
	return a;
}

static int compare_pages(const void *a, const void *b)
{
	const struct page_fact *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

enum status extent_walk_new(struct arena *arena, struct check_facts *facts, struct extent_walk *out)
{
	size_t n = facts->n_blocks;
	uint32_t *spare, *by_place, *sorted;
	struct arena *scratch;

	if (n > UINT32_MAX)
		return ST_LIMIT;
	by_place = arena_array(arena, n, sizeof *by_place);
	scratch = arena_new(n * sizeof *spare + 4096);
	spare = scratch ? arena_array(scratch, n, sizeof *spare) : NULL;
	if (by_place && spare) {
		sorted = sort_blocks(facts->blocks, n, by_place, spare);
		if (n && sorted != by_place)
			memcpy(by_place, sorted, n * sizeof *spare);
	}
	arena_drop(&scratch);
	if (!by_place || !spare)
		return ST_NOMEM;
	if (facts->n_pages)
		qsort(facts->pages, facts->n_pages, sizeof *facts->pages, compare_pages);
	*out = (struct extent_walk){ .facts = facts, .by_place = by_place };
	return ST_OK;
}

struct extent_walk extent_walk_of(const struct check_facts *facts)
{
	return (struct extent_walk){ .facts = facts, .by_place = facts->by_place };
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
