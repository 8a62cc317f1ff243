/* This file feeds the whole check with stores that somebody damaged.
 *
 * The input is a store without its empty parts: again and again the number of
 * empty 64-byte units, a length and so many bytes. Checksums of what can be
 * reached are renewed and the check is run again, so that a change is seen by
 * those who come behind the checksums, too.
 */
#include "check/check.h"

#include "base/cursor.h"
#include "pst/ndb/crc.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { STORE_MAX = 17 << 20, UNIT = 64, ARENA_MAX = 256 << 20, ROUNDS = 3 };

static enum status read_memory(const struct image *image, uint64_t at, void *to, size_t len)
{
	memcpy(to, (const uint8_t *)image->context + at, len);
	return ST_OK;
}

/* The store's size; what does not fit is left out. */
static size_t unpack(struct view input, uint8_t *store)
{
	struct cursor c = cursor_of(input);
	size_t at = 0;

	while (cursor_left(&c) >= 4) {
		size_t skip = (size_t)cursor_u16le(&c) * UNIT, n = cursor_u16le(&c);
		struct view part = cursor_take(&c, n < cursor_left(&c) ? n : cursor_left(&c));

		if (skip > STORE_MAX - at || part.len > STORE_MAX - at - skip)
			break;
		at += skip;
		if (part.len)
			memcpy(store + at, part.at, part.len);
		at += part.len;
	}
	return at;
}

static void renew(uint8_t *store, const struct check_facts *facts)
{
	const struct variant *v = facts->variant;
	size_t size = (size_t)facts->image->size;
	struct header header;

	if (!v || size < v->header_len || !header_decode(v, view_of(store, size), &header))
		return;
	header_encode(v, &header, store);
	for (size_t i = 0; i < facts->n_pages; i++) {
		const struct page_fact *p = &facts->pages[i];

		if (p->at <= size && v->page_len <= size - p->at)
			page_seal(v, (enum page_type)p->type, (struct ib){ p->at }, (struct bid){ p->bid },
				  store + p->at);
	}
	for (size_t i = 0; i < facts->n_blocks; i++) {
		const struct block_fact *b = &facts->blocks[i];
		struct block_place place = { { b->bid }, { b->at }, b->len, b->len_inflated };

		if (b->len <= v->block_data_max && b->at <= size &&
		    variant_block_extent(v, b->len) <= size - b->at)
			block_seal(v, &place, store + b->at);
	}
}

static void check_once(uint8_t *store, size_t size)
{
	struct image image = { .size = size, .read = read_memory, .context = store };
	struct check_options options = { .path = "store", .runner = check_runner_serial() };
	struct arena *arena = arena_new(ARENA_MAX);
	struct finding_sink *sink = arena ? finding_sink_new(arena) : NULL;
	struct check_facts *facts = NULL;

	if (!sink)
		abort();
	if (check_store(arena, &image, &options, sink, &facts) == ST_BUG)
		__builtin_trap();
	if (facts)
		renew(store, facts);
	arena_drop(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint8_t *store = calloc(STORE_MAX, 1);
	size_t size;

	if (!store)
		abort();
	size = unpack(view_of(bytes, len), store);
	for (unsigned i = 0; i < ROUNDS; i++)
		check_once(store, size);
	free(store);
	return 0;
}
