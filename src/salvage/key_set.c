/* This file remembers ranges of keys. */
#include "salvage/key_set.h"

#include <string.h>

/* The first range that ends at `key` or behind it. */
static size_t first_to(const struct key_set *set, uint64_t key)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].high < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool key_set_has(const struct key_set *set, uint64_t key)
{
	size_t i = first_to(set, key);

	if (i < set->n && set->ranges[i].high == key)
		i++;
	return i < set->n && set->ranges[i].low <= key;
}

static enum status make_room(struct key_set *set)
{
	struct key_range *ranges = arena_grown(set->arena, set->ranges, set->n, &set->room, sizeof *ranges);

	if (!ranges)
		return ST_NOMEM;
	set->ranges = ranges;
	return ST_OK;
}

enum status key_set_add(struct key_set *set, uint64_t low, uint64_t high)
{
	size_t from, to;

	if (low >= high)
		return ST_OK;
	if (make_room(set) != ST_OK)
		return ST_NOMEM;
	from = to = first_to(set, low);
	while (to < set->n && set->ranges[to].low <= high) {
		low = set->ranges[to].low < low ? set->ranges[to].low : low;
		high = set->ranges[to].high > high ? set->ranges[to].high : high;
		to++;
	}
	memmove(&set->ranges[from + 1], &set->ranges[to], (set->n - to) * sizeof *set->ranges);
	set->ranges[from] = (struct key_range){ low, high };
	set->n = set->n + 1 - (to - from);
	return ST_OK;
}
