/* This file collects the names of named properties and writes the map of them. */
#include "write/names_out.h"

#include "pst/msg/name_map.h"
#include "pst/ndb/crc.h"

#include <string.h>

enum { GUID_NONE = 0, GUID_MAPI = 1, GUID_PUBLIC = 2, GUID_STREAM = 3, ROWS_PER_CHUNK = 64 };

/* PS_MAPI and PS_PUBLIC_STRINGS ([MS-OXPROPS] 1.3.2) have indices of their own. */
static const uint8_t guid_mapi[NAMES_GUID_LEN] = { 0x28, 0x03, 0x02, 0, 0, 0, 0, 0,
						   0xC0, 0,    0,    0, 0, 0, 0, 0x46 };
static const uint8_t guid_public[NAMES_GUID_LEN] = { 0x29, 0x03, 0x02, 0, 0, 0, 0, 0,
						     0xC0, 0,    0,    0, 0, 0, 0, 0x46 };

struct name_row {
	uint32_t id;     /* property ID less 0x8000; first, for sorting */
	uint32_t key;    /* number, or hash of the text */
	uint16_t second; /* index of the GUID times 2, plus 1 for text */
	uint32_t chain;  /* the next of its bucket, see names_out.heads */
	struct view text;
};

void names_out_init(struct names_out *names, struct arena *arena)
{
	*names = (struct names_out){ .arena = arena };
	chunks_init(&names->rows, arena, sizeof(struct name_row), ROWS_PER_CHUNK);
	chunks_init(&names->guids, arena, NAMES_GUID_LEN, ROWS_PER_CHUNK);
	names->heads = arena_array(arena, NAMES_BUCKETS, sizeof *names->heads);
	names->used = arena_alloc(arena, NAME_MAP_IDS / 8);
	names->failed = !names->heads || !names->used;
}

/* The index of a property set, which is added when it is new. */
static bool guid_index(struct names_out *names, struct view guid, uint16_t *out)
{
	uint8_t *row;

	if (guid.len == 0) {
		*out = GUID_NONE;
		return true;
	}
	if (memcmp(guid.at, guid_mapi, NAMES_GUID_LEN) == 0 ||
	    memcmp(guid.at, guid_public, NAMES_GUID_LEN) == 0) {
		*out = memcmp(guid.at, guid_mapi, NAMES_GUID_LEN) == 0 ? GUID_MAPI : GUID_PUBLIC;
		return true;
	}
	for (size_t i = 0; i < names->guids.n; i++)
		if (memcmp(chunks_row(&names->guids, i), guid.at, NAMES_GUID_LEN) == 0) {
			*out = (uint16_t)(GUID_STREAM + i);
			return true;
		}
	row = names->guids.n < NAMES_MAX - GUID_STREAM ? chunks_add(&names->guids) : NULL;
	if (!row) {
		names->failed = true;
		return false;
	}
	memcpy(row, guid.at, NAMES_GUID_LEN);
	*out = (uint16_t)(GUID_STREAM + names->guids.n - 1);
	return true;
}

static bool is_name(const struct property_name *name)
{
	if (name->guid.len != 0 && name->guid.len != NAMES_GUID_LEN)
		return false;
	return !name->is_text ||
	       (name->text.len >= 2 && name->text.len <= NAMES_TEXT_MAX && name->text.len % 2 == 0);
}

/* What the map will hold of a name. False when it cannot. */
static bool describe(struct names_out *names, const struct property_name *name, struct name_row *out)
{
	uint16_t guid;

	if (names->failed || !is_name(name) || !guid_index(names, name->guid, &guid))
		return false;
	*out = (struct name_row){ .key = name->is_text ? pst_crc(name->text) : name->number,
				  .second = (uint16_t)(guid << 1 | (name->is_text ? 1 : 0)),
				  .text = name->is_text ? name->text : view_of(NULL, 0) };
	return true;
}

static uint32_t bucket_of(const struct name_row *row)
{
	return (row->key ^ row->second) % NAMES_BUCKETS;
}

static const struct name_row *find(const struct names_out *names, const struct name_row *wanted)
{
	uint32_t i = names->heads[bucket_of(wanted)];

	while (i) {
		const struct name_row *row = chunks_row(&names->rows, i - 1);

		if (row->key == wanted->key && row->second == wanted->second &&
		    row->text.len == wanted->text.len &&
		    (row->text.len == 0 || memcmp(row->text.at, wanted->text.at, row->text.len) == 0))
			return row;
		i = row->chain;
	}
	return NULL;
}

static bool add(struct names_out *names, uint32_t id, const struct name_row *wanted)
{
	struct name_row *row = chunks_add(&names->rows);
	void *text = wanted->text.len ? arena_copy(names->arena, wanted->text.at, wanted->text.len) : NULL;

	if (!row || (wanted->text.len && !text)) {
		names->failed = true;
		return false;
	}
	*row = *wanted;
	row->id = id;
	row->text.at = text;
	row->chain = names->heads[bucket_of(row)];
	names->heads[bucket_of(row)] = (uint32_t)names->rows.n;
	names->used[id / 8] = (uint8_t)(names->used[id / 8] | 1U << id % 8);
	if (id >= names->next)
		names->next = id + 1;
	return true;
}

bool names_out_keep(struct names_out *names, uint16_t id, const struct property_name *name)
{
	uint32_t i = id - (uint32_t)NAME_MAP_IDS;
	struct name_row row;

	if (id < NAME_MAP_IDS || i >= NAMES_MAX || !describe(names, name, &row))
		return false;
	if (names->used[i / 8] & 1U << i % 8 || find(names, &row))
		return false;
	return add(names, i, &row);
}

uint16_t names_out_id(struct names_out *names, const struct property_name *name)
{
	const struct name_row *found;
	struct name_row row;

	if (!describe(names, name, &row))
		return 0;
	found = find(names, &row);
	if (found)
		return (uint16_t)(NAME_MAP_IDS + found->id);
	if (names->next >= NAMES_MAX || !add(names, names->next, &row))
		return 0;
	return (uint16_t)(NAME_MAP_IDS + names->next - 1);
}

uint16_t names_out_public(struct names_out *names, const char *text)
{
	uint8_t wide[NAMES_TEXT_MAX];
	struct property_name name = { .guid = view_of(guid_public, NAMES_GUID_LEN), .is_text = true };
	size_t n = strlen(text);

	if (n == 0 || n > NAMES_TEXT_MAX / 2)
		return 0;
	for (size_t i = 0; i < n; i++)
		field_put(wide + 2 * i, 2, (uint8_t)text[i]);
	name.text = view_of(wide, 2 * n);
	return names_out_id(names, &name);
}

uint16_t names_out_keywords(struct names_out *names)
{
	return names_out_public(names, "Keywords");
}

static size_t padded(size_t len)
{
	return (len + 3) / 4 * 4;
}

/* Streams of entries and of texts, by property ID; `order` as chunks_sort() has it. */
static void put_streams(const struct names_out *names, const uint32_t *order, uint8_t *entries,
			uint8_t *texts)
{
	size_t at = 0;

	for (size_t i = 0; i < names->rows.n; i++) {
		const struct name_row *row = chunks_row(&names->rows, order ? order[i] : i);
		uint8_t *entry = entries + i * NAME_MAP_ENTRY_LEN;

		field_put(entry, 4, row->second & 1 ? at : row->key);
		field_put(entry + 4, 2, row->second);
		field_put(entry + 6, 2, row->id);
		if (!(row->second & 1))
			continue;
		/* Texts lie with their length before them, to four bytes. */
		field_put(texts + at, 4, row->text.len);
		memcpy(texts + at + 4, row->text.at, row->text.len);
		at += 4 + padded(row->text.len);
	}
}

static void put_bucket(const struct names_out *names, uint32_t bucket, uint8_t *room, struct props *props)
{
	size_t len = 0;

	for (uint32_t i = names->heads[bucket]; i;) {
		const struct name_row *row = chunks_row(&names->rows, i - 1);

		field_put(room + len, 4, row->key);
		field_put(room + len + 4, 2, row->second);
		field_put(room + len + 6, 2, row->id);
		len += NAME_MAP_ENTRY_LEN;
		i = row->chain;
	}
	if (len)
		props_add_bytes(props, (NAME_MAP_BUCKET_FIRST + bucket) << 16 | PTYP_BINARY,
				view_of(room, len));
}

/* A stream without bytes would be a value that leads nowhere: there is always a text and a property set. */
static void make_streams_whole(struct names_out *names)
{
	static const uint8_t common[NAMES_GUID_LEN] = { 0x08, 0x20, 0x06, 0, 0, 0, 0, 0,
							0xC0, 0,    0,    0, 0, 0, 0, 0x46 };
	uint16_t index;

	(void)names_out_keywords(names);
	if (names->guids.n == 0)
		(void)guid_index(names, view_of(common, sizeof common), &index);
}

void names_out_fill(struct names_out *names, struct props *props)
{
	size_t texts_len = 0, n;
	const uint32_t *order = NULL;
	uint8_t *entries, *texts, *guids;

	make_streams_whole(names);
	n = names->rows.n;
	for (size_t i = 0; i < n; i++) {
		const struct name_row *row = chunks_row(&names->rows, i);

		texts_len += row->second & 1 ? 4 + padded(row->text.len) : 0;
	}
	entries = arena_array(names->arena, n, NAME_MAP_ENTRY_LEN);
	texts = arena_alloc(names->arena, texts_len);
	guids = arena_array(names->arena, names->guids.n, NAMES_GUID_LEN);
	if (names->failed || !entries || !texts || !guids ||
	    chunks_sort(&names->rows, sizeof(uint32_t), &order) != ST_OK) {
		props->failed = true;
		return;
	}
	for (size_t i = 0; i < names->guids.n; i++)
		memcpy(guids + i * NAMES_GUID_LEN, chunks_row(&names->guids, i), NAMES_GUID_LEN);
	put_streams(names, order, entries, texts);
	props_add_int(props, NAME_MAP_BUCKETS << 16 | PTYP_INTEGER_32, NAMES_BUCKETS);
	props_add_bytes(props, NAME_MAP_GUIDS << 16 | PTYP_BINARY,
			view_of(guids, names->guids.n * NAMES_GUID_LEN));
	props_add_bytes(props, NAME_MAP_ENTRIES << 16 | PTYP_BINARY,
			view_of(entries, n * NAME_MAP_ENTRY_LEN));
	props_add_bytes(props, NAME_MAP_STRINGS << 16 | PTYP_BINARY, view_of(texts, texts_len));
	for (uint32_t b = 0; b < NAMES_BUCKETS; b++)
		put_bucket(names, b, entries, props);
}
