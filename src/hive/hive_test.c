/* This file tests the reader of registry hives: lists of every kind, hostile bytes, every length. */
#include "base/checked.h"
#include "hive/edit.h"
#include "hive/hive_maker.h"
#include "hive/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_CAP = 8 << 20, TREE_DEPTH = 40 };

static struct arena *arena;
static uint8_t bytes[HIVE_MAKER_LEN];
static struct hive hive;
static struct hive_key root;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(ARENA_CAP);
	hive_maker_empty(bytes);
	return arena && hive_open(view_of(bytes, sizeof bytes), &hive) == HIVE_FINE &&
			       hive_find(&hive, "", &root)
		       ? 0
		       : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_drop(&arena);
	return 0;
}

struct header_case {
	const char *name;
	size_t at, cut; /* the byte that is changed; the length that is left */
	uint8_t value;
	bool reseal;
	enum hive_outcome outcome;
	bool is_dirty;
};

static const struct header_case headers[] = {
	{ "as it is", 0, HIVE_MAKER_LEN, 'r', false, HIVE_FINE, false },
	{ "another sign", 0, HIVE_MAKER_LEN, 'R', true, HIVE_NOT_HIVE, false },
	{ "no bytes", 0, 0, 'r', false, HIVE_EMPTY, false },
	{ "ends in its header", 0, HIVE_HEADER_LEN - 1, 'r', false, HIVE_TOO_SHORT, false },
	{ "ends in its sign", 0, 3, 'r', false, HIVE_NOT_HIVE, false },
	{ "header alone", 0, HIVE_HEADER_LEN, 'r', false, HIVE_NO_ROOT, false },
	{ "sequences differ", CELL_SEQUENCE_AT, HIVE_MAKER_LEN, 2, true, HIVE_FINE, true },
	{ "checksum wrong", 48, HIVE_MAKER_LEN, 1, false, HIVE_FINE, true },
	{ "major 2", CELL_MAJOR_AT, HIVE_MAKER_LEN, 2, true, HIVE_VERSION, false },
	{ "minor 2", CELL_MAJOR_AT + 4, HIVE_MAKER_LEN, 2, true, HIVE_VERSION, false },
	{ "minor 3", CELL_MAJOR_AT + 4, HIVE_MAKER_LEN, 3, true, HIVE_FINE, false },
	{ "minor 6", CELL_MAJOR_AT + 4, HIVE_MAKER_LEN, 6, true, HIVE_FINE, false },
	{ "minor 7", CELL_MAJOR_AT + 4, HIVE_MAKER_LEN, 7, true, HIVE_VERSION, false },
	{ "a log", CELL_TYPE_AT, HIVE_MAKER_LEN, 6, true, HIVE_LOG_FILE, false },
	{ "root elsewhere", CELL_ROOT_AT, HIVE_MAKER_LEN, 0x28, true, HIVE_NO_ROOT, false },
	{ "root not on a cell", CELL_ROOT_AT, HIVE_MAKER_LEN, 0x21, true, HIVE_NO_ROOT, false },
};

static void test_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(headers); i++) {
		const struct header_case *one = &headers[i];
		struct hive opened;

		hive_maker_empty(bytes);
		bytes[one->at] = one->value;
		if (one->reseal)
			hive_maker_seal(bytes);
		if (hive_open(view_of(bytes, one->cut), &opened) != one->outcome)
			fail_msg("%s: %s", one->name,
				 hive_outcome_text(hive_open(view_of(bytes, one->cut), &opened)));
		if (one->outcome == HIVE_FINE && opened.is_dirty != one->is_dirty)
			fail_msg("%s: dirty %d", one->name, opened.is_dirty);
	}
}

/* A hive with this many keys below the root. */
static struct view with_keys(struct hive_edit *edit, unsigned n)
{
	uint32_t at;

	assert_null(hive_edit_open(edit, arena, view_of(bytes, sizeof bytes)));
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(hive_edit_add_key(edit, root.at, arena_printf(arena, "Key %04u", i), &at),
				 ST_OK);
	return hive_edit_finish(edit, 0);
}

static size_t count_keys(const struct hive *in, const struct hive_key *key)
{
	struct hive_list list = hive_subkeys(in, key);
	struct hive_key one;
	size_t n = 0;

	while (hive_next_key(&list, &one))
		n++;
	return n;
}

static void test_lists(void **state)
{
	static const unsigned counts[] = { 0, 1, 2, 507, 508, 1100 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		struct hive_edit edit;
		struct hive_key key, above;
		struct view made = with_keys(&edit, counts[i]);

		assert_int_equal(hive_open(made, &hive), HIVE_FINE);
		assert_true(hive_find(&hive, "", &above));
		assert_int_equal(above.n_subkeys, counts[i]);
		assert_int_equal(count_keys(&hive, &above), counts[i]);
		assert_int_equal(hive_find(&hive, "kEY 0506", &key), counts[i] > 506);
		hive_edit_close(&edit);
	}
}

/* "lf" and "li" instead of "lh": the same keys. */
static void test_leaf_kinds(void **state)
{
	static const char *const signs[] = { "lf", "lh" };
	struct hive_edit edit;
	struct view made = with_keys(&edit, 3);
	uint8_t *copy = arena_copy(arena, made.at, made.len), *leaf;
	struct hive_key above;

	(void)state;
	assert_int_equal(hive_open(view_of(copy, made.len), &hive), HIVE_FINE);
	assert_true(hive_find(&hive, "", &above));
	leaf = copy + HIVE_HEADER_LEN + above.subkeys_at + 4;
	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		memcpy(leaf, signs[i], 2);
		assert_int_equal(count_keys(&hive, &above), 3);
	}
	/* Its entries of 4 bytes are every other one a hash here. */
	memcpy(leaf, "li", 2);
	assert_in_range(count_keys(&hive, &above), 1, 2);
	memcpy(leaf, "lx", 2);
	assert_int_equal(count_keys(&hive, &above), 0);
	/* A list that says more than its cell holds. */
	memcpy(leaf, "lh", 2);
	put_u16(leaf + 2, 0xFFFF);
	assert_int_equal(count_keys(&hive, &above), 3);
	/* A list of lists that names itself. */
	memcpy(leaf, "ri", 2);
	put_u16(leaf + 2, 1);
	put_u32(leaf + 4, above.subkeys_at);
	assert_int_equal(count_keys(&hive, &above), 0);
	hive_edit_close(&edit);
}

struct text_case {
	const char *name;
	struct view utf16;
	const char *text;
};

#define BYTES(literal)                                                       \
	{                                                                    \
		.at = (const uint8_t *)(literal), .len = sizeof(literal) - 1 \
	}

static const struct text_case texts[] = {
	{ "empty", BYTES(""), "" },
	{ "plain", BYTES("a\0b\0"),
	  "a"
	  "b" },
	{ "ends at NUL", BYTES("a\0\0\0b\0"), "a" },
	{ "odd", BYTES("a\0b"), "a" },
	{ "umlaut", BYTES("\xFC\0"), "\xC3\xBC" },
	{ "euro", BYTES("\xAC\x20"), "\xE2\x82\xAC" },
	{ "a pair", BYTES("\x3D\xD8\x00\xDE"), "\xF0\x9F\x98\x80" },
	{ "half a pair",
	  BYTES("\x3D\xD8"
		"a\0"),
	  "\xEF\xBF\xBD"
	  "a" },
	{ "the other half",
	  BYTES("\x00\xDE"
		"a\0"),
	  "\xEF\xBF\xBD"
	  "a" },
	{ "half a pair at the end", BYTES("\x3D\xD8"), "\xEF\xBF\xBD" },
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const char *text = hive_text(arena, texts[i].utf16);

		if (!text || strcmp(text, texts[i].text) != 0)
			fail_msg("%s: %s", texts[i].name, text);
	}
}

/* Values inside their own cell, outside it and in pieces. */
static void test_values(void **state)
{
	struct hive_edit edit;
	struct hive_value value;
	struct hive_key key;
	struct view data = view_of(NULL, 0);
	uint8_t *copy;

	(void)state;
	assert_null(hive_edit_open(&edit, arena, view_of(bytes, sizeof bytes)));
	assert_int_equal(hive_edit_set(&edit, root.at, "Small", HIVE_DWORD, view_of("\x01\x02\x03\x04", 4)),
			 ST_OK);
	assert_int_equal(hive_edit_set(&edit, root.at, "Large", HIVE_SZ, view_of("a\0b\0c\0\0\0", 8)), ST_OK);
	assert_int_equal(hive_edit_set(&edit, root.at, "None", HIVE_SZ, view_of(NULL, 0)), ST_OK);
	copy = arena_copy(arena, edit.bytes.at, edit.bytes.len);
	assert_int_equal(hive_open(view_of(copy, edit.bytes.len), &hive), HIVE_FINE);
	assert_true(hive_find(&hive, "", &key));
	assert_true(hive_value(&hive, &key, "SMALL", &value) && hive_value_data(arena, &hive, &value, &data));
	assert_int_equal(data.len, 4);
	assert_true(hive_value(&hive, &key, "none", &value) && hive_value_data(arena, &hive, &value, &data));
	assert_int_equal(data.len, 0);
	assert_false(hive_value(&hive, &key, "", &value));
	assert_true(hive_value(&hive, &key, "large", &value) && hive_value_data(arena, &hive, &value, &data));
	assert_string_equal(hive_text(arena, data), "abc");
	assert_string_equal(hive_value_name(arena, &value), "Large");
	/* Longer than its cell: not read whole, so not read. */
	put_u32(copy + HIVE_HEADER_LEN + value.at + 8, 100);
	assert_true(hive_value(&hive, &key, "large", &value));
	assert_false(hive_value_data(arena, &hive, &value, &data));
	/* More bytes inside than there is room. */
	put_u32(copy + HIVE_HEADER_LEN + value.at + 8, CELL_VALUE_INLINE | 5);
	assert_false(hive_value(&hive, &key, "large", &value));
	hive_edit_close(&edit);
}

static struct view deep_tree(struct hive_edit *edit, unsigned depth)
{
	uint32_t at = root.at;

	assert_null(hive_edit_open(edit, arena, view_of(bytes, sizeof bytes)));
	for (unsigned i = 0; i < depth; i++)
		assert_int_equal(hive_edit_add_key(edit, at, "below", &at), ST_OK);
	return hive_edit_finish(edit, 0);
}

static void test_walk(void **state)
{
	struct hive_walk_facts facts;
	struct hive_edit edit;
	struct view made = deep_tree(&edit, TREE_DEPTH);
	uint8_t *copy = arena_copy(arena, made.at, made.len);
	struct hive_key top, key;

	(void)state;
	assert_int_equal(hive_open(view_of(copy, made.len), &hive), HIVE_FINE);
	assert_true(hive_find(&hive, "", &top));
	assert_int_equal(hive_walk(arena, &hive, &top, NULL, &facts), ST_OK);
	assert_int_equal(facts.keys, TREE_DEPTH + 1);
	assert_int_equal(facts.deepest, TREE_DEPTH);
	assert_int_equal(facts.left_out, 0);
	/* A key below itself. */
	assert_true(hive_find(&hive, "below\\below", &key));
	put_u32(copy + HIVE_HEADER_LEN + key.subkeys_at + 8, top.at);
	assert_int_equal(hive_walk(arena, &hive, &top, NULL, &facts), ST_OK);
	assert_int_equal(facts.keys, 3);
	assert_int_equal(facts.left_out, 1);
	hive_edit_close(&edit);
	made = deep_tree(&edit, HIVE_DEPTH_MAX + 10);
	assert_int_equal(hive_open(made, &hive), HIVE_FINE);
	assert_int_equal(hive_walk(arena, &hive, &top, NULL, &facts), ST_OK);
	assert_int_equal(facts.deepest, HIVE_DEPTH_MAX - 1);
	assert_true(facts.left_out > 0);
	hive_edit_close(&edit);
}

/* Whatever the length, no byte beyond it is read (the sanitizers see to that). */
static void test_every_length(void **state)
{
	struct hive_edit edit;
	struct view made = with_keys(&edit, 5);

	(void)state;
	for (size_t len = 0; len <= made.len; len++) {
		uint8_t *cut = malloc(len ? len : 1);
		struct hive_walk_facts facts;
		struct hive opened;
		struct hive_key top;

		assert_non_null(cut);
		memcpy(cut, made.at, len);
		arena_clear(arena);
		if (hive_open(view_of(cut, len), &opened) == HIVE_FINE && hive_find(&opened, "", &top))
			assert_int_equal(hive_walk(arena, &opened, &top, NULL, &facts), ST_OK);
		free(cut);
	}
	hive_edit_close(&edit);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_headers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lists, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_leaf_kinds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_texts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_walk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_length, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
