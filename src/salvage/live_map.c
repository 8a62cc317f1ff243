/* This file asks the store's own allocation maps what is alive. */
#include "salvage/live_map.h"

#include "base/cursor.h"
#include "pst/ndb/maps.h"
#include "pst/ndb/page.h"

/* A map page's bits, empty where it is damaged. */
struct section {
	struct view taken, pages;
};

struct live_map {
	const struct variant *v;
	struct section *sections;
	uint64_t n;
};

static enum status read_page(struct arena *arena, const struct image *image, const struct variant *v,
			     const struct map_page *page, struct view *out)
{
	uint8_t bytes[PAGE_LEN_MAX];
	void *copy;

	if (image_read(image, page->at, bytes, v->page_len) != ST_OK ||
	    page_faults(v, view_of(bytes, v->page_len), page->type, (struct ib){ page->at },
			(struct bid){ page->at }))
		return ST_OK;
	copy = arena_copy(arena, bytes + v->amap_bits_at, v->amap_bytes);
	*out = view_of(copy, copy ? v->amap_bytes : 0);
	return copy ? ST_OK : ST_NOMEM;
}

static enum status read_section(struct arena *arena, const struct image *image, struct live_map *map,
				uint64_t s)
{
	struct map_page pages[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(map->v, s, pages);
	enum status st = ST_OK;

	for (unsigned i = 0; st == ST_OK && i < n; i++) {
		if (pages[i].type == PAGE_AMAP)
			st = read_page(arena, image, map->v, &pages[i], &map->sections[s].taken);
		else if (pages[i].type == PAGE_PMAP)
			st = read_page(arena, image, map->v, &pages[i], &map->sections[s].pages);
	}
	return st;
}

struct live_map *live_map_new(struct arena *arena, const struct image *image, const struct variant *variant)
{
	struct live_map *map = arena_alloc(arena, sizeof *map);

	if (!map)
		return NULL;
	map->v = variant;
	map->n = maps_sections(variant, image->size);
	map->sections = arena_array(arena, (size_t)map->n, sizeof *map->sections);
	if (!map->sections)
		return NULL;
	for (uint64_t s = 0; s < map->n; s++)
		if (read_section(arena, image, map, s) != ST_OK)
			return NULL;
	return map;
}

static bool bit_at(struct view bits, uint64_t i)
{
	struct cursor c = cursor_of(bits);

	cursor_seek(&c, (size_t)(i / 8));
	return cursor_u8(&c) & 0x80 >> i % 8;
}

enum life live_map_of_block(const struct live_map *map, uint64_t at)
{
	uint64_t s;

	if (at < map->v->first_amap || (s = maps_section_of(map->v, at)) >= map->n ||
	    map->sections[s].taken.len == 0)
		return LIFE_UNKNOWN;
	return bit_at(map->sections[s].taken, (at - maps_section_at(map->v, s)) / map->v->block_align)
		       ? LIFE_TAKEN
		       : LIFE_FREE;
}

enum life live_map_of_page(const struct live_map *map, uint64_t at)
{
	enum life life = live_map_of_block(map, at);
	uint64_t s;

	if (life != LIFE_TAKEN || !map->v->has_pmap)
		return life;
	s = maps_section_of(map->v, at) / MAPS_PMAP_EVERY * MAPS_PMAP_EVERY;
	if (map->sections[s].pages.len == 0)
		return life;
	return bit_at(map->sections[s].pages, (at - maps_section_at(map->v, s)) / map->v->page_len)
		       ? LIFE_TAKEN
		       : LIFE_FREE;
}
