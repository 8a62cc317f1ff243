/* This file names changes of a file: which bytes, what they must be before, what they become.
 *
 * An ordered list of edits is what a repair in place is made of, and any other
 * change of a store; room `apply` carries them out with a journal.
 */
#ifndef POSTMEND_PLAN_EDIT_H
#define POSTMEND_PLAN_EDIT_H

#include "base/view.h"

#include <stddef.h>
#include <stdint.h>

enum { EDIT_LEN_MAX = 1 << 20 };

struct edit {
	uint64_t at;
	/* What stands there when this edit's turn comes; shorter than `fresh`, or
	 * empty, only where the file ends. An edit that fits nothing else stops
	 * everything before the first byte is written. */
	struct view old;
	struct view fresh;
	/* Edits with a higher number are begun when those with lower ones are safe
	 * on the disk; it never falls. */
	uint32_t barrier;
};

struct edit_list {
	const struct edit *edits;
	size_t n;
	uint64_t size_before, size_after; /* of the file; it never shrinks */
};

#endif
