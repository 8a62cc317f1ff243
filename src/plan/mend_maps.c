/* This file proposes the step that writes maps, totals and counters anew from all that is alive.
 *
 * Invariants P13-P17, P20-P23, P38-P47. It needs both trees whole and nothing on
 * top of another. Space that only the map on the disk calls used stays used
 * while anything else of the store is damaged: it may be what was lost.
 */
#include "plan/mender.h"

#include "base/checked.h"
#include "check/extents.h"
#include "pst/ndb/maps.h"

#include <string.h>

enum { BITMAP_MAX = 496, PMAP_UNIT = 512, GAP_NUMBERS = 1024 };

static const enum code map_codes[] = {
	CODE_STORE_HEADER_LAST_MAP_WRONG, CODE_STORE_HEADER_FREE_TOTAL_WRONG,
	CODE_STORE_HEADER_PAGE_TOTAL_ODD, CODE_STORE_HEADER_MAP_FLAG_WRONG,
	CODE_STORE_HEADER_MAPS_IN_DOUBT,  CODE_STORE_MAP_PAGE_DAMAGED,
	CODE_STORE_MAP_LIVE_FREE,         CODE_STORE_MAP_LEAKED,
	CODE_STORE_MAP_SELF_FREE,         CODE_STORE_MAP_BEYOND_END,
	CODE_STORE_PMAP_DAMAGED,          CODE_STORE_FMAP_WRONG,
	CODE_STORE_FPMAP_WRONG,           CODE_STORE_DLIST_DAMAGED,
	CODE_STORE_DLIST_STALE,
};
static const enum code counter_codes[] = {
	CODE_STORE_BLOCK_COUNTER_LOW,
	CODE_STORE_PAGE_COUNTER_LOW,
	CODE_STORE_NODE_MARK_LOW,
	CODE_STORE_UNIQUE_COUNTER_LOW,
};

struct maps {
	struct mender *m;
	const struct variant *v;
	struct extent_walk walk;
	struct extent next;
	bool has_next, may_clear;
	uint64_t eof, amap_free, pmap_free;
	uint8_t pmap[PAGE_LEN_MAX];
	uint64_t pmap_at; /* of the section that it begins with */
	uint8_t want[BITMAP_MAX];
};

static void set_bits(uint8_t *bits, uint64_t from, uint64_t n)
{
	for (uint64_t i = from; i < from + n && i < BITMAP_MAX * 8; i++)
		bits[i / 8] = (uint8_t)(bits[i / 8] | 0x80 >> i % 8);
}

static bool get_bit(const uint8_t *bits, uint64_t i)
{
	return (bits[i / 8] & 0x80 >> i % 8) != 0;
}

static bool page_holds(struct maps *s, enum page_type type, uint64_t at, uint8_t *page)
{
	return mender_read(s->m, at, page, s->v->page_len) &&
	       page_faults(s->v, view_of(page, s->v->page_len), type, (struct ib){ at },
			   (struct bid){ at }) == 0;
}

/* A legacy page that is not what it must be becomes all ones: nothing is in reserve. */
static void put_full_page(struct maps *s, enum page_type type, uint64_t at)
{
	uint8_t page[PAGE_LEN_MAX];

	if (page_holds(s, type, at, page))
		return;
	memset(page, 0, sizeof page);
	memset(page + s->v->amap_bits_at, 0xFF, s->v->amap_bytes);
	page_seal(s->v, type, (struct ib){ at }, (struct bid){ at }, page);
	mender_write(s->m, at, view_of(page, s->v->page_len));
}

static void take_pmap(struct maps *s, uint64_t from)
{
	uint64_t at = from + s->v->page_len;

	put_full_page(s, PAGE_PMAP, at);
	s->pmap_at = from;
	if (!mender_read(s->m, at, s->pmap, s->v->page_len))
		memset(s->pmap, 0xFF, sizeof s->pmap);
	for (uint64_t i = 0; i < BITMAP_MAX * 8 && from + i * PMAP_UNIT < s->eof; i++)
		if (!get_bit(s->pmap + s->v->amap_bits_at, i))
			s->pmap_free += PMAP_UNIT;
}

static bool is_reserved(const struct maps *s, uint64_t at)
{
	uint64_t unit = (at - s->pmap_at) / PMAP_UNIT;

	return unit < BITMAP_MAX * 8 && !get_bit(s->pmap + s->v->amap_bits_at, unit);
}

/* All that is alive in the section, and what lies behind the store's end. */
static void gather(struct maps *s, uint64_t section)
{
	struct map_page maps[MAPS_PER_SECTION_MAX];
	uint64_t from = maps_section_at(s->v, section), to = from + s->v->amap_interval;
	uint64_t grain = s->v->block_align;
	unsigned n = maps_of_section(s->v, section, maps);

	memset(s->want, 0, sizeof s->want);
	set_bits(s->want, 0, (maps[n - 1].at + s->v->page_len - from) / grain);
	if (s->eof < to)
		set_bits(s->want, (s->eof > from ? s->eof - from : 0) / grain, BITMAP_MAX * 8);
	for (; s->has_next && s->next.at < to; s->has_next = extent_walk_next(&s->walk, &s->next))
		set_bits(s->want, (s->next.at - from) / grain, s->next.len / grain);
}

static void put_amap(struct maps *s, uint64_t from)
{
	uint8_t page[PAGE_LEN_MAX], *bits = page + s->v->amap_bits_at;
	bool holds = page_holds(s, PAGE_AMAP, from, page);

	for (uint64_t i = 0; holds && i < BITMAP_MAX * 8; i++) {
		uint64_t at = from + i * s->v->block_align;

		if (at < s->eof && get_bit(bits, i) && (!s->may_clear || is_reserved(s, at)))
			set_bits(s->want, i, 1);
	}
	if (!holds)
		memset(page, 0, sizeof page);
	if (!holds || memcmp(bits, s->want, BITMAP_MAX) != 0) {
		memcpy(bits, s->want, BITMAP_MAX);
		page_seal(s->v, PAGE_AMAP, (struct ib){ from }, (struct bid){ from }, page);
		mender_write(s->m, from, view_of(page, s->v->page_len));
	}
	for (uint64_t i = 0; i < BITMAP_MAX * 8; i++)
		if (!get_bit(s->want, i))
			s->amap_free += s->v->block_align;
}

static void put_section(struct maps *s, uint64_t section)
{
	uint64_t from = maps_section_at(s->v, section);
	struct map_page maps[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(s->v, section, maps);

	if (section % MAPS_PMAP_EVERY == 0)
		take_pmap(s, from);
	for (unsigned i = 0; i < n; i++)
		if (maps[i].type == PAGE_FMAP || maps[i].type == PAGE_FPMAP)
			put_full_page(s, maps[i].type, maps[i].at);
	gather(s, section);
	put_amap(s, from);
}

/* P46, P47: an empty density list, which says that it is complete. */
static void put_dlist(struct maps *s, const struct header *h)
{
	uint8_t page[PAGE_LEN_MAX] = { 1 };

	if (mender_tells(s->m, CODE_STORE_DLIST_DAMAGED) || mender_tells(s->m, CODE_STORE_DLIST_STALE)) {
		page_seal(s->v, PAGE_DLIST, (struct ib){ s->v->dlist }, (struct bid){ h->next_page }, page);
		mender_write(s->m, s->v->dlist, view_of(page, s->v->page_len));
	}
}

/* P20-P22: never lower than they are. */
static void raise_counters(const struct check_facts *facts, struct header *h)
{
	uint64_t top_block = facts->n_blocks ? facts->blocks[facts->n_blocks - 1].bid : 0, top_page = 0;

	for (size_t i = 0; i < facts->n_pages; i++)
		if (facts->pages[i].bid > top_page)
			top_page = facts->pages[i].bid;
	if (h->next_block <= top_block)
		h->next_block = (top_block & ~UINT64_C(3)) + 4 * GAP_NUMBERS;
	h->next_block = (h->next_block + 3) & ~UINT64_C(3);
	if (h->next_page < top_page)
		h->next_page = top_page + GAP_NUMBERS;
	for (unsigned t = 0; t < NID_TYPE_COUNT; t++) {
		bool is_kept_up = t != NID_TYPE_SEARCH_UPDATE_QUEUE && t != NID_TYPE_SEARCH_CRITERIA_OBJECT &&
				  t != NID_TYPE_SEARCH_CONTENTS_TABLE;

		if (is_kept_up && h->nid_marks[t] < facts->nid_tops[t])
			h->nid_marks[t] = facts->nid_tops[t];
	}
}

static bool has_any(const struct mender *m, const enum code *codes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (mender_has(m, codes[i]))
			return true;
	return false;
}

/* Nothing of the store is missing or damaged below the messages. */
static bool is_otherwise_whole(const struct mender *m)
{
	static const enum code losses[] = {
		CODE_STORE_BLOCK_CHECKSUM_WRONG,
		CODE_STORE_BLOCK_TRAILER_WRONG,
		CODE_STORE_BLOCK_MISSING,
		CODE_STORE_BLOCK_PLACE_WRONG,
		CODE_STORE_BLOCK_SIZE_WRONG,
		CODE_STORE_FILE_UNREADABLE,
		CODE_STORE_FILE_CUT,
		CODE_STORE_BLOCK_REFS_WRONG,
		CODE_STORE_BLOCK_KIND_WRONG,
	};

	return m->facts->have & FACT_REFERENCES && !has_any(m, losses, COUNT_OF(losses));
}

static void put_maps(struct mender *m, struct header *h)
{
	struct check_facts facts = *m->facts;
	struct maps s = { .m = m, .v = facts.variant, .may_clear = is_otherwise_whole(m) };
	uint64_t sections = maps_sections(facts.variant, facts.image->size);

	m->status = extent_walk_new(m->arena, &facts, &s.walk);
	if (m->status != ST_OK)
		return;
	s.eof = h->file_eof;
	s.has_next = extent_walk_next(&s.walk, &s.next);
	for (uint64_t i = 0; m->status == ST_OK && i < sections; i++)
		put_section(&s, i);
	put_dlist(&s, h);
	h->amap_free = s.amap_free;
	h->pmap_free = s.pmap_free;
	h->last_amap = sections ? maps_section_at(facts.variant, sections - 1) : 0;
	h->amap_valid = 2;
}

void mend_maps(struct mender *m)
{
	bool maps = has_any(m, map_codes, COUNT_OF(map_codes));
	bool counters = has_any(m, counter_codes, COUNT_OF(counter_codes));
	struct header h;

	if (!(m->facts->have & FACT_EXTENTS) || !m->facts->header_trusted || !mender_header(m, &h))
		return;
	if (counters) {
		mender_begin(m, PLAN_LOSSLESS, "raises the header's counters above all numbers in use");
		for (size_t i = 0; i < COUNT_OF(counter_codes); i++)
			mender_answer(m, counter_codes[i]);
		raise_counters(m->facts, &h);
		mender_put_header(m, &h);
	}
	if (!maps || h.file_eof != m->facts->image->size || !mender_header(m, &h))
		return;
	mender_begin(m, PLAN_LOSSLESS, "writes allocation maps and their totals anew from all that is alive");
	for (size_t i = 0; i < COUNT_OF(map_codes); i++)
		mender_answer(m, map_codes[i]);
	put_maps(m, &h);
	mender_put_header(m, &h);
}
