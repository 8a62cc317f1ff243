/* This file feeds salvages with stores that somebody damaged.
 *
 * The input is a store without its empty parts, as for the fuzzer of checks.
 * After the first salvage the checksums of all blocks that it saw are renewed
 * and the pages of one tree, then of both, are wiped: so changes get behind
 * the checksums and nodes are looked for by their content.
 */
#include "salvage/salvage.h"

#include "check/fuzz_store.h"
#include "check/item_read.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { ARENA_MAX = 256 << 20, READER_MAX = 64 << 20, ROUNDS = 3 };

static void renew_blocks(uint8_t *store, const struct check_facts *facts)
{
	const struct variant *v = facts->variant;
	size_t size = (size_t)facts->image->size;

	for (size_t i = 0; i < facts->n_blocks; i++) {
		const struct block_fact *b = &facts->blocks[i];
		struct block_place place = { { b->bid }, { b->at }, b->len, b->len_inflated };

		if (b->len <= v->block_data_max && b->at <= size &&
		    variant_block_extent(v, b->len) <= size - b->at)
			block_seal(v, &place, store + b->at);
	}
}

static void wipe_pages(uint8_t *store, const struct check_facts *facts, unsigned round)
{
	const struct variant *v = facts->variant;

	for (size_t at = 0; at + v->page_len <= facts->image->size; at += v->page_len) {
		struct page_trailer t;

		if (page_trailer_decode(v, view_of(store + at, v->page_len), &t) &&
		    (t.type == PAGE_NBT || (t.type == PAGE_BBT && round)) && t.type_repeat == t.type)
			memset(store + at, 0, v->page_len);
	}
}

/* What a reader of the picture does. Parents must lead upwards. */
static void read_all(const struct salvage *s, struct arena *scratch)
{
	struct node_reader reader = { .facts = &s->facts,
				      .arena = scratch,
				      .room = malloc(NODE_READER_ROOM) };

	if (!reader.room)
		abort();
	for (size_t i = 0; i < s->facts.n_nodes; i++) {
		struct item item;

		if (item_open(&reader, &s->facts.nodes[i], &item))
			(void)item_subject(&item, scratch);
		arena_clear(scratch);
	}
	for (size_t i = 0; i < s->n_folders; i++) {
		const struct salvage_folder *f = &s->folders[i];
		size_t steps = 0;

		for (; f && f->parent != f->nid; f = f->parent ? salvage_folder(s, f->parent) : NULL)
			if (steps++ > s->n_folders)
				__builtin_trap();
	}
	free(reader.room);
}

static void salvage_once(uint8_t *store, size_t size, unsigned round)
{
	struct image image = { .size = size, .read = fuzz_store_read, .context = store };
	struct salvage_options options = { .runner = check_runner_serial(), .deleted = round == 1 };
	struct arena *arena = arena_new(ARENA_MAX), *scratch = arena_new(READER_MAX);
	struct salvage *s = NULL;
	enum status st;

	if (!arena || !scratch)
		abort();
	st = salvage_store(arena, &image, &options, &s);
	if (st != ST_OK && st != ST_NOMEM)
		__builtin_trap();
	if (st == ST_OK && s->facts.variant) {
		read_all(s, scratch);
		renew_blocks(store, &s->facts);
		wipe_pages(store, &s->facts, round);
	}
	arena_drop(&scratch);
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
		salvage_once(store, size, i);
	free(store);
	return 0;
}
