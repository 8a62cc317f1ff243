/* This file reads one block's data as later passes want it. */
#include "check/block_read.h"

#include <string.h>

enum { BAD = BLOCK_BAD_PLACE | BLOCK_BAD_TRAILER | BLOCK_BAD_CRC | BLOCK_UNREADABLE | BLOCK_BAD_TREE };

enum status block_read(const struct check_facts *facts, const struct block_fact *block, uint8_t *room,
		       struct view *data_out)
{
	uint8_t *stored = room, *inflated = room + BLOCK_EXTENT_MAX;
	struct view data;
	enum status st;

	*data_out = view_of(NULL, 0);
	if (block->state & BAD)
		return ST_IO;
	st = image_read(facts->image, block->at, stored, block->len);
	if (st != ST_OK)
		return st;
	data = block_inflate(facts->variant, view_of(stored, block->len), block->len_inflated, inflated);
	if (data.at == stored && data.len)
		memcpy(inflated, stored, data.len);
	crypt_decode((enum crypt_method)facts->header.crypt_method, (struct bid){ block->bid }, inflated,
		     data.len);
	*data_out = view_of(inflated, data.len);
	return ST_OK;
}
