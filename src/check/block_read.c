/* This file reads one block's data as later passes want it. */
#include "check/block_read.h"

enum { BAD = BLOCK_BAD_PLACE | BLOCK_BAD_TRAILER | BLOCK_BAD_CRC | BLOCK_UNREADABLE | BLOCK_BAD_TREE };

enum status block_read(const struct check_facts *facts, const struct block_fact *block, uint8_t *room,
		       struct view *data_out)
{
	struct view data;
	enum status st;

	*data_out = view_of(NULL, 0);
	if (block->state & BAD)
		return ST_IO;
	st = image_read(facts->image, block->at, room, block->len);
	if (st != ST_OK)
		return st;
	data = block_inflate(facts->variant, view_of(room, block->len), block->len_inflated,
			     room + BLOCK_EXTENT_MAX);
	crypt_decode((enum crypt_method)facts->header.crypt_method, (struct bid){ block->bid },
		     data.at == room ? room : room + BLOCK_EXTENT_MAX, data.len);
	*data_out = data;
	return ST_OK;
}
