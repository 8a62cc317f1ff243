/* This file lays extents into the sections of a store that is being written, and keeps the maps. */
#include "write/ndb_place.h"

#include "pst/ndb/maps.h"

#include <string.h>

/* What goes to the sink at once; and what is left free in a section is only written when it is less. */
enum { RUN_LEN = 4 << 20, HOLE_MIN = 64 << 10 };

static uint8_t *section_bytes(const struct ndb_place *place)
{
	return place->bytes + (place->section - place->first) * place->v->amap_interval;
}

static void set_bits(struct ndb_place *place, uint64_t from, uint64_t len)
{
	uint8_t *bits = section_bytes(place) + place->v->amap_bits_at;
	uint64_t i = from / place->v->block_align, end = (from + len) / place->v->block_align;

	for (; i < end && i % 8; i++)
		bits[i / 8] = (uint8_t)(bits[i / 8] | 0x80 >> i % 8);
	for (; i + 8 <= end; i += 8)
		bits[i / 8] = 0xFF;
	for (; i < end; i++)
		bits[i / 8] = (uint8_t)(bits[i / 8] | 0x80 >> i % 8);
}

/* The section's map pages take its first bytes. */
static void begin_section(struct ndb_place *place, uint64_t section)
{
	const struct variant *v = place->v;
	struct map_page maps[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(v, section, maps);
	uint64_t from = maps_section_at(v, section);

	place->section = section;
	place->used = maps[n - 1].at + v->page_len - from;
	place->filled = 0;
	memset(section_bytes(place), 0, (size_t)place->used);
	set_bits(place, 0, place->used);
	ndb_place_mark(place, from, place->used, BYTE_LIVE);
}

static void count_free(struct ndb_place *place)
{
	const uint8_t *bits = section_bytes(place) + place->v->amap_bits_at;
	uint64_t n = 0;

	for (unsigned i = 0; i < place->v->amap_bytes; i++)
		for (uint8_t free = (uint8_t)~bits[i]; free; free &= (uint8_t)(free - 1))
			n++;
	place->amap_free += n * place->v->block_align;
}

static void close_section(struct ndb_place *place)
{
	const struct variant *v = place->v;
	struct map_page maps[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(v, place->section, maps);
	uint64_t from = maps_section_at(v, place->section);

	count_free(place);
	for (unsigned i = 0; i < n; i++) {
		uint8_t *page = section_bytes(place) + (maps[i].at - from);

		/* The older maps say what programs since 2007 leave in them: all ones. */
		if (maps[i].type != PAGE_AMAP)
			memset(page + v->amap_bits_at, 0xFF, v->amap_bytes);
		page_seal(v, maps[i].type, (struct ib){ maps[i].at }, (struct bid){ 0 }, page);
	}
}

static void send(struct ndb_place *place, uint64_t at, struct view bytes)
{
	if (place->status == ST_OK)
		place->status = place->sink->write(place->sink, at, bytes);
}

/* Everything in memory, up to `used` of the section that fills. */
static void flush(struct ndb_place *place)
{
	uint64_t len = (place->section - place->first) * place->v->amap_interval + place->used;

	send(place, maps_section_at(place->v, place->first), view_of(place->bytes, (size_t)len));
	place->first = place->section + 1;
	place->is_sent = true;
}

static size_t room_len(const struct ndb_place *place)
{
	return (size_t)(place->most * place->v->amap_interval);
}

static void next_section(struct ndb_place *place)
{
	uint64_t hole = place->v->amap_interval - place->used;

	close_section(place);
	if (place->section - place->first + 1 == place->most || hole >= HOLE_MIN)
		flush(place);
	else
		memset(section_bytes(place) + place->used, 0, (size_t)hole);
	if (place->is_sent && place->is_lent)
		place->bytes = place->sink->room(place->sink, room_len(place));
	place->is_sent = false;
	begin_section(place, place->section + 1);
}

enum status ndb_place_open(struct ndb_place *place, struct arena *arena, const struct store_sink *sink,
			   const struct variant *v)
{
	*place = (struct ndb_place){ .v = v, .sink = sink, .shape = place->shape };
	place->most = v->amap_interval < RUN_LEN ? RUN_LEN / v->amap_interval : 1;
	if (sink->room)
		place->bytes = sink->room(sink, room_len(place));
	place->is_lent = place->bytes != NULL;
	if (!place->is_lent)
		place->bytes = arena_alloc(arena, room_len(place));
	if (!place->bytes)
		return ST_NOMEM;
	begin_section(place, 0);
	return ST_OK;
}

uint64_t ndb_place_take(struct ndb_place *place, uint64_t len, uint64_t align, uint8_t **bytes_out)
{
	const struct variant *v = place->v;
	uint64_t at = (place->used + align - 1) / align * align, most = place->shape->section_fill;
	bool is_full = most && place->filled && place->filled + len > most;

	if (at + len > v->amap_interval || is_full) {
		next_section(place);
		at = (place->used + align - 1) / align * align;
	}
	memset(section_bytes(place) + place->used, 0, (size_t)(at - place->used));
	set_bits(place, at, len);
	place->used = at + len;
	place->filled += len;
	*bytes_out = section_bytes(place) + at;
	return maps_section_at(v, place->section) + at;
}

void ndb_place_mark(const struct ndb_place *place, uint64_t at, uint64_t len, enum byte_kind kind)
{
	if (place->shape->mark)
		place->shape->mark(place->shape->context, at, len, kind);
}

void ndb_place_skip(struct ndb_place *place, uint64_t at)
{
	while (place->status == ST_OK && maps_section_at(place->v, place->section) < at)
		next_section(place);
}

uint64_t ndb_place_size(const struct ndb_place *place)
{
	return maps_section_at(place->v, place->section) + place->used;
}

uint64_t ndb_place_end(struct ndb_place *place)
{
	static const uint8_t zero = 0;
	uint64_t end = maps_section_at(place->v, place->section + 1);

	close_section(place);
	flush(place);
	if (place->used < place->v->amap_interval)
		send(place, end - 1, view_of(&zero, 1));
	return end;
}
