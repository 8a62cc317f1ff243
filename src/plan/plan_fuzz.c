/* This file feeds plans of repairs in place with stores that somebody damaged.
 *
 * The input is a store without its empty parts, as for the fuzzer of checks. A
 * plan is carried out in memory: each edit must find the bytes that it names,
 * the check must then find what the plan foretold, and taking everything back
 * must give the store again. Then the checksums of what the check saw are
 * renewed, and damage behind checksums is planned for, too.
 */
#include "plan/plan.h"

#include "check/fuzz_store.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { PLAN_MAX = 512 << 20, CHECK_MAX = 128 << 20, ROUNDS = 2 };

/* Room for a store that grows by some sections. */
enum { STORE_ROOM = FUZZ_STORE_MAX + (4 << 20) };

static size_t faults_of(const struct finding_sink *sink)
{
	size_t n = 0;

	for (size_t i = 0; i < finding_count(sink); i++)
		n += finding_at(sink, i)->severity >= SEVERITY_WARNING;
	return n;
}

static void must_show(const struct plan *plan, uint8_t *store)
{
	struct image image = { .size = plan->edits.size_after, .read = fuzz_store_read, .context = store };
	struct check_options options = { .path = "store", .runner = check_runner_serial() };
	struct arena *arena = arena_new(CHECK_MAX);
	struct finding_sink *sink = arena ? finding_sink_new(arena) : NULL;
	struct check_facts *facts = NULL;

	if (!sink)
		abort();
	if (check_store(arena, &image, &options, sink, &facts) == ST_OK && !finding_sink_failed(sink) &&
	    faults_of(sink) != faults_of(plan->after))
		__builtin_trap();
	arena_drop(&arena);
}

static void carry_out(const struct plan *plan, uint8_t *store)
{
	for (size_t i = 0; i < plan->edits.n; i++) {
		const struct edit *e = &plan->edits.edits[i];

		if (e->old.len > e->fresh.len || e->at + e->fresh.len > plan->edits.size_after ||
		    (e->old.len && memcmp(store + e->at, e->old.at, e->old.len) != 0))
			__builtin_trap();
		memcpy(store + e->at, e->fresh.at, e->fresh.len);
	}
}

static void take_back(const struct plan *plan, uint8_t *store)
{
	for (size_t i = plan->edits.n; i-- > 0;) {
		const struct edit *e = &plan->edits.edits[i];

		memset(store + e->at, 0, e->fresh.len);
		if (e->old.len)
			memcpy(store + e->at, e->old.at, e->old.len);
	}
}

static void renew(uint8_t *store, const struct check_facts *facts)
{
	const struct variant *v = facts->variant;
	size_t size = (size_t)facts->image->size;

	for (size_t i = 0; v && i < facts->n_blocks; i++) {
		const struct block_fact *b = &facts->blocks[i];
		struct block_place place = { { b->bid }, { b->at }, b->len, b->len_inflated };

		if (b->len <= v->block_data_max && b->at <= size &&
		    variant_block_extent(v, b->len) <= size - b->at)
			block_seal(v, &place, store + b->at);
	}
}

static void plan_once(uint8_t *store, const uint8_t *original, size_t size)
{
	struct image image = { .size = size, .read = fuzz_store_read, .context = store };
	struct plan_options options = { .check = { .path = "store", .runner = check_runner_serial() },
					.check_cap = CHECK_MAX };
	struct arena *arena = arena_new(PLAN_MAX);
	struct plan plan = { 0 };
	enum status st;

	if (!arena)
		abort();
	st = plan_store(arena, &image, &options, &plan);
	if (st == ST_BUG)
		__builtin_trap();
	if (st == ST_OK && plan.edits.n && plan.edits.size_after <= STORE_ROOM) {
		carry_out(&plan, store);
		must_show(&plan, store);
		take_back(&plan, store);
		if (memcmp(store, original, size) != 0)
			__builtin_trap();
	}
	if (st == ST_OK && plan.facts_before)
		renew(store, plan.facts_before);
	arena_drop(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint8_t *store = calloc(STORE_ROOM, 1), *original = malloc(STORE_ROOM);
	size_t size;

	if (!store || !original)
		abort();
	size = fuzz_store_unpack(view_of(bytes, len), store);
	for (unsigned i = 0; i < ROUNDS; i++) {
		memcpy(original, store, size);
		plan_once(store, original, size);
	}
	free(original);
	free(store);
	return 0;
}
