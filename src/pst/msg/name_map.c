/* This file reads the map of named properties. */
#include "pst/msg/name_map.h"

#include "base/cursor.h"
#include "pst/ndb/crc.h"

enum { GUID_LEN = 16, GUIDS_WITHOUT_STREAM = 3 };

bool name_entry_at(struct view entries, uint64_t i, struct name_entry *out)
{
	struct cursor c = cursor_of(entries);

	if (i >= entries.len / NAME_MAP_ENTRY_LEN)
		return false;
	cursor_seek(&c, (size_t)i * NAME_MAP_ENTRY_LEN);
	out->key = cursor_u32le(&c);
	out->guid = cursor_u16le(&c);
	out->id = cursor_u16le(&c);
	return cursor_ok(&c);
}

uint64_t name_map_count(const struct name_map *map)
{
	return map->entries.len / NAME_MAP_ENTRY_LEN;
}

bool name_map_text(const struct name_map *map, const struct name_entry *entry, struct view *out)
{
	struct cursor c = cursor_of(map->strings);

	cursor_seek(&c, entry->key);
	*out = cursor_take(&c, cursor_u32le(&c));
	return cursor_ok(&c);
}

static bool is_text(const struct name_entry *entry)
{
	return (entry->guid & 1) != 0;
}

unsigned name_entry_faults(const struct name_map *map, const struct name_entry *entry)
{
	uint32_t guid = entry->guid >> 1;
	struct view text;
	unsigned faults = 0;

	if (guid >= GUIDS_WITHOUT_STREAM && guid - GUIDS_WITHOUT_STREAM >= map->guids.len / GUID_LEN)
		faults |= NAME_FAULT_GUID;
	if (is_text(entry) && !name_map_text(map, entry, &text))
		faults |= NAME_FAULT_TEXT;
	if (entry->id >= NAME_MAP_IDS)
		faults |= NAME_FAULT_ID;
	return faults;
}

uint32_t name_map_bucket(const struct name_map *map, const struct name_entry *entry,
			 struct name_entry *row_out)
{
	struct view text;

	*row_out = *entry;
	if (is_text(entry) && name_map_text(map, entry, &text))
		row_out->key = pst_crc(text);
	return (row_out->key ^ entry->guid) % map->buckets;
}
