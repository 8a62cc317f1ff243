/* This file tests changes to registry hives: what is read back, what is free again, what is refused. */
#include "base/checked.h"
#include "hive/edit.h"
#include "hive/hive_maker.h"
#include "hive/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_CAP = 64 << 20, MANY = 600 };

static struct arena *arena;
static uint8_t bytes[HIVE_MAKER_LEN];

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(ARENA_CAP);
	hive_maker_empty(bytes);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_drop(&arena);
	return 0;
}

struct refusal {
	const char *name;
	size_t at;
	uint32_t value;
	const char *words; /* NULL: taken */
};

static const struct refusal refusals[] = {
	{ "as it is", 48, 0, NULL },
	{ "sequences differ", CELL_SEQUENCE_AT, 2, "transaction logs" },
	{ "a bin's sign", HIVE_HEADER_LEN, 0, "bins" },
	{ "a bin's place", HIVE_HEADER_LEN + 4, 4096, "bins" },
	{ "a bin's length", HIVE_HEADER_LEN + 8, 4095, "bins" },
	{ "a bin beyond the end", HIVE_HEADER_LEN + 8, 8192, "bins" },
	{ "a cell's size", HIVE_HEADER_LEN + 32, 0 - 87U, "cells" },
	{ "a cell beyond its bin", HIVE_HEADER_LEN + 168, 8000, "cells" },
	{ "bins that are not there", CELL_BINS_LEN_AT, 8192, "shorter" },
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		struct hive_edit edit;
		const char *why;

		hive_maker_empty(bytes);
		put_u32(bytes + refusals[i].at, refusals[i].value);
		if (i == 0)
			hive_maker_empty(bytes);
		hive_maker_seal(bytes);
		why = hive_edit_open(&edit, arena, view_of(bytes, sizeof bytes));
		if (!why != !refusals[i].words || (why && !strstr(why, refusals[i].words)))
			fail_msg("%s: %s", refusals[i].name, why);
		hive_edit_close(&edit);
	}
}

static uint32_t root_of(const struct hive_edit *edit)
{
	return edit->hive.root_at;
}

/* What is made and deleted again leaves a hive whose free room is as before. */
static void test_back_and_forth(void **state)
{
	struct hive_edit edit;
	struct hive_walk_facts facts;
	struct hive_key key;
	uint32_t top, at;

	(void)state;
	assert_null(hive_edit_open(&edit, arena, view_of(bytes, sizeof bytes)));
	assert_int_equal(hive_edit_add_key(&edit, root_of(&edit), "Software", &top), ST_OK);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(
			hive_edit_add_key(&edit, top, arena_printf(arena, "%u", i * 7919 % MANY), &at),
			ST_OK);
		assert_int_equal(hive_edit_set(&edit, at, "Server", HIVE_SZ, view_of("h\0o\0s\0t\0\0", 10)),
				 ST_OK);
		assert_int_equal(hive_edit_set(&edit, at, "Port", HIVE_DWORD, view_of("\x01\0\0", 4)), ST_OK);
	}
	assert_true(hive_find(&edit.hive, "", &key));
	assert_int_equal(hive_walk(arena, &edit.hive, &key, NULL, &facts), ST_OK);
	assert_int_equal(facts.keys, MANY + 2);
	assert_int_equal(facts.values, 2 * MANY);
	assert_int_equal(facts.left_out, 0);
	assert_true(hive_find(&edit.hive, "software\\599", &key));
	assert_int_equal(hive_edit_delete_key(&edit, key.at), ST_OK);
	assert_false(hive_find(&edit.hive, "software\\599", &key));
	assert_int_equal(hive_edit_delete_key(&edit, top), ST_OK);
	assert_true(hive_find(&edit.hive, "", &key));
	assert_int_equal(key.n_subkeys, 0);
	/* All is free again: the first bin is as it was, counters of longest names aside. */
	assert_memory_equal(edit.bytes.at + HIVE_HEADER_LEN + 168, bytes + HIVE_HEADER_LEN + 168, 4);
	assert_int_equal(hive_edit_delete_key(&edit, root_of(&edit)), ST_USAGE);
	hive_edit_close(&edit);
}

static void test_values(void **state)
{
	static uint8_t large[CELL_PIECE_LEN + 1];
	struct hive_edit edit;
	struct hive_value value;
	struct hive_key key;
	struct hive after;
	struct view data = view_of(NULL, 0);
	uint32_t root;

	(void)state;
	assert_null(hive_edit_open(&edit, arena, view_of(bytes, sizeof bytes)));
	root = root_of(&edit);
	assert_int_equal(hive_edit_set(&edit, root, "a", HIVE_BINARY, view_of(large, CELL_PIECE_LEN)), ST_OK);
	assert_int_equal(hive_edit_set(&edit, root, "b", HIVE_BINARY, view_of(large, sizeof large)),
			 ST_LIMIT);
	assert_int_equal(hive_edit_set(&edit, root, "b\x7F", HIVE_BINARY, view_of(large, 1)), ST_USAGE);
	assert_int_equal(hive_edit_set(&edit, root + 8, "b", HIVE_BINARY, view_of(large, 1)), ST_USAGE);
	assert_int_equal(hive_edit_set(&edit, root, "b", HIVE_DWORD, view_of("\1\0\0", 4)), ST_OK);
	assert_int_equal(hive_edit_set(&edit, root, "A", HIVE_SZ, view_of("x\0y\0\0", 6)), ST_OK);
	assert_int_equal(hive_edit_delete_value(&edit, root, "c"), ST_USAGE);
	assert_int_equal(hive_edit_delete_value(&edit, root, "B"), ST_OK);
	assert_int_equal(hive_open(hive_edit_finish(&edit, 7), &after), HIVE_FINE);
	assert_false(after.is_dirty);
	assert_int_equal(after.sequence_1, 2);
	assert_true(hive_find(&after, "", &key));
	assert_int_equal(key.n_values, 1);
	assert_true(hive_value(&after, &key, "a", &value) && hive_value_data(arena, &after, &value, &data));
	assert_string_equal(hive_text(arena, data), "xy");
	assert_int_equal(hive_edit_delete_value(&edit, root, "a"), ST_OK);
	assert_true(hive_find(&edit.hive, "", &key));
	assert_int_equal(key.n_values, 0);
	hive_edit_close(&edit);
}

static void test_keys(void **state)
{
	static const char *const bad[] = { "", "a\\b", "a\nb", "\xC3\xBC" };
	struct hive_edit edit;
	uint32_t at, again;

	(void)state;
	assert_null(hive_edit_open(&edit, arena, view_of(bytes, sizeof bytes)));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(hive_edit_add_key(&edit, root_of(&edit), bad[i], &at), ST_USAGE);
	assert_int_equal(hive_edit_add_key(&edit, root_of(&edit), "One", &at), ST_OK);
	assert_int_equal(hive_edit_add_key(&edit, root_of(&edit), "oNE", &again), ST_OK);
	assert_int_equal(at, again);
	hive_edit_close(&edit);
}

/* A key whose list of values is the key's own cell, and other cells that are two things. */
static void test_shared_cells(void **state)
{
	static const size_t fields[] = { CELL_KEY_SUBKEYS_AT, CELL_KEY_VALUES_AT, CELL_KEY_SECURITY_AT,
					 CELL_KEY_CLASS_AT };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		for (uint32_t to = 32; to < 168; to += 8) {
			struct hive_edit edit;
			uint8_t *root;
			uint32_t at;

			hive_maker_empty(bytes);
			root = bytes + HIVE_HEADER_LEN + 36;
			put_u32(root + CELL_KEY_N_SUBKEYS_AT, 1);
			put_u32(root + CELL_KEY_N_VALUES_AT, 1);
			put_u32(root + fields[i], to);
			hive_maker_seal(bytes);
			assert_null(hive_edit_open(&edit, arena, view_of(bytes, sizeof bytes)));
			(void)!hive_edit_add_key(&edit, 32, "x", &at);
			(void)!hive_edit_set(&edit, 32, "x", HIVE_BINARY, view_of("0123456789", 10));
			(void)!hive_edit_delete_value(&edit, 32, "x");
			(void)!hive_edit_delete_key(&edit, to);
			hive_edit_close(&edit);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_back_and_forth, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_shared_cells, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
