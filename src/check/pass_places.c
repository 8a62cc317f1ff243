/* This file is the pass over places: every block inside the store, and in which order they lie.
 *
 * Tests: P20, P21, P49, P50.
 * Gathers: which blocks have a place that cannot be; all blocks and pages by their places.
 * Relies on: variant, header, blocks, nodes.
 */
#include "check/extents.h"
#include "check/pass.h"

/* P49, P50: where a block cannot be it is left out of all later passes. True when
 * all can be where they are. */
static bool judge_places(struct pass_context *pass)
{
	struct check_facts *facts = pass->facts;
	const struct variant *v = facts->variant;
	uint64_t end = facts->image->size;
	bool all = true;

	for (size_t i = 0; i < facts->n_blocks; i++) {
		struct block_fact *b = &facts->blocks[i];
		uint64_t len = variant_block_extent(v, b->len);
		struct finding *f;

		if (b->len > v->block_data_max) {
			f = pass_report_at(pass, CODE_STORE_BLOCK_SIZE_WRONG, b->at);
			pass_evidence_pair(pass, f, "cb", b->len, v->block_data_max);
			pass_evidence_hex(pass, f, "bid", b->bid);
			b->state |= BLOCK_BAD_PLACE;
		} else if (b->at < v->first_amap || b->at % v->block_align || b->at > end ||
			   len > end - b->at) {
			f = pass_report_at(pass, CODE_STORE_BLOCK_PLACE_WRONG, b->at);
			pass_evidence_hex(pass, f, "bid", b->bid);
			pass_evidence_pair(pass, f, "end", b->at + len, end);
			b->state |= BLOCK_BAD_PLACE;
		}
		all = all && !(b->state & BLOCK_BAD_PLACE);
	}
	return all;
}

/* P20, P21: numbers that the header would give out next. */
static void judge_counters(struct pass_context *pass)
{
	const struct check_facts *facts = pass->facts;
	const struct header *h = &facts->header;
	uint64_t top_block = facts->n_blocks ? facts->blocks[facts->n_blocks - 1].bid : 0;
	uint64_t top_page = 0;

	for (size_t i = 0; i < facts->n_pages; i++)
		if (facts->pages[i].bid > top_page)
			top_page = facts->pages[i].bid;
	if (h->next_block <= top_block || h->next_block & 3)
		pass_evidence_pair(pass, pass_report_field(pass, CODE_STORE_BLOCK_COUNTER_LOW, "bidNextB"),
				   "bidNextB", h->next_block, top_block + 4);
	/* A DList carries the very next number, so equal is fine. */
	if (h->next_page < top_page)
		pass_evidence_pair(pass, pass_report_field(pass, CODE_STORE_PAGE_COUNTER_LOW, "bidNextP"),
				   "bidNextP", h->next_page, top_page);
}

enum status pass_places(struct pass_context *pass)
{
	struct check_facts *facts = pass->facts;
	struct extent_walk walk;
	enum status st;

	facts->places_possible = judge_places(pass);
	judge_counters(pass);
	st = extent_walk_new(pass->arena, facts, &walk);
	if (st != ST_OK)
		return st;
	facts->by_place = walk.by_place;
	facts->have |= FACT_PLACES;
	return ST_OK;
}
