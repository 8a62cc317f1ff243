/* This file feeds the whole check with stores that somebody damaged.
 *
 * The input is a store without its empty parts: again and again the number of
 * empty 64-byte units, a length and so many bytes. Checksums of what can be
 * reached are renewed and the check is run again, so that a change is seen by
 * those who come behind the checksums, too.
 */
#include "check/check.h"

#include "check/fuzz_store.h"
#include "pst/ndb/crc.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { ARENA_MAX = 256 << 20, ROUNDS = 3 };

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
	struct image image = { .size = size, .read = fuzz_store_read, .context = store };
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
	uint8_t *store = calloc(FUZZ_STORE_MAX, 1);
	size_t size;

	if (!store)
		abort();
	size = fuzz_store_unpack(view_of(bytes, len), store);
	for (unsigned i = 0; i < ROUNDS; i++)
		check_once(store, size);
	free(store);
	return 0;
}
