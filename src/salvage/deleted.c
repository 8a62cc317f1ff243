/* This file keeps of deleted messages those that are whole and no older version of a living one. */
#include "salvage/by_content.h"

#include "check/block_read.h"

#include <stdlib.h>

enum { BLOCKS_MAX = 4096 }; /* of one message; a larger one is not brought back */

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct keys {
	uint64_t *rows;
	size_t n;
};

static bool has_key(const struct keys *keys, uint64_t key)
{
	return keys->n && bsearch(&key, keys->rows, keys->n, sizeof key, compare);
}

static bool is_message(uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });

	return type == NID_TYPE_NORMAL_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE;
}

/* The search keys of all messages that there are. */
static enum status list_keys(struct salvage_work *w, struct keys *keys)
{
	const struct check_facts *facts = &w->out->facts;
	struct look look;

	keys->rows = arena_array(w->scratch, facts->n_nodes, sizeof *keys->rows);
	if (!keys->rows)
		return ST_NOMEM;
	for (size_t i = 0; i < facts->n_nodes; i++) {
		if (!is_message(facts->nodes[i].nid))
			continue;
		look_at_data(&w->reader, facts->nodes[i].data, &look);
		arena_clear(w->reader.arena);
		if (look.search_key)
			keys->rows[keys->n++] = look.search_key;
	}
	if (keys->n)
		qsort(keys->rows, keys->n, sizeof *keys->rows, compare);
	return ST_OK;
}

/* BIDs that are still to be looked at. */
struct walk {
	struct salvage_work *work;
	uint64_t bids[BLOCKS_MAX];
	size_t n;
	bool whole;
};

static void add(struct walk *walk, uint64_t bid)
{
	if (bid == 0)
		return;
	if (walk->n == BLOCKS_MAX)
		walk->whole = false;
	else
		walk->bids[walk->n++] = bid;
}

static void add_children(struct walk *walk, const struct block_fact *b)
{
	const struct check_facts *facts = &walk->work->out->facts;
	struct view data;
	struct bid bid;
	struct sl_entry e;
	struct si_entry si;

	if (!(b->state & (BLOCK_IS_TREE | BLOCK_IS_SUBNODE)))
		return;
	if (block_read(facts, b, walk->work->reader.room, &data) != ST_OK)
		walk->whole = false;
	else if (b->state & BLOCK_IS_TREE)
		for (uint64_t i = 0; xblock_bid_at(facts->variant, data, i, &bid); i++)
			add(walk, bid.v);
	else if (b->state & BLOCK_IS_UPPER)
		for (uint64_t i = 0; si_entry_at(facts->variant, data, i, &si); i++)
			add(walk, si.bid);
	else
		for (uint64_t i = 0; sl_entry_at(facts->variant, data, i, &e); i++) {
			add(walk, e.data);
			add(walk, e.subnode);
		}
}

static bool is_whole(struct walk *walk, const struct found *f)
{
	walk->n = 0;
	walk->whole = !f->lacks_subnodes;
	add(walk, f->look.data);
	add(walk, f->subnode);
	for (size_t i = 0; i < walk->n && walk->whole; i++) {
		const struct block_fact *b =
			facts_block(&walk->work->out->facts, (struct bid){ walk->bids[i] });

		walk->whole = work_is_sound(b);
		if (walk->whole)
			add_children(walk, b);
	}
	return walk->whole;
}

enum status found_judge_deleted(struct salvage_work *work, struct found_all *all)
{
	struct walk *walk = arena_alloc(work->scratch, sizeof *walk);
	struct keys keys = { 0 };
	enum status st = walk ? list_keys(work, &keys) : ST_NOMEM;

	if (st != ST_OK)
		return st;
	walk->work = work;
	for (size_t i = 0; i < all->n; i++) {
		struct found *f = &all->objects[i];

		if (f->is_deleted && (f->look.kind != LOOK_MESSAGE || has_key(&keys, f->look.search_key) ||
				      !is_whole(walk, f)))
			f->look.kind = LOOK_NOTHING;
	}
	return ST_OK;
}
