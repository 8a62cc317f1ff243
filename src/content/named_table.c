/* This file reads all names of a store's named properties at once. */
#include "content/named_table.h"

#include "base/unicode.h"
#include "pst/msg/name_map.h"
#include "pst/msg/special.h"

#include <stdlib.h>
#include <string.h>

enum { GUID_LEN = 16, GUIDS_BEFORE = 3, STREAM_MAX = 16 << 20, NAME_CHARACTERS = 1024 };

/* The two sets that stand for numbers 1 and 2 instead of in the stream. */
static const uint8_t sets_known[GUIDS_BEFORE][GUID_LEN] = {
	{ 0 },
	{ 0x28, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 },
	{ 0x29, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 },
};

static int by_id(const void *a, const void *b)
{
	const struct named_row *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static bool read_set(struct view guids, uint32_t guid, struct named_row *out)
{
	struct cursor c = cursor_of(guids);
	struct view bytes;

	out->has_set = guid != 0;
	if (guid < GUIDS_BEFORE) {
		memcpy(out->set, sets_known[guid], GUID_LEN);
		return true;
	}
	if (guid - GUIDS_BEFORE >= guids.len / GUID_LEN)
		return false;
	cursor_seek(&c, (size_t)(guid - GUIDS_BEFORE) * GUID_LEN);
	bytes = cursor_take(&c, GUID_LEN);
	if (bytes.at)
		memcpy(out->set, bytes.at, GUID_LEN);
	return bytes.at != NULL;
}

static bool read_row(struct arena *arena, const struct name_map *map, const struct name_entry *e,
		     struct named_row *out)
{
	struct view text;

	*out = (struct named_row){ .id = (uint16_t)(e->id + NAME_MAP_IDS), .number = e->key };
	out->is_text = (e->guid & 1) != 0;
	if (e->id >= NAME_MAP_IDS || !read_set(map->guids, e->guid >> 1, out))
		return false;
	if (!out->is_text)
		return true;
	if (!name_map_text(map, e, &text))
		return false;
	out->text = unicode_from_utf16(arena, text, NAME_CHARACTERS);
	return out->text != NULL;
}

enum status named_table_read(const struct node_reader *reader, struct named_table *out)
{
	const struct node_fact *node = facts_node(reader->facts, (struct nid){ SPECIAL_NAME_MAP });
	struct name_map map = { 0 };
	struct name_entry e;
	struct property p;
	struct item item;

	*out = (struct named_table){ 0 };
	if (!node || !item_open(reader, node, &item) ||
	    !item_property_long(&item, NAME_MAP_ENTRIES, STREAM_MAX, &p, &map.entries))
		return ST_OK;
	if (!item_property_long(&item, NAME_MAP_GUIDS, STREAM_MAX, &p, &map.guids))
		map.guids = view_of(NULL, 0);
	if (!item_property_long(&item, NAME_MAP_STRINGS, STREAM_MAX, &p, &map.strings))
		map.strings = view_of(NULL, 0);
	out->rows = arena_array(reader->arena, (size_t)name_map_count(&map), sizeof *out->rows);
	if (!out->rows)
		return ST_NOMEM;
	for (uint64_t i = 0; name_entry_at(map.entries, i, &e); i++)
		out->n += read_row(reader->arena, &map, &e, &out->rows[out->n]);
	if (out->n)
		qsort(out->rows, out->n, sizeof *out->rows, by_id);
	return ST_OK;
}

const struct named_row *named_table_find(const struct named_table *table, uint16_t id)
{
	size_t from = 0, to = table->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (table->rows[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < table->n && table->rows[from].id == id ? &table->rows[from] : NULL;
}
