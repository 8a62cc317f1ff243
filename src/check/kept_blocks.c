/* This file keeps the small internal blocks that a check has read, for the passes that ask for them again.
 *
 * The copies lie behind each other, each with its length before it and on a
 * grain of eight bytes, so that four bytes for each block say where.
 */
#include "check/kept_blocks.h"

#include <string.h>

enum { GRAIN = 8, BYTES_PER_BLOCK = 12, BYTES_MIN = 64 << 10, LEN_MAX = 1024 };

enum status kept_blocks_reserve(struct arena *arena, struct kept_blocks *kept, uint64_t bytes)
{
	kept->room = bytes;
	kept->bytes = arena_alloc(arena, (size_t)bytes);
	/* Place 0 is nobody's. */
	kept->used = GRAIN;
	return kept->bytes ? ST_OK : ST_NOMEM;
}

enum status kept_blocks_number(struct arena *arena, struct kept_blocks *kept, size_t n)
{
	kept->places = arena_array(arena, n, sizeof *kept->places);
	return kept->places ? ST_OK : ST_NOMEM;
}

enum status kept_blocks_init(struct arena *arena, struct check_facts *facts)
{
	enum status st = kept_blocks_number(arena, &facts->kept, facts->n_blocks);

	return st == ST_OK ? kept_blocks_reserve(arena, &facts->kept,
						 BYTES_MIN + (uint64_t)facts->n_blocks * BYTES_PER_BLOCK)
			   : st;
}

uint32_t kept_blocks_add(struct kept_blocks *kept, struct view data)
{
	uint16_t len = (uint16_t)data.len;
	uint64_t whole = (sizeof len + data.len + GRAIN - 1) / GRAIN * GRAIN, at;

	if (data.len == 0 || data.len > LEN_MAX)
		return 0;
	at = __atomic_fetch_add(&kept->used, whole, __ATOMIC_RELAXED);
	if (at + whole > kept->room || at / GRAIN > UINT32_MAX)
		return 0;
	memcpy(kept->bytes + at, &len, sizeof len);
	memcpy(kept->bytes + at + sizeof len, data.at, data.len);
	return (uint32_t)(at / GRAIN);
}

void kept_blocks_put(struct check_facts *facts, const struct block_fact *block, struct view data)
{
	uint32_t place = kept_blocks_add(&facts->kept, data);

	if (place)
		facts->kept.places[block - facts->blocks] = place;
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
