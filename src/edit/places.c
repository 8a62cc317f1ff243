/* This file finds free space in the allocation maps and gives it back, section by section. */
#include "edit/work.h"

#include "pst/ndb/maps.h"

#include <stdlib.h>
#include <string.h>

enum { MAP_BITS = 496 * 8, SMALL = 1024, SECTIONS_MORE = 4096, FMAP_MOST = 255 };

/* An ANSI store has no places for more (P25). */
#define ANSI_LIMIT UINT64_C(0x7FF00000)

static bool read_map(struct work *w, uint64_t section, uint8_t *page)
{
	const struct variant *v = w->facts->variant;
	uint64_t at = maps_section_at(v, section);

	return image_read(overlay_image(w->draft), at, page, v->page_len) == ST_OK &&
	       page_faults(v, view_of(page, v->page_len), PAGE_AMAP, (struct ib){ at }, (struct bid){ at }) ==
		       0;
}

static void put(struct work *w, uint64_t at, struct view bytes)
{
	enum status st = work_goes_on(w) ? overlay_write(w->draft, at, bytes) : w->status;

	if (st != ST_OK)
		work_fail(w, st, NULL);
}

static void put_map(struct work *w, uint64_t section, uint8_t *page)
{
	const struct variant *v = w->facts->variant;
	uint64_t at = maps_section_at(v, section);

	page_seal(v, PAGE_AMAP, (struct ib){ at }, (struct bid){ at }, page);
	put(w, at, view_of(page, v->page_len));
}

static bool is_set(const uint8_t *bits, uint64_t i)
{
	return (bits[i / 8] & 0x80 >> i % 8) != 0;
}

static void set_bits(uint8_t *bits, uint64_t from, uint64_t n, bool on)
{
	for (uint64_t i = from; i < from + n; i++)
		bits[i / 8] = (uint8_t)(on ? bits[i / 8] | 0x80 >> i % 8 : bits[i / 8] & ~(0x80 >> i % 8));
}

/* The first run of n free bits on a multiple of step, or MAP_BITS. */
static uint64_t find_run(const uint8_t *bits, uint64_t n, uint64_t step)
{
	for (uint64_t from = 0, i; from + n <= MAP_BITS; from = (i / step + 1) * step) {
		for (i = from; i < from + n && !is_set(bits, i); i++)
			;
		if (i == from + n)
			return from;
	}
	return MAP_BITS;
}

static bool take_from(struct work *w, uint64_t section, const struct place *want, uint64_t *at_out)
{
	const struct variant *v = w->facts->variant;
	uint64_t n = want->len / v->block_align, run, at;
	uint8_t page[PAGE_LEN_MAX];

	if (!read_map(w, section, page))
		return false;
	run = find_run(page + v->amap_bits_at, n, want->at / v->block_align);
	at = maps_section_at(v, section) + run * v->block_align;
	if (run == MAP_BITS || at + want->len > overlay_image(w->draft)->size)
		return false;
	set_bits(page + v->amap_bits_at, run, n, true);
	put_map(w, section, page);
	w->places.taken += want->len;
	*at_out = at;
	return work_goes_on(w);
}

/* One more section: its map pages, and zeros up to its end. */
static bool add_section(struct work *w)
{
	const struct variant *v = w->facts->variant;
	uint64_t size = overlay_image(w->draft)->size, at = maps_section_at(v, w->places.sections);
	struct map_page maps[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(v, w->places.sections, maps);
	uint8_t page[PAGE_LEN_MAX] = { 0 };

	if (!work_goes_on(w))
		return false;
	if (at != size || w->places.grown / v->amap_interval > SECTIONS_MORE ||
	    (v->kind == VARIANT_ANSI && size + v->amap_interval > ANSI_LIMIT)) {
		work_fail(w, ST_LIMIT, "the store has no free space and cannot grow");
		return false;
	}
	put(w, at + v->amap_interval - v->page_len, view_of(page, v->page_len));
	for (unsigned i = 0; i < n; i++) {
		memset(page, 0, sizeof page);
		memset(page + v->amap_bits_at, 0xFF, i == 0 ? n : v->amap_bytes);
		page_seal(v, maps[i].type, (struct ib){ maps[i].at }, (struct bid){ maps[i].at }, page);
		put(w, maps[i].at, view_of(page, v->page_len));
	}
	w->places.sections++;
	w->places.grown += v->amap_interval - (uint64_t)n * v->page_len;
	return work_goes_on(w);
}

/* A small old store may end within its last section, whose map calls the rest used. */
static bool fill_section(struct work *w)
{
	const struct variant *v = w->facts->variant;
	uint64_t size = overlay_image(w->draft)->size, last = w->places.sections - 1;
	uint64_t from = maps_section_at(v, last), end = from + v->amap_interval;
	uint8_t page[PAGE_LEN_MAX] = { 0 };

	size -= size % v->block_align;
	if (size >= end || !work_goes_on(w))
		return false;
	put(w, end - v->page_len, view_of(page, v->page_len));
	if (!read_map(w, last, page))
		return false;
	set_bits(page + v->amap_bits_at, (size - from) / v->block_align, (end - size) / v->block_align,
		 false);
	put_map(w, last, page);
	w->places.grown += end - size;
	w->places.from[0] = w->places.from[1] = last;
	return work_goes_on(w);
}

static bool grow(struct work *w)
{
	return w->places.sections && (fill_section(w) || add_section(w));
}

bool places_take(struct work *w, uint64_t len, uint64_t grain, uint64_t *at_out)
{
	struct place want = { grain, len };
	uint64_t *from = &w->places.from[len > SMALL];

	*at_out = 0;
	do {
		for (; *from < w->places.sections && work_goes_on(w); ++*from)
			if (take_from(w, *from, &want, at_out))
				return true;
	} while (grow(w));
	return false;
}

void places_give(struct work *w, uint64_t at, uint64_t len)
{
	struct places *p = &w->places;
	struct place *rows;

	if (!work_goes_on(w))
		return;
	rows = arena_grown(w->arena, p->given, p->n_given, &p->room_given, sizeof *rows);
	if (!rows) {
		work_fail(w, ST_NOMEM, NULL);
		return;
	}
	p->given = rows;
	p->given[p->n_given++] = (struct place){ at, len };
}

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* What old programs believe of a section: the longest free run, at most 255 slots. */
static void tell_run(struct work *w, uint64_t section, const uint8_t *bits)
{
	struct header *h = &w->facts->header;
	unsigned longest = 0, run = 0;

	if (section >= MAPS_FMAP_FIRST || h->fmap[section] == FMAP_MOST)
		return;
	for (uint64_t i = 0; i < MAP_BITS; i++) {
		run = is_set(bits, i) ? 0 : run + 1;
		longest = run > longest ? run : longest;
	}
	h->fmap[section] = (uint8_t)(longest < FMAP_MOST ? longest : FMAP_MOST);
}

static uint64_t give_all(struct work *w)
{
	const struct variant *v = w->facts->variant;
	struct places *p = &w->places;
	uint8_t page[PAGE_LEN_MAX];
	uint64_t given = 0;

	if (p->n_given)
		qsort(p->given, p->n_given, sizeof *p->given, compare);
	for (size_t i = 0; i < p->n_given && work_goes_on(w);) {
		uint64_t section = maps_section_of(v, p->given[i].at), from = maps_section_at(v, section);

		if (!read_map(w, section, page)) {
			work_fail(w, ST_IO, "an allocation map cannot be read");
			return 0;
		}
		for (; i < p->n_given && maps_section_of(v, p->given[i].at) == section; i++) {
			set_bits(page + v->amap_bits_at, (p->given[i].at - from) / v->block_align,
				 p->given[i].len / v->block_align, false);
			given += p->given[i].len;
		}
		put_map(w, section, page);
	}
	return given;
}

/* A list of where there is room, which nobody keeps up: it begins anew. */
static void empty_density_list(struct work *w)
{
	const struct variant *v = w->facts->variant;
	uint8_t page[PAGE_LEN_MAX];
	struct page_trailer t;

	if (image_read(overlay_image(w->draft), v->dlist, page, v->page_len) != ST_OK ||
	    !page_trailer_decode(v, view_of(page, v->page_len), &t) ||
	    page_faults(v, view_of(page, v->page_len), PAGE_DLIST, (struct ib){ v->dlist },
			(struct bid){ t.bid }) != 0)
		return;
	memset(page, 0, sizeof page);
	page[0] = 1;
	page_seal(v, PAGE_DLIST, (struct ib){ v->dlist }, (struct bid){ w->facts->header.next_page }, page);
	put(w, v->dlist, view_of(page, v->page_len));
}

void places_finish(struct work *w)
{
	const struct variant *v = w->facts->variant;
	struct header *h = &w->facts->header;
	uint8_t page[PAGE_LEN_MAX];

	h->amap_free += w->places.grown + give_all(w) - w->places.taken;
	for (uint64_t s = 0; s < w->places.sections && s < MAPS_FMAP_FIRST && work_goes_on(w); s++)
		if (read_map(w, s, page))
			tell_run(w, s, page + v->amap_bits_at);
	if (w->places.grown) {
		h->file_eof = overlay_image(w->draft)->size;
		h->last_amap = maps_section_at(v, w->places.sections - 1);
	}
	empty_density_list(w);
}
