/* This file gives names and values of a registry hive as text and bytes. */
#include "hive/hive.h"

#include "base/unicode.h"
#include "hive/cell.h"

#include <string.h>

/* Latin-1 up to a NUL or the end. */
static const char *decode_latin(struct arena *arena, struct view bytes)
{
	char *text = arena_alloc(arena, bytes.len * 2 + 1);
	struct cursor c = cursor_of(bytes);
	size_t len = 0;

	while (text && cursor_left(&c)) {
		uint32_t code = cursor_u8(&c);

		if (code == 0)
			break;
		len += unicode_put(text + len, code);
	}
	if (text)
		text[len] = '\0';
	return text;
}

const char *hive_text(struct arena *arena, struct view utf16)
{
	return unicode_from_utf16(arena, utf16, HIVE_TEXT_MAX / 2);
}

const char *hive_key_name(struct arena *arena, const struct hive_key *key)
{
	return key->is_latin ? decode_latin(arena, key->name) : hive_text(arena, key->name);
}

const char *hive_value_name(struct arena *arena, const struct hive_value *value)
{
	return value->is_latin ? decode_latin(arena, value->name) : hive_text(arena, value->name);
}

/* Puts the pieces of a big value together. */
static bool join(struct arena *arena, const struct hive *hive, const struct hive_value *value,
		 struct view *out)
{
	struct cursor db = cell_with_sign(hive, value->data_at, "db"), list;
	uint16_t n = cursor_u16le(&db);
	size_t len = 0;
	uint8_t *all;

	list = cursor_of(hive_cell(hive, cursor_u32le(&db)));
	/* What the pieces can hold bounds what is asked of the arena. */
	if (!cursor_ok(&db) || cursor_left(&list) / 4 < n || value->len > (uint32_t)n * CELL_PIECE_LEN)
		return false;
	all = arena_alloc(arena, value->len);
	while (all && len < value->len && n-- > 0) {
		struct cursor piece = cursor_of(hive_cell(hive, cursor_u32le(&list)));
		size_t want = value->len - len < CELL_PIECE_LEN ? value->len - len : CELL_PIECE_LEN;
		struct view taken = cursor_take(&piece, want);

		if (!cursor_ok(&piece))
			return false;
		memcpy(all + len, taken.at, taken.len);
		len += taken.len;
	}
	*out = view_of(all, len);
	return all && len == value->len;
}

bool hive_value_data(struct arena *arena, const struct hive *hive, const struct hive_value *value,
		     struct view *out)
{
	struct cursor c;

	*out = view_of(NULL, 0);
	if (value->is_inline) {
		uint8_t *copy = arena_copy(arena, value->inside, value->len);

		*out = view_of(copy, copy ? value->len : 0);
		return copy;
	}
	if (value->len == 0)
		return true;
	if (value->len > CELL_PIECE_LEN && hive->minor > 3 &&
	    cell_with_sign(hive, value->data_at, "db").failed == false)
		return join(arena, hive, value, out);
	c = cursor_of(hive_cell(hive, value->data_at));
	*out = cursor_take(&c, value->len);
	return cursor_ok(&c);
}
