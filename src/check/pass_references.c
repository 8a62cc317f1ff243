/* This file is the pass that counts who holds each block and judges the trees made of blocks.
 *
 * Tests: P22, P56-P69, P71, P72, P129, P131.
 * Gathers: holders of every block, the highest NID index of each type, how many attachments.
 * Relies on: blocks, nodes, content.
 *
 * Every internal block is read once. Levels forbid a data tree to be deeper
 * than two and a subnode list to be deeper than two; what nests freely is a
 * subnode with subnodes of its own, and subnode_depth judges that.
 */
#include "check/block_read.h"
#include "check/node_parents.h"
#include "check/pass.h"
#include "check/subnode_depth.h"

struct counting {
	struct pass_context *pass;
	struct check_facts *facts;
	uint8_t *data; /* of the internal block at hand */
	bool whole;    /* every holder could be read: counts are exact */
};

static struct finding *report_at_block(struct counting *c, enum code code, const struct block_fact *b)
{
	struct finding *f = pass_report_at(c->pass, code, b->at);

	pass_evidence_hex(c->pass, f, "bid", b->bid);
	return f;
}

/* Who holds a block: a node, or a block at a place. */
struct holder {
	uint32_t nid;
	uint64_t at;
};

/* P58. Counts one holder; NULL when there is no such block. */
static struct block_fact *hold(struct counting *c, uint64_t bid, struct holder holder)
{
	struct block_fact *b = facts_block(c->facts, (struct bid){ bid });

	if (b) {
		b->holders++;
		return b;
	}
	if (c->facts->bbt_whole) {
		struct finding *f =
			holder.at ? pass_report_at(c->pass, CODE_STORE_BLOCK_MISSING, holder.at)
				  : pass_report_node(c->pass, CODE_STORE_BLOCK_MISSING, holder.nid, 0);

		pass_evidence_hex(c->pass, f, "bid", bid);
	}
	return NULL;
}

static uint32_t data_len(const struct check_facts *facts, const struct block_fact *b)
{
	return facts->variant->may_compress ? b->len_inflated : b->len;
}

#define NOT_KNOWN UINT64_MAX

/* P61, P62: a child of a list of data blocks, and its bytes; NOT_KNOWN of one that cannot be a child. */
static uint64_t judge_child(struct counting *c, const struct block_fact *parent,
			    const struct block_fact *child, uint64_t level, bool is_last)
{
	bool internal = bid_is_internal((struct bid){ child->bid });

	if (internal != (level == 2) || (internal && !(child->state & BLOCK_IS_TREE))) {
		pass_evidence_hex(c->pass, report_at_block(c, CODE_STORE_XBLOCK_LEVEL_WRONG, parent), "child",
				  child->bid);
		return NOT_KNOWN;
	}
	if (level == 2)
		return child->detail;
	if (!is_last && data_len(c->facts, child) != c->facts->variant->block_data_max)
		pass_evidence_pair(c->pass, report_at_block(c, CODE_STORE_DATA_LEAF_SHORT, child), "cb",
				   data_len(c->facts, child), c->facts->variant->block_data_max);
	return data_len(c->facts, child);
}

/* P59 to P62 for one XBLOCK or XXBLOCK. */
static void judge_xblock(struct counting *c, struct block_fact *b, struct view data)
{
	const struct variant *v = c->facts->variant;
	struct xblock x;
	uint64_t total = 0, fitting;
	bool all = true;

	if (!xblock_decode(data, &x))
		return;
	fitting = (data.len - XBLOCK_HEADER_LEN) / v->id_width;
	if (x.n * v->id_width + XBLOCK_HEADER_LEN != data.len || x.n == 0)
		pass_evidence_pair(c->pass, report_at_block(c, CODE_STORE_XBLOCK_DAMAGED, b), "cEnt", x.n,
				   fitting);
	if (x.n > fitting)
		x.n = fitting;
	for (uint64_t i = 0; i < x.n; i++) {
		struct block_fact *child;
		struct bid bid;
		uint64_t len;

		if (!xblock_bid_at(v, data, i, &bid))
			break;
		child = hold(c, bid.v, (struct holder){ 0, b->at });
		len = child ? judge_child(c, b, child, x.level, i + 1 == x.n) : NOT_KNOWN;
		all = all && len != NOT_KNOWN;
		total += len;
	}
	if (all && total != x.total)
		pass_evidence_pair(c->pass, report_at_block(c, CODE_STORE_XBLOCK_TOTAL_WRONG, b), "lcbTotal",
				   x.total, total);
}

static void see_nid(struct counting *c, struct nid nid)
{
	uint32_t *top = &c->facts->nid_tops[nid_type(nid)];

	if (nid_index(nid) > *top)
		*top = nid_index(nid);
}

/* P65: ascending, the upper halves being junk. */
static void judge_order(struct counting *c, const struct block_fact *b, uint64_t i, uint32_t nid,
			uint32_t *last)
{
	if (i > 0 && nid <= *last)
		pass_evidence_pair(c->pass, report_at_block(c, CODE_STORE_SUBNODES_UNSORTED, b), "nid", nid,
				   *last);
	*last = nid;
}

/* P67: data must not be a subnode list, nor the other way round. */
static void judge_holder(struct counting *c, const struct node_fact *n, uint64_t holder_at)
{
	struct block_fact *data = n->data ? hold(c, n->data, (struct holder){ n->nid, holder_at }) : NULL;
	struct block_fact *sub =
		n->subnode ? hold(c, n->subnode, (struct holder){ n->nid, holder_at }) : NULL;

	if (data && data->state & BLOCK_IS_SUBNODE)
		pass_evidence_hex(c->pass, report_at_block(c, CODE_STORE_BLOCK_HELD_TWO_WAYS, data), "nid",
				  n->nid);
	if (sub && !(sub->state & (BLOCK_IS_SUBNODE | BLOCK_BAD_TRAILER | BLOCK_BAD_CRC | BLOCK_UNREADABLE |
				   BLOCK_BAD_PLACE | BLOCK_BAD_TREE)))
		pass_evidence_hex(c->pass, report_at_block(c, CODE_STORE_BLOCK_HELD_TWO_WAYS, sub), "nid",
				  n->nid);
}

static void judge_slblock(struct counting *c, struct block_fact *b, struct view data, uint64_t n)
{
	uint32_t last = 0;
	struct sl_entry e;

	for (uint64_t i = 0; i < n && sl_entry_at(c->facts->variant, data, i, &e); i++) {
		struct nid nid = { (uint32_t)e.nid };

		judge_order(c, b, i, nid.v, &last);
		see_nid(c, nid);
		if (e.subnode)
			b->state |= BLOCK_NESTS;
		c->facts->n_attachments += nid_type(nid) == NID_TYPE_ATTACHMENT;
		judge_holder(c, &(struct node_fact){ nid.v, 0, e.data, e.subnode }, b->at);
	}
}

/* P66: the index names the first NID of its child. */
static void judge_siblock(struct counting *c, struct block_fact *b, struct view data, uint64_t n)
{
	uint32_t last = 0;
	struct si_entry e;

	for (uint64_t i = 0; i < n && si_entry_at(c->facts->variant, data, i, &e); i++) {
		struct block_fact *child = hold(c, e.bid, (struct holder){ 0, b->at });

		judge_order(c, b, i, (uint32_t)e.nid, &last);
		b->state |= BLOCK_NESTS;
		if (!child)
			continue;
		if (!(child->state & BLOCK_IS_SUBNODE) || child->state & BLOCK_IS_UPPER)
			pass_evidence_hex(c->pass, report_at_block(c, CODE_STORE_SUBNODES_DAMAGED, b),
					  "child", child->bid);
		else if (child->detail != (uint32_t)e.nid)
			pass_evidence_pair(c->pass, report_at_block(c, CODE_STORE_SUBNODE_INDEX_WRONG, b),
					   "nid", (uint32_t)e.nid, child->detail);
	}
}

/* P64. */
static void judge_subnodes(struct counting *c, struct block_fact *b, struct view data)
{
	const struct variant *v = c->facts->variant;
	struct slblock sl;
	uint64_t len;

	if (!slblock_decode(data, &sl))
		return;
	len = sl.level == 0 ? v->sl_entry_len : v->si_entry_len;
	if (sl.n == 0 || v->sl_header_len + sl.n * len != data.len)
		pass_evidence_pair(c->pass, report_at_block(c, CODE_STORE_SUBNODES_DAMAGED, b), "cEnt", sl.n,
				   (data.len - v->sl_header_len) / len);
	if (sl.level == 0)
		judge_slblock(c, b, data, sl.n);
	else
		judge_siblock(c, b, data, sl.n);
}

/* P54 told of those that are neither. */
static enum status judge_internal(struct counting *c, struct block_fact *b)
{
	struct view data;
	enum status st;

	if (!(b->state & (BLOCK_IS_TREE | BLOCK_IS_SUBNODE))) {
		c->whole = c->whole && !bid_is_internal((struct bid){ b->bid });
		return ST_OK;
	}
	st = block_read(c->facts, b, c->data, &data);
	if (st != ST_OK) {
		c->whole = false;
		return st == ST_IO ? ST_OK : st;
	}
	if (b->state & BLOCK_IS_TREE)
		judge_xblock(c, b, data);
	else
		judge_subnodes(c, b, data);
	return ST_OK;
}

static void judge_node(struct counting *c, const struct node_fact *n)
{
	see_nid(c, (struct nid){ n->nid });
	judge_holder(c, n, 0);
}

/* P56, P57: cRef is one for the BBT entry and one for each holder. Where a
 * holder could not be read the count is a lower bound, and only more than cRef
 * says is known to be wrong. */
static void judge_count(struct counting *c, const struct block_fact *b)
{
	uint64_t count = (uint64_t)b->holders + 1;

	if (b->holders == 0 && b->refs <= 1 && c->whole) {
		(void)report_at_block(c, CODE_STORE_BLOCK_UNUSED, b);
		return;
	}
	if (b->refs == count || (!c->whole && b->refs > count))
		return;
	pass_evidence_pair(c->pass, report_at_block(c, CODE_STORE_BLOCK_REFS_WRONG, b), "cRef", b->refs,
			   count);
}

/* P22. The marks of types 6, 7 and 16 are not kept up by Outlook. */
static void judge_marks(struct counting *c)
{
	for (unsigned t = 0; t < NID_TYPE_COUNT; t++) {
		struct finding *f;

		if (t == NID_TYPE_SEARCH_UPDATE_QUEUE || t == NID_TYPE_SEARCH_CRITERIA_OBJECT ||
		    t == NID_TYPE_SEARCH_CONTENTS_TABLE ||
		    c->facts->nid_tops[t] <= c->facts->header.nid_marks[t])
			continue;
		f = pass_report_at(c->pass, CODE_STORE_NODE_MARK_LOW,
				   pass_field_at(c->pass, "rgnid") + sizeof(uint32_t) * t);
		pass_evidence_hex(c->pass, f, "type", t);
		pass_evidence_pair(c->pass, f, "rgnid", c->facts->header.nid_marks[t], c->facts->nid_tops[t]);
	}
}

enum status pass_references(struct pass_context *pass)
{
	struct check_facts *facts = pass->facts;
	struct counting c = { .pass = pass, .facts = facts, .whole = facts->bbt_whole && facts->nbt_whole };
	enum status st = ST_OK;

	c.data = arena_alloc(pass->arena, 2 * BLOCK_EXTENT_MAX);
	if (!c.data)
		return ST_NOMEM;
	for (size_t i = 0; i < facts->n_nodes; i++)
		judge_node(&c, &facts->nodes[i]);
	for (size_t i = 0; st == ST_OK && i < facts->n_blocks; i++)
		st = judge_internal(&c, &facts->blocks[i]);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < facts->n_blocks; i++)
		judge_count(&c, &facts->blocks[i]);
	if (facts->nbt_whole)
		judge_marks(&c);
	st = subnode_depth_judge(pass);
	if (st == ST_OK && facts->nbt_whole)
		st = node_parents_judge(pass);
	if (st != ST_OK)
		return st;
	if (c.whole)
		facts->have |= FACT_REFERENCES;
	return ST_OK;
}
