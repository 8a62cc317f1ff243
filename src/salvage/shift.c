/* This file puts a store's end back to its place when bytes came in or went missing before it. */
#include "salvage/shift.h"

#include "base/cursor.h"
#include "pst/ndb/crc.h"

#include <string.h>

enum {
	TAIL_MIN = 8192,    /* bytes behind the last thing that is at its place */
	SEARCHED = 2 << 20, /* bytes of them that are searched for a map page */
	SOUND_MIN = 2,      /* things at their places after the move */
	CANDIDATES = 8,
};

/* The store as it was: from `from` on it is read from elsewhere in the file. */
struct moved {
	const struct image *file;
	uint64_t from;
	int64_t by; /* bytes that came in; negative: that went missing */
	struct image image;
};

static enum status read_moved(const struct image *image, uint64_t at, void *to, size_t len)
{
	const struct moved *m = image->context;
	size_t before = at < m->from ? (size_t)(m->from - at < len ? m->from - at : len) : 0;
	enum status st = before ? image_read(m->file, at, to, before) : ST_OK;

	if (st != ST_OK || before == len)
		return st;
	return image_read(m->file, (uint64_t)((int64_t)(at + before) + m->by), (uint8_t *)to + before,
			  len - before);
}

static bool set_up(struct moved *m, const struct image *file, uint64_t from, int64_t by)
{
	*m = (struct moved){ .file = file, .from = from, .by = by };
	if (by == 0 || file->size >= INT64_MAX || by >= (int64_t)(file->size - from) || by <= -(int64_t)from)
		return false;
	m->image = (struct image){ .size = (uint64_t)((int64_t)file->size - by),
				   .read = read_moved,
				   .context = m };
	return true;
}

/* Where the last thing ends that is at its place. */
static uint64_t end_of_sound(const struct salvage_work *w)
{
	const struct variant *v = w->out->facts.variant;
	uint64_t end = v->first_amap;

	for (size_t i = 0; i < w->swept.n_blocks; i++) {
		const struct block_fact *b = &w->swept.blocks[i];
		uint64_t last = b->at + variant_block_extent(v, b->len);

		if (!(b->state & BLOCK_BAD_CRC) && last > end)
			end = last;
	}
	for (size_t i = 0; i < w->swept.n_pages; i++)
		if (!(w->swept.pages[i].marks & SWEPT_BAD_CRC) && w->swept.pages[i].at + v->page_len > end)
			end = w->swept.pages[i].at + v->page_len;
	return end;
}

/* A map page names its own place: by how much it is off. */
static bool map_page_tells(const struct variant *v, struct view page, uint64_t at, int64_t *by_out)
{
	struct page_trailer t;

	if (!page_trailer_decode(v, page, &t) || t.type != t.type_repeat || t.signature != 0 ||
	    (t.type != PAGE_AMAP && t.type != PAGE_PMAP) || t.bid >= INT64_MAX || t.crc != page_crc(v, page))
		return false;
	*by_out = (int64_t)at - (int64_t)t.bid;
	return *by_out != 0;
}

static size_t ask_map_pages(const struct salvage_work *w, uint64_t from, int64_t by[static CANDIDATES],
			    size_t n)
{
	const struct variant *v = w->out->facts.variant;
	size_t len = w->image->size - from < SEARCHED ? (size_t)(w->image->size - from) : SEARCHED;
	uint8_t *bytes = arena_alloc(w->scratch, len);

	if (!bytes || image_read(w->image, from, bytes, len) != ST_OK)
		return n;
	for (size_t i = v->page_len; i + 1 < len && n < CANDIDATES; i++) {
		size_t start = i + v->page_trailer_len - v->page_len;

		/* Both bytes of its type, then the signature that it has not. */
		if ((bytes[i] != PAGE_AMAP && bytes[i] != PAGE_PMAP) || bytes[i + 1] != bytes[i] ||
		    start + v->page_len > len)
			continue;
		n += map_page_tells(v, view_of(bytes + start, v->page_len), from + start, &by[n]);
	}
	return n;
}

enum status shift_undo(struct salvage_work *work, bool *found_out)
{
	const struct header *h = &work->out->facts.header;
	uint64_t from = end_of_sound(work), n_sound;
	struct moved *m = arena_alloc(work->arena, sizeof *m);
	int64_t by[CANDIDATES];
	size_t n = 0;

	*found_out = false;
	if (!m)
		return ST_NOMEM;
	if (work->image->size < from + TAIL_MIN)
		return ST_OK;
	if (!work->out->header_lost && h->file_eof < INT64_MAX && work->image->size < INT64_MAX)
		by[n++] = (int64_t)work->image->size - (int64_t)h->file_eof;
	n = ask_map_pages(work, from, by, n);
	for (size_t i = 0; i < n && !*found_out; i++) {
		enum status st;

		if (!set_up(m, work->image, from, by[i]))
			continue;
		st = sweep_taste(&m->image, work->out->facts.variant, from, &n_sound);
		if (st != ST_OK)
			return st;
		*found_out = n_sound >= SOUND_MIN;
	}
	if (*found_out)
		work->image = work->out->facts.image = &m->image;
	return ST_OK;
}
