/* This file remembers which places of a store were seen. */
#include "check/page_set.h"

struct page_set {
	uint64_t n;
	uint8_t *bits;
};

struct page_set *page_set_new(struct arena *arena, uint64_t n)
{
	struct page_set *set = arena_alloc(arena, sizeof *set);

	if (!set || n / 8 >= SIZE_MAX)
		return NULL;
	set->n = n;
	set->bits = arena_alloc(arena, (size_t)(n / 8) + 1);
	return set->bits ? set : NULL;
}

bool page_set_add(struct page_set *set, uint64_t place)
{
	uint8_t bit = (uint8_t)(1U << place % 8);

	if (place >= set->n || set->bits[place / 8] & bit)
		return false;
	set->bits[place / 8] = (uint8_t)(set->bits[place / 8] | bit);
	return true;
}
