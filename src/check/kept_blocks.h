/* This file keeps the small internal blocks that a check has read, for the passes that ask for them again.
 *
 * Most internal blocks are subnode lists of some dozen bytes, one for each
 * message, and three passes want each of them: reading them again one by one
 * costs more than reading the whole store once.
 */
#ifndef POSTMEND_CHECK_KEPT_BLOCKS_H
#define POSTMEND_CHECK_KEPT_BLOCKS_H

#include "base/view.h"
#include "check/facts.h"

/* At most 16 bytes for each block of the store: what does not fit is read
 * again. Call when all blocks are known. ST_NOMEM. */
[[nodiscard]] enum status kept_blocks_init(struct arena *arena, struct check_facts *facts);

/* Keeps a copy of the block's data, inflated. From any thread, once for each block. */
void kept_blocks_put(struct check_facts *facts, const struct block_fact *block, struct view data);

/* The same where blocks are found before they are counted: first room for `bytes` of them, then each copy
 * gives its place, 0 for one that is not kept, and at last kept_blocks_number() has room for the places of n
 * blocks. */
[[nodiscard]] enum status kept_blocks_reserve(struct arena *arena, struct kept_blocks *kept, uint64_t bytes);
uint32_t kept_blocks_add(struct kept_blocks *kept, struct view data);
[[nodiscard]] enum status kept_blocks_number(struct arena *arena, struct kept_blocks *kept, size_t n);

/* False when it was not kept. */
bool kept_blocks_get(const struct check_facts *facts, const struct block_fact *block, struct view *out);

#endif
