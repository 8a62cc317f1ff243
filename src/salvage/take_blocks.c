/* This file joins what the sweep found with what the BBT says into one list of blocks. */
#include "check/kept_blocks.h"
#include "salvage/work.h"

#include <stdlib.h>
#include <string.h>

/* By BID; of one BID the sound ones first, then the later place: of a block
 * that was moved the newer copy lies further back more often than not. */
static int compare(const void *a, const void *b)
{
	const struct block_fact *x = a, *y = b;
	bool x_bad = x->state & BLOCK_BAD_CRC, y_bad = y->state & BLOCK_BAD_CRC;

	if (x->bid != y->bid)
		return x->bid < y->bid ? -1 : 1;
	if (x_bad != y_bad)
		return x_bad ? 1 : -1;
	return x->at > y->at ? -1 : x->at < y->at;
}

/* Entries of the BBT's reached leaves. */
struct listing {
	struct block_fact *rows;
	size_t n;
};

static void read_leaf(const struct salvage_work *w, const struct swept_page *leaf, struct listing *list)
{
	const struct variant *v = w->bbt.v;
	uint8_t bytes[PAGE_LEN_MAX];

	if (!page_tree_read(&w->bbt, leaf, bytes))
		return;
	for (uint64_t i = 0; i < leaf->n; i++) {
		struct bbt_entry e;

		if (!bbt_entry_at(v, view_of(bytes, v->page_len), leaf->entry_len, i, &e) || e.len == 0 ||
		    e.len > v->block_data_max)
			continue;
		list->rows[list->n++] = (struct block_fact){
			.bid = bid_clean((struct bid){ e.ref.bid }).v,
			.at = e.ref.ib,
			.len = (uint16_t)e.len,
			.len_inflated = (uint16_t)e.len_inflated,
			.refs = (uint16_t)e.refs,
		};
	}
}

static enum status read_listing(const struct salvage_work *w, struct listing *list)
{
	size_t n = 0;

	for (size_t i = 0; i < w->bbt.n; i++)
		if (w->bbt.pages[i]->level == 0 && w->bbt.pages[i]->marks & SWEPT_REACHED)
			n += w->bbt.pages[i]->n;
	*list = (struct listing){ .rows = arena_array(w->scratch, n, sizeof *list->rows) };
	if (!list->rows)
		return ST_NOMEM;
	for (size_t i = 0; i < w->bbt.n; i++)
		if (w->bbt.pages[i]->level == 0 && w->bbt.pages[i]->marks & SWEPT_REACHED)
			read_leaf(w, w->bbt.pages[i], list);
	qsort(list->rows, list->n, sizeof *list->rows, compare);
	return ST_OK;
}

/* The one of several copies that is believed: where the BBT says, else the
 * first that the maps know as taken, else the first sound one. */
static const struct block_fact *choose(const struct salvage_work *w, const struct block_fact *copies,
				       size_t n, const struct block_fact *listed)
{
	for (size_t i = 0; listed && i < n; i++)
		if (copies[i].at == listed->at && copies[i].len == listed->len &&
		    !((copies[i].state ^ copies[0].state) & BLOCK_BAD_CRC))
			return &copies[i];
	for (size_t i = 0; n > 1 && w->map && i < n; i++)
		if (!(copies[i].state & BLOCK_BAD_CRC) &&
		    live_map_of_block(w->map, copies[i].at) == LIFE_TAKEN)
			return &copies[i];
	return &copies[0];
}

static void add(struct salvage_work *w, const struct block_fact *block, const struct block_fact *listed)
{
	struct check_facts *facts = &w->out->facts;
	struct block_fact *out = &facts->blocks[facts->n_blocks];

	*out = *block;
	facts->kept.places[facts->n_blocks] = block->holders;
	out->holders = 0;
	if (listed) {
		out->refs = listed->refs;
		w->listed[facts->n_blocks / 8] |= (uint8_t)(1U << facts->n_blocks % 8);
		w->out->n_unreadable += !work_is_sound(out);
	}
	facts->n_blocks++;
}

/* A block that the BBT lists and that does not say of itself that it is there. */
static void add_missing(struct salvage_work *w, const struct block_fact *listed)
{
	struct block_fact block = *listed;
	uint64_t len = variant_block_extent(w->bbt.v, block.len);

	block.state = block.at > w->image->size || len > w->image->size - block.at ? BLOCK_BAD_PLACE
										   : BLOCK_BAD_TRAILER;
	add(w, &block, listed);
}

/* Of a BID that is listed twice the second is nothing. */
static size_t behind(const struct listing *list, size_t k)
{
	uint64_t bid = list->rows[k].bid;

	while (k < list->n && list->rows[k].bid == bid)
		k++;
	return k;
}

static void merge(struct salvage_work *w, const struct listing *list)
{
	const struct swept *s = &w->swept;
	size_t i = 0, k = 0;

	while (i < s->n_blocks || k < list->n) {
		const struct block_fact *listed = k < list->n ? &list->rows[k] : NULL;
		size_t end = i;

		if (i == s->n_blocks || (listed && listed->bid < s->blocks[i].bid)) {
			add_missing(w, listed);
			k = behind(list, k);
			continue;
		}
		while (end < s->n_blocks && s->blocks[end].bid == s->blocks[i].bid)
			end++;
		if (listed && listed->bid != s->blocks[i].bid)
			listed = NULL;
		add(w, choose(w, &s->blocks[i], end - i, listed), listed);
		i = end;
		k = listed ? behind(list, k) : k;
	}
}

enum status work_take_blocks(struct salvage_work *work)
{
	struct check_facts *facts = &work->out->facts;
	struct listing list;
	enum status st = read_listing(work, &list);
	size_t n = work->swept.n_blocks + list.n;

	if (st == ST_OK)
		st = facts_reserve_blocks(work->arena, facts, n);
	if (st == ST_OK)
		st = kept_blocks_number(work->arena, &facts->kept, n);
	work->listed = arena_alloc(work->scratch, n / 8 + 1);
	if (st != ST_OK || !work->listed)
		return ST_NOMEM;
	qsort(work->swept.blocks, work->swept.n_blocks, sizeof *work->swept.blocks, compare);
	merge(work, &list);
	facts->have |= FACT_BLOCKS | FACT_CONTENT;
	facts->bbt_whole = work->bbt.whole;
	return ST_OK;
}

enum life work_block_life(const struct salvage_work *work, const struct block_fact *block)
{
	size_t i = (size_t)(block - work->out->facts.blocks);

	if (work->listed[i / 8] & 1U << i % 8)
		return LIFE_TAKEN;
	if (work->bbt.whole)
		return LIFE_FREE;
	return work->map ? live_map_of_block(work->map, block->at) : LIFE_UNKNOWN;
}
