/* This file keeps the small internal blocks that a check has read, for the passes that ask for them again.
 *
 * The copies lie behind each other, each with its length before it and on a
 * grain of eight bytes, so that four bytes for each block say where.
 */
#include "check/kept_blocks.h"

#include <string.h>

enum { GRAIN = 8, BYTES_PER_BLOCK = 12, BYTES_MIN = 64 << 10, LEN_MAX = 1024 };

enum status kept_blocks_init(struct arena *arena, struct check_facts *facts)
{
	struct kept_blocks *k = &facts->kept;

	k->places = arena_array(arena, facts->n_blocks, sizeof *k->places);
	k->room = BYTES_MIN + (uint64_t)facts->n_blocks * BYTES_PER_BLOCK;
	k->bytes = arena_alloc(arena, (size_t)k->room);
	/* Place 0 is nobody's. */
	k->used = GRAIN;
	return k->places && k->bytes ? ST_OK : ST_NOMEM;
}

void kept_blocks_put(struct check_facts *facts, const struct block_fact *block, struct view data)
{
	struct kept_blocks *k = &facts->kept;
	uint16_t len = (uint16_t)data.len;
	uint64_t whole = (sizeof len + data.len + GRAIN - 1) / GRAIN * GRAIN, at;

	if (data.len == 0 || data.len > LEN_MAX)
		return;
	at = __atomic_fetch_add(&k->used, whole, __ATOMIC_RELAXED);
	if (at + whole > k->room)
		return;
	memcpy(k->bytes + at, &len, sizeof len);
	memcpy(k->bytes + at + sizeof len, data.at, data.len);
	k->places[block - facts->blocks] = (uint32_t)(at / GRAIN);
}

bool kept_blocks_get(const struct check_facts *facts, const struct block_fact *block, struct view *out)
{
	const struct kept_blocks *k = &facts->kept;
	uint32_t place = k->places ? k->places[block - facts->blocks] : 0;
	uint16_t len;

	if (place == 0)
		return false;
	memcpy(&len, k->bytes + (uint64_t)place * GRAIN, sizeof len);
	*out = view_of(k->bytes + (uint64_t)place * GRAIN + sizeof len, len);
	return true;
}
