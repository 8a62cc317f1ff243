/* This file turns a plan's changes into edits in an order that is safe at every moment.
 *
 * Every sector that is not what it was goes into one edit, by what it is. A map
 * that frees something goes in twice, and so does the header.
 */
#include "plan/ordering.h"

#include "pst/ndb/maps.h"

#include <stdlib.h>
#include <string.h>

enum { BARRIER_NEW, BARRIER_DOUBT, BARRIER_TAKE, BARRIER_MEND, BARRIER_SWITCH, BARRIER_GIVE, BARRIER_TRUST };
enum { HEADER_SECTORS = 2 };

struct ordering {
	struct arena *arena;
	const struct image *original;
	const struct overlay *changed;
	const struct variant *v;
	struct edit *edits;
	size_t n, room;
	bool maps_change;
	enum status status;
};

static void add(struct ordering *o, uint64_t at, struct view old, struct view fresh, uint32_t barrier)
{
	struct edit edit = { .at = at, .barrier = barrier };
	void *a = arena_copy(o->arena, old.at, old.len), *b = arena_copy(o->arena, fresh.at, fresh.len);

	if (!a || !b || o->n == o->room) {
		o->status = a && b ? ST_BUG : ST_NOMEM;
		return;
	}
	edit.old = view_of(old.len ? a : NULL, old.len);
	edit.fresh = view_of(b, fresh.len);
	o->edits[o->n++] = edit;
}

/* What the original has of a range; less where it ends. */
static struct view read_old(struct ordering *o, uint64_t at, uint8_t *to, size_t len)
{
	size_t have = 0;

	if (at < o->original->size)
		have = o->original->size - at < len ? (size_t)(o->original->size - at) : len;
	if (have && o->status == ST_OK)
		o->status = image_read(o->original, at, to, have);
	return view_of(to, have);
}

static bool is_amap(const struct variant *v, uint64_t at)
{
	return at >= v->first_amap && (at - v->first_amap) % v->amap_interval == 0;
}

/* The map on the disk calls all of the sector free. */
static bool was_free(struct ordering *o, uint64_t at)
{
	const struct variant *v = o->v;
	uint8_t page[PAGE_LEN_MAX];
	uint64_t map, bit;

	if (at >= o->original->size)
		return true;
	if (at < v->first_amap)
		return false;
	map = maps_section_at(v, maps_section_of(v, at));
	if (image_read(o->original, map, page, v->page_len) != ST_OK ||
	    page_faults(v, view_of(page, v->page_len), PAGE_AMAP, (struct ib){ map }, (struct bid){ map }))
		return false;
	bit = (at - map) / v->block_align;
	/* Eight slots of 64 bytes, on a byte of the map. */
	return page[v->amap_bits_at + bit / 8] == 0;
}

/* First what is taken beside what was, then what is given. */
static void add_amap(struct ordering *o, uint64_t at, struct view old, struct view fresh)
{
	uint8_t both[PAGE_LEN_MAX];
	bool gives = false;

	if (old.len != fresh.len ||
	    page_faults(o->v, old, PAGE_AMAP, (struct ib){ at }, (struct bid){ at }) != 0) {
		add(o, at, old, fresh, BARRIER_TAKE);
		return;
	}
	memcpy(both, fresh.at, fresh.len);
	for (size_t i = 0; i < o->v->amap_bytes; i++) {
		size_t k = o->v->amap_bits_at + i;

		gives = gives || (old.at[k] & ~fresh.at[k]) != 0;
		both[k] = old.at[k] | fresh.at[k];
	}
	page_seal(o->v, PAGE_AMAP, (struct ib){ at }, (struct bid){ at }, both);
	if (memcmp(both, old.at, old.len) != 0)
		add(o, at, old, view_of(both, old.len), BARRIER_TAKE);
	if (gives)
		add(o, at, view_of(both, old.len), fresh, BARRIER_GIVE);
}

static void add_sector(struct ordering *o, uint64_t at, struct view fresh)
{
	uint8_t before[OVERLAY_SECTOR];
	struct view old = read_old(o, at, before, fresh.len);

	if (o->status != ST_OK || (old.len == fresh.len && memcmp(old.at, fresh.at, old.len) == 0))
		return;
	if (is_amap(o->v, at))
		add_amap(o, at, old, fresh);
	else if (maps_is_map_page(o->v, at))
		add(o, at, old, fresh, BARRIER_GIVE);
	else
		add(o, at, old, fresh, was_free(o, at) ? BARRIER_NEW : BARRIER_MEND);
	o->maps_change = o->maps_change || is_amap(o->v, at);
}

/* A header that was right says in between that its maps are in doubt. */
static void add_header(struct ordering *o)
{
	const struct variant *v = o->v;
	uint8_t old[HEADER_LEN_MAX], fresh[HEADER_LEN_MAX], between[HEADER_LEN_MAX];
	struct view was = read_old(o, 0, old, v->header_len);
	struct header h, was_h;
	uint32_t partial, full;

	if (o->status == ST_OK)
		o->status = image_read(overlay_image(o->changed), 0, fresh, v->header_len);
	if (o->status != ST_OK || was.len < v->header_len)
		return;
	if (memcmp(old, fresh, v->header_len) == 0)
		return;
	if (!o->maps_change || !header_decode(v, was, &was_h) ||
	    !header_decode(v, view_of(fresh, v->header_len), &h)) {
		add(o, 0, was, view_of(fresh, v->header_len), BARRIER_SWITCH);
		return;
	}
	header_checksums(v, was, &partial, &full);
	memcpy(between, old, sizeof between);
	if (was_h.crc_partial == partial && was_h.crc_full == full && was_h.amap_valid != 0) {
		was_h.amap_valid = 0;
		header_encode(v, &was_h, between);
		add(o, 0, was, view_of(between, v->header_len), BARRIER_DOUBT);
	}
	memcpy(old, between, sizeof old);
	memcpy(between, fresh, sizeof between);
	if (h.amap_valid != 0) {
		h.amap_valid = 0;
		header_encode(v, &h, between);
	}
	add(o, 0, view_of(old, v->header_len), view_of(between, v->header_len), BARRIER_SWITCH);
	if (memcmp(between, fresh, v->header_len) != 0)
		add(o, 0, view_of(between, v->header_len), view_of(fresh, v->header_len), BARRIER_TRUST);
}

static int compare(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	if (x->barrier != y->barrier)
		return (x->barrier > y->barrier) - (x->barrier < y->barrier);
	return (x->at > y->at) - (x->at < y->at);
}

enum status ordering_edits(struct arena *arena, const struct image *original, struct overlay *changed,
			   const struct check_facts *facts_after, struct edit_list *out)
{
	struct ordering o = {
		.arena = arena, .original = original, .changed = changed, .v = facts_after->variant
	};
	uint64_t size = overlay_image(changed)->size;
	size_t n = overlay_count(changed);

	o.status = overlay_sort(changed);
	o.room = 2 * n + 4;
	o.edits = o.status == ST_OK ? arena_array(arena, o.room, sizeof *o.edits) : NULL;
	if (!o.edits)
		return ST_NOMEM;
	for (size_t i = 0; o.status == ST_OK && i < n; i++) {
		const uint8_t *bytes;
		uint64_t at = overlay_sector(changed, i, &bytes);
		size_t len = size - at < OVERLAY_SECTOR ? (size_t)(size - at) : OVERLAY_SECTOR;

		if (at >= (uint64_t)HEADER_SECTORS * OVERLAY_SECTOR)
			add_sector(&o, at, view_of(bytes, len));
	}
	if (o.status == ST_OK)
		add_header(&o);
	if (o.n)
		qsort(o.edits, o.n, sizeof *o.edits, compare);
	*out = (struct edit_list){ o.edits, o.n, original->size, size };
	return o.status;
}
