/* This file lays changes over an image: a hash table of sectors. */
#include "plan/overlay.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 64 };

/* No store is as large; sums below stay far from overflow. */
#define PLACE_MAX (UINT64_C(1) << 62)

struct sector {
	uint64_t number;
	uint8_t bytes[OVERLAY_SECTOR];
};

struct overlay {
	struct arena *arena;
	const struct image *base;
	struct image image;
	struct sector **slots; /* open addressing, NULL for a free one */
	size_t n, room;        /* room: a power of two */
	struct sector **sorted;
};

static size_t slot_of(const struct overlay *o, uint64_t number)
{
	size_t at = (size_t)(number * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (o->room - 1);

	while (o->slots[at] && o->slots[at]->number != number)
		at = (at + 1) & (o->room - 1);
	return at;
}

static const struct sector *find(const struct overlay *o, uint64_t number)
{
	return o->slots[slot_of(o, number)];
}

/* What the base has there; zeros behind its end. */
static enum status read_base(const struct overlay *o, uint64_t at, uint8_t *to, size_t len)
{
	size_t have = 0;

	if (at < o->base->size)
		have = o->base->size - at < len ? (size_t)(o->base->size - at) : len;
	memset(to + have, 0, len - have);
	return have ? image_read(o->base, at, to, have) : ST_OK;
}

static enum status read_at(const struct image *image, uint64_t at, void *to, size_t len)
{
	const struct overlay *o = image->context;
	enum status st = read_base(o, at, to, len);
	uint64_t end = at + len;

	if (o->n == 0 || len == 0)
		return st;
	for (uint64_t number = at / OVERLAY_SECTOR; number * OVERLAY_SECTOR < end; number++) {
		const struct sector *s = find(o, number);
		uint64_t from = number * OVERLAY_SECTOR, to_end = from + OVERLAY_SECTOR;
		uint64_t first = from < at ? at : from, last = to_end < end ? to_end : end;

		if (s)
			memcpy((uint8_t *)to + (first - at), s->bytes + (first - from),
			       (size_t)(last - first));
	}
	return st;
}

struct overlay *overlay_new(struct arena *arena, const struct image *base)
{
	struct overlay *o = arena_alloc(arena, sizeof *o);

	if (!o)
		return NULL;
	*o = (struct overlay){ .arena = arena, .base = base, .room = SLOTS_FIRST };
	o->image = (struct image){ .size = base->size, .read = read_at, .context = o };
	o->slots = arena_array(arena, o->room, sizeof(struct sector *));
	return o->slots ? o : NULL;
}

const struct image *overlay_image(const struct overlay *overlay)
{
	return &overlay->image;
}

static enum status grow(struct overlay *o)
{
	struct sector **old = o->slots;
	size_t n = o->room;

	if (o->n * 2 < o->room)
		return ST_OK;
	o->slots = arena_array(o->arena, n * 2, sizeof(struct sector *));
	if (!o->slots) {
		o->slots = old;
		return ST_NOMEM;
	}
	o->room = n * 2;
	for (size_t i = 0; i < n; i++)
		if (old[i])
			o->slots[slot_of(o, old[i]->number)] = old[i];
	return ST_OK;
}

/* The sector, held from now on. */
static enum status hold(struct overlay *o, uint64_t number, bool whole, struct sector **out)
{
	enum status st = grow(o);
	size_t at;
	struct sector *s;

	if (st != ST_OK)
		return st;
	at = slot_of(o, number);
	*out = o->slots[at];
	if (*out)
		return ST_OK;
	s = arena_alloc(o->arena, sizeof *s);
	if (!s)
		return ST_NOMEM;
	s->number = number;
	if (!whole)
		st = read_base(o, number * OVERLAY_SECTOR, s->bytes, OVERLAY_SECTOR);
	if (st != ST_OK)
		return st;
	o->slots[at] = s;
	o->n++;
	*out = s;
	return ST_OK;
}

enum status overlay_write(struct overlay *o, uint64_t at, struct view bytes)
{
	enum status st = ST_OK;
	uint64_t end = at + bytes.len;

	if (at > PLACE_MAX || bytes.len > PLACE_MAX)
		return ST_LIMIT;
	for (uint64_t here = at; st == ST_OK && here < end;) {
		uint64_t number = here / OVERLAY_SECTOR, off = here % OVERLAY_SECTOR;
		size_t len = (size_t)(end - here < OVERLAY_SECTOR - off ? end - here : OVERLAY_SECTOR - off);
		struct sector *s;

		st = hold(o, number, len == OVERLAY_SECTOR, &s);
		if (st == ST_OK)
			memcpy(s->bytes + off, bytes.at + (here - at), len);
		here += len;
	}
	if (st == ST_OK && end > o->image.size)
		o->image.size = end;
	return st;
}

enum status overlay_merge(struct overlay *to, const struct overlay *from)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < from->room; i++) {
		const struct sector *s = from->slots[i];
		uint64_t at = s ? s->number * OVERLAY_SECTOR : 0;
		size_t len = OVERLAY_SECTOR;

		if (!s)
			continue;
		if (at + len > from->image.size)
			len = (size_t)(from->image.size - at);
		st = overlay_write(to, at, view_of(s->bytes, len));
	}
	return st;
}

size_t overlay_count(const struct overlay *overlay)
{
	return overlay->n;
}

static int compare(const void *a, const void *b)
{
	const struct sector *const *x = a, *const *y = b;

	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

enum status overlay_sort(struct overlay *o)
{
	size_t n = 0;

	o->sorted = arena_array(o->arena, o->n + 1, sizeof(struct sector *));
	if (!o->sorted)
		return ST_NOMEM;
	for (size_t i = 0; i < o->room; i++)
		if (o->slots[i])
			o->sorted[n++] = o->slots[i];
	if (n)
		qsort(o->sorted, n, sizeof(struct sector *), compare);
	return ST_OK;
}

uint64_t overlay_sector(const struct overlay *overlay, size_t n, const uint8_t **bytes_out)
{
	*bytes_out = overlay->sorted[n]->bytes;
	return overlay->sorted[n]->number * OVERLAY_SECTOR;
}
