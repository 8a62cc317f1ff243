/* This file reads a node's data blocks and its subnodes. */
#include "check/node_read.h"

#include "check/block_read.h"

#include <string.h>

/* A list of leaf blocks that grows in the arena. */
struct leaves {
	struct block_fact **rows;
	size_t n, room;
	bool whole;
};

static enum status add_leaf(struct arena *arena, struct leaves *list, struct block_fact *block)
{
	size_t room = list->room ? list->room * 2 : 16;
	struct block_fact **rows;

	if (!block)
		list->whole = false;
	if (list->n == list->room) {
		rows = arena_array(arena, room, sizeof *rows);
		if (!rows)
			return ST_NOMEM;
		if (list->n)
			memcpy(rows, list->rows, list->n * sizeof *rows);
		list->rows = rows;
		list->room = room;
	}
	list->rows[list->n++] = block;
	return ST_OK;
}

static const struct variant *variant_in(const struct check_facts *facts)
{
	return facts->variant;
}

/* The children of an XBLOCK; `room` serves block_read. */
static enum status add_children(struct arena *arena, const struct check_facts *facts,
				const struct block_fact *block, struct leaves *list)
{
	uint8_t *room = arena_alloc(arena, 2 * (size_t)BLOCK_EXTENT_MAX);
	struct view data;
	struct xblock x;
	enum status st;

	if (!room)
		return ST_NOMEM;
	st = block_read(facts, block, room, &data);
	if (st != ST_OK || !xblock_decode(data, &x)) {
		list->whole = false;
		return st == ST_NOMEM ? st : ST_OK;
	}
	for (uint64_t i = 0; st == ST_OK && i < x.n; i++) {
		struct bid bid;

		if (!xblock_bid_at(variant_in(facts), data, i, &bid))
			break;
		st = add_leaf(arena, list, facts_block(facts, bid));
	}
	return st;
}

static bool is_list(const struct block_fact *block, bool upper)
{
	return block && block->state & BLOCK_IS_TREE && !(block->state & BLOCK_IS_UPPER) == !upper;
}

static enum status find_leaves(struct arena *arena, const struct check_facts *facts, struct bid bid,
			       struct leaves *list)
{
	struct block_fact *top = facts_block(facts, bid);
	struct leaves middle = { .whole = true };
	enum status st = ST_OK;

	*list = (struct leaves){ .whole = true };
	if (bid.v == 0)
		return ST_OK;
	if (is_list(top, true))
		st = add_children(arena, facts, top, &middle);
	else
		st = add_leaf(arena, &middle, top);
	list->whole = middle.whole;
	for (size_t i = 0; st == ST_OK && i < middle.n; i++) {
		if (is_list(middle.rows[i], false))
			st = add_children(arena, facts, middle.rows[i], list);
		else
			st = add_leaf(arena, list, middle.rows[i]);
	}
	return st;
}

static uint32_t inflated_len(const struct check_facts *facts, const struct block_fact *block)
{
	return facts->variant->may_compress ? block->len_inflated : block->len;
}

static enum status read_leaf(struct arena *arena, const struct check_facts *facts,
			     const struct block_fact *block, uint8_t *room, struct view *out)
{
	struct view data;
	enum status st = block_read(facts, block, room, &data);
	void *copy;

	*out = view_of(NULL, 0);
	if (st != ST_OK)
		return st;
	copy = arena_copy(arena, data.at, data.len);
	if (!copy)
		return ST_NOMEM;
	*out = view_of(copy, data.len);
	return ST_OK;
}

enum status node_data_read(struct arena *arena, const struct check_facts *facts, struct bid bid,
			   uint64_t bytes_max, struct node_data *out)
{
	struct leaves leaves;
	enum status st = find_leaves(arena, facts, bid, &leaves);
	uint8_t *room;
	uint64_t bytes = 0;

	*out = (struct node_data){ .whole = leaves.whole };
	if (st != ST_OK || leaves.n == 0)
		return st;
	room = arena_alloc(arena, 2 * (size_t)BLOCK_EXTENT_MAX);
	out->blocks = arena_array(arena, leaves.n, sizeof *out->blocks);
	if (!room || !out->blocks)
		return ST_NOMEM;
	for (out->n = 0; out->n < leaves.n; out->n++) {
		const struct block_fact *block = leaves.rows[out->n];

		if (!block)
			continue;
		bytes += inflated_len(facts, block);
		if (bytes > bytes_max)
			return ST_LIMIT;
		st = read_leaf(arena, facts, block, room, &out->blocks[out->n]);
		if (st == ST_NOMEM)
			return st;
		out->whole = out->whole && st == ST_OK;
	}
	return ST_OK;
}

bool node_data_len(const struct check_facts *facts, struct bid bid, uint64_t *len_out)
{
	const struct block_fact *block = facts_block(facts, bid);

	*len_out = 0;
	if (bid.v == 0)
		return true;
	if (!block || block->state & BLOCK_IS_SUBNODE)
		return false;
	*len_out = block->state & BLOCK_IS_TREE ? block->detail : inflated_len(facts, block);
	return true;
}

static enum status add_subnodes(struct arena *arena, const struct variant *v, struct view data,
				struct subnode_list *list)
{
	struct subnode *rows;
	struct slblock sl;
	struct sl_entry e;

	if (!slblock_decode(data, &sl) || sl.level != 0) {
		list->whole = false;
		return ST_OK;
	}
	rows = arena_array(arena, list->n + (size_t)sl.n, sizeof *rows);
	if (!rows)
		return ST_NOMEM;
	if (list->n)
		memcpy(rows, list->rows, list->n * sizeof *rows);
	list->rows = rows;
	for (uint64_t i = 0; i < sl.n && sl_entry_at(v, data, i, &e); i++)
		rows[list->n++] = (struct subnode){ (uint32_t)e.nid, e.data, e.subnode };
	return ST_OK;
}

enum status subnode_list_read(struct arena *arena, const struct check_facts *facts, struct bid bid,
			      struct subnode_list *out)
{
	const struct block_fact *top = facts_block(facts, bid);
	uint8_t *room, *below;
	struct view data, child;
	struct si_entry e;
	enum status st;

	*out = (struct subnode_list){ .whole = bid.v == 0 || top };
	if (!top)
		return ST_OK;
	room = arena_alloc(arena, 4 * (size_t)BLOCK_EXTENT_MAX);
	if (!room)
		return ST_NOMEM;
	below = room + 2 * (size_t)BLOCK_EXTENT_MAX;
	st = block_read(facts, top, room, &data);
	if (st != ST_OK || !(top->state & BLOCK_IS_UPPER)) {
		out->whole = st == ST_OK;
		return st == ST_OK ? add_subnodes(arena, variant_in(facts), data, out) : ST_OK;
	}
	for (uint64_t i = 0; st != ST_NOMEM && si_entry_at(variant_in(facts), data, i, &e); i++) {
		const struct block_fact *list = facts_block(facts, (struct bid){ e.bid });

		st = list ? block_read(facts, list, below, &child) : ST_IO;
		out->whole = out->whole && st == ST_OK;
		if (st == ST_OK)
			st = add_subnodes(arena, variant_in(facts), child, out);
	}
	return st == ST_NOMEM ? st : ST_OK;
}

const struct subnode *subnode_find(const struct subnode_list *list, struct nid nid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->rows[i].nid == nid.v)
			return &list->rows[i];
	return NULL;
}
