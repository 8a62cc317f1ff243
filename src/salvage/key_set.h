/* This file remembers ranges of keys. */
#ifndef POSTMEND_SALVAGE_KEY_SET_H
#define POSTMEND_SALVAGE_KEY_SET_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* [low, high) each, in ascending order, none touching the next. All zeros is the empty set. */
struct key_range {
	uint64_t low, high;
};

struct key_set {
	struct arena *arena;
	struct key_range *ranges;
	size_t n, room;
};

bool key_set_has(const struct key_set *set, uint64_t key);

/* Joins with what is there; ST_NOMEM. */
[[nodiscard]] enum status key_set_add(struct key_set *set, uint64_t low, uint64_t high);

#endif
