/* This file plants faults of pages: those of the two trees, and the maps. */
#include "planted.h"

#include "base/checked.h"
#include "pst/ndb/maps.h"

static uint64_t last_leaf(const struct plant *p)
{
	return plant_page(p, PAGE_NBT, 0, -1);
}

static uint64_t bbt_leaf(const struct plant *p)
{
	return plant_page(p, PAGE_BBT, 0, 2);
}

static void type_of_page(struct plant *p)
{
	plant_trailer_set(p, last_leaf(p), "ptypeRepeat", plant_pick(p, PAGE_BBT, PAGE_NBT));
}

static void type_other_tree(struct plant *p)
{
	uint64_t at = bbt_leaf(p);

	plant_trailer_set(p, at, "ptype", plant_pick(p, PAGE_NBT, PAGE_BBT));
	plant_trailer_set(p, at, "ptypeRepeat", plant_pick(p, PAGE_NBT, PAGE_BBT));
}

/* A bit in the room behind the last entry: nothing but the checksum covers it. */
static void page_bit(struct plant *p)
{
	uint64_t at = last_leaf(p);

	p->bytes[at + p->v->entries_len - 1] ^= 0x10;
	if (!p->wrong)
		plant_page_seal(p, at);
}

static void page_signature(struct plant *p)
{
	uint64_t at = last_leaf(p),
		 right = variant_signature((struct ib){ at }, (struct bid){ plant_page_bid(p, at) });

	plant_trailer_set(p, at, "wSig", plant_pick(p, right ^ 0x8000, right));
}

static void page_bid(struct plant *p)
{
	uint64_t at = last_leaf(p);

	/* An old version of the page: sound in itself. */
	plant_page_reseal(p, at, plant_page_bid(p, at) - plant_pick(p, 1, 0));
}

static void page_place(struct plant *p, uint64_t wrong)
{
	uint64_t at = last_leaf(p);

	plant_entry_set(p, btree_index_fields(p->v), plant_parent_entry(p, at), "BREF.ib",
			plant_pick(p, wrong, at));
}

static void page_place_zero(struct plant *p)
{
	page_place(p, 0);
}

static void page_place_odd(struct plant *p)
{
	page_place(p, last_leaf(p) + 64);
}

static void page_place_map(struct plant *p)
{
	page_place(p, p->v->first_amap);
}

static void page_place_beyond(struct plant *p)
{
	page_place(p, p->size);
}

static void entry_size(struct plant *p)
{
	uint64_t at = last_leaf(p);

	plant_counter_set(p, at, "cbEnt", plant_counters(p, at).entry_len - plant_pick(p, 4, 0));
}

static void entry_most(struct plant *p)
{
	uint64_t at = last_leaf(p);

	plant_counter_set(p, at, "cEntMax", plant_counters(p, at).n_max + plant_pick(p, 1, 0));
}

static void entry_count(struct plant *p)
{
	uint64_t at = last_leaf(p);

	plant_counter_set(p, at, "cEnt",
			  plant_pick(p, plant_counters(p, at).n_max + 1, plant_counters(p, at).n));
}

static void entry_none(struct plant *p)
{
	uint64_t at = last_leaf(p);

	plant_counter_set(p, at, "cEnt", plant_pick(p, 0, plant_counters(p, at).n));
}

static void level(struct plant *p)
{
	uint64_t at = plant_page(p, PAGE_NBT, 1, -1);

	plant_counter_set(p, at, "cLevel", plant_pick(p, 2, 1));
}

static void level_of_root(struct plant *p)
{
	uint64_t at = plant_header(p, "BREFBBT.ib");

	plant_counter_set(p, at, "cLevel", plant_counters(p, at).level + plant_pick(p, 8, 0));
}

static void keys_unsorted(struct plant *p)
{
	uint64_t at = last_leaf(p), len = p->v->nbt_entry_len;
	uint8_t swap[32];

	if (!p->wrong)
		return;
	memcpy(swap, p->bytes + at + len, (size_t)len);
	memcpy(p->bytes + at + len, p->bytes + at + 2 * len, (size_t)len);
	memcpy(p->bytes + at + 2 * len, swap, (size_t)len);
	plant_page_seal(p, at);
}

/* The parent's key below the child's first is harmless to readers; above it hides entries. */
static void parent_key(struct plant *p, int delta)
{
	uint64_t at = plant_parent_entry(p, last_leaf(p)),
		 key = plant_get(p, btree_index_fields(p->v), "btkey", at);

	if (p->wrong)
		plant_entry_set(p, btree_index_fields(p->v), at, "btkey", (uint64_t)((int64_t)key + delta));
}

static void parent_key_low(struct plant *p)
{
	parent_key(p, -1);
}

static void parent_key_high(struct plant *p)
{
	parent_key(p, 1);
}

/* The last entry of a page gets a number that is the next page's. */
static void keys_overlap(struct plant *p)
{
	uint64_t at = plant_page(p, PAGE_NBT, 0, -2), end = plant_counters(p, at).n - 1;
	uint64_t next = plant_get(p, nbt_entry_fields(p->v), "nid", plant_entry(p, last_leaf(p), 1));
	uint64_t mine = plant_get(p, nbt_entry_fields(p->v), "nid", plant_entry(p, at, end));

	plant_entry_set(p, nbt_entry_fields(p->v), plant_entry(p, at, end), "nid", plant_pick(p, next, mine));
}

static void page_shared(struct plant *p)
{
	uint64_t to = plant_parent_entry(p, last_leaf(p)),
		 from = plant_parent_entry(p, plant_page(p, PAGE_NBT, 0, -2));

	if (!p->wrong)
		return;
	plant_entry_set(p, btree_index_fields(p->v), to, "BREF.ib",
			plant_get(p, btree_index_fields(p->v), "BREF.ib", from));
	plant_entry_set(p, btree_index_fields(p->v), to, "BREF.bid",
			plant_get(p, btree_index_fields(p->v), "BREF.bid", from));
}

static void map_page_data(struct plant *p)
{
	if (p->wrong)
		memset(p->bytes + p->v->first_amap, 0, p->v->page_len);
}

static void map_page_bit(struct plant *p)
{
	plant_trailer_set(p, p->v->first_amap, "bid", p->v->first_amap + plant_pick(p, 64, 0));
}

/* A block that lives; totals follow, so that nothing but the map is wrong. */
static void map_live_free(struct plant *p)
{
	const struct block_fact *b = &p->facts->blocks[p->facts->n_blocks / 2];

	plant_map_bits(p, b->at, p->v->block_align, !p->wrong);
	plant_header_set(p, "cbAMapFree",
			 plant_header(p, "cbAMapFree") + plant_pick(p, p->v->block_align, 0));
}

static void map_leaked(struct plant *p)
{
	uint64_t at = plant_alloc(p, p->v->block_align, p->v->block_align);

	if (!p->wrong)
		plant_free(p, at, p->v->block_align);
}

static void map_self_free(struct plant *p)
{
	if (!p->wrong)
		return;
	plant_map_bits(p, p->v->first_amap, p->v->block_align, false);
	plant_header_set(p, "cbAMapFree", plant_header(p, "cbAMapFree") + p->v->block_align);
}

/* A store that ends within its section, as its header says. */
static void map_beyond_end(struct plant *p)
{
	uint64_t len = p->v->page_len;

	p->size -= len;
	plant_header_set(p, "ibFileEof", p->size);
	plant_map_bits(p, p->size, len, !p->wrong);
	plant_header_set(p, "cbAMapFree", plant_header(p, "cbAMapFree") - len);
}

static void pmap_page(struct plant *p)
{
	uint64_t at = p->v->first_amap + p->v->page_len;

	plant_trailer_set(p, at, "dwCRC",
			  page_crc(p->v, view_of(p->bytes + at, p->v->page_len)) ^ plant_pick(p, 1, 0));
}

static uint64_t map_of(const struct plant *p, enum page_type type, uint64_t section)
{
	struct map_page maps[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(p->v, section, maps);

	for (unsigned i = 0; i < n; i++)
		if (maps[i].type == type)
			return maps[i].at;
	fputs("planted: the section has no such map\n", stderr);
	abort();
}

static void fmap_page(struct plant *p)
{
	uint64_t at = map_of(p, PAGE_FMAP, MAPS_FMAP_FIRST);

	plant_trailer_set(p, at, "ptype", plant_pick(p, PAGE_AMAP, PAGE_FMAP));
}

static void fpmap_page(struct plant *p)
{
	uint64_t at = map_of(p, PAGE_FPMAP, MAPS_FPMAP_FIRST);

	plant_trailer_set(p, at, "ptype", plant_pick(p, PAGE_AMAP, PAGE_FPMAP));
}

/* Where some programs put it. */
static void fpmap_page_further(struct plant *p)
{
	uint64_t at = map_of(p, PAGE_FPMAP, MAPS_FPMAP_FIRST), len = p->v->page_len;

	if (!p->wrong)
		return;
	memmove(p->bytes + at + len, p->bytes + at, (size_t)len);
	memset(p->bytes + at, 0, (size_t)len);
	page_seal(p->v, PAGE_FPMAP, (struct ib){ at + len }, (struct bid){ 0 }, p->bytes + at + len);
}

/* What a density list says: entries of a section and how much of it is free. */
static void dlist_entry(struct plant *p)
{
	uint64_t sections = maps_sections(p->v, plant_header(p, "ibFileEof"));

	p->bytes[p->v->dlist + 1] = 1;
	field_put(p->bytes + p->v->dlist + 8, 4, plant_pick(p, sections, sections - 1) | 100U << 20);
	plant_page_seal(p, p->v->dlist);
}

static void dlist_page(struct plant *p)
{
	p->bytes[p->v->dlist + 1] ^= (uint8_t)plant_pick(p, 1, 0);
}

static void extents_overlap(struct plant *p)
{
	const struct block_fact *a = &p->facts->blocks[p->facts->by_place[4]],
				*b = &p->facts->blocks[p->facts->by_place[5]];

	if (p->wrong)
		plant_block_set(p, b->bid, "BREF.ib", a->at);
}

/* A block on a map page. */
static void extents_on_map(struct plant *p)
{
	const struct block_fact *b = &p->facts->blocks[4];

	plant_block_set(p, b->bid, "BREF.ib", plant_pick(p, p->v->first_amap, b->at));
}

static const struct planted_row rows[] = {
	FAULT("ptypeRepeat of another tree", PAGE_TYPE_WRONG, ALL, SMALL, type_of_page, "ptype"),
	FAULT("a leaf of the block tree calls itself one of nodes", PAGE_TYPE_WRONG, ALL, SMALL,
	      type_other_tree, "tree"),
	FAULT("a bit behind the entries", PAGE_CHECKSUM_WRONG, ALL, SMALL, page_bit, "dwCRC"),
	FAULT("wSig", PAGE_SIGNATURE_WRONG, ALL, SMALL, page_signature, "wSig"),
	FAULT("an old version of a page", PAGE_BID_WRONG, ALL, SMALL, page_bid, "bid"),
	FAULT("at 0", PAGE_PLACE_WRONG, ALL, SMALL, page_place_zero, "ib"),
	FAULT("between pages", PAGE_PLACE_WRONG, ALL, SMALL, page_place_odd, "ib"),
	FAULT("on a map", PAGE_PLACE_WRONG, ALL, SMALL, page_place_map, "ib"),
	FAULT("behind the end", PAGE_PLACE_WRONG, ALL, SMALL, page_place_beyond, "ib"),
	FAULT("cbEnt", PAGE_ENTRY_SIZE_WRONG, ALL, SMALL, entry_size, "cbEnt"),
	FAULT("cEntMax", PAGE_ENTRY_SIZE_WRONG, ALL, SMALL, entry_most, "cEntMax"),
	FAULT("cEnt more than fit", PAGE_COUNT_WRONG, ALL, SMALL, entry_count, "cEnt"),
	FAULT("cEnt 0 below the root", PAGE_COUNT_WRONG, ALL, SMALL, entry_none, "cEnt"),
	FAULT("cLevel of a page", PAGE_LEVEL_WRONG, ALL, SMALL, level, "cLevel"),
	FAULT("cLevel of the root", PAGE_LEVEL_WRONG, ALL, SMALL, level_of_root, "cLevel"),
	FAULT("two entries swapped", PAGE_KEYS_UNSORTED, ALL, SMALL, keys_unsorted, "key"),
	FAULT("btkey below the first key", PAGE_PARENT_KEY_WRONG, ALL, SMALL, parent_key_low, "btkey"),
	FAULT("btkey above the first key", PAGE_PARENT_KEY_WRONG, ALL, SMALL, parent_key_high, "btkey"),
	FAULT("a key of the next page", PAGE_KEYS_OVERLAP, ALL, SMALL, keys_overlap, "key"),
	FAULT("a page named twice", PAGE_SHARED, ALL, SMALL, page_shared, "ib"),
	FAULT("zeros where a map is", MAP_PAGE_DAMAGED, ALL, SMALL, map_page_data, "trailer_faults"),
	FAULT("a map of another place", MAP_PAGE_DAMAGED, ALL, SMALL, map_page_bit, "trailer_faults"),
	FAULT("a bit of a block", MAP_LIVE_FREE, ALL, SMALL, map_live_free, "bytes"),
	FAULT("a bit of nothing", MAP_LEAKED, ALL, SMALL, map_leaked, "bytes"),
	FAULT_WITH("the map's own bit", MAP_SELF_FREE, ALL, SMALL, map_self_free, NULL,
		   CODE_STORE_MAP_LIVE_FREE),
	FAULT("bits behind the end", MAP_BEYOND_END, ALL, SMALL, map_beyond_end, "bytes"),
	FAULT("a checksum", PMAP_DAMAGED, 512, SMALL, pmap_page, "trailer_faults"),
	FAULT("a type", FMAP_WRONG, 512, FAR, fmap_page, "trailer_faults"),
	FAULT("a type", FPMAP_WRONG, UNICODE, VAST, fpmap_page, "trailer_faults"),
	FAULT("a page too far", FPMAP_WRONG, UNICODE, VAST, fpmap_page_further, "stands_at"),
	FAULT("a section behind the end", DLIST_STALE, 512, SMALL, dlist_entry, "section"),
	FAULT("a bit", DLIST_DAMAGED, ALL, SMALL, dlist_page, "dwCRC"),
	FAULT_WITH("two blocks at one place", EXTENTS_OVERLAP, ALL, SMALL, extents_overlap, "from",
		   CODE_STORE_BLOCK_TRAILER_WRONG, CODE_STORE_BLOCK_CHECKSUM_WRONG, CODE_STORE_MAP_LEAKED),
	FAULT_WITH("a block on a map", EXTENTS_OVERLAP, ALL, SMALL, extents_on_map, "bid",
		   CODE_STORE_BLOCK_TRAILER_WRONG, CODE_STORE_BLOCK_CHECKSUM_WRONG, CODE_STORE_MAP_LEAKED),
};

const struct planted_part planted_pages = { "pages", rows, COUNT_OF(rows), true };
