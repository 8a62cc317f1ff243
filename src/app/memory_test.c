/* This file tests the memory of what was there when all was well. */
#include "app/memory.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *text;
	enum memory_state state;
	size_t n;
} rows[] = {
	{ "two rows", "postmend memory 1\nimaps://a\tissuer\t1\t2\tCN=x y\nb\tmx\t3\t4\tm\n", MEMORY_GOOD,
	  2 },
	{ "none", "postmend memory 1\n", MEMORY_GOOD, 0 },
	{ "empty", "", MEMORY_DAMAGED, 0 },
	{ "another file", "#!/bin/sh\n", MEMORY_DAMAGED, 0 },
	{ "version 0", "postmend memory 0\n", MEMORY_DAMAGED, 0 },
	{ "no version", "postmend memory \n", MEMORY_DAMAGED, 0 },
	{ "later version", "postmend memory 2\nwhatever\n", MEMORY_NEWER, 0 },
	{ "cut in a value", "postmend memory 1\na\tmx\t3\t4\tm", MEMORY_DAMAGED, 0 },
	{ "a column less", "postmend memory 1\na\tmx\t3\tm\n", MEMORY_DAMAGED, 0 },
	{ "no time", "postmend memory 1\na\tmx\tx\t4\tm\n", MEMORY_DAMAGED, 0 },
	{ "no value", "postmend memory 1\na\tmx\t3\t4\t\n", MEMORY_DAMAGED, 0 },
	{ "an escape", "postmend memory 1\na\tmx\t3\t4\t\x1b[2J\n", MEMORY_DAMAGED, 0 },
	{ "a tab more", "postmend memory 1\na\tmx\t3\t4\tm\tn\n", MEMORY_DAMAGED, 0 },
};

static void reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct memory_facts memory;

		if (memory_read(arena, str_of(rows[i].text), &memory) != rows[i].state ||
		    memory.n != rows[i].n)
			fail_msg("%s: %zu rows", rows[i].name, memory.n);
		arena_drop(&arena);
	}
}

static void writing_and_reading(void **state)
{
	struct remembered now[] = { { "imaps://a", "issuer", "CN=x", 10, 10 }, { "a", "mx", "m", 10, 10 } };
	struct memory_facts first = { .rows = now, .n = 2 }, memory = { 0 };
	struct arena *arena = arena_new(8 << 20);
	struct buf text;

	(void)state;
	assert_int_equal(memory_read(arena, STR("postmend memory 1\n"), &memory), MEMORY_GOOD);
	memory_learn(&memory, &first);
	now[0].since = now[0].seen = now[1].since = now[1].seen = 20;
	now[1].value = "other";
	memory_learn(&memory, &first);
	buf_init(&text, MEMORY_TEXT_MAX);
	memory_write(&memory, &text);
	assert_true(str_is(buf_str(&text),
			   "postmend memory 1\nimaps://a\tissuer\t10\t20\tCN=x\na\tmx\t20\t20\tother\n"));
	assert_int_equal(memory_read(arena, buf_str(&text), &memory), MEMORY_GOOD);
	assert_int_equal(memory.n, 2);
	buf_fini(&text);
	arena_drop(&arena);
}

static void the_oldest_goes(void **state)
{
	struct arena *arena = arena_new(8 << 20);
	struct memory_facts memory;
	struct buf text;

	(void)state;
	assert_int_equal(memory_read(arena, STR("postmend memory 1\n"), &memory), MEMORY_GOOD);
	for (int i = 0; i <= REMEMBERED_MAX; i++) {
		char *name = arena_printf(arena, "imaps://%d", i);
		struct remembered one = { name, "issuer", "x", 100 + i, 100 + i };

		memory_learn(&memory, &(struct memory_facts){ .rows = &one, .n = 1 });
	}
	assert_int_equal(memory.n, REMEMBERED_MAX);
	assert_string_equal(memory.rows[0].subject, arena_printf(arena, "imaps://%d", REMEMBERED_MAX));
	buf_init(&text, MEMORY_TEXT_MAX);
	memory_write(&memory, &text);
	assert_false(buf_failed(&text));
	buf_fini(&text);
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(writing_and_reading),
		cmocka_unit_test(the_oldest_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
