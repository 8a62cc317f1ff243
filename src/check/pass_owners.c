/* This file is the pass that says whose a damaged block is: which node, in which folder, of which message.
 *
 * Gathers: nothing; it adds to findings of earlier passes.
 * Relies on: nodes, content; names of folders where they are known.
 *
 * It runs only when there are damaged blocks with a finding of their own, and
 * goes into each internal block once: a block with several holders is the
 * first one's.
 */
#include "check/item_read.h"
#include "check/mailbox_facts.h"
#include "check/page_set.h"
#include "check/pass.h"

#include "base/checked.h"

#include <string.h>

enum { ITEM_MAX = 8 << 20 };

/* Codes whose offset is a block's. */
static const enum code codes[] = {
	CODE_STORE_BLOCK_PLACE_WRONG, CODE_STORE_BLOCK_SIZE_WRONG,     CODE_STORE_BLOCK_TRAILER_WRONG,
	CODE_STORE_BLOCK_KIND_WRONG,  CODE_STORE_BLOCK_CHECKSUM_WRONG, CODE_STORE_FILE_UNREADABLE,
	CODE_STORE_DATA_LEAF_SHORT,   CODE_STORE_XBLOCK_DAMAGED,       CODE_STORE_XBLOCK_TOTAL_WRONG,
	CODE_STORE_SUBNODES_DAMAGED,  CODE_STORE_SUBNODES_UNSORTED,    CODE_STORE_EXTENTS_OVERLAP,
};

struct owners {
	struct pass_context *pass;
	const struct check_facts *facts;
	struct arena *scratch;
	struct finding **findings; /* that wait for an owner */
	size_t n_findings;
	uint64_t lowest, highest; /* their offsets */
	struct page_set *seen;    /* blocks that were gone into, by index */
	struct node_reader reader;
	uint64_t *stack; /* BIDs */
	size_t n, room;
};

static bool is_of_block(const struct finding *f)
{
	if (!f->subject.has_offset || f->subject.node || f->is_folded)
		return false;
	for (size_t i = 0; i < COUNT_OF(codes); i++)
		if (f->code == codes[i])
			return true;
	return false;
}

static enum status gather(struct owners *o)
{
	size_t n = finding_count(o->pass->sink);

	o->findings = arena_array(o->scratch, n, sizeof *o->findings);
	if (!o->findings)
		return ST_NOMEM;
	o->lowest = UINT64_MAX;
	for (size_t i = 0; i < n; i++) {
		struct finding *f = finding_at(o->pass->sink, i);

		if (!is_of_block(f))
			continue;
		o->findings[o->n_findings++] = f;
		if (f->subject.offset < o->lowest)
			o->lowest = f->subject.offset;
		if (f->subject.offset > o->highest)
			o->highest = f->subject.offset;
	}
	return ST_OK;
}

static enum status push(struct owners *o, uint64_t bid)
{
	uint64_t *stack;

	if (bid == 0)
		return ST_OK;
	stack = arena_grown(o->scratch, o->stack, o->n, &o->room, sizeof *stack);
	if (!stack)
		return ST_NOMEM;
	o->stack = stack;
	o->stack[o->n++] = bid;
	return ST_OK;
}

static enum status push_children(struct owners *o, const struct block_fact *block)
{
	const struct variant *v = o->facts->variant;
	struct view data;
	struct bid bid;
	struct si_entry si;
	struct sl_entry sl;
	enum status st = block_read(o->facts, block, o->reader.room, &data);

	if (st != ST_OK)
		return st == ST_IO ? ST_OK : st;
	if (block->state & BLOCK_IS_TREE)
		for (uint64_t i = 0; st == ST_OK && xblock_bid_at(v, data, i, &bid); i++)
			st = push(o, bid.v);
	else if (block->state & BLOCK_IS_UPPER)
		for (uint64_t i = 0; st == ST_OK && si_entry_at(v, data, i, &si); i++)
			st = push(o, si.bid);
	else
		for (uint64_t i = 0; st == ST_OK && sl_entry_at(v, data, i, &sl); i++)
			st = push(o, sl.data) == ST_OK ? push(o, sl.subnode) : ST_NOMEM;
	return st;
}

static const char *subject_of(struct owners *o, const struct node_fact *node)
{
	enum nid_type type = nid_type((struct nid){ node->nid });
	const char *subject = NULL;
	struct item item;

	if (type != NID_TYPE_NORMAL_MESSAGE && type != NID_TYPE_ASSOC_MESSAGE)
		return NULL;
	if (item_open(&o->reader, node, &item))
		subject = item_subject(&item, o->pass->arena);
	arena_clear(o->reader.arena);
	return subject;
}

static void name_owner(struct owners *o, const struct node_fact *node, const struct block_fact *block)
{
	for (size_t i = 0; i < o->n_findings; i++) {
		struct finding *f = o->findings[i];
		const char *subject;

		if (f->subject.offset != block->at || f->subject.node)
			continue;
		f->subject.node = arena_printf(o->pass->arena, "0x%X", node->nid);
		f->subject.folder = facts_folder_path(o->pass->arena, o->facts, node->nid);
		subject = subject_of(o, node);
		if (subject && *subject)
			finding_evidence(f, "subject", subject, NULL, TRUST_PEER);
	}
}

/* All blocks under a node that nobody went into before. */
static enum status search_node(struct owners *o, const struct node_fact *node)
{
	enum status st = push(o, node->data) == ST_OK ? push(o, node->subnode) : ST_NOMEM;

	while (st == ST_OK && o->n > 0) {
		const struct block_fact *block = facts_block(o->facts, (struct bid){ o->stack[--o->n] });

		if (!block)
			continue;
		if (block->at >= o->lowest && block->at <= o->highest)
			name_owner(o, node, block);
		if (block->state & (BLOCK_IS_TREE | BLOCK_IS_SUBNODE) &&
		    page_set_add(o->seen, (uint64_t)(block - o->facts->blocks)))
			st = push_children(o, block);
	}
	return st;
}

static enum status search(struct owners *o)
{
	enum status st = ST_OK;

	o->seen = page_set_new(o->scratch, o->facts->n_blocks);
	o->reader = (struct node_reader){
		.facts = o->facts,
		.arena = arena_new(ITEM_MAX),
		.room = arena_alloc(o->scratch, NODE_READER_ROOM),
	};
	if (!o->seen || !o->reader.room || !o->reader.arena)
		st = ST_NOMEM;
	for (size_t i = 0; st == ST_OK && i < o->facts->n_nodes; i++)
		st = search_node(o, &o->facts->nodes[i]);
	arena_drop(&o->reader.arena);
	return st;
}

enum status pass_owners(struct pass_context *pass)
{
	struct owners o = { .pass = pass, .facts = pass->facts };
	size_t cap = ((size_t)64 << 20) + pass->facts->n_blocks;
	enum status st;

	o.scratch = arena_new(cap);
	st = o.scratch ? gather(&o) : ST_NOMEM;
	if (st == ST_OK && o.n_findings)
		st = search(&o);
	arena_drop(&o.scratch);
	return st;
}
