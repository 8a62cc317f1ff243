/* This file deals the items of a store out to parts that are no larger than somebody wants.
 *
 *	split_new(arena, salvage, &ask, &split);
 *	for (uint32_t part = 1; part <= split_n_parts(split); part++) {
 *		... convert_store() with options.parts = split_parts(split), options.part = part ...
 *		while it came out too large: split_shrink(split, part, size), and once more
 *	}
 *
 * Hidden items go first, being settings of folders, so that part 1 has them as
 * far as they fit; then messages, folder by folder, in ascending order of their
 * NIDs. An item that is larger than a part gets one of its own behind the
 * others. Weights come from a first run that writes to nowhere: what they miss,
 * split_shrink() makes good.
 */
#ifndef POSTMEND_CONVERT_SPLIT_H
#define POSTMEND_CONVERT_SPLIT_H

#include "convert/convert.h"

enum { SPLIT_PARTS_MAX = 999 };

struct split;

/* What is wanted. */
struct split_ask {
	const struct convert_weights *weights;
	uint64_t bytes; /* of a part at most */
	uint64_t least; /* out: a size that will do */
};

/* ST_NOMEM. ST_LIMIT: parts of this size have no room, or there would be more than SPLIT_PARTS_MAX. */
[[nodiscard]] enum status split_new(struct arena *arena, const struct salvage *salvage, struct split_ask *ask,
				    struct split **out);

uint32_t split_n_parts(const struct split *split); /* at least 1 */

/* By node: its part, counted from 1; 0 for what is no item. The same pointer always. */
const uint32_t *split_parts(const struct split *split);

/* The node of the item that has a part for itself because it is larger than one; UINT32_MAX: it has not. */
uint32_t split_single(const struct split *split, uint32_t part);

/* Part `part` took `size` bytes, and that is too much: some of its items go over to those behind it. False,
 * and nothing changes: it holds one item or none, or there would be too many parts. */
[[nodiscard]] bool split_shrink(struct split *split, uint32_t part, uint64_t size);

#endif
