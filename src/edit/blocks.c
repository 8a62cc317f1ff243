/* This file writes blocks into free space and counts who holds them. */
#include "edit/work.h"

#include <string.h>

enum { TOUCHED = 1 << 15, REFS_MAX = UINT16_MAX, BID_INTERNAL = 2, BID_STEP = 4 };

void work_fail(struct work *w, enum status st, const char *why)
{
	if (w->status != ST_OK)
		return;
	w->status = st;
	w->why = why;
}

bool blocks_is_touched(const struct block_fact *block)
{
	return (block->state & TOUCHED) != 0;
}

uint64_t blocks_put(struct work *w, struct view bytes, bool is_internal)
{
	const struct variant *v = w->facts->variant;
	struct header *h = &w->facts->header;
	uint64_t len = variant_block_extent(v, (uint32_t)bytes.len);
	struct block_place place = { .len = (uint32_t)bytes.len };
	uint8_t extent[BLOCK_EXTENT_MAX];
	struct block_fact fact = { .len = (uint16_t)bytes.len, .refs = 1, .state = TOUCHED };
	enum status st;

	if (bytes.len == 0 || bytes.len > v->block_data_max)
		work_fail(w, ST_BUG, "a block of an impossible length");
	if (!work_goes_on(w) || !places_take(w, len, v->block_align, &place.at.v))
		return 0;
	place.bid.v = h->next_block | (is_internal ? BID_INTERNAL : 0);
	h->next_block += BID_STEP;
	memset(extent, 0, (size_t)len);
	memcpy(extent, bytes.at, bytes.len);
	crypt_encode((enum crypt_method)h->crypt_method, place.bid, extent, bytes.len);
	block_seal(v, &place, extent);
	fact.bid = place.bid.v;
	fact.at = place.at.v;
	st = overlay_write(w->draft, fact.at, view_of(extent, (size_t)len));
	if (st == ST_OK)
		st = facts_add_block(w->arena, w->facts, &fact);
	if (st != ST_OK)
		work_fail(w, st, NULL);
	return work_goes_on(w) ? fact.bid : 0;
}

static struct block_fact *find(struct work *w, uint64_t bid)
{
	struct block_fact *b = facts_block(w->facts, (struct bid){ bid });

	if (!b || b->refs == 0)
		work_fail(w, ST_IO, "a block is named that is not there");
	return work_goes_on(w) ? b : NULL;
}

void blocks_hold(struct work *w, uint64_t bid)
{
	struct block_fact *b = work_goes_on(w) && bid ? find(w, bid) : NULL;

	if (!b)
		return;
	if (b->refs == REFS_MAX) {
		work_fail(w, ST_LIMIT, "a block has too many holders");
		return;
	}
	b->refs++;
	b->state |= TOUCHED;
}

/* BIDs that are still to be released. */
struct pending {
	uint64_t *bids;
	size_t n, room;
};

static void push(struct work *w, struct pending *p, uint64_t bid)
{
	uint64_t *bids;

	if (bid == 0)
		return;
	bids = arena_grown(w->arena, p->bids, p->n, &p->room, sizeof *bids);
	if (!bids) {
		work_fail(w, ST_NOMEM, NULL);
		return;
	}
	p->bids = bids;
	p->bids[p->n++] = bid;
}

static void push_subnodes(struct work *w, struct pending *p, struct view data)
{
	const struct variant *v = w->facts->variant;
	struct slblock head;
	struct sl_entry e;
	struct si_entry s;

	if (!slblock_decode(data, &head)) {
		work_fail(w, ST_IO, "a list of subnodes cannot be read");
		return;
	}
	for (uint64_t i = 0; i < head.n; i++) {
		if (head.level == 0 && sl_entry_at(v, data, i, &e)) {
			push(w, p, e.data);
			push(w, p, e.subnode);
		} else if (head.level == 1 && si_entry_at(v, data, i, &s)) {
			push(w, p, s.bid);
		} else {
			work_fail(w, ST_IO, "a list of subnodes cannot be read");
			return;
		}
	}
}

static void push_children(struct work *w, struct pending *p, const struct block_fact *b)
{
	struct view data;
	struct xblock x;
	struct bid child;

	if (!bid_is_internal((struct bid){ b->bid }))
		return;
	if (block_read(w->facts, b, w->scratch.room, &data) != ST_OK || !xblock_decode(data, &x)) {
		work_fail(w, ST_IO, "a list of blocks cannot be read");
		return;
	}
	if (x.type != BTYPE_XBLOCK) {
		push_subnodes(w, p, data);
		return;
	}
	for (uint64_t i = 0; i < x.n; i++) {
		if (!xblock_bid_at(w->facts->variant, data, i, &child)) {
			work_fail(w, ST_IO, "a list of blocks cannot be read");
			return;
		}
		push(w, p, child.v);
	}
}

void blocks_release(struct work *w, uint64_t bid)
{
	struct pending p = { 0 };

	push(w, &p, bid);
	while (p.n && work_goes_on(w)) {
		struct block_fact *b = find(w, p.bids[--p.n]);

		if (!b)
			return;
		b->state |= TOUCHED;
		if (--b->refs > 1)
			continue;
		push_children(w, &p, b);
		b->refs = 0;
		places_give(w, b->at, variant_block_extent(w->facts->variant, b->len));
	}
}
