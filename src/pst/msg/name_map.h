/* This file reads the map of named properties ([MS-PST] 2.4.7). */
#ifndef POSTMEND_PST_MSG_NAME_MAP_H
#define POSTMEND_PST_MSG_NAME_MAP_H

#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	NAME_MAP_BUCKETS = 0x0001, /* property IDs of node 0x61 */
	NAME_MAP_GUIDS = 0x0002,
	NAME_MAP_ENTRIES = 0x0003,
	NAME_MAP_STRINGS = 0x0004,
	NAME_MAP_BUCKET_FIRST = 0x1000,
	NAME_MAP_ENTRY_LEN = 8,
	NAME_MAP_IDS = 0x8000, /* property IDs that can have names */
};

/* The property, among the public strings, by which repair and convert mark what lost a part. */
#define NAME_OF_DAMAGE "postmend-damage"

struct name_map {
	struct view guids, entries, strings;
	uint32_t buckets; /* how many there are */
};

/* One row of the entry stream; also of a bucket, where `key` is a hash for text. */
struct name_entry {
	uint32_t key;  /* number, or offset into the strings */
	uint16_t guid; /* index times 2, plus 1 for text */
	uint16_t id;   /* 0x8000 is to be added */
};

[[nodiscard]] bool name_entry_at(struct view entries, uint64_t i, struct name_entry *out);
uint64_t name_map_count(const struct name_map *map);

/* UTF-16LE text of an entry that has some; false when it leaves the strings. */
[[nodiscard]] bool name_map_text(const struct name_map *map, const struct name_entry *entry,
				 struct view *out);

/* What is wrong with one entry; bits. */
enum name_fault {
	NAME_FAULT_GUID = 1 << 0, /* the GUID stream ends before it */
	NAME_FAULT_TEXT = 1 << 1, /* its name leaves the strings */
	NAME_FAULT_ID = 1 << 2,   /* no property ID can be that high */
};
unsigned name_entry_faults(const struct name_map *map, const struct name_entry *entry);

/* The bucket that an entry belongs to, from 0, and the row it has there; the
 * entry has no fault and there are buckets. */
uint32_t name_map_bucket(const struct name_map *map, const struct name_entry *entry,
			 struct name_entry *row_out);

#endif
