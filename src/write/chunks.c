/* This file keeps rows that come one after the other, without ever moving them. */
#include "write/chunks.h"

#include <assert.h>
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, CHUNKS_FIRST = 16 };

void chunks_init(struct chunks *chunks, struct arena *arena, size_t row_len, size_t per_chunk)
{
	*chunks = (struct chunks){ .arena = arena, .row_len = row_len, .per_chunk = per_chunk };
}

static bool grow_list(struct chunks *chunks)
{
	size_t room = chunks->room_chunks ? chunks->room_chunks * 2 : CHUNKS_FIRST;
	uint8_t **at = arena_array(chunks->arena, room, sizeof *at);

	if (!at)
		return false;
	if (chunks->n_chunks)
		memcpy(at, chunks->at, chunks->n_chunks * sizeof *at);
	chunks->at = at;
	chunks->room_chunks = room;
	return true;
}

void *chunks_add(struct chunks *chunks)
{
	if (chunks->n == chunks->n_chunks * chunks->per_chunk) {
		uint8_t *chunk;

		if (chunks->n_chunks == chunks->room_chunks && !grow_list(chunks))
			return NULL;
		chunk = arena_array(chunks->arena, chunks->per_chunk, chunks->row_len);
		if (!chunk)
			return NULL;
		chunks->at[chunks->n_chunks++] = chunk;
	}
	return chunks_row(chunks, chunks->n++);
}

static uint64_t key_of(const struct chunks *chunks, size_t key_len, size_t i)
{
	const void *row = chunks_row(chunks, i);
	uint32_t narrow;
	uint64_t wide;

	if (key_len == sizeof narrow) {
		memcpy(&narrow, row, sizeof narrow);
		return narrow;
	}
	memcpy(&wide, row, sizeof wide);
	return wide;
}

/* Puts the numbers in `from` into `to`, in the order of one digit of their keys; equal ones keep theirs. */
static void sort_digit(const struct chunks *chunks, size_t key_len, unsigned shift, const uint32_t *from,
		       uint32_t *to)
{
	uint32_t starts[DIGITS] = { 0 }, sum = 0;

	for (size_t i = 0; i < chunks->n; i++)
		starts[key_of(chunks, key_len, i) >> shift & (DIGITS - 1)]++;
	for (size_t d = 0; d < DIGITS; d++) {
		uint32_t n = starts[d];

		starts[d] = sum;
		sum += n;
	}
	for (size_t i = 0; i < chunks->n; i++) {
		size_t d = key_of(chunks, key_len, from[i]) >> shift & (DIGITS - 1);

		to[starts[d]++] = from[i];
	}
}

enum status chunks_sort(const struct chunks *chunks, size_t key_len, const uint32_t **out)
{
	uint32_t *from, *to, *swap;
	uint64_t top = 0, last = 0, key;
	bool sorted = true;

	assert((key_len == 4 || key_len == 8) && chunks->n <= UINT32_MAX);
	*out = NULL;
	for (size_t i = 0; i < chunks->n; i++, last = key) {
		key = key_of(chunks, key_len, i);
		sorted = sorted && key >= last;
		top = key > top ? key : top;
	}
	if (sorted)
		return ST_OK;
	from = arena_array(chunks->arena, chunks->n, sizeof *from);
	to = arena_array(chunks->arena, chunks->n, sizeof *to);
	if (!from || !to)
		return ST_NOMEM;
	for (uint32_t i = 0; i < chunks->n; i++)
		from[i] = i;
	for (unsigned shift = 0; shift < 64 && top >> shift; shift += DIGIT_BITS) {
		sort_digit(chunks, key_len, shift, from, to);
		swap = from;
		from = to;
		to = swap;
	}
	*out = from;
	return ST_OK;
}
