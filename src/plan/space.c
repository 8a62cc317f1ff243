/* This file takes pages from free space. A page is one byte of an allocation map with 64-byte slots. */
#include "plan/space.h"

#include "pst/ndb/maps.h"

#include <string.h>

enum { UNITS = 496, PMAP_UNIT = 512, SECTIONS_MORE = 4096 };

/* An ANSI store has no places for more (P25). */
#define ANSI_LIMIT UINT64_C(0x7FF00000)

void space_init(struct space *space, struct mender *m)
{
	*space = (struct space){ .m = m };
	space->sections = maps_sections(m->facts->variant, m->facts->image->size);
}

static bool read_map(struct space *s, enum page_type type, uint64_t at, uint8_t *page)
{
	const struct variant *v = s->m->facts->variant;

	return mender_read(s->m, at, page, v->page_len) &&
	       page_faults(v, view_of(page, v->page_len), type, (struct ib){ at }, (struct bid){ at }) == 0;
}

/* Old programs keep pages in reserve: the allocation map calls them used. */
static bool is_reserved(struct space *s, uint64_t section, uint64_t at)
{
	const struct variant *v = s->m->facts->variant;
	uint64_t from = maps_section_at(v, section / MAPS_PMAP_EVERY * MAPS_PMAP_EVERY);
	uint64_t unit = (at - from) / PMAP_UNIT;
	uint8_t page[PAGE_LEN_MAX];

	return v->has_pmap && read_map(s, PAGE_PMAP, from + v->page_len, page) &&
	       !(page[v->amap_bits_at + unit / 8] & 0x80 >> unit % 8);
}

bool space_is_used(struct space *s, uint64_t at)
{
	const struct variant *v = s->m->facts->variant;
	uint64_t section = at < v->first_amap ? 0 : maps_section_of(v, at);
	uint64_t map = maps_section_at(v, section);
	uint8_t page[PAGE_LEN_MAX];

	if (at < v->first_amap || !read_map(s, PAGE_AMAP, map, page))
		return true;
	return page[v->amap_bits_at + (at - map) / v->page_len] == 0xFF && !is_reserved(s, section, at);
}

bool space_is_taken(struct space *s, uint64_t at, uint64_t len)
{
	const struct variant *v = s->m->facts->variant;
	uint64_t map = maps_section_at(v, maps_section_of(v, at));
	uint8_t page[PAGE_LEN_MAX];

	if (at < v->first_amap || !read_map(s, PAGE_AMAP, map, page))
		return false;
	for (uint64_t bit = (at - map) / v->block_align; bit < (at + len - map) / v->block_align; bit++)
		if (bit / 8 >= UNITS || !(page[v->amap_bits_at + bit / 8] & 0x80 >> bit % 8))
			return false;
	return true;
}

/* Whatever is known to be alive, wherever the map has it. */
static bool is_alive(const struct check_facts *facts, uint64_t at)
{
	size_t low = 0, high = facts->by_place ? facts->n_blocks : 0;
	uint64_t end = at + facts->variant->page_len;

	for (size_t i = 0; i < facts->n_pages; i++)
		if (facts->pages[i].at == at)
			return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct block_fact *b = &facts->blocks[facts->by_place[middle]];

		if (b->at >= end)
			high = middle;
		else if (b->at + variant_block_extent(facts->variant, b->len) <= at)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

static bool take_from(struct space *s, uint64_t *at_out)
{
	const struct variant *v = s->m->facts->variant;
	uint64_t map = maps_section_at(v, s->section);
	uint8_t page[PAGE_LEN_MAX];

	if (!read_map(s, PAGE_AMAP, map, page))
		return false;
	for (; s->unit < UNITS; s->unit++) {
		uint64_t at = map + s->unit * v->page_len;

		if (page[v->amap_bits_at + s->unit] != 0 ||
		    at + v->page_len > overlay_image(s->m->draft)->size || is_alive(s->m->facts, at))
			continue;
		page[v->amap_bits_at + s->unit] = 0xFF;
		page_seal(v, PAGE_AMAP, (struct ib){ map }, (struct bid){ map }, page);
		mender_write(s->m, map, view_of(page, v->page_len));
		s->taken += v->page_len;
		*at_out = at;
		return true;
	}
	return false;
}

/* One more section: its map pages, and zeros up to its end. */
static bool grow(struct space *s)
{
	const struct variant *v = s->m->facts->variant;
	uint64_t size = overlay_image(s->m->draft)->size, at = maps_section_at(v, s->sections);
	struct map_page maps[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(v, s->sections, maps);
	uint8_t page[PAGE_LEN_MAX] = { 0 };

	if (at != size || s->grown / v->amap_interval > SECTIONS_MORE ||
	    (v->kind == VARIANT_ANSI && size + v->amap_interval > ANSI_LIMIT))
		return false;
	mender_write(s->m, at + v->amap_interval - v->page_len, view_of(page, v->page_len));
	for (unsigned i = 0; i < n; i++) {
		memset(page, 0, sizeof page);
		memset(page + v->amap_bits_at, 0xFF, i == 0 ? n : v->amap_bytes);
		page_seal(v, maps[i].type, (struct ib){ maps[i].at }, (struct bid){ maps[i].at }, page);
		mender_write(s->m, maps[i].at, view_of(page, v->page_len));
	}
	s->sections++;
	s->grown += v->amap_interval - (uint64_t)n * v->page_len;
	return s->m->status == ST_OK;
}

bool space_take_page(struct space *s, uint64_t *at_out)
{
	do {
		for (; s->section < s->sections; s->section++, s->unit = 0)
			if (take_from(s, at_out))
				return true;
	} while (grow(s));
	return false;
}

void space_tell(const struct space *s, struct header *h)
{
	const struct variant *v = s->m->facts->variant;

	h->amap_free += s->grown - s->taken;
	if (s->grown) {
		h->file_eof = overlay_image(s->m->draft)->size;
		h->last_amap = maps_section_at(v, s->sections - 1);
	}
}
