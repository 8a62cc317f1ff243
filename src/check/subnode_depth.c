/* This file looks for subnodes that hold themselves, and for nesting without end. */
#include "check/subnode_depth.h"

#include "check/block_read.h"

#include <string.h>

/* A list whose entries are being visited; an index (SIBLOCK) takes a frame of its own. */
struct frame {
	struct block_fact *block;
	uint8_t *room; /* BLOCK_EXTENT_MAX */
	struct view data;
	uint64_t next;
};

struct descent {
	struct pass_context *pass;
	struct check_facts *facts;
	struct arena *scratch;
	uint8_t *read_room;
	struct frame frames[2 * SUBNODE_DEPTH_MAX];
	size_t n;
};

static void report(struct descent *d, struct block_fact *block)
{
	struct finding *f = pass_report_at(d->pass, CODE_STORE_TREE_LOOPED, block->at);

	pass_evidence_hex(d->pass, f, "bid", block->bid);
	pass_evidence_hex(d->pass, f, "depth", d->n);
	block->state |= BLOCK_LOOPS;
}

static enum status enter(struct descent *d, struct block_fact *block)
{
	struct frame *f = &d->frames[d->n];
	struct view data;
	enum status st;

	if (!(block->state & BLOCK_NESTS) || block->state & BLOCK_SEEN_WHOLE)
		return ST_OK;
	if (block->state & BLOCK_SEEN_BELOW || d->n == 2 * SUBNODE_DEPTH_MAX) {
		report(d, block);
		return ST_OK;
	}
	st = block_read(d->facts, block, d->read_room, &data);
	if (st != ST_OK)
		return st == ST_NOMEM ? st : ST_OK;
	if (!f->room)
		f->room = arena_alloc(d->scratch, BLOCK_EXTENT_MAX);
	if (!f->room)
		return ST_NOMEM;
	if (data.len)
		memcpy(f->room, data.at, data.len);
	f->data = view_of(f->room, data.len);
	f->block = block;
	f->next = 0;
	block->state |= BLOCK_SEEN_BELOW;
	d->n++;
	return ST_OK;
}

/* The BID of the next list below; false when there is none left. */
static bool next_below(const struct descent *d, struct frame *f, struct bid *out)
{
	struct si_entry si;
	struct sl_entry sl;

	if (f->block->state & BLOCK_IS_UPPER) {
		if (!si_entry_at(d->facts->variant, f->data, f->next++, &si))
			return false;
		out->v = si.bid;
		return true;
	}
	if (!sl_entry_at(d->facts->variant, f->data, f->next++, &sl))
		return false;
	out->v = sl.subnode;
	return true;
}

static enum status visit(struct descent *d, struct block_fact *top)
{
	enum status st = enter(d, top);

	while (st == ST_OK && d->n) {
		struct frame *f = &d->frames[d->n - 1];
		struct block_fact *below;
		struct bid bid;

		if (!next_below(d, f, &bid)) {
			f->block->state =
				(uint16_t)((f->block->state & ~BLOCK_SEEN_BELOW) | BLOCK_SEEN_WHOLE);
			d->n--;
			continue;
		}
		below = bid.v ? facts_block(d->facts, bid) : NULL;
		if (below)
			st = enter(d, below);
	}
	return st;
}

enum status subnode_depth_judge(struct pass_context *pass)
{
	struct descent d = { .pass = pass, .facts = pass->facts };
	enum status st = ST_OK;

	d.scratch = arena_new((2 * SUBNODE_DEPTH_MAX + 4) * (size_t)BLOCK_EXTENT_MAX);
	d.read_room = d.scratch ? arena_alloc(d.scratch, BLOCK_READ_ROOM) : NULL;
	if (!d.read_room)
		st = ST_NOMEM;
	for (size_t i = 0; st == ST_OK && i < pass->facts->n_blocks; i++)
		st = visit(&d, &pass->facts->blocks[i]);
	arena_drop(&d.scratch);
	return st;
}
