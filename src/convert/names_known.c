/* This file tells of which named properties the names are certain, where their map is damaged.
 *
 * The map says everything twice: in its stream of entries and in the bucket of each, there with a checksum of
 * text. What both say is certain though the checksum of their block is wrong. Sets stand there once: only
 * those that are known by heart are certain.
 */
#include "convert/names_known.h"

#include "pst/msg/name_map.h"
#include "pst/msg/special.h"

#include <string.h>

enum { ID_COUNT = 0x8000, GUID_LEN = 16, GUIDS_BUILT_IN = 3, BUCKETS_MAX = 4096 };

/* [MS-OXPROPS] 1.3.2, the sets that Outlook itself writes: the first eight bytes of those that end as all of
 * Outlook's. */
static const uint8_t sets[][8] = {
	{ 0x02, 0x20, 0x06 }, { 0x03, 0x20, 0x06 }, { 0x04, 0x20, 0x06 }, { 0x08, 0x20, 0x06 },
	{ 0x0A, 0x20, 0x06 }, { 0x0E, 0x20, 0x06 }, { 0x14, 0x20, 0x06 }, { 0x41, 0x20, 0x06 },
	{ 0x86, 0x03, 0x02 }, { 0x29, 0x03, 0x02 }, { 0x28, 0x03, 0x02 },
};
static const uint8_t set_end[8] = { 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46 };
static const uint8_t set_meeting[GUID_LEN] = { 0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10,
					       0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05 };

static bool is_known_by_heart(const uint8_t *guid)
{
	if (memcmp(guid, set_meeting, GUID_LEN) == 0)
		return true;
	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		if (memcmp(guid, sets[i], sizeof sets[i]) == 0 &&
		    memcmp(guid + sizeof sets[i], set_end, sizeof set_end) == 0)
			return true;
	return false;
}

/* A set that stands there twice may have been another one. */
static bool is_set_certain(struct view guids, unsigned index)
{
	size_t at, n = 0;

	if (index < GUIDS_BUILT_IN)
		return true;
	at = (size_t)(index - GUIDS_BUILT_IN) * GUID_LEN;
	if (at + GUID_LEN > guids.len || !is_known_by_heart(guids.at + at))
		return false;
	for (size_t i = 0; i + GUID_LEN <= guids.len; i += GUID_LEN)
		n += memcmp(guids.at + i, guids.at + at, GUID_LEN) == 0;
	return n == 1;
}

struct map_in {
	const struct source *source;
	struct values_in values;
	struct name_map map;
	bool whole;
};

static enum status stream(struct map_in *m, uint32_t id, struct view *out)
{
	const struct value_in *v = values_in_find(&m->values, (uint16_t)id);
	bool whole = true;
	enum status st = ST_OK;

	*out = view_of(NULL, 0);
	if (v && v->place == VALUE_BYTES)
		*out = v->bytes;
	else if (v && v->place == VALUE_SUBNODE)
		st = bytes_in_join(m->source, v->data, NAME_MAP_STREAM_MAX, out, &whole);
	m->whole = m->whole && whole;
	return st;
}

static enum status read_map(struct map_in *m, const struct node_fact *node)
{
	struct object_in object;
	const struct value_in *buckets;
	enum status st = object_in_open(m->source, node->data, node->subnode, &object);

	if (st == ST_OK)
		st = values_in_read(m->source, &object, &m->values);
	m->whole = st == ST_OK && object.is_sound && object.subnodes.whole && m->values.n > 0;
	if (st == ST_OK)
		st = stream(m, NAME_MAP_GUIDS, &m->map.guids);
	if (st == ST_OK)
		st = stream(m, NAME_MAP_ENTRIES, &m->map.entries);
	if (st == ST_OK)
		st = stream(m, NAME_MAP_STRINGS, &m->map.strings);
	buckets = st == ST_OK ? values_in_find(&m->values, NAME_MAP_BUCKETS) : NULL;
	if (buckets && buckets->place == VALUE_INLINE && buckets->number <= BUCKETS_MAX)
		m->map.buckets = buckets->number;
	return st;
}

static void set_bit(uint8_t *bits, uint16_t id)
{
	bits[id / 8] = (uint8_t)(bits[id / 8] | 1U << id % 8);
}

/* A sound map of an older time: what it has is certain. */
static void take_all(const struct map_in *m, uint8_t *bits)
{
	struct name_entry e;

	for (uint64_t i = 0; name_entry_at(m->map.entries, i, &e); i++)
		if (e.id < ID_COUNT)
			set_bit(bits, e.id);
}

static bool bucket_has(struct view bucket, const struct name_entry *row)
{
	struct name_entry e;

	for (uint64_t i = 0; name_entry_at(bucket, i, &e); i++)
		if (e.key == row->key && e.guid == row->guid && e.id == row->id)
			return true;
	return false;
}

/* IDs that two entries claim are nobody's. */
static enum status take_proved(struct map_in *m, struct arena *arena, uint8_t *bits)
{
	uint8_t *claimed = arena_alloc(arena, ID_COUNT / 8);
	struct name_entry e, row;
	enum status st = claimed ? ST_OK : ST_NOMEM;

	for (uint64_t i = 0; st == ST_OK && m->map.buckets && name_entry_at(m->map.entries, i, &e); i++) {
		struct view bucket;
		uint32_t at;

		if (name_entry_faults(&m->map, &e) || e.id >= ID_COUNT ||
		    !is_set_certain(m->map.guids, e.guid >> 1))
			continue;
		at = name_map_bucket(&m->map, &e, &row);
		st = stream(m, NAME_MAP_BUCKET_FIRST + at, &bucket);
		if (st != ST_OK || !bucket_has(bucket, &row))
			continue;
		if (claimed[e.id / 8] & 1U << e.id % 8)
			bits[e.id / 8] = (uint8_t)(bits[e.id / 8] & ~(1U << e.id % 8));
		else
			set_bit(bits, e.id);
		set_bit(claimed, e.id);
	}
	return st;
}

enum status names_known_read(const struct source *source, struct arena *arena, const uint8_t **bits_out)
{
	const struct salvage *s = source->salvage;
	const struct node_fact *node = facts_node(source->facts, (struct nid){ SPECIAL_NAME_MAP });
	enum salvage_origin origin =
		node ? (enum salvage_origin)s->nodes[node - source->facts->nodes].origin : SALVAGE_TREE;
	bool is_newest = origin == SALVAGE_TREE || origin == SALVAGE_PAGE;
	struct map_in m = { .source = source };
	uint8_t *bits = NULL;
	enum status st = node ? read_map(&m, node) : ST_OK;

	*bits_out = NULL;
	if (st == ST_OK && (node ? !m.whole || !is_newest : !s->trees_whole)) {
		bits = arena_alloc(arena, ID_COUNT / 8);
		st = bits ? ST_OK : ST_NOMEM;
		if (bits && m.whole)
			take_all(&m, bits);
		else if (bits && node && is_newest)
			st = take_proved(&m, arena, bits);
	}
	*bits_out = bits;
	arena_clear(source->reader.arena);
	return st;
}

bool names_known_has(const uint8_t *bits, uint16_t id)
{
	return !bits || id < NAME_MAP_IDS || bits[(id - NAME_MAP_IDS) / 8] & 1U << id % 8;
}
