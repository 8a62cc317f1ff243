/* This file says what an internal block is: a list of data blocks, or of subnodes. */
#include "check/block_kind.h"

bool block_kind_note(const struct variant *variant, struct block_fact *block, struct view data)
{
	struct xblock x;
	struct si_entry first;

	if (!xblock_decode(data, &x))
		return false;
	if (x.type == BTYPE_XBLOCK && (x.level == 1 || x.level == 2)) {
		block->state |= BLOCK_IS_TREE | (x.level == 2 ? BLOCK_IS_UPPER : 0);
		block->detail = (uint32_t)x.total;
		return true;
	}
	if (x.type != BTYPE_SLBLOCK || x.level > 1)
		return false;
	block->state |= BLOCK_IS_SUBNODE | (x.level == 1 ? BLOCK_IS_UPPER : 0);
	/* Both kinds of entry begin with their NID. */
	if (si_entry_at(variant, data, 0, &first))
		block->detail = (uint32_t)first.nid;
	return true;
}
