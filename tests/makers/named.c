/* This file lists the named properties of made stores, and writes the map of their names. */
#include "named.h"

#include "base/checked.h"
#include "memory.h"
#include "pst/ndb/crc.h"

#include <string.h>

enum { BUCKETS = 251, ENTRY = 8, GUID_PUBLIC = 2, GUID_STREAM = 3, NPID_FIRST = 0x8000 };

/* PSETID_Address, PSETID_Appointment, PSETID_Common ([MS-OXPROPS] 1.3.2). */
static const uint8_t guids[] = {
	0x04, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46, /**/
	0x02, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46, /**/
	0x08, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46,
};

static const struct {
	const char *name; /* NULL: the number */
	uint32_t number;
	uint16_t guid, type;
} rows[NAMED_FIXED] = {
	[NAMED_KEYWORDS] = { "Keywords", 0, GUID_PUBLIC, PTYP_STRING | PTYP_MULTIPLE },
	[NAMED_CONTACT_EMAIL] = { NULL, 0x8083, GUID_STREAM, PTYP_STRING },
	[NAMED_START] = { NULL, 0x820D, GUID_STREAM + 1, PTYP_TIME },
	[NAMED_END] = { NULL, 0x820E, GUID_STREAM + 1, PTYP_TIME },
	[NAMED_LOCATION] = { NULL, 0x8208, GUID_STREAM + 1, PTYP_STRING },
	[NAMED_BUSY] = { NULL, 0x8205, GUID_STREAM + 1, PTYP_INTEGER_32 },
	[NAMED_REMINDER] = { NULL, 0x8503, GUID_STREAM + 2, PTYP_BOOLEAN },
};

uint32_t named_tag(enum named named)
{
	return (uint32_t)(NPID_FIRST + (int)named) << 16 | rows[named].type;
}

uint32_t named_made_tag(uint64_t i)
{
	return (uint32_t)(NPID_FIRST + NAMED_FIXED + i) << 16 | (i % 2 ? PTYP_STRING : PTYP_INTEGER_32);
}

struct streams {
	struct props *props;
	uint8_t *entries, *strings;
	size_t strings_len;
	uint8_t *buckets[BUCKETS];
	size_t bucket_n[BUCKETS], bucket_room[BUCKETS];
};

/* Names lie in the string stream with their length before them, to four bytes. */
static uint32_t put_string(struct streams *s, const char *name, uint32_t *crc_out)
{
	uint32_t at = (uint32_t)s->strings_len, len = 2 * (uint32_t)strlen(name);
	uint8_t *to = s->strings + at;

	field_put(to, 4, len);
	for (uint32_t i = 0; i < len / 2; i++)
		field_put(to + 4 + 2 * i, 2, (uint8_t)name[i]);
	*crc_out = pst_crc(view_of(to + 4, len));
	s->strings_len += 4 + (len + 3) / 4 * 4;
	return at;
}

static void put_entry(struct streams *s, uint32_t i, const char *name, uint32_t number, uint32_t guid)
{
	uint32_t second = guid << 1 | (name ? 1 : 0), key = number, first = number;
	uint8_t *entry = s->entries + (size_t)i * ENTRY, *bucket;
	unsigned b;

	if (name)
		first = put_string(s, name, &key);
	field_put(entry, 4, first);
	field_put(entry + 4, 2, second);
	field_put(entry + 6, 2, i);
	b = (key ^ second) % BUCKETS;
	s->buckets[b] = memory_grow(s->buckets[b], s->bucket_n[b], &s->bucket_room[b], ENTRY);
	bucket = s->buckets[b] + s->bucket_n[b]++ * ENTRY;
	field_put(bucket, 4, key);
	memcpy(bucket + 4, entry + 4, 4);
}

void named_fill(struct props *props, uint64_t n_made)
{
	enum { STRING_MAX = 64 };
	struct streams s = { .props = props };
	size_t n = NAMED_FIXED + (size_t)n_made;

	s.entries = memory_new(n, ENTRY);
	s.strings = memory_new(n, STRING_MAX);
	for (uint32_t i = 0; i < NAMED_FIXED; i++)
		put_entry(&s, i, rows[i].name, rows[i].number, rows[i].guid);
	for (uint32_t i = NAMED_FIXED; i < n; i++) {
		char name[STRING_MAX / 4];

		snprintf(name, sizeof name, "made-%u", i - NAMED_FIXED);
		put_entry(&s, i, name, 0, GUID_PUBLIC);
	}
	props_add_int(props, 0x00010003, BUCKETS);
	props_add_bytes(props, 0x00020102, view_of(guids, sizeof guids));
	props_add_bytes(props, 0x00030102, view_of(s.entries, n * ENTRY));
	props_add_bytes(props, 0x00040102, view_of(s.strings, s.strings_len));
	for (uint32_t b = 0; b < BUCKETS; b++) {
		if (s.bucket_n[b])
			props_add_bytes(props, (0x1000 + b) << 16 | PTYP_BINARY,
					view_of(s.buckets[b], s.bucket_n[b] * ENTRY));
		free(s.buckets[b]);
	}
	free(s.entries);
	free(s.strings);
}
