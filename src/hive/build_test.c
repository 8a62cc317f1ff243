/* This file tests that a hive which was built reads back as it was given, and that it ends at its bounds. */
#include "base/checked.h"
#include "hive/build.h"
#include "hive/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_CAP = 64 << 20, BIG = 70000, MANY = 3000 };

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(ARENA_CAP);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_fail_at(0, false);
	arena_drop(&arena);
	return 0;
}

static const struct row {
	const char *path;
	struct view name;
	uint32_t type;
	struct view data;
} rows[] = {
	{ "", { (const uint8_t *)"T\0o\0p\0", 6 }, HIVE_DWORD, { (const uint8_t *)"\1\2\3\4", 4 } },
	{ "Software\\Microsoft", { NULL, 0 }, HIVE_SZ, { (const uint8_t *)"d\0e\0f\0\0\0", 8 } },
	{ "Software\\Microsoft", { (const uint8_t *)"n\0o\0n\0e\0", 8 }, HIVE_BINARY, { NULL, 0 } },
	{ "Software\\Microsoft\\Office",
	  { (const uint8_t *)"\xF6\0\x16\x04", 4 },
	  HIVE_BINARY,
	  { (const uint8_t *)"\xFF", 1 } },
	{ "Software\\Microsoft\\Office",
	  { (const uint8_t *)"f\0i\0v\0e\0", 8 },
	  HIVE_BINARY,
	  { (const uint8_t *)"12345", 5 } },
	{ "System\\Select", { (const uint8_t *)"C\0", 2 }, HIVE_DWORD, { (const uint8_t *)"\1\0\0\0", 4 } },
};

static enum status build_rows(struct view *out)
{
	struct hive_build *build = hive_build_new(arena);
	enum status st = build ? ST_OK : ST_NOMEM;
	struct hive_build_key *key;

	for (size_t i = 0; st == ST_OK && i < COUNT_OF(rows); i++) {
		st = hive_build_path(build, rows[i].path, &key);
		if (st == ST_OK)
			st = hive_build_value(build, key, rows[i].name, rows[i].type, rows[i].data);
	}
	return st == ST_OK ? hive_build_finish(build, out) : st;
}

/* The value whose name has these bytes. */
static bool find_value(const struct hive *hive, const struct hive_key *key, struct view name,
		       struct hive_value *out)
{
	struct hive_list list = hive_values(hive, key);

	while (hive_next_value(&list, out))
		if (!out->is_latin && out->name.len == name.len &&
		    (name.len == 0 || memcmp(out->name.at, name.at, name.len) == 0))
			return true;
	return false;
}

static void reads_back(void **state)
{
	struct hive_walk_facts facts;
	struct hive_key root;
	struct hive hive;
	struct view bytes;

	(void)state;
	assert_int_equal(build_rows(&bytes), ST_OK);
	assert_int_equal(hive_open(bytes, &hive), HIVE_FINE);
	assert_false(hive.is_dirty);
	assert_false(hive.is_cut);
	assert_true(hive_find(&hive, "", &root));
	assert_int_equal(hive_walk(arena, &hive, &root, NULL, &facts), ST_OK);
	assert_int_equal(facts.keys, 6);
	assert_int_equal(facts.values, COUNT_OF(rows));
	assert_int_equal(facts.left_out, 0);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hive_value value;
		struct hive_key key;
		struct view data;

		if (!hive_find(&hive, rows[i].path, &key) || !find_value(&hive, &key, rows[i].name, &value) ||
		    !hive_value_data(arena, &hive, &value, &data) || value.type != rows[i].type ||
		    data.len != rows[i].data.len ||
		    (data.len > 0 && memcmp(data.at, rows[i].data.at, data.len) != 0))
			fail_msg("row %zu", i);
	}
}

static void big_and_many(void **state)
{
	static uint8_t big[BIG];
	struct hive_build *build = hive_build_new(arena);
	struct hive_build_key *root = hive_build_root(build), *key;
	struct hive_walk_facts facts;
	struct hive_value value;
	struct hive_key found;
	struct view bytes, data;
	struct hive hive;

	(void)state;
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (uint8_t)(i * 31 >> 3);
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(
			hive_build_key(
				build, root,
				view_of((const uint8_t[]){ 'k', 0, (uint8_t)i, (uint8_t)(1 + (i >> 8)) }, 4),
				i, &key),
			ST_OK);
	assert_int_equal(
		hive_build_value(build, key, view_of("b\0", 2), HIVE_BINARY, view_of(big, sizeof big)),
		ST_OK);
	assert_int_equal(hive_build_finish(build, &bytes), ST_OK);
	assert_int_equal(hive_open(bytes, &hive), HIVE_FINE);
	assert_true(hive_find(&hive, "", &found));
	assert_int_equal(hive_walk(arena, &hive, &found, NULL, &facts), ST_OK);
	assert_int_equal(facts.keys, MANY + 1);
	assert_int_equal(facts.left_out, 0);
	for (struct hive_list list = hive_subkeys(&hive, &found); hive_next_key(&list, &found);)
		;
	assert_int_equal(found.written, MANY - 1);
	assert_true(hive_value(&hive, &found, "b", &value));
	assert_true(hive_value_data(arena, &hive, &value, &data));
	assert_int_equal(data.len, sizeof big);
	assert_memory_equal(data.at, big, sizeof big);
}

/* Names beyond ASCII are found by their UTF-8, and no others. */
static void names(void **state)
{
	static const struct {
		const char *name, *path;
		bool is_found;
	} looks[] = {
		{ "as it is", "M\xC3\xBCller \xE4\xB8\xAD\xF0\x9F\x93\xAC", true },
		{ "another case", "m\xC3\xBCLLER \xE4\xB8\xAD\xF0\x9F\x93\xAC", true },
		{ "another letter", "M\xC3\xB6ller \xE4\xB8\xAD\xF0\x9F\x93\xAC", false },
		{ "cut", "M\xC3\xBCller \xE4\xB8\xAD", false },
		{ "cut in a character", "M\xC3\xBCller \xE4\xB8", false },
		{ "longer", "M\xC3\xBCller \xE4\xB8\xAD\xF0\x9F\x93\xACx", false },
	};
	static const uint8_t name[] = { 'M', 0, 0xFC, 0, 'l',  0,    'l',  0,    'e',  0,
					'r', 0, ' ',  0, 0x2D, 0x4E, 0x3D, 0xD8, 0xEC, 0xDC };
	struct hive_build *build = hive_build_new(arena);
	struct hive_build_key *key;
	struct hive_key found;
	struct view bytes;
	struct hive hive;

	(void)state;
	assert_int_equal(hive_build_key(build, hive_build_root(build), view_of(name, sizeof name), 0, &key),
			 ST_OK);
	assert_int_equal(hive_build_finish(build, &bytes), ST_OK);
	assert_int_equal(hive_open(bytes, &hive), HIVE_FINE);
	for (size_t i = 0; i < COUNT_OF(looks); i++)
		if (hive_find(&hive, looks[i].path, &found) != looks[i].is_found)
			fail_msg("%s", looks[i].name);
}

static void bounds(void **state)
{
	static const uint8_t name[0x8000];
	struct hive_build *build = hive_build_new(arena);
	struct hive_build_key *root = hive_build_root(build), *key;

	(void)state;
	assert_int_equal(hive_build_key(build, root, view_of(name, 0), 0, &key), ST_LIMIT);
	assert_int_equal(hive_build_key(build, root, view_of(name, sizeof name), 0, &key), ST_LIMIT);
	assert_int_equal(hive_build_key(build, root, view_of(name, sizeof name - 1), 0, &key), ST_OK);
	assert_int_equal(hive_build_value(build, root, view_of(name, sizeof name), HIVE_SZ, view_of(NULL, 0)),
			 ST_LIMIT);
}

/* Each allocation fails in turn. */
static void memory_ends(void **state)
{
	enum status st = ST_NOMEM;
	struct view bytes;
	uint64_t n = 0;

	(void)state;
	while (st != ST_OK && n < 1000) {
		arena_drop(&arena);
		arena_fail_at(0, false);
		arena = arena_new(ARENA_CAP);
		arena_fail_at(++n, false);
		st = build_rows(&bytes);
		if (st != ST_OK)
			assert_int_equal(st, ST_NOMEM);
	}
	assert_true(n > COUNT_OF(rows));
	assert_int_equal(st, ST_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(big_and_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(memory_ends, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
