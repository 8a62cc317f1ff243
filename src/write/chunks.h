/* This file keeps rows that come one after the other, without ever moving them.
 *
 * An array that doubles leaves its old halves in the arena; here only the short
 * list of chunks does. For rows that live as long as the arena.
 */
#ifndef POSTMEND_WRITE_CHUNKS_H
#define POSTMEND_WRITE_CHUNKS_H

#include "base/arena.h"
#include "base/status.h"

struct chunks {
	struct arena *arena;
	size_t row_len, per_chunk; /* bytes; rows */
	size_t n;                  /* rows so far */
	uint8_t **at;
	size_t n_chunks, room_chunks;
};

void chunks_init(struct chunks *chunks, struct arena *arena, size_t row_len, size_t per_chunk);

/* A new row of zeros behind the others; NULL when memory ended. */
[[nodiscard]] void *chunks_add(struct chunks *chunks);

/* Row i, which must be there. */
static inline void *chunks_row(const struct chunks *chunks, size_t i)
{
	return chunks->at[i / chunks->per_chunk] + i % chunks->per_chunk * chunks->row_len;
}

/* The numbers of the rows in ascending order of their keys, which stand first in each row and are `key_len`
 * bytes long in this machine's order, 4 or 8; NULL in *out when they are in order as they stand. ST_NOMEM. */
[[nodiscard]] enum status chunks_sort(const struct chunks *chunks, size_t key_len, const uint32_t **out);

#endif
