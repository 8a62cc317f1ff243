/* This file judges the maps that newer programs keep only for older ones. */
#include "check/legacy_maps.h"

#include "base/cursor.h"
#include "pst/ndb/maps.h"

/* Body of a DList page ([MS-PST] 2.2.2.7.4.2). */
enum { DLIST_COUNT_AT = 1, DLIST_ENTRIES_AT = 8, DLIST_PAGE_MASK = 0xFFFFF, DLIST_MAX = 119 };

static bool page_holds(const struct check_facts *facts, enum page_type type, uint64_t at,
		       unsigned *faults_out)
{
	const struct variant *v = facts->variant;
	uint8_t page[PAGE_LEN_MAX];

	*faults_out = ~0U;
	if (image_read(facts->image, at, page, v->page_len) != ST_OK)
		return false;
	*faults_out = page_faults(v, view_of(page, v->page_len), type, (struct ib){ at }, (struct bid){ at });
	return *faults_out == 0;
}

/* Some writers put the FPMap a page further on (pst-format 2.4). */
static void judge_page(struct pass_context *pass, const struct map_page *map)
{
	const struct check_facts *facts = pass->facts;
	uint64_t beside = map->at + facts->variant->page_len;
	unsigned faults, ignored;
	struct finding *f;

	if (page_holds(facts, map->type, map->at, &faults))
		return;
	f = pass_report_at(pass, map->type == PAGE_FMAP ? CODE_STORE_FMAP_WRONG : CODE_STORE_FPMAP_WRONG,
			   map->at);
	if (page_holds(facts, map->type, beside, &ignored))
		pass_evidence_pair(pass, f, "stands_at", beside, map->at);
	else
		pass_evidence_hex(pass, f, "trailer_faults", faults);
}

static void judge_entries(struct pass_context *pass, struct view page)
{
	const struct variant *v = pass->facts->variant;
	uint64_t sections = maps_sections(v, pass->facts->header.file_eof);
	struct cursor c = cursor_of(page);
	unsigned n;

	cursor_seek(&c, DLIST_COUNT_AT);
	n = cursor_u8(&c);
	cursor_seek(&c, DLIST_ENTRIES_AT);
	for (unsigned i = 0; i < n && i < DLIST_MAX; i++) {
		uint32_t section = cursor_u32le(&c) & DLIST_PAGE_MASK;

		if (section >= sections)
			pass_evidence_pair(pass, pass_report_at(pass, CODE_STORE_DLIST_STALE, v->dlist),
					   "section", section, sections);
	}
}

/* P46, P47. What does not call itself a density list is left alone: old
 * programs keep other things there. The layout in 4 KiB pages is not known. */
static void judge_dlist(struct pass_context *pass)
{
	const struct check_facts *facts = pass->facts;
	const struct variant *v = facts->variant;
	uint8_t bytes[PAGE_LEN_MAX];
	struct view page = view_of(bytes, v->page_len);
	struct page_trailer t;

	if (image_read(facts->image, v->dlist, bytes, v->page_len) != ST_OK ||
	    !page_trailer_decode(v, page, &t) || t.type != PAGE_DLIST || t.type_repeat != PAGE_DLIST)
		return;
	if (t.crc != page_crc(v, page) || t.bid > facts->header.next_page ||
	    t.signature != variant_signature((struct ib){ v->dlist }, (struct bid){ t.bid }))
		pass_evidence_pair(pass, pass_report_at(pass, CODE_STORE_DLIST_DAMAGED, v->dlist), "dwCRC",
				   t.crc, page_crc(v, page));
	else if (v->has_pmap)
		judge_entries(pass, page);
}

void legacy_maps_judge(struct pass_context *pass)
{
	const struct variant *v = pass->facts->variant;
	uint64_t size = pass->facts->image->size, eof = pass->facts->header.file_eof;
	uint64_t sections = maps_sections(v, eof < size ? eof : size);

	for (uint64_t s = MAPS_FMAP_FIRST; v->has_pmap && s < sections; s++) {
		struct map_page maps[MAPS_PER_SECTION_MAX];
		unsigned n = maps_of_section(v, s, maps);

		for (unsigned i = 0; i < n; i++)
			if (maps[i].type == PAGE_FMAP || maps[i].type == PAGE_FPMAP)
				judge_page(pass, &maps[i]);
	}
	judge_dlist(pass);
}
