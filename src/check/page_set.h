/* This file remembers which places of a store were seen: one bit for each. */
#ifndef POSTMEND_CHECK_PAGE_SET_H
#define POSTMEND_CHECK_PAGE_SET_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct page_set;

/* For places 0 to n - 1; NULL when memory ended. */
[[nodiscard]] struct page_set *page_set_new(struct arena *arena, uint64_t n);

/* False when the place was there already, or is none. */
[[nodiscard]] bool page_set_add(struct page_set *set, uint64_t place);

#endif
