/* This file reads one block's data as later passes want it. */
#include "check/block_read.h"

#include "check/kept_blocks.h"

#include <string.h>

enum { BAD = BLOCK_BAD_PLACE | BLOCK_BAD_TRAILER | BLOCK_BAD_CRC | BLOCK_UNREADABLE | BLOCK_BAD_TREE };

/* In a store that was only opened nobody has looked at the block before. */
static enum status fetch_and_judge(const struct check_facts *facts, const struct block_fact *block,
				   struct read_window *w, uint8_t *room)
{
	struct block_place place = { { block->bid }, { block->at }, block->len, block->len_inflated };
	uint64_t extent = variant_block_extent(facts->variant, block->len);

	if (extent > BLOCK_EXTENT_MAX ||
	    read_window_get(w, facts->image, block->at, room, (size_t)extent) != ST_OK ||
	    block_faults(facts->variant, view_of(room, (size_t)extent), &place))
		return ST_IO;
	return ST_OK;
}

bool block_is_sound(const struct block_fact *block)
{
	return !(block->state & BAD);
}

static enum status decode(const struct check_facts *facts, const struct block_fact *block,
			  struct read_window *window, uint8_t *room, struct view *data_out)
{
	struct view data;
	enum status st = facts->have & FACT_CONTENT
				 ? read_window_get(window, facts->image, block->at, room, block->len)
				 : fetch_and_judge(facts, block, window, room);

	if (st != ST_OK)
		return ST_IO;
	data = block_inflate(facts->variant, view_of(room, block->len), block->len_inflated,
			     room + BLOCK_EXTENT_MAX);
	crypt_decode((enum crypt_method)facts->header.crypt_method, (struct bid){ block->bid },
		     data.at == room ? room : room + BLOCK_EXTENT_MAX, data.len);
	*data_out = data;
	return ST_OK;
}

enum status block_read_anyway(const struct check_facts *facts, const struct block_fact *block, uint8_t *room,
			      struct view *data_out)
{
	*data_out = view_of(NULL, 0);
	return block->state & BLOCK_BAD_PLACE ? ST_IO : decode(facts, block, NULL, room, data_out);
}

enum status block_read_near(const struct check_facts *facts, const struct block_fact *block,
			    struct read_window *window, uint8_t *room, struct view *data_out)
{
	*data_out = view_of(NULL, 0);
	if (!block_is_sound(block))
		return ST_IO;
	return kept_blocks_get(facts, block, data_out) ? ST_OK : decode(facts, block, window, room, data_out);
}

enum status block_read(const struct check_facts *facts, const struct block_fact *block, uint8_t *room,
		       struct view *data_out)
{
	return block_read_near(facts, block, NULL, room, data_out);
}
