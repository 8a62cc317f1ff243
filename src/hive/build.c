/* This file builds a registry hive in memory: first a tree, then its cells one behind the other in one bin.
 */
#include "hive/build.h"

#include "hive/cell.h"
#include "hive/put.h"

#include <string.h>

enum {
	ENTRIES_MAX = 0xFFFF, /* of one list of keys */
	NAME_MAX_LEN = 0x7FFF,
	DATA_MAX_LEN = 64 << 20,
	BINS_MAX_LEN = 1 << 30,
	ROOT_FLAGS = 0x0C, /* the root, and not to be deleted */
};

struct built_value {
	struct built_value *next;
	struct view name, data;
	uint32_t type, at, data_at;
};

struct hive_build_key {
	struct hive_build_key *parent, *first, *last, *sibling; /* in the tree */
	struct hive_build_key *next;                            /* in the order in which they were made */
	struct built_value *values, *last_value;
	struct view name;
	uint64_t written;
	uint32_t n_keys, n_values, at, keys_at, values_at;
};

struct hive_build {
	struct arena *arena;
	struct hive_build_key *root, *newest;
};

struct hive_build *hive_build_new(struct arena *arena)
{
	struct hive_build *build = arena_alloc(arena, sizeof *build);
	struct hive_build_key *root = arena_alloc(arena, sizeof *root);

	if (!build || !root)
		return NULL;
	*build = (struct hive_build){ arena, root, root };
	root->name = view_of("R\0o\0o\0t\0", 8);
	return build;
}

struct hive_build_key *hive_build_root(struct hive_build *build)
{
	return build->root;
}

static bool keep(struct arena *arena, struct view bytes, struct view *out)
{
	void *copy = arena_copy(arena, bytes.at, bytes.len);

	*out = view_of(copy, copy ? bytes.len : 0);
	return copy;
}

enum status hive_build_key(struct hive_build *build, struct hive_build_key *parent, struct view name,
			   uint64_t written, struct hive_build_key **out)
{
	struct hive_build_key *key;

	if (name.len == 0 || name.len > NAME_MAX_LEN || parent->n_keys == ENTRIES_MAX)
		return ST_LIMIT;
	key = arena_alloc(build->arena, sizeof *key);
	if (!key || !keep(build->arena, name, &key->name))
		return ST_NOMEM;
	key->parent = parent;
	key->written = written;
	if (parent->last)
		parent->last->sibling = key;
	else
		parent->first = key;
	parent->last = key;
	parent->n_keys++;
	build->newest->next = key;
	build->newest = key;
	*out = key;
	return ST_OK;
}

static struct view widen(struct arena *arena, struct str text)
{
	uint8_t *wide = arena_alloc(arena, 2 * text.len);

	for (size_t i = 0; wide && i < text.len; i++)
		put_u16(wide + 2 * i, (uint8_t)text.at[i]);
	return view_of(wide, wide ? 2 * text.len : 0);
}

static struct hive_build_key *find(const struct hive_build_key *parent, struct view name)
{
	struct hive_build_key *key = parent->first;

	while (key && (key->name.len != name.len || memcmp(key->name.at, name.at, name.len) != 0))
		key = key->sibling;
	return key;
}

enum status hive_build_path(struct hive_build *build, const char *path, struct hive_build_key **out)
{
	struct str rest = str_of(path);
	struct hive_build_key *at = build->root;
	enum status st = ST_OK;

	while (st == ST_OK && rest.at && rest.len) {
		struct view name = widen(build->arena, str_cut(&rest, '\\'));
		struct hive_build_key *below = name.at ? find(at, name) : NULL;

		if (!name.at)
			return ST_NOMEM;
		if (!below)
			st = hive_build_key(build, at, name, 0, &below);
		at = below;
	}
	*out = at;
	return st;
}

enum status hive_build_value(struct hive_build *build, struct hive_build_key *key, struct view name,
			     uint32_t type, struct view data)
{
	struct built_value *value;

	if (name.len > NAME_MAX_LEN || data.len > DATA_MAX_LEN)
		return ST_LIMIT;
	value = arena_alloc(build->arena, sizeof *value);
	if (!value || !keep(build->arena, name, &value->name) || !keep(build->arena, data, &value->data))
		return ST_NOMEM;
	value->type = type;
	if (key->last_value)
		key->last_value->next = value;
	else
		key->values = value;
	key->last_value = value;
	key->n_values++;
	return ST_OK;
}

/* The place of a cell with so many bytes; 0 when the hive grew too far. */
static uint32_t place(uint64_t *end, uint64_t len)
{
	uint64_t at = *end;

	*end += (len + 4 + CELL_UNIT - 1) / CELL_UNIT * CELL_UNIT;
	return *end <= BINS_MAX_LEN ? (uint32_t)at : 0;
}

static bool is_inline(const struct built_value *value)
{
	return value->data.len <= 4;
}

/* Gives every cell its place; false when there are too many. */
static bool lay_out(struct hive_build *build, uint64_t *end)
{
	bool fits = true;

	for (struct hive_build_key *key = build->root; fits && key; key = key->next) {
		key->at = place(end, CELL_KEY_NAME_AT + key->name.len);
		key->keys_at = key->n_keys ? place(end, 4 + 4 * (uint64_t)key->n_keys) : CELL_NONE;
		key->values_at = key->n_values ? place(end, 4 * (uint64_t)key->n_values) : CELL_NONE;
		fits = key->at && key->keys_at && key->values_at;
		for (struct built_value *value = key->values; fits && value; value = value->next) {
			value->at = place(end, CELL_VALUE_NAME_AT + value->name.len);
			value->data_at = is_inline(value) ? CELL_NONE : place(end, value->data.len);
			fits = value->at && value->data_at;
		}
	}
	return fits;
}

/* A used cell; returns its bytes behind the size. */
static uint8_t *cell(uint8_t *bins, uint32_t at, uint64_t len, const char *sign)
{
	uint32_t size = (uint32_t)((len + 4 + CELL_UNIT - 1) / CELL_UNIT * CELL_UNIT);

	put_u32(bins + at, 0 - size);
	memcpy(bins + at + 4, sign, strlen(sign));
	return bins + at + 4;
}

static void write_value(uint8_t *bins, const struct built_value *value)
{
	uint8_t *vk = cell(bins, value->at, CELL_VALUE_NAME_AT + value->name.len, "vk");

	put_u16(vk + 2, (uint16_t)value->name.len);
	put_u32(vk + 4, (uint32_t)value->data.len | (is_inline(value) ? CELL_VALUE_INLINE : 0));
	put_u32(vk + 12, value->type);
	memcpy(vk + CELL_VALUE_NAME_AT, value->name.at, value->name.len);
	if (is_inline(value)) {
		memcpy(vk + 8, value->data.at, value->data.len);
		return;
	}
	put_u32(vk + 8, value->data_at);
	memcpy(cell(bins, value->data_at, value->data.len, ""), value->data.at, value->data.len);
}

static void write_lists(uint8_t *bins, const struct hive_build_key *key)
{
	if (key->n_keys) {
		uint8_t *list = cell(bins, key->keys_at, 4 + 4 * (uint64_t)key->n_keys, "li");

		put_u16(list + 2, (uint16_t)key->n_keys);
		list += 4;
		for (const struct hive_build_key *below = key->first; below;
		     below = below->sibling, list += 4)
			put_u32(list, below->at);
	}
	if (key->n_values) {
		uint8_t *list = cell(bins, key->values_at, 4 * (uint64_t)key->n_values, "");

		for (const struct built_value *value = key->values; value; value = value->next, list += 4)
			put_u32(list, value->at);
	}
}

static void write_key(uint8_t *bins, const struct hive_build_key *key)
{
	uint8_t *nk = cell(bins, key->at, CELL_KEY_NAME_AT + key->name.len, "nk");

	put_u16(nk + 2, key->parent ? 0 : ROOT_FLAGS);
	put_u64(nk + CELL_KEY_WRITTEN_AT, key->written);
	put_u32(nk + CELL_KEY_PARENT_AT, key->parent ? key->parent->at : CELL_NONE);
	put_u32(nk + CELL_KEY_N_SUBKEYS_AT, key->n_keys);
	put_u32(nk + CELL_KEY_SUBKEYS_AT, key->keys_at);
	put_u32(nk + CELL_KEY_SUBKEYS_AT + 4, CELL_NONE);
	put_u32(nk + CELL_KEY_N_VALUES_AT, key->n_values);
	put_u32(nk + CELL_KEY_VALUES_AT, key->values_at);
	put_u32(nk + CELL_KEY_SECURITY_AT, CELL_NONE);
	put_u32(nk + CELL_KEY_CLASS_AT, CELL_NONE);
	put_u16(nk + CELL_KEY_NAME_LEN_AT, (uint16_t)key->name.len);
	memcpy(nk + CELL_KEY_NAME_AT, key->name.at, key->name.len);
	write_lists(bins, key);
	for (const struct built_value *value = key->values; value; value = value->next)
		write_value(bins, value);
}

static void write_header(uint8_t *header, uint32_t root_at, uint32_t bins_len)
{
	memcpy(header, "regf", 4);
	put_u32(header + CELL_SEQUENCE_AT, 1);
	put_u32(header + CELL_SEQUENCE_AT + 4, 1);
	put_u32(header + CELL_MAJOR_AT, 1);
	put_u32(header + CELL_MAJOR_AT + 4, 3);
	put_u32(header + CELL_TYPE_AT + 4, 1);
	put_u32(header + CELL_ROOT_AT, root_at);
	put_u32(header + CELL_BINS_LEN_AT, bins_len);
	put_u32(header + CELL_BINS_LEN_AT + 4, 1);
	put_u32(header + CELL_CHECKSUM_AT, cell_header_checksum(view_of(header, HIVE_HEADER_LEN)));
}

enum status hive_build_finish(struct hive_build *build, struct view *out)
{
	uint64_t end = CELL_BIN_HEADER_LEN, bins_len;
	uint8_t *bytes, *bins;

	*out = view_of(NULL, 0);
	if (!lay_out(build, &end))
		return ST_LIMIT;
	bins_len = (end + HIVE_BIN_UNIT - 1) / HIVE_BIN_UNIT * HIVE_BIN_UNIT;
	bytes = arena_alloc(build->arena, (size_t)(HIVE_HEADER_LEN + bins_len));
	if (!bytes)
		return ST_NOMEM;
	bins = bytes + HIVE_HEADER_LEN;
	memcpy(bins, "hbin", 4);
	put_u32(bins + 8, (uint32_t)bins_len);
	for (const struct hive_build_key *key = build->root; key; key = key->next)
		write_key(bins, key);
	/* What is left is one free cell. */
	if (end < bins_len)
		put_u32(bins + end, (uint32_t)(bins_len - end));
	write_header(bytes, build->root->at, (uint32_t)bins_len);
	*out = view_of(bytes, (size_t)(HIVE_HEADER_LEN + bins_len));
	return ST_OK;
}
