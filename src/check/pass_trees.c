/* This file is the pass over the two B-trees: every page, every entry.
 *
 * Tests: P18, P19, P26-P37, P55, P68, P73.
 * Gathers: blocks from the BBT, nodes from the NBT, the live pages.
 * Relies on: variant, header.
 */
#include "check/pass.h"
#include "check/tree_walk.h"

struct gathering {
	struct pass_context *pass;
	struct check_facts *facts;
};

static enum status take_block(struct gathering *g, const struct bbt_entry *e, uint64_t page_at)
{
	struct check_facts *facts = g->facts;
	struct block_fact block = {
		.bid = bid_clean((struct bid){ e->ref.bid }).v,
		.at = e->ref.ib,
		.len = (uint16_t)e->len,
		.len_inflated = (uint16_t)e->len_inflated,
		.refs = (uint16_t)e->refs,
	};

	if (e->ref.bid & 1) {
		struct finding *f = pass_report_at(g->pass, CODE_STORE_BLOCK_BID_MARKED, page_at);

		pass_evidence_hex(g->pass, f, "bid", e->ref.bid);
	}
	/* The walk gives keys in order, so a double is the one before. */
	if (facts->n_blocks && facts->blocks[facts->n_blocks - 1].bid >= block.bid) {
		struct finding *f = pass_report_at(g->pass, CODE_STORE_BLOCK_LISTED_TWICE, page_at);

		pass_evidence_hex(g->pass, f, "bid", e->ref.bid);
		return ST_OK;
	}
	return facts_add_block(g->pass->arena, facts, &block);
}

static enum status take_bbt_leaf(void *context, struct view page, const struct btree_page *counters,
				 uint64_t at)
{
	struct gathering *g = context;
	enum status st = ST_OK;

	for (uint64_t i = 0; st == ST_OK && i < counters->n; i++) {
		struct bbt_entry e;

		if (!bbt_entry_at(g->facts->variant, page, counters->entry_len, i, &e))
			return ST_BUG;
		st = take_block(g, &e, at);
	}
	return st;
}

static enum status take_node(struct gathering *g, const struct nbt_entry *e, uint64_t page_at)
{
	struct check_facts *facts = g->facts;
	struct node_fact node = {
		.nid = (uint32_t)e->nid,
		.parent = (uint32_t)e->parent,
		.data = e->data,
		.subnode = e->subnode,
	};
	bool doubled = facts->n_nodes && facts->nodes[facts->n_nodes - 1].nid >= node.nid;

	if (e->nid > UINT32_MAX || doubled) {
		struct finding *f = pass_report_at(g->pass, CODE_STORE_NODE_NID_WRONG, page_at);

		pass_evidence_hex(g->pass, f, "nid", e->nid);
		if (doubled)
			return ST_OK;
	}
	return facts_add_node(g->pass->arena, facts, &node);
}

static enum status take_nbt_leaf(void *context, struct view page, const struct btree_page *counters,
				 uint64_t at)
{
	struct gathering *g = context;
	enum status st = ST_OK;

	for (uint64_t i = 0; st == ST_OK && i < counters->n; i++) {
		struct nbt_entry e;

		if (!nbt_entry_at(g->facts->variant, page, counters->entry_len, i, &e))
			return ST_BUG;
		st = take_node(g, &e, at);
	}
	return st;
}

/* The type that stands in the trailer at this place; 0 when it cannot be read. */
static uint64_t type_at(const struct check_facts *facts, uint64_t at)
{
	uint8_t page[PAGE_LEN_MAX];
	struct page_trailer t;

	if (image_read(facts->image, at, page, facts->variant->page_len) != ST_OK ||
	    !page_trailer_decode(facts->variant, view_of(page, facts->variant->page_len), &t))
		return 0;
	return t.type;
}

/* P19. */
static bool roots_are_swapped(struct pass_context *pass)
{
	const struct check_facts *facts = pass->facts;
	struct finding *f;

	if (type_at(facts, facts->header.nbt.ib) != PAGE_BBT ||
	    type_at(facts, facts->header.bbt.ib) != PAGE_NBT)
		return false;
	f = pass_report_field(pass, CODE_STORE_ROOTS_SWAPPED, "BREFNBT.ib");
	pass_evidence_pair(pass, f, "BREFNBT.ib", facts->header.nbt.ib, facts->header.bbt.ib);
	return true;
}

/* A crafted index may name one leaf many times: no more leaves than pages. */
static enum status reserve(struct pass_context *pass, const struct tree_walk *bbt,
			   const struct tree_walk *nbt)
{
	struct check_facts *facts = pass->facts;
	const struct variant *v = facts->variant;
	uint64_t pages = facts->image->size / v->page_len, n_bbt = 0, n_nbt = 0;
	enum status st = tree_count_leaves(pass, bbt, &n_bbt);

	if (st == ST_OK)
		st = tree_count_leaves(pass, nbt, &n_nbt);
	n_bbt = n_bbt < pages ? n_bbt : pages;
	n_nbt = n_nbt < pages ? n_nbt : pages;
	if (st == ST_OK)
		st = facts_reserve_blocks(pass->arena, facts,
					  (size_t)n_bbt * (v->entries_len / v->bbt_entry_len));
	if (st == ST_OK)
		st = facts_reserve_nodes(pass->arena, facts,
					 (size_t)n_nbt * (v->entries_len / v->nbt_entry_len));
	if (st == ST_OK)
		st = facts_reserve_pages(pass->arena, facts, (size_t)(n_bbt + n_nbt) * 9 / 8 + 16);
	return st;
}

enum status pass_trees(struct pass_context *pass)
{
	struct check_facts *facts = pass->facts;
	struct gathering g = { .pass = pass, .facts = facts };
	bool swapped = roots_are_swapped(pass);
	struct tree_walk bbt = {
		.type = PAGE_BBT,
		.root = swapped ? facts->header.nbt : facts->header.bbt,
		.leaf = take_bbt_leaf,
		.context = &g,
	};
	struct tree_walk nbt = {
		.type = PAGE_NBT,
		.root = swapped ? facts->header.bbt : facts->header.nbt,
		.leaf = take_nbt_leaf,
		.context = &g,
	};
	enum status st = reserve(pass, &bbt, &nbt);

	if (st == ST_OK)
		st = tree_walk(pass, &bbt);
	if (st == ST_OK)
		st = tree_walk(pass, &nbt);
	if (st != ST_OK)
		return st;
	facts->bbt_whole = bbt.whole;
	facts->nbt_whole = nbt.whole;
	facts->have |= FACT_BLOCKS | FACT_NODES;
	return ST_OK;
}
