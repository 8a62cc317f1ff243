/* This file keeps the lists of keys of a hive that is being changed. */
#include "hive/edit_lists.h"

#include "hive/cell.h"
#include "hive/edit_cells.h"
#include "hive/put.h"

#include <string.h>

/* A leaf fits into a page, as Windows makes them. */
enum { LEAF_MAX = 507, HASHED_SINCE = 5 };

/* An entry of a leaf: the key, and the hash or the first letters of its name. */
struct entry {
	uint32_t at, hint;
};

struct entries {
	struct entry *at;
	size_t n;
};

static uint32_t unit_of(struct cursor *c, bool is_latin)
{
	uint16_t unit = is_latin ? cursor_u8(c) : cursor_u16le(c);

	return unit >= 'a' && unit <= 'z' ? unit - 'a' + 'A' : unit;
}

/* What a leaf has beside a key: "lh" the hash of its name in capitals, "lf" its first
 * four letters. Only ASCII has capitals here. */
static uint32_t hint_of(const struct hive_key *key, bool is_hashed)
{
	struct cursor c = cursor_of(key->name);
	uint32_t hash = 0, first = 0;

	for (unsigned i = 0; cursor_left(&c) >= (key->is_latin ? 1U : 2U); i++) {
		struct cursor as_is = c;

		if (i < 4)
			first |= (uint32_t)(key->is_latin ? cursor_u8(&as_is) : cursor_u16le(&as_is) & 0xFFU)
				 << 8 * i;
		hash = hash * 37 + unit_of(&c, key->is_latin);
	}
	return is_hashed ? hash : first;
}

static bool is_ascii(const struct hive_key *key)
{
	struct cursor c = cursor_of(key->name);

	while (cursor_left(&c) >= (key->is_latin ? 1U : 2U))
		if (unit_of(&c, key->is_latin) > 0x7E)
			return false;
	return true;
}

static int compare_names(const struct hive_key *a, const struct hive_key *b)
{
	struct cursor left = cursor_of(a->name), right = cursor_of(b->name);
	size_t a_unit = a->is_latin ? 1 : 2, b_unit = b->is_latin ? 1 : 2;

	while (cursor_left(&left) >= a_unit && cursor_left(&right) >= b_unit) {
		uint32_t x = unit_of(&left, a->is_latin), y = unit_of(&right, b->is_latin);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (cursor_left(&left) >= a_unit) - (cursor_left(&right) >= b_unit);
}

/* Adds a leaf's entries. Hints are kept where they are of the kind that is written. */
static bool read_leaf(const struct hive *hive, uint32_t at, bool is_hashed, struct entries *out)
{
	struct cursor c = cursor_of(hive_cell(hive, at));
	struct str sign = str_from_view(cursor_take(&c, 2));
	size_t n = cursor_u16le(&c);
	bool has_hints = !str_is(sign, "li"), keeps = str_is(sign, is_hashed ? "lh" : "lf");

	if (has_hints && !str_is(sign, "lf") && !str_is(sign, "lh"))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct entry *one = &out->at[out->n];
		struct hive_key key;

		one->at = cursor_u32le(&c);
		one->hint = has_hints ? cursor_u32le(&c) : 0;
		if (!cursor_ok(&c) || !hive_key_at(hive, one->at, &key) || (!keeps && !is_ascii(&key)))
			return false;
		if (!keeps)
			one->hint = hint_of(&key, is_hashed);
		out->n++;
	}
	return true;
}

static size_t n_in_leaf(const struct hive *hive, uint32_t at)
{
	struct cursor c = cursor_of(hive_cell(hive, at));

	cursor_skip(&c, 2);
	return cursor_u16le(&c);
}

/* All entries of a key's list, with room for one more. */
static enum status read_list(struct hive_edit *edit, const struct hive_key *key, struct entries *out)
{
	bool is_hashed = edit->hive.minor >= HASHED_SINCE;
	struct cursor ri = cell_with_sign(&edit->hive, key->subkeys_at, "ri"), count;
	size_t n_leaves = cursor_u16le(&ri), n = 0;

	*out = (struct entries){ .n = 0 };
	count = ri;
	for (size_t i = 0; i < n_leaves; i++)
		n += n_in_leaf(&edit->hive, cursor_u32le(&count));
	if (key->n_subkeys && !cursor_ok(&ri))
		n = n_in_leaf(&edit->hive, key->subkeys_at);
	out->at = arena_array(edit->arena, n + 1, sizeof *out->at);
	if (!out->at)
		return ST_NOMEM;
	if (key->n_subkeys && !cursor_ok(&ri) && !read_leaf(&edit->hive, key->subkeys_at, is_hashed, out))
		return ST_USAGE;
	for (size_t i = 0; key->n_subkeys && i < n_leaves && cursor_ok(&ri); i++)
		if (!read_leaf(&edit->hive, cursor_u32le(&ri), is_hashed, out))
			return ST_USAGE;
	return out->n == key->n_subkeys ? ST_OK : ST_USAGE;
}

enum status edit_lists_free(struct hive_edit *edit, uint32_t list_at)
{
	struct cursor ri = cell_with_sign(&edit->hive, list_at, "ri");
	size_t n = cursor_u16le(&ri);
	uint32_t *leaves = arena_array(edit->arena, n, sizeof *leaves);
	enum status st;

	if (!leaves)
		return ST_NOMEM;
	for (size_t i = 0; i < n; i++)
		leaves[i] = cursor_u32le(&ri);
	if (n && !cursor_ok(&ri))
		return ST_USAGE;
	st = edit_cells_free(edit, list_at);
	for (size_t i = 0; st == ST_OK && i < n; i++)
		st = edit_cells_free(edit, leaves[i]);
	return st;
}

static enum status write_leaf(struct hive_edit *edit, const struct entry *entries, size_t n, uint32_t *at_out)
{
	enum status st = edit_cells_new(edit, 4 + n * 8, at_out);
	uint8_t *cell = st == ST_OK ? edit_cells_at(edit, *at_out, 4 + n * 8) : NULL;

	if (!cell)
		return st == ST_OK ? ST_BUG : st;
	memcpy(cell, edit->hive.minor >= HASHED_SINCE ? "lh" : "lf", 2);
	put_u16(cell + 2, (uint16_t)n);
	for (size_t i = 0; i < n; i++) {
		put_u32(cell + 4 + i * 8, entries[i].at);
		put_u32(cell + 8 + i * 8, entries[i].hint);
	}
	return ST_OK;
}

/* A leaf, or a list of leaves where one would be too long. */
static enum status write_list(struct hive_edit *edit, const struct entries *entries, uint32_t *at_out)
{
	size_t n_leaves = (entries->n + LEAF_MAX - 1) / LEAF_MAX;
	uint32_t *leaves = arena_array(edit->arena, n_leaves, sizeof *leaves);
	enum status st = leaves ? ST_OK : ST_NOMEM;
	uint8_t *cell;

	*at_out = CELL_NONE;
	for (size_t i = 0; st == ST_OK && i < n_leaves; i++) {
		size_t first = i * LEAF_MAX, left = entries->n - first;

		st = write_leaf(edit, entries->at + first, left < LEAF_MAX ? left : LEAF_MAX, &leaves[i]);
	}
	if (st != ST_OK || n_leaves == 0)
		return st;
	*at_out = leaves[0];
	if (n_leaves == 1)
		return ST_OK;
	st = edit_cells_new(edit, 4 + n_leaves * 4, at_out);
	cell = st == ST_OK ? edit_cells_at(edit, *at_out, 4 + n_leaves * 4) : NULL;
	if (!cell)
		return st == ST_OK ? ST_BUG : st;
	memcpy(cell, "ri", 2);
	put_u16(cell + 2, (uint16_t)n_leaves);
	for (size_t i = 0; i < n_leaves; i++)
		put_u32(cell + 4 + i * 4, leaves[i]);
	return ST_OK;
}

static enum status replace_list(struct hive_edit *edit, const struct hive_key *parent,
				const struct entries *entries)
{
	enum status st = parent->n_subkeys ? edit_lists_free(edit, parent->subkeys_at) : ST_OK;
	uint32_t list_at = CELL_NONE;
	uint8_t *cell;

	if (st == ST_OK)
		st = write_list(edit, entries, &list_at);
	cell = st == ST_OK ? edit_cells_at(edit, parent->at, CELL_KEY_NAME_AT) : NULL;
	if (!cell)
		return st == ST_OK ? ST_USAGE : st;
	put_u32(cell + CELL_KEY_N_SUBKEYS_AT, (uint32_t)entries->n);
	put_u32(cell + CELL_KEY_SUBKEYS_AT, list_at);
	return ST_OK;
}

enum status edit_lists_add(struct hive_edit *edit, uint32_t parent_at, uint32_t key_at)
{
	struct hive_key parent, key, other;
	struct entries entries;
	enum status st;
	size_t i;

	if (!hive_key_at(&edit->hive, parent_at, &parent) || !hive_key_at(&edit->hive, key_at, &key))
		return ST_USAGE;
	st = read_list(edit, &parent, &entries);
	if (st != ST_OK)
		return st;
	for (i = entries.n++; i > 0; i--) {
		if (!hive_key_at(&edit->hive, entries.at[i - 1].at, &other))
			return ST_USAGE;
		if (compare_names(&other, &key) < 0)
			break;
		entries.at[i] = entries.at[i - 1];
	}
	entries.at[i] = (struct entry){ key_at, hint_of(&key, edit->hive.minor >= HASHED_SINCE) };
	return replace_list(edit, &parent, &entries);
}

enum status edit_lists_remove(struct hive_edit *edit, uint32_t parent_at, uint32_t key_at)
{
	struct hive_key parent;
	struct entries entries;
	enum status st;
	size_t kept = 0;

	if (!hive_key_at(&edit->hive, parent_at, &parent))
		return ST_USAGE;
	st = read_list(edit, &parent, &entries);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < entries.n; i++)
		if (entries.at[i].at != key_at)
			entries.at[kept++] = entries.at[i];
	if (kept + 1 != entries.n)
		return ST_USAGE;
	entries.n = kept;
	return replace_list(edit, &parent, &entries);
}
