/* This file is the pass over extents: nothing on top of another, and maps that say so.
 *
 * Tests: P13-P15 (sums), P38-P48.
 * Gathers: that no two extents overlap.
 * Relies on: variant, header, blocks, nodes and their order by place.
 *
 * It runs behind the content pass, which has read the file from its beginning to
 * its end: the maps, one every 248 KiB, are in the system's memory by then, and a
 * cold disk isn't asked for them one by one.
 *
 * One sweep in the order of places with the bitmap of one section at a time: a
 * store of any size costs the memory of one page.
 */
#include "check/extents.h"
#include "check/legacy_maps.h"
#include "check/pass.h"
#include "pst/ndb/maps.h"

#include <string.h>

enum { BITMAP_MAX = 4072, PMAP_UNIT = 512, REPORTS_MAX = 64 };

struct sweep {
	struct pass_context *pass;
	const struct variant *v;
	struct extent_walk walk;
	struct extent next;
	bool has_next;
	uint64_t end;                                      /* of everything alive so far */
	uint64_t eof;                                      /* of the store */
	uint64_t amap_free, pmap_free;                     /* bytes */
	uint8_t pmap[PAGE_LEN_MAX];                        /* the PMap that serves this section */
	bool has_pmap, maps_whole, overlapping, is_in_use; /* in use: something lives in this section */
	uint64_t pmap_section;
	uint8_t want[BITMAP_MAX]; /* of the section: what is alive */
};

static void set_bits(uint8_t *bits, uint64_t from, uint64_t n, uint64_t room)
{
	for (uint64_t i = from; i < from + n && i < room; i++)
		bits[i / 8] = (uint8_t)(bits[i / 8] | 0x80 >> i % 8);
}

static bool get_bit(const uint8_t *bits, uint64_t i)
{
	return (bits[i / 8] & 0x80 >> i % 8) != 0;
}

static uint64_t clear_bits(const uint8_t *bits, size_t n)
{
	static const uint8_t set[16] = { 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4 };
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += 8U - set[bits[i] & 0xF] - set[bits[i] >> 4];
	return sum;
}

static void report_overlap(struct sweep *s, const struct extent *e)
{
	struct finding *f = pass_report_at(s->pass, CODE_STORE_EXTENTS_OVERLAP, e->at);

	pass_evidence_pair(s->pass, f, "from", e->at, s->end);
	if (e->block)
		pass_evidence_hex(s->pass, f, "bid", e->block->bid);
	s->overlapping = true;
}

/* Marks what is alive in a section, map pages first; P48 on the way. */
static void gather_section(struct sweep *s, uint64_t section)
{
	struct map_page maps[MAPS_PER_SECTION_MAX];
	uint64_t from = maps_section_at(s->v, section), to = from + s->v->amap_interval;
	uint64_t room = (uint64_t)s->v->amap_bytes * 8, grain = s->v->block_align;
	unsigned n = maps_of_section(s->v, section, maps);
	uint64_t maps_end = maps[n - 1].at + s->v->page_len;

	s->is_in_use = s->has_next && s->next.at < to;
	memset(s->want, 0, sizeof s->want);
	set_bits(s->want, 0, (maps_end - from) / grain, room);
	if (s->end < maps_end)
		s->end = maps_end;
	while (s->has_next && s->next.at < to) {
		if (s->next.at < s->end || s->next.len > to - s->next.at)
			report_overlap(s, &s->next);
		set_bits(s->want, (s->next.at - from) / grain, s->next.len / grain, room);
		if (s->next.at + s->next.len > s->end)
			s->end = s->next.at + s->next.len;
		s->has_next = extent_walk_next(&s->walk, &s->next);
	}
}

/* Reads a map page; false and a finding when it cannot be believed. */
static bool read_map(struct sweep *s, const struct map_page *map, enum code code, uint8_t *page)
{
	const struct check_facts *facts = s->pass->facts;
	enum status st = image_read(facts->image, map->at, page, s->v->page_len);
	unsigned faults = 0;
	struct finding *f;

	if (st == ST_OK)
		faults = page_faults(s->v, view_of(page, s->v->page_len), map->type, (struct ib){ map->at },
				     (struct bid){ map->at });
	if (st == ST_OK && faults == 0)
		return true;
	f = pass_report_at(s->pass, code, map->at);
	pass_evidence_hex(s->pass, f, st == ST_OK ? "trailer_faults" : "unreadable", faults);
	return false;
}

/* The legacy map: a 0 bit is a page that the AMap holds in reserve. */
static void take_pmap(struct sweep *s, uint64_t section)
{
	struct map_page map = { PAGE_PMAP, maps_section_at(s->v, section) + s->v->page_len };
	uint64_t units = (uint64_t)s->v->amap_bytes * 8, from = maps_section_at(s->v, section);

	s->pmap_section = section;
	s->has_pmap = read_map(s, &map, CODE_STORE_PMAP_DAMAGED, s->pmap);
	for (uint64_t i = 0; s->has_pmap && i < units && from + i * PMAP_UNIT < s->eof; i++)
		if (!get_bit(s->pmap + s->v->amap_bits_at, i))
			s->pmap_free += PMAP_UNIT;
}

static bool is_reserved(const struct sweep *s, uint64_t at)
{
	uint64_t unit = (at - maps_section_at(s->v, s->pmap_section)) / PMAP_UNIT;

	return s->has_pmap && unit < (uint64_t)s->v->amap_bytes * 8 &&
	       !get_bit(s->pmap + s->v->amap_bits_at, unit);
}

/* What one section's map gets wrong. */
struct map_verdict {
	uint64_t live_free, leaked, beyond, first_live_free, first_leaked;
};

static void judge_bit(struct sweep *s, struct map_verdict *verdict, bool want, bool has, uint64_t at)
{
	if (at >= s->eof) {
		verdict->beyond += !has;
		return;
	}
	s->amap_free += has ? 0 : s->v->block_align;
	if (want && !has && verdict->live_free++ == 0)
		verdict->first_live_free = at;
	if (has && !want && !is_reserved(s, at) && verdict->leaked++ == 0)
		verdict->first_leaked = at;
}

static void report_map(struct sweep *s, const struct map_verdict *verdict, uint64_t from, bool self_free)
{
	uint64_t grain = s->v->block_align;

	if (self_free)
		(void)pass_report_at(s->pass, CODE_STORE_MAP_SELF_FREE, from);
	if (verdict->live_free)
		pass_evidence_hex(s->pass,
				  pass_report_at(s->pass, CODE_STORE_MAP_LIVE_FREE, verdict->first_live_free),
				  "bytes", verdict->live_free * grain);
	if (verdict->leaked && s->maps_whole)
		pass_evidence_hex(s->pass,
				  pass_report_at(s->pass, CODE_STORE_MAP_LEAKED, verdict->first_leaked),
				  "bytes", verdict->leaked * grain);
	if (verdict->beyond)
		pass_evidence_hex(s->pass, pass_report_at(s->pass, CODE_STORE_MAP_BEYOND_END, s->eof),
				  "bytes", verdict->beyond * grain);
}

static bool check_section(struct sweep *s, uint64_t section)
{
	uint64_t from = maps_section_at(s->v, section), bits = (uint64_t)s->v->amap_bytes * 8;
	struct map_page map = { PAGE_AMAP, from };
	struct map_verdict verdict = { 0 };
	uint8_t page[PAGE_LEN_MAX];
	const uint8_t *have = page + s->v->amap_bits_at;

	gather_section(s, section);
	/* What only follows the store's end (P11) needs no maps. */
	if (from >= s->eof && !s->is_in_use)
		return true;
	if (s->v->has_pmap && section % MAPS_PMAP_EVERY == 0)
		take_pmap(s, section);
	if (!read_map(s, &map, CODE_STORE_MAP_PAGE_DAMAGED, page))
		return false;
	/* Most sections agree to the byte, and then no bit needs a look of its own. */
	if (from + s->v->amap_interval <= s->eof && memcmp(have, s->want, s->v->amap_bytes) == 0) {
		s->amap_free += clear_bits(have, s->v->amap_bytes) * s->v->block_align;
		return true;
	}
	for (uint64_t i = 0; i < bits; i++)
		judge_bit(s, &verdict, get_bit(s->want, i), get_bit(have, i), from + i * s->v->block_align);
	report_map(s, &verdict, from, have[0] != 0xFF);
	return true;
}

static void judge_totals(struct sweep *s, bool all_maps)
{
	const struct header *h = &s->pass->facts->header;

	if (all_maps && h->amap_free != s->amap_free)
		pass_evidence_pair(
			s->pass, pass_report_field(s->pass, CODE_STORE_HEADER_FREE_TOTAL_WRONG, "cbAMapFree"),
			"cbAMapFree", h->amap_free, s->amap_free);
	if (s->v->has_pmap && h->pmap_free != s->pmap_free)
		pass_evidence_pair(s->pass,
				   pass_report_field(s->pass, CODE_STORE_HEADER_PAGE_TOTAL_ODD, "cbPMapFree"),
				   "cbPMapFree", h->pmap_free, s->pmap_free);
}

enum status pass_extents(struct pass_context *pass)
{
	struct check_facts *facts = pass->facts;
	struct sweep s = { .pass = pass,
			   .v = facts->variant,
			   .walk = extent_walk_of(facts),
			   .maps_whole = facts->bbt_whole && facts->nbt_whole && facts->places_possible };
	uint64_t size = facts->image->size, sections;
	bool all_maps = true;

	s.eof = facts->header.file_eof < size ? facts->header.file_eof : size;
	s.end = s.v->first_amap;
	sections = maps_sections(s.v, size);
	s.has_next = extent_walk_next(&s.walk, &s.next);
	for (uint64_t i = 0; i < sections; i++)
		all_maps = check_section(&s, i) && all_maps;
	judge_totals(&s, all_maps);
	legacy_maps_judge(pass);
	if (!s.overlapping && s.maps_whole)
		facts->have |= FACT_EXTENTS;
	return ST_OK;
}
