/* This file proposes steps for blocks' trailers and for the counts of who holds them.
 *
 * Invariants P51, P56. A trailer is written anew only around content whose
 * checksum holds; the checksum of a block of data is never renewed.
 */
#include "plan/mender.h"

#include "base/cursor.h"

#include <string.h>

static bool is_mendable(const struct block_fact *b)
{
	return b->state & BLOCK_BAD_TRAILER &&
	       !(b->state & (BLOCK_BAD_PLACE | BLOCK_BAD_CRC | BLOCK_UNREADABLE));
}

/* A trailer that fits its place under another number is another block's: what
 * was to be written here never was. */
static bool is_the_blocks_own(const struct block_fact *b, const struct block_trailer *t)
{
	struct ib at = { b->at };

	return t->bid == b->bid || (t->signature == variant_signature(at, (struct bid){ b->bid }) &&
				    t->signature != variant_signature(at, (struct bid){ t->bid }));
}

static void mend_trailer(struct mender *m, const struct block_fact *b, uint8_t *extent)
{
	const struct variant *v = m->facts->variant;
	size_t len = (size_t)variant_block_extent(v, b->len);
	struct block_place place = { { b->bid }, { b->at }, b->len, b->len_inflated };
	struct block_trailer t;

	if (!mender_read(m, b->at, extent, len) || !block_trailer_decode(v, view_of(extent, len), &t) ||
	    !is_the_blocks_own(b, &t))
		return;
	block_seal(v, &place, extent);
	mender_answer_at(m, CODE_STORE_BLOCK_TRAILER_WRONG, b->at);
	mender_write(m, b->at + len - v->block_trailer_len,
		     view_of(extent + len - v->block_trailer_len, v->block_trailer_len));
}

void mend_blocks(struct mender *m)
{
	const struct check_facts *facts = m->facts;
	uint8_t *extent = arena_alloc(m->arena, BLOCK_EXTENT_MAX);
	bool has_step = false;

	if (!extent)
		m->status = ST_NOMEM;
	if (!(facts->have & FACT_CONTENT) || !mender_has(m, CODE_STORE_BLOCK_TRAILER_WRONG))
		return;
	for (size_t i = 0; m->status == ST_OK && i < facts->n_blocks; i++) {
		if (!is_mendable(&facts->blocks[i]))
			continue;
		if (!has_step)
			mender_begin(m, PLAN_LOSSLESS,
				     "writes trailers of blocks anew whose content its checksum proves");
		has_step = true;
		mend_trailer(m, &facts->blocks[i], extent);
	}
}

/* Where nobody holds a block that somebody once held, a node may be lost: such
 * a count is evidence and stays. */
static bool is_wrong(const struct block_fact *b)
{
	return b && b->holders > 0 && b->holders < UINT16_MAX && b->refs != b->holders + 1;
}

static void mend_leaf(struct mender *m, const struct page_fact *leaf)
{
	const struct variant *v = m->facts->variant;
	uint8_t page[PAGE_LEN_MAX];
	struct btree_page c;
	bool changed = false;

	if (!mender_read(m, leaf->at, page, v->page_len) ||
	    !btree_page_decode(v, view_of(page, v->page_len), &c))
		return;
	for (uint64_t i = 0; i < c.n; i++) {
		const struct block_fact *b;
		struct bbt_entry e;

		if (!bbt_entry_at(v, view_of(page, v->page_len), c.entry_len, i, &e))
			return;
		b = facts_block(m->facts, (struct bid){ e.ref.bid });
		if (!is_wrong(b))
			continue;
		e.refs = (uint64_t)b->holders + 1;
		field_encode(bbt_entry_fields(v), &e, page + i * c.entry_len);
		mender_answer_at(m, CODE_STORE_BLOCK_REFS_WRONG, b->at);
		changed = true;
	}
	if (!changed)
		return;
	page_seal(v, PAGE_BBT, (struct ib){ leaf->at }, (struct bid){ leaf->bid }, page);
	mender_write(m, leaf->at, view_of(page, v->page_len));
}

void mend_references(struct mender *m)
{
	const struct check_facts *facts = m->facts;
	bool any = false;

	if (!(facts->have & FACT_REFERENCES) || !mender_has(m, CODE_STORE_BLOCK_REFS_WRONG))
		return;
	for (size_t i = 0; !any && i < facts->n_blocks; i++)
		any = is_wrong(&facts->blocks[i]);
	if (!any)
		return;
	mender_begin(m, PLAN_LOSSLESS, "sets reference counts of blocks to the number of their holders");
	for (size_t i = 0; i < facts->n_pages; i++)
		if (facts->pages[i].type == PAGE_BBT && facts->pages[i].level == 0)
			mend_leaf(m, &facts->pages[i]);
}
