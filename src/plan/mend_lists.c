/* This file proposes steps for lists of data blocks and indexes of subnodes: numbers that repeat what is
 * below.
 *
 * Invariants P60, P66. Bytes of users are in no such block; what is set follows
 * from blocks whose checksums hold.
 */
#include "plan/mender.h"

#include "check/block_read.h"

#include <string.h>

#define NOT_KNOWN UINT64_MAX

/* One internal block at hand; each list is read whole before one below it is. */
struct list_mend {
	struct mender *m;
	uint8_t *room, *below; /* BLOCK_READ_ROOM each */
	uint8_t *extent;
};

static bool read_list(const struct list_mend *l, const struct block_fact *b, uint8_t *room, struct xblock *x,
		      struct view *data)
{
	const struct variant *v = l->m->facts->variant;

	return b->state & BLOCK_IS_TREE && block_read(l->m->facts, b, room, data) == ST_OK &&
	       xblock_decode(*data, x) && x->n && x->n * v->id_width + XBLOCK_HEADER_LEN == data->len;
}

/* Bytes of a leaf; of those before the last one all are full. */
static uint64_t leaf_len(const struct mender *m, const struct block_fact *leaf, bool is_last)
{
	uint32_t len = leaf ? leaf->len : 0;

	if (!leaf || bid_is_internal((struct bid){ leaf->bid }) || !block_is_sound(leaf) ||
	    (!is_last && len != m->facts->variant->block_data_max))
		return NOT_KNOWN;
	return len;
}

/* The bytes below an XBLOCK, from its leaves. */
static uint64_t sum_leaves(const struct list_mend *l, const struct xblock *x, struct view data, bool is_last)
{
	const struct mender *m = l->m;
	uint64_t sum = 0;
	struct bid bid;

	for (uint64_t i = 0; i < x->n; i++) {
		uint64_t len = xblock_bid_at(m->facts->variant, data, i, &bid)
				       ? leaf_len(m, facts_block(m->facts, bid), is_last && i + 1 == x->n)
				       : NOT_KNOWN;

		if (len == NOT_KNOWN)
			return NOT_KNOWN;
		sum += len;
	}
	return sum;
}

/* The same of an XXBLOCK, from the leaves of the lists below. */
static uint64_t sum_lists(const struct list_mend *l, const struct xblock *x, struct view data)
{
	const struct mender *m = l->m;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < x->n; i++) {
		const struct block_fact *child;
		struct xblock inner;
		struct view list;
		struct bid bid;
		uint64_t len;

		child = xblock_bid_at(m->facts->variant, data, i, &bid) ? facts_block(m->facts, bid) : NULL;
		if (!child || !read_list(l, child, l->below, &inner, &list) || inner.level != 1)
			return NOT_KNOWN;
		len = sum_leaves(l, &inner, list, i + 1 == x->n);
		if (len == NOT_KNOWN)
			return NOT_KNOWN;
		sum += len;
	}
	return sum;
}

/* Writes changed data of an internal block, which no cipher covers, back into its extent. */
static void save(const struct list_mend *l, const struct block_fact *b, struct view data)
{
	const struct variant *v = l->m->facts->variant;
	struct block_place place = { { b->bid }, { b->at }, b->len, b->len_inflated };
	size_t len = (size_t)variant_block_extent(v, b->len);

	if (data.len != b->len || !mender_read(l->m, b->at, l->extent, len))
		return;
	memcpy(l->extent, data.at, data.len);
	block_seal(v, &place, l->extent);
	mender_write(l->m, b->at, view_of(l->extent, len));
}

/* P60. A total that asks for more leaves than are listed says that some are
 * lost: it is the last that knows of them, and stays. */
static void mend_total(const struct list_mend *l, const struct block_fact *b)
{
	uint32_t leaf = l->m->facts->variant->block_data_max;
	struct xblock x;
	struct view data;
	uint64_t sum;

	if (!read_list(l, b, l->room, &x, &data))
		return;
	sum = x.level == 1 ? sum_leaves(l, &x, data, true) : sum_lists(l, &x, data);
	if (sum == x.total || sum == NOT_KNOWN || sum > UINT32_MAX ||
	    (x.total + leaf - 1) / leaf > (sum + leaf - 1) / leaf)
		return;
	mender_answer_at(l->m, CODE_STORE_XBLOCK_TOTAL_WRONG, b->at);
	x.total = sum;
	memcpy(l->below, data.at, data.len);
	field_encode(xblock_fields(), &x, l->below);
	save(l, b, view_of(l->below, data.len));
}

/* P66. The keys stay in their order, or the index is another's. */
static void mend_index(const struct list_mend *l, const struct block_fact *b)
{
	const struct check_facts *facts = l->m->facts;
	const struct variant *v = facts->variant;
	struct slblock sl;
	struct si_entry e;
	struct view data;
	bool changed = false;
	uint32_t last = 0;

	if (!(b->state & BLOCK_IS_SUBNODE) || block_read(facts, b, l->room, &data) != ST_OK ||
	    !slblock_decode(data, &sl) || sl.level != 1 ||
	    v->sl_header_len + sl.n * v->si_entry_len != data.len)
		return;
	memcpy(l->below, data.at, data.len);
	for (uint64_t i = 0; i < sl.n; i++) {
		const struct block_fact *child =
			si_entry_at(v, data, i, &e) ? facts_block(facts, (struct bid){ e.bid }) : NULL;

		if (!child || !(child->state & BLOCK_IS_SUBNODE) || child->state & BLOCK_IS_UPPER ||
		    !block_is_sound(child) || child->detail <= last)
			return;
		last = child->detail;
		changed = changed || (uint32_t)e.nid != last;
		e.nid = last;
		field_encode(si_entry_fields(v), &e, l->below + v->sl_header_len + i * v->si_entry_len);
	}
	if (!changed)
		return;
	mender_answer_at(l->m, CODE_STORE_SUBNODE_INDEX_WRONG, b->at);
	save(l, b, view_of(l->below, data.len));
}

static void for_blocks(const struct list_mend *l, enum code code, const char *text,
		       void (*mend)(const struct list_mend *, const struct block_fact *))
{
	struct mender *m = l->m;

	if (!mender_has(m, code))
		return;
	mender_begin(m, PLAN_LOSSLESS, text);
	for (size_t i = 0; m->status == ST_OK && i < m->facts->n_blocks; i++)
		mend(l, &m->facts->blocks[i]);
}

void mend_lists(struct mender *m)
{
	struct list_mend l = { .m = m,
			       .room = arena_alloc(m->arena, BLOCK_READ_ROOM),
			       .below = arena_alloc(m->arena, BLOCK_READ_ROOM),
			       .extent = arena_alloc(m->arena, BLOCK_EXTENT_MAX) };

	if (!l.room || !l.below || !l.extent)
		m->status = ST_NOMEM;
	if (m->status != ST_OK || !(m->facts->have & FACT_REFERENCES))
		return;
	for_blocks(&l, CODE_STORE_XBLOCK_TOTAL_WRONG,
		   "sets totals of lists of data blocks to what the blocks hold", mend_total);
	for_blocks(&l, CODE_STORE_SUBNODE_INDEX_WRONG,
		   "sets keys of subnode indexes to those of the lists below", mend_index);
}
