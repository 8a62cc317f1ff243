/* This file tests that blocks are found by their BIDs, however these are spread. */
#include "base/checked.h"
#include "check/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { BLOCKS_MAX = 300, ASKED_BELOW = 4096 };

static uint64_t even(size_t i)
{
	return 4 + 4 * (uint64_t)i;
}

static uint64_t with_gap(size_t i)
{
	return i < 200 ? 8 + 4 * (uint64_t)i : 3000 + 4 * (uint64_t)i;
}

static uint64_t crowded_below(size_t i)
{
	return i + 1 < BLOCKS_MAX ? 4 + 2 * (uint64_t)i : UINT64_MAX - 1;
}

static uint64_t crowded_above(size_t i)
{
	return i == 0 ? 2 : 3000 + 2 * (uint64_t)i;
}

static uint64_t growing(size_t i)
{
	return 2 + 2 * (uint64_t)(i * i / 50 + i);
}

static const struct {
	const char *name;
	uint64_t (*bid)(size_t i);
	size_t n;
} rows[] = {
	{ "none", even, 0 },
	{ "one", even, 1 },
	{ "two", even, 2 },
	{ "side by side", even, BLOCKS_MAX },
	{ "a gap", with_gap, BLOCKS_MAX },
	{ "one far above", crowded_below, BLOCKS_MAX },
	{ "one far below", crowded_above, BLOCKS_MAX },
	{ "ever wider", growing, BLOCKS_MAX },
};

static void finds_what_is_there(void **state)
{
	(void)state;
	for (size_t r = 0; r < COUNT_OF(rows); r++) {
		struct block_fact blocks[BLOCKS_MAX] = { 0 };
		struct check_facts facts = { .blocks = blocks, .n_blocks = rows[r].n };

		for (size_t i = 0; i < rows[r].n; i++)
			blocks[i].bid = rows[r].bid(i);
		for (size_t i = 0; i < rows[r].n; i++) {
			if (facts_block(&facts, (struct bid){ blocks[i].bid }) != &blocks[i] ||
			    facts_block(&facts, (struct bid){ blocks[i].bid | 1 }) != &blocks[i])
				fail_msg("%s: %zu", rows[r].name, i);
		}
	}
}

static void finds_nothing_else(void **state)
{
	(void)state;
	for (size_t r = 0; r < COUNT_OF(rows); r++) {
		struct block_fact blocks[BLOCKS_MAX] = { 0 };
		struct check_facts facts = { .blocks = blocks, .n_blocks = rows[r].n };
		size_t next = 0;

		for (size_t i = 0; i < rows[r].n; i++)
			blocks[i].bid = rows[r].bid(i);
		for (uint64_t bid = 0; bid < ASKED_BELOW; bid += 2) {
			bool is_there;

			while (next < rows[r].n && blocks[next].bid < bid)
				next++;
			is_there = next < rows[r].n && blocks[next].bid == bid;
			if ((facts_block(&facts, (struct bid){ bid }) != NULL) != is_there)
				fail_msg("%s: %llu", rows[r].name, (unsigned long long)bid);
		}
		if (rows[r].n && rows[r].bid(rows[r].n - 1) < UINT64_MAX - 1)
			assert_null(facts_block(&facts, (struct bid){ UINT64_MAX - 1 }));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_there),
		cmocka_unit_test(finds_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
