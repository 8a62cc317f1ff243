/* This file tests how items are dealt out to the parts of a store. */
#include "convert/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { K = 1024, NODES_MAX = 4096, SECTION = 253952, REST = 100 * K };

/* Nodes of one folder; a weight of 0 ends them. The first two are no items. */
struct store {
	struct node_fact nodes[NODES_MAX];
	uint64_t items[NODES_MAX];
	struct salvage salvage;
	struct convert_weights weights;
};

static void add(struct store *s, uint32_t nid, uint32_t parent, uint64_t weight)
{
	size_t i = s->salvage.facts.n_nodes++;

	assert_true(i < NODES_MAX);
	s->nodes[i] = (struct node_fact){ .nid = nid, .parent = parent };
	s->items[i] = weight;
	s->salvage.facts.nodes = s->nodes;
	s->weights = (struct convert_weights){ s->items, REST };
}

static struct store *store_of(const uint64_t *weights)
{
	struct store *s = calloc(1, sizeof *s);

	assert_non_null(s);
	add(s, 0x21, 0, 0);
	add(s, 0x122, 0x122, 0);
	for (uint32_t i = 0; weights[i]; i++)
		add(s, 0x200004 + 0x20 * i, 0x8022, weights[i]);
	return s;
}

static const struct row {
	const char *name;
	uint64_t bytes; /* of a part, beside what each takes */
	uint64_t weights[8];
	uint32_t n_parts, parts[8];
} rows[] = {
	{ "nothing", 900 * K, { 0 }, 1, { 0 } },
	{ "all fit one", 900 * K, { 300 * K, 300 * K, 300 * K }, 1, { 1, 1, 1 } },
	{ "one byte more does not", 900 * K, { 300 * K, 300 * K, 300 * K + 1 }, 2, { 1, 1, 2 } },
	{ "each for itself", 900 * K, { 800 * K, 700 * K, 600 * K }, 3, { 1, 2, 3 } },
	{ "as large as a part", 900 * K, { 900 * K, 900 * K }, 2, { 1, 2 } },
	{ "a larger one goes behind", 900 * K, { 10 * K, 901 * K, 10 * K }, 2, { 1, 2, 1 } },
	{ "two larger ones", 900 * K, { 901 * K, 10 * K, 9000 * K }, 3, { 2, 1, 3 } },
	{ "larger ones alone", 900 * K, { 901 * K, 902 * K }, 2, { 1, 2 } },
};

static struct split *dealt(struct arena *arena, const struct store *s, uint64_t bytes)
{
	struct split_ask ask = { &s->weights, bytes + REST + SECTION, 0 };
	struct split *split = NULL;

	assert_int_equal(split_new(arena, &s->salvage, &ask, &split), ST_OK);
	return split;
}

static void deals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *arena = arena_new(8 << 20);
		struct store *s = store_of(rows[i].weights);
		struct split *split = dealt(arena, s, rows[i].bytes);

		print_message("%s\n", rows[i].name);
		assert_int_equal(split_n_parts(split), rows[i].n_parts);
		assert_int_equal(split_parts(split)[0], 0);
		for (size_t k = 0; rows[i].weights[k]; k++)
			assert_int_equal(split_parts(split)[k + 2], rows[i].parts[k]);
		arena_drop(&arena);
		free(s);
	}
}

static void larger_ones_have_parts_of_their_own(void **state)
{
	static const uint64_t weights[] = { 5 * K, 901 * K, 5 * K, 2000 * K, 0 };
	struct arena *arena = arena_new(8 << 20);
	struct store *s = store_of(weights);
	struct split *split = dealt(arena, s, 900 * K);

	(void)state;
	assert_int_equal(split_single(split, 1), UINT32_MAX);
	assert_int_equal(split_single(split, 2), 3);
	assert_int_equal(split_single(split, 3), 5);
	assert_false(split_shrink(split, 2, 4000 * K));
	arena_drop(&arena);
	free(s);
}

/* Hidden items, then messages by their folders. */
static void keeps_folders_together(void **state)
{
	struct arena *arena = arena_new(8 << 20);
	struct store *s = calloc(1, sizeof *s);
	struct split *split;

	(void)state;
	assert_non_null(s);
	add(s, 0x200004, 0x8082, 400 * K);
	add(s, 0x200024, 0x8022, 400 * K);
	add(s, 0x200044, 0x8082, 400 * K);
	add(s, 0x200064, 0x8022, 400 * K);
	add(s, 0x200088, 0x8082, 50 * K);
	split = dealt(arena, s, 900 * K);
	assert_int_equal(split_n_parts(split), 2);
	assert_int_equal(split_parts(split)[4], 1);
	assert_int_equal(split_parts(split)[1], 1);
	assert_int_equal(split_parts(split)[3], 1);
	assert_int_equal(split_parts(split)[0], 2);
	assert_int_equal(split_parts(split)[2], 2);
	arena_drop(&arena);
	free(s);
}

/* A part that came out twice as large gives half of its items away, and those behind expect the same. */
static void shrinks(void **state)
{
	struct arena *arena = arena_new(8 << 20);
	struct store *s = calloc(1, sizeof *s);
	struct split *split;
	uint64_t bytes = 900 * K + REST + SECTION;
	uint32_t n = 0;

	(void)state;
	assert_non_null(s);
	for (uint32_t i = 0; i < 180; i++)
		add(s, 0x200004 + 0x20 * i, 0x8022, 10 * K);
	split = dealt(arena, s, 900 * K);
	assert_int_equal(split_n_parts(split), 2);
	assert_true(split_shrink(split, 1, 2 * bytes));
	assert_int_equal(split_n_parts(split), 4);
	for (uint32_t i = 0; i < 180; i++)
		n += split_parts(split)[i] == 1;
	assert_int_equal(n, 45);
	/* At least one goes, however little it was. */
	assert_true(split_shrink(split, 1, bytes + 1));
	n = 0;
	for (uint32_t i = 0; i < 180; i++)
		n += split_parts(split)[i] == 1;
	assert_int_equal(n, 44);
	arena_drop(&arena);
	free(s);
}

static void a_part_of_one_item_stays(void **state)
{
	static const uint64_t weights[] = { 800 * K, 800 * K, 0 };
	struct arena *arena = arena_new(8 << 20);
	struct store *s = store_of(weights);
	struct split *split = dealt(arena, s, 900 * K);

	(void)state;
	assert_false(split_shrink(split, 1, 5000 * K));
	assert_false(split_shrink(split, 0, 5000 * K));
	assert_false(split_shrink(split, 9, 5000 * K));
	assert_int_equal(split_n_parts(split), 2);
	arena_drop(&arena);
	free(s);
}

static void refuses_what_has_no_room(void **state)
{
	struct arena *arena = arena_new(8 << 20);
	struct store *s = calloc(1, sizeof *s);
	struct split *split = NULL;
	struct split_ask ask = { .bytes = REST };

	(void)state;
	assert_non_null(s);
	for (uint32_t i = 0; i < 2500; i++)
		add(s, 0x200004 + 0x20 * i, 0x8022, 100 * K);
	ask.weights = &s->weights;
	assert_int_equal(split_new(arena, &s->salvage, &ask, &split), ST_LIMIT);
	assert_true(ask.least > REST);
	/* Two to a part would be too many parts. */
	ask.bytes = REST + SECTION + 250 * K;
	assert_int_equal(split_new(arena, &s->salvage, &ask, &split), ST_LIMIT);
	ask.bytes = ask.least;
	assert_int_equal(split_new(arena, &s->salvage, &ask, &split), ST_OK);
	assert_true(split_n_parts(split) <= SPLIT_PARTS_MAX);
	arena_drop(&arena);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deals),
		cmocka_unit_test(larger_ones_have_parts_of_their_own),
		cmocka_unit_test(keeps_folders_together),
		cmocka_unit_test(shrinks),
		cmocka_unit_test(a_part_of_one_item_stays),
		cmocka_unit_test(refuses_what_has_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
