/* This file carries the map of named properties over, with the names of the marker. */
#include "convert/writing.h"

#include "base/buf.h"
#include "convert/names_known.h"
#include "convert/text.h"
#include "pst/msg/special.h"

#include <string.h>

enum {
	GUID_PUBLIC_STRINGS = 2, /* PS_PUBLIC_STRINGS needs no place in the stream ([MS-PST] 2.4.7.1) */
	BUCKETS_USUAL = 251,
	LAST_ID = 0x7EFF, /* where nothing is known of the IDs in use */
};

static const char *const keywords = "Keywords", *const damage = NAME_OF_DAMAGE;

/* PSETID_Common, {00062008-0000-0000-C000-000000000046} ([MS-OXPROPS] 1.3.2). */
static const uint8_t set_common[16] = { 0x08, 0x20, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00,
					0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46 };

static enum status read_stream(struct writing *w, uint16_t id, struct view *out)
{
	const struct value_in *v = values_in_find(&w->names.values, id);
	bool whole;

	*out = view_of(NULL, 0);
	if (!v)
		return ST_OK;
	if (v->place == VALUE_SUBNODE)
		return bytes_in_join(&w->names_source, v->data, NAME_MAP_STREAM_MAX, out, &whole);
	*out = v->bytes;
	return ST_OK;
}

/* The ID of a name among the public strings, or 0. */
static uint16_t find(const struct name_map *map, struct view name)
{
	struct name_entry e;
	struct view text;

	for (uint64_t i = 0; name_entry_at(map->entries, i, &e); i++)
		if (e.guid == (GUID_PUBLIC_STRINGS << 1 | 1) && !name_entry_faults(map, &e) &&
		    name_map_text(map, &e, &text) && text.len == name.len &&
		    memcmp(text.at, name.at, name.len) == 0)
			return (uint16_t)(NAME_MAP_IDS + e.id);
	return 0;
}

static uint16_t next_id(const struct name_map *map)
{
	struct name_entry e;
	uint16_t top = 0;

	for (uint64_t i = 0; name_entry_at(map->entries, i, &e); i++)
		if (e.id >= top && e.id < NAME_MAP_IDS - 2)
			top = (uint16_t)(e.id + 1);
	return top;
}

enum status names_open(struct writing *w)
{
	struct names *n = &w->names;
	const struct node_fact *node = facts_node(w->plan->items.facts, (struct nid){ SPECIAL_NAME_MAP });
	struct object_in *object = arena_alloc(w->arena, sizeof *object);
	struct view key = text_from_utf8(w->arena, keywords), mark = text_from_utf8(w->arena, damage);
	enum status st = object && key.at && mark.at ? ST_OK : ST_NOMEM;
	uint16_t next;

	if (st == ST_OK && node)
		st = object_in_open(&w->names_source, node->data, node->subnode, object);
	if (st == ST_OK && node)
		st = values_in_read(&w->names_source, object, &n->values);
	if (st == ST_OK)
		st = read_stream(w, NAME_MAP_GUIDS, &n->map.guids);
	if (st == ST_OK)
		st = read_stream(w, NAME_MAP_ENTRIES, &n->map.entries);
	if (st == ST_OK)
		st = read_stream(w, NAME_MAP_STRINGS, &n->map.strings);
	if (st != ST_OK)
		return st;
	next = n->values.n ? next_id(&n->map) : LAST_ID;
	if (w->plan->names_known)
		next = LAST_ID;
	n->keywords = find(&n->map, key);
	n->adds_keywords = n->keywords == 0;
	if (n->adds_keywords)
		n->keywords = (uint16_t)(NAME_MAP_IDS + next++);
	n->damage = find(&n->map, mark);
	n->adds_damage = n->damage == 0;
	if (n->adds_damage)
		n->damage = (uint16_t)(NAME_MAP_IDS + next);
	w->carrier.names_known = w->plan->names_known;
	w->carrier.id_keywords = n->keywords;
	w->carrier.id_damage = n->damage;
	return ST_OK;
}

/* The map as it grows. */
struct growing {
	struct buf guids, entries, strings;
	struct buf *buckets;
	uint32_t n_buckets;
};

static void put_entry(struct buf *to, const struct name_entry *e)
{
	uint8_t row[NAME_MAP_ENTRY_LEN];

	field_put(row, 4, e->key);
	field_put(row + 4, 2, e->guid);
	field_put(row + 6, 2, e->id);
	buf_add(to, view_of(row, sizeof row));
}

static void add_to_bucket(struct growing *g, const struct name_entry *e)
{
	struct name_map map = { buf_view(&g->guids), buf_view(&g->entries), buf_view(&g->strings),
				g->n_buckets };
	struct name_entry row;
	uint32_t at = name_map_bucket(&map, e, &row);

	put_entry(&g->buckets[at], &row);
}

static void add_name(struct growing *g, uint16_t id, struct view name)
{
	struct name_entry e = { (uint32_t)g->strings.len, GUID_PUBLIC_STRINGS << 1 | 1,
				(uint16_t)(id - NAME_MAP_IDS) };
	uint8_t len[4];

	field_put(len, sizeof len, name.len);
	buf_add(&g->strings, view_of(len, sizeof len));
	buf_add(&g->strings, name);
	while (g->strings.len % 4)
		buf_add_byte(&g->strings, 0);
	put_entry(&g->entries, &e);
	add_to_bucket(g, &e);
}

/* Entries that lead nowhere, or give an ID a second time, are left out. */
static void take_entries(struct growing *g, const struct name_map *map, uint8_t *ids)
{
	struct name_entry e;

	buf_add(&g->guids, map->guids);
	buf_add(&g->strings, map->strings);
	while (g->strings.len % 4)
		buf_add_byte(&g->strings, 0);
	for (uint64_t i = 0; name_entry_at(map->entries, i, &e); i++) {
		uint8_t bit = (uint8_t)(1U << e.id % 8);

		if (name_entry_faults(map, &e) || ids[e.id / 8] & bit)
			continue;
		ids[e.id / 8] = (uint8_t)(ids[e.id / 8] | bit);
		put_entry(&g->entries, &e);
		add_to_bucket(g, &e);
	}
}

static void add_stream(struct props *props, uint16_t id, const struct buf *bytes)
{
	if (bytes->len)
		props_add_view(props, (uint32_t)id << 16 | PTYP_BINARY, buf_view(bytes));
}

static enum status write_map(struct writing *w, struct growing *g)
{
	struct props *props = props_new(w->arena, ndb_out_variant(w->out));
	struct subnodes_out list;
	bool failed = !props || buf_failed(&g->guids) || buf_failed(&g->entries) || buf_failed(&g->strings);

	for (uint32_t i = 0; i < g->n_buckets; i++)
		failed = failed || buf_failed(&g->buckets[i]);
	if (failed)
		return ST_NOMEM;
	props_add_int(props, NAME_MAP_BUCKETS << 16 | PTYP_INTEGER_32, g->n_buckets);
	/* These two stand there even when they are empty. */
	props_add_view(props, NAME_MAP_GUIDS << 16 | PTYP_BINARY, buf_view(&g->guids));
	props_add_view(props, NAME_MAP_ENTRIES << 16 | PTYP_BINARY, buf_view(&g->entries));
	props_add_view(props, NAME_MAP_STRINGS << 16 | PTYP_BINARY, buf_view(&g->strings));
	for (uint32_t i = 0; i < g->n_buckets; i++)
		add_stream(props, (uint16_t)(NAME_MAP_BUCKET_FIRST + i), &g->buckets[i]);
	subnodes_out_start(&list, w->out, w->arena);
	writing_put_props(w, (struct ndb_node){ .nid = SPECIAL_NAME_MAP }, props, &list);
	return ST_OK;
}

enum status names_write(struct writing *w)
{
	struct growing g = { .n_buckets = BUCKETS_USUAL };
	uint8_t *ids = arena_alloc(w->arena, 0x10000 / 8);
	enum status st = ST_NOMEM;

	g.buckets = arena_array(w->arena, g.n_buckets, sizeof *g.buckets);
	if (!ids || !g.buckets)
		return ST_NOMEM;
	buf_init(&g.guids, NAME_MAP_STREAM_MAX);
	buf_init(&g.entries, NAME_MAP_STREAM_MAX);
	buf_init(&g.strings, NAME_MAP_STREAM_MAX + NAME_MAP_STREAM_MAX / 4);
	for (uint32_t i = 0; i < g.n_buckets; i++)
		buf_init(&g.buckets[i], NAME_MAP_STREAM_MAX);
	take_entries(&g, &w->names.map, ids);
	/* Readers refuse a map whose streams are empty. */
	if (g.guids.len == 0)
		buf_add(&g.guids, view_of(set_common, sizeof set_common));
	w->marks = w->marks || g.entries.len == 0 || g.strings.len == 0;
	if (w->marks && w->names.adds_keywords)
		add_name(&g, w->names.keywords, text_from_utf8(w->arena, keywords));
	if (w->marks && w->names.adds_damage)
		add_name(&g, w->names.damage, text_from_utf8(w->arena, damage));
	st = write_map(w, &g);
	buf_fini(&g.guids);
	buf_fini(&g.entries);
	buf_fini(&g.strings);
	for (uint32_t i = 0; i < g.n_buckets; i++)
		buf_fini(&g.buckets[i]);
	return st;
}
