/* This file asks the blocks themselves which cipher they are written in. */
#include "salvage/work.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "pst/ltp/heap.h"
#include "pst/ndb/crypt.h"

enum { SAMPLE_MAX = 4096, SAMPLE_MIN = 4, AHEAD = 4 };

static const enum crypt_method methods[] = { CRYPT_NONE, CRYPT_PERMUTE, CRYPT_CYCLIC };

/* A heap's header: its map lies inside the block, its client is one that there is. */
static bool shows_heap(enum crypt_method method, const struct block_fact *b, struct view data)
{
	static const uint8_t clients[] = {
		HEAP_TABLE, HEAP_PROPERTIES, HEAP_BTH, 0xAC, 0x9C, 0xCC, 0x6C, 0x8C, 0xA5
	};
	uint8_t head[HEAP_HEADER_LEN] = { 0 }, signature, client;
	struct cursor c = cursor_of(data);
	uint16_t map;

	for (size_t i = 0; i < sizeof head; i++)
		head[i] = cursor_u8(&c);
	crypt_decode(method, (struct bid){ b->bid }, head, sizeof head);
	c = cursor_of(view_of(head, sizeof head));
	map = cursor_u16le(&c);
	signature = cursor_u8(&c);
	client = cursor_u8(&c);
	if (signature != HEAP_SIGNATURE || map % 2 || map < HEAP_HEADER_LEN || map >= data.len)
		return false;
	for (size_t i = 0; i < sizeof clients; i++)
		if (client == clients[i])
			return true;
	return false;
}

static void ask(const struct salvage_work *w, const struct block_fact *b, unsigned votes[COUNT_OF(methods)])
{
	uint8_t *stored = w->reader.room, *inflated = stored + BLOCK_EXTENT_MAX;
	struct view data;

	if (image_read(w->image, b->at, stored, b->len) != ST_OK)
		return;
	data = block_inflate(w->out->facts.variant, view_of(stored, b->len), b->len_inflated, inflated);
	for (size_t i = 0; data.len > HEAP_HEADER_LEN && i < COUNT_OF(methods); i++)
		votes[i] += shows_heap(methods[i], b, data);
}

enum status work_vote_cipher(struct salvage_work *work)
{
	struct check_facts *facts = &work->out->facts;
	unsigned votes[COUNT_OF(methods)] = { 0 }, for_header = 0;
	size_t step = facts->n_blocks / SAMPLE_MAX + 1, best = 0;

	/* Encrypted for good: what is in the blocks stays unknown. */
	if (facts->header.crypt_method == CRYPT_WIP && !work->out->header_lost)
		return ST_OK;
	for (size_t i = 0; i < facts->n_blocks; i += step)
		if (work_is_sound(&facts->blocks[i]) &&
		    !bid_is_internal((struct bid){ facts->blocks[i].bid }))
			ask(work, &facts->blocks[i], votes);
	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		best = votes[i] > votes[best] ? i : best;
		if (facts->header.crypt_method == methods[i])
			for_header = votes[i];
	}
	if (work->out->header_lost || facts->header.crypt_method > CRYPT_CYCLIC ||
	    (votes[best] >= SAMPLE_MIN && votes[best] >= AHEAD * for_header))
		facts->header.crypt_method = methods[best];
	facts->have |= FACT_DECODED;
	return ST_OK;
}
