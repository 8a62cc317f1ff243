/* This file finds the property ID that a store gave to a named property. */
#include "content/named.h"

#include "base/cursor.h"
#include "pst/msg/name_map.h"
#include "pst/msg/special.h"

#include <string.h>

enum { GUID_LEN = 16, GUIDS_BEFORE = 3 };

uint16_t named_find_number(const struct node_reader *reader, const uint8_t set[static 16], uint32_t number)
{
	const struct node_fact *node = facts_node(reader->facts, (struct nid){ SPECIAL_NAME_MAP });
	struct name_map map = { 0 };
	struct name_entry e;
	struct property p;
	struct item item;

	if (!node || !item_open(reader, node, &item) ||
	    !item_property(&item, NAME_MAP_GUIDS, &p, &map.guids) ||
	    !item_property(&item, NAME_MAP_ENTRIES, &p, &map.entries))
		return 0;
	for (uint64_t i = 0; name_entry_at(map.entries, i, &e); i++) {
		struct cursor c = cursor_of(map.guids);
		uint32_t guid = e.guid >> 1;
		struct view bytes;

		if (e.guid & 1 || e.key != number || guid < GUIDS_BEFORE || e.id >= NAME_MAP_IDS)
			continue;
		cursor_seek(&c, (size_t)(guid - GUIDS_BEFORE) * GUID_LEN);
		bytes = cursor_take(&c, GUID_LEN);
		if (bytes.len == GUID_LEN && memcmp(bytes.at, set, GUID_LEN) == 0)
			return (uint16_t)(e.id + NAME_MAP_IDS);
	}
	return 0;
}
