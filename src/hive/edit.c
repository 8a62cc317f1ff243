/* This file changes a copy of a registry hive: values and keys set, added and deleted. */
#include "hive/edit.h"

#include "hive/cell.h"
#include "hive/edit_cells.h"
#include "hive/edit_lists.h"
#include "hive/put.h"
#include "hive/walk.h"

#include <string.h>

enum { NAME_IS_LATIN = 1, KEY_IS_LATIN = 0x20 };

const char *hive_edit_open(struct hive_edit *edit, struct arena *arena, struct view bytes)
{
	enum hive_outcome outcome = hive_open(bytes, &edit->hive);
	const char *why;

	*edit = (struct hive_edit){ .hive = edit->hive, .arena = arena };
	buf_init(&edit->bytes, bytes.len + HIVE_EDIT_GROWTH_MAX);
	if (outcome != HIVE_FINE)
		return hive_outcome_text(outcome);
	if (edit->hive.is_dirty)
		return "its last changes may stand in its transaction logs only";
	if (edit->hive.is_cut)
		return "it is shorter than its header says";
	why = edit_cells_check(&edit->hive);
	if (why)
		return why;
	buf_add(&edit->bytes, bytes);
	if (buf_failed(&edit->bytes))
		return "memory ended";
	edit->hive.bins = view_of(edit->bytes.at + HIVE_HEADER_LEN, edit->hive.bins_len);
	return NULL;
}

void hive_edit_close(struct hive_edit *edit)
{
	buf_fini(&edit->bytes);
}

static bool name_will_do(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] < 0x20 || name.at[i] > 0x7E)
			return false;
	return name.len < HIVE_NAME_MAX;
}

/* Lets a number of a key grow: the longest name or data below it. */
static void grow_to(uint8_t *at, size_t len)
{
	struct cursor c = cursor_of(view_of(at, 4));

	if (cursor_u32le(&c) < len)
		put_u32(at, (uint32_t)len);
}

/* A cell with these bytes behind `gap` zeros. */
static enum status new_cell(struct hive_edit *edit, size_t gap, struct view bytes, uint32_t *at_out)
{
	enum status st = edit_cells_new(edit, gap + bytes.len, at_out);
	uint8_t *cell = st == ST_OK ? edit_cells_at(edit, *at_out, gap + bytes.len) : NULL;

	if (!cell)
		return st == ST_OK ? ST_BUG : st;
	if (bytes.len)
		memcpy(cell + gap, bytes.at, bytes.len);
	return ST_OK;
}

static enum status free_pieces(struct hive_edit *edit, uint32_t at)
{
	struct cursor db = cell_with_sign(&edit->hive, at, "db"), list;
	uint16_t n = cursor_u16le(&db);
	uint32_t list_at = cursor_u32le(&db);
	uint32_t *pieces = arena_array(edit->arena, n, sizeof *pieces);
	enum status st;

	if (!pieces)
		return ST_NOMEM;
	list = cursor_of(hive_cell(&edit->hive, list_at));
	for (uint16_t i = 0; i < n; i++)
		pieces[i] = cursor_u32le(&list);
	if (!cursor_ok(&db) || !cursor_ok(&list))
		return ST_USAGE;
	st = edit_cells_free(edit, list_at);
	for (uint16_t i = 0; st == ST_OK && i < n; i++)
		st = edit_cells_free(edit, pieces[i]);
	return st == ST_OK ? edit_cells_free(edit, at) : st;
}

static enum status free_data(struct hive_edit *edit, const struct hive_value *value)
{
	if (value->is_inline || value->len == 0)
		return ST_OK;
	if (value->len > CELL_PIECE_LEN && edit->hive.minor > 3)
		return free_pieces(edit, value->data_at);
	return edit_cells_free(edit, value->data_at);
}

static enum status add_value(struct hive_edit *edit, const struct hive_key *key, const char *name,
			     uint32_t *value_at_out)
{
	struct view old = hive_cell(&edit->hive, key->values_at);
	size_t len = (size_t)key->n_values * 4;
	uint32_t list_at;
	enum status st;
	uint8_t *cell;

	if (key->n_values && old.len < len)
		return ST_USAGE;
	st = new_cell(edit, CELL_VALUE_NAME_AT, str_view(str_of(name)), value_at_out);
	if (st != ST_OK)
		return st;
	cell = edit_cells_at(edit, *value_at_out, CELL_VALUE_NAME_AT);
	memcpy(cell, "vk", 2);
	put_u16(cell + 2, (uint16_t)strlen(name));
	put_u16(cell + 16, NAME_IS_LATIN);
	st = edit_cells_new(edit, len + 4, &list_at);
	if (st != ST_OK)
		return st;
	old = hive_cell(&edit->hive, key->values_at);
	cell = edit_cells_at(edit, list_at, len + 4);
	if (len)
		memcpy(cell, old.at, len);
	put_u32(cell + len, *value_at_out);
	if (len)
		st = edit_cells_free(edit, key->values_at);
	cell = edit_cells_at(edit, key->at, CELL_KEY_NAME_AT);
	if (!cell)
		return ST_USAGE;
	put_u32(cell + CELL_KEY_N_VALUES_AT, key->n_values + 1);
	put_u32(cell + CELL_KEY_VALUES_AT, list_at);
	grow_to(cell + CELL_KEY_MAX_VALUE_NAME_AT, strlen(name) * 2);
	return st;
}

enum status hive_edit_set(struct hive_edit *edit, uint32_t key_at, const char *name, uint32_t type,
			  struct view data)
{
	bool is_inline = data.len <= 4;
	enum status st = ST_OK;
	struct hive_value value;
	struct hive_key key;
	uint32_t data_at = 0;
	uint8_t *cell, *key_cell;

	if (!hive_key_at(&edit->hive, key_at, &key) || !name_will_do(str_of(name)))
		return ST_USAGE;
	if (data.len > CELL_PIECE_LEN)
		return ST_LIMIT;
	if (!is_inline)
		st = new_cell(edit, 0, data, &data_at);
	if (st == ST_OK && hive_value(&edit->hive, &key, name, &value))
		st = free_data(edit, &value);
	else if (st == ST_OK)
		st = add_value(edit, &key, name, &value.at);
	if (st != ST_OK)
		return st;
	cell = edit_cells_at(edit, value.at, CELL_VALUE_NAME_AT);
	key_cell = edit_cells_at(edit, key_at, CELL_KEY_NAME_AT);
	if (!cell || !key_cell)
		return ST_USAGE;
	put_u32(cell + 4, (uint32_t)data.len | (is_inline ? CELL_VALUE_INLINE : 0));
	put_u32(cell + 8, data_at);
	if (is_inline && data.len)
		memcpy(cell + 8, data.at, data.len);
	put_u32(cell + 12, type);
	grow_to(key_cell + CELL_KEY_MAX_DATA_AT, data.len);
	return ST_OK;
}

enum status hive_edit_delete_value(struct hive_edit *edit, uint32_t key_at, const char *name)
{
	struct hive_value value;
	struct hive_key key;
	struct cursor list;
	uint8_t *cell;
	uint32_t kept = 0;
	enum status st;

	if (!hive_key_at(&edit->hive, key_at, &key) || !hive_value(&edit->hive, &key, name, &value))
		return ST_USAGE;
	cell = edit_cells_at(edit, key.values_at, (size_t)key.n_values * 4);
	if (!cell)
		return ST_USAGE;
	list = cursor_of(view_of(cell, (size_t)key.n_values * 4));
	for (uint32_t i = 0; i < key.n_values; i++) {
		uint32_t at = cursor_u32le(&list);

		if (at != value.at)
			put_u32(cell + (size_t)4 * kept++, at);
	}
	if (kept + 1 != key.n_values)
		return ST_USAGE;
	cell = edit_cells_at(edit, key_at, CELL_KEY_NAME_AT);
	if (!cell)
		return ST_USAGE;
	put_u32(cell + CELL_KEY_N_VALUES_AT, kept);
	if (kept == 0)
		put_u32(cell + CELL_KEY_VALUES_AT, CELL_NONE);
	st = free_data(edit, &value);
	if (st == ST_OK)
		st = edit_cells_free(edit, value.at);
	return st == ST_OK && kept == 0 ? edit_cells_free(edit, key.values_at) : st;
}

static uint32_t u32_in(struct hive_edit *edit, uint32_t at, size_t offset)
{
	struct cursor c = cursor_of(hive_cell(&edit->hive, at));

	cursor_seek(&c, offset);
	return cursor_u32le(&c);
}

/* Counts who shares this description of rights. */
static enum status count_security(struct hive_edit *edit, uint32_t at, int by)
{
	struct cursor c = cell_with_sign(&edit->hive, at, "sk");
	uint8_t *cell = edit_cells_at(edit, at, CELL_SECURITY_COUNT_AT + 4), *near;
	uint32_t count = u32_in(edit, at, CELL_SECURITY_COUNT_AT);
	uint32_t next = u32_in(edit, at, CELL_SECURITY_NEXT_AT),
		 before = u32_in(edit, at, CELL_SECURITY_BEFORE_AT);

	if (!cursor_ok(&c) || !cell || (by < 0 && count == 0))
		return ST_USAGE;
	if (by > 0 || count > 1) {
		put_u32(cell + CELL_SECURITY_COUNT_AT, count + (uint32_t)by);
		return ST_OK;
	}
	/* Nobody's: out of the ring. */
	near = edit_cells_at(edit, before, CELL_SECURITY_COUNT_AT);
	if (near)
		put_u32(near + CELL_SECURITY_NEXT_AT, next);
	near = edit_cells_at(edit, next, CELL_SECURITY_COUNT_AT);
	if (near)
		put_u32(near + CELL_SECURITY_BEFORE_AT, before);
	return edit_cells_free(edit, at);
}

enum status hive_edit_add_key(struct hive_edit *edit, uint32_t parent_at, const char *name, uint32_t *at_out)
{
	struct hive_key parent, key;
	uint32_t security;
	enum status st;
	uint8_t *cell;

	if (!hive_key_at(&edit->hive, parent_at, &parent) || !name_will_do(str_of(name)) || !*name ||
	    strchr(name, '\\'))
		return ST_USAGE;
	if (hive_subkey(&edit->hive, &parent, str_of(name), &key)) {
		*at_out = key.at;
		return ST_OK;
	}
	security = u32_in(edit, parent_at, CELL_KEY_SECURITY_AT);
	st = count_security(edit, security, 1);
	if (st == ST_OK)
		st = new_cell(edit, CELL_KEY_NAME_AT, str_view(str_of(name)), at_out);
	if (st != ST_OK)
		return st;
	cell = edit_cells_at(edit, *at_out, CELL_KEY_NAME_AT);
	memcpy(cell, "nk", 2);
	put_u16(cell + 2, KEY_IS_LATIN);
	put_u64(cell + CELL_KEY_WRITTEN_AT, parent.written);
	put_u32(cell + CELL_KEY_PARENT_AT, parent_at);
	put_u32(cell + CELL_KEY_SUBKEYS_AT, CELL_NONE);
	put_u32(cell + CELL_KEY_SUBKEYS_AT + 4, CELL_NONE);
	put_u32(cell + CELL_KEY_VALUES_AT, CELL_NONE);
	put_u32(cell + CELL_KEY_SECURITY_AT, security);
	put_u32(cell + CELL_KEY_CLASS_AT, CELL_NONE);
	put_u16(cell + CELL_KEY_NAME_LEN_AT, (uint16_t)strlen(name));
	cell = edit_cells_at(edit, parent_at, CELL_KEY_NAME_AT);
	if (!cell)
		return ST_USAGE;
	grow_to(cell + CELL_KEY_MAX_NAME_AT, strlen(name) * 2);
	return edit_lists_add(edit, parent_at, *at_out);
}

static enum status free_values(struct hive_edit *edit, const struct hive_key *key)
{
	struct hive_list list = hive_values(&edit->hive, key);
	struct hive_value value;
	enum status st = ST_OK;
	uint32_t n = 0;

	/* A freed cell keeps its bytes until the next one is given out. */
	for (; st == ST_OK && hive_next_value(&list, &value); n++) {
		st = free_data(edit, &value);
		if (st == ST_OK)
			st = edit_cells_free(edit, value.at);
	}
	if (st == ST_OK && n != key->n_values)
		return ST_USAGE;
	return st == ST_OK && n ? edit_cells_free(edit, key->values_at) : st;
}

static enum status free_key(struct hive_edit *edit, const struct hive_key *key)
{
	enum status st = free_values(edit, key);

	if (st == ST_OK && key->n_subkeys)
		st = edit_lists_free(edit, key->subkeys_at);
	if (st == ST_OK && key->class_at != CELL_NONE)
		st = edit_cells_free(edit, key->class_at);
	if (st == ST_OK)
		st = count_security(edit, u32_in(edit, key->at, CELL_KEY_SECURITY_AT), -1);
	return st == ST_OK ? edit_cells_free(edit, key->at) : st;
}

struct doomed {
	struct hive_key *keys;
	size_t n, room;
};

static void doom(void *context, const struct hive_key *path, size_t depth)
{
	struct doomed *doomed = context;

	if (doomed->n < doomed->room)
		doomed->keys[doomed->n] = path[depth];
	doomed->n++;
}

/* The key and all below it. */
static enum status list_doomed(struct hive_edit *edit, const struct hive_key *key, struct doomed *out)
{
	struct hive_walk_facts facts;
	enum status st = hive_walk(edit->arena, &edit->hive, key, NULL, &facts);

	if (st != ST_OK || facts.left_out)
		return st == ST_OK ? ST_USAGE : st;
	*out = (struct doomed){ .keys = arena_array(edit->arena, (size_t)facts.keys, sizeof *out->keys),
				.room = (size_t)facts.keys };
	if (!out->keys)
		return ST_NOMEM;
	return hive_walk(edit->arena, &edit->hive, key, &(struct hive_visitor){ out, doom }, &facts);
}

enum status hive_edit_delete_key(struct hive_edit *edit, uint32_t key_at)
{
	struct doomed doomed;
	struct hive_key key;
	enum status st;

	if (!hive_key_at(&edit->hive, key_at, &key) || key.is_root || key_at == edit->hive.root_at)
		return ST_USAGE;
	st = edit_lists_remove(edit, u32_in(edit, key_at, CELL_KEY_PARENT_AT), key_at);
	if (st == ST_OK)
		st = list_doomed(edit, &key, &doomed);
	for (size_t i = 0; st == ST_OK && i < doomed.n; i++)
		st = free_key(edit, &doomed.keys[i]);
	return st;
}

struct view hive_edit_finish(struct hive_edit *edit, uint64_t written)
{
	uint8_t *header = edit->bytes.at;
	uint32_t next = edit->hive.sequence_1 + 1;

	put_u32(header + CELL_SEQUENCE_AT, next);
	put_u32(header + CELL_SEQUENCE_AT + 4, next);
	if (written)
		put_u64(header + CELL_WRITTEN_AT, written);
	put_u32(header + CELL_CHECKSUM_AT, cell_header_checksum(view_of(header, HIVE_HEADER_LEN)));
	edit->hive.sequence_1 = edit->hive.sequence_2 = next;
	return buf_view(&edit->bytes);
}
