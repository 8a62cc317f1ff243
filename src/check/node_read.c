/* This file reads a node's data blocks and its subnodes. */
#include "check/node_read.h"

#include <string.h>

static enum status add_leaf(struct arena *arena, struct node_leaves *list, const struct block_fact *block)
{
	const struct block_fact **rows =
		arena_grown(arena, list->rows, list->n, &list->room, sizeof(const struct block_fact *));

	if (!block)
		list->whole = false;
	if (!rows)
		return ST_NOMEM;
	list->rows = rows;
	list->rows[list->n++] = block;
	return ST_OK;
}

/* An internal block of a data tree: its children, and which level it is. */
struct tree_block {
	struct view data;
	struct xblock x;
};

/* False when the block is no internal one of a data tree, or cannot be read: it
 * stands for itself then. What a block is stands in its own first bytes. */
static bool read_tree_block(const struct node_reader *r, const struct block_fact *block,
			    struct tree_block *out)
{
	return block && bid_is_internal((struct bid){ block->bid }) &&
	       block_read_near(r->facts, block, r->window, r->room, &out->data) == ST_OK &&
	       xblock_decode(out->data, &out->x) && out->x.type == BTYPE_XBLOCK;
}

static enum status add_children(const struct node_reader *r, const struct tree_block *tree,
				struct node_leaves *list)
{
	enum status st = ST_OK;

	for (uint64_t i = 0; st == ST_OK && i < tree->x.n; i++) {
		struct bid bid;

		if (!xblock_bid_at(r->facts->variant, tree->data, i, &bid))
			break;
		st = add_leaf(r->arena, list, facts_block(r->facts, bid));
	}
	return st;
}

enum status node_leaves_find(const struct node_reader *reader, struct bid bid, struct node_leaves *out)
{
	const struct block_fact *top = facts_block(reader->facts, bid);
	struct node_leaves middle = { .whole = true };
	struct tree_block tree;
	enum status st = ST_OK;

	*out = (struct node_leaves){ .whole = true };
	if (bid.v == 0)
		return ST_OK;
	if (read_tree_block(reader, top, &tree) && tree.x.level == 2)
		st = add_children(reader, &tree, &middle);
	else
		st = add_leaf(reader->arena, &middle, top);
	out->whole = middle.whole;
	for (size_t i = 0; st == ST_OK && i < middle.n; i++) {
		if (read_tree_block(reader, middle.rows[i], &tree) && tree.x.level == 1)
			st = add_children(reader, &tree, out);
		else
			st = add_leaf(reader->arena, out, middle.rows[i]);
	}
	return st;
}

static uint32_t inflated_len(const struct check_facts *facts, const struct block_fact *block)
{
	return facts->variant->may_compress ? block->len_inflated : block->len;
}

static enum status read_leaf(const struct node_reader *r, const struct block_fact *block, struct view *out)
{
	struct view data;
	enum status st = block_read_near(r->facts, block, r->window, r->room, &data);
	void *copy;

	*out = view_of(NULL, 0);
	if (st != ST_OK)
		return st;
	copy = arena_copy(r->arena, data.at, data.len);
	if (!copy)
		return ST_NOMEM;
	*out = view_of(copy, data.len);
	return ST_OK;
}

enum status node_data_read(const struct node_reader *reader, struct bid bid, uint64_t bytes_max,
			   struct node_data *out)
{
	struct node_leaves leaves;
	enum status st = node_leaves_find(reader, bid, &leaves);
	uint64_t bytes = 0;

	*out = (struct node_data){ .whole = leaves.whole };
	if (st != ST_OK || leaves.n == 0)
		return st;
	out->blocks = arena_array(reader->arena, leaves.n, sizeof *out->blocks);
	if (!out->blocks)
		return ST_NOMEM;
	for (out->n = 0; out->n < leaves.n; out->n++) {
		const struct block_fact *block = leaves.rows[out->n];

		if (!block)
			continue;
		bytes += inflated_len(reader->facts, block);
		if (bytes > bytes_max)
			return ST_LIMIT;
		st = read_leaf(reader, block, &out->blocks[out->n]);
		if (st == ST_NOMEM)
			return st;
		out->whole = out->whole && st == ST_OK;
	}
	return ST_OK;
}

bool node_data_walk(const struct node_reader *reader, struct bid bid, const struct node_walk *walk)
{
	struct node_leaves leaves;
	struct view data;

	if (node_leaves_find(reader, bid, &leaves) != ST_OK)
		return false;
	for (size_t i = 0; i < leaves.n; i++) {
		if (!leaves.rows[i] || block_read_near(reader->facts, leaves.rows[i], reader->window,
						       reader->room, &data) != ST_OK)
			data = view_of(NULL, 0);
		leaves.whole = leaves.whole && data.at;
		if (!walk->block(walk->context, data))
			return true;
	}
	return leaves.whole;
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

static enum status make_room(struct arena *arena, struct subnode_list *list, uint64_t more)
{
	size_t room = list->room * 2 > list->n + more ? list->room * 2 : list->n + (size_t)more;
	struct subnode *rows;

	if (list->n + more <= list->room)
		return ST_OK;
	rows = arena_array(arena, room, sizeof *rows);
	if (!rows)
		return ST_NOMEM;
	if (list->n)
		memcpy(rows, list->rows, list->n * sizeof *rows);
	list->rows = rows;
	list->room = room;
	return ST_OK;
}

static enum status add_subnodes(struct arena *arena, const struct variant *v, struct view data,
				struct subnode_list *list)
{
	struct slblock sl;
	struct sl_entry e;

	if (!slblock_decode(data, &sl) || sl.level != 0 || sl.n * v->sl_entry_len > data.len) {
		list->whole = false;
		return ST_OK;
	}
	if (make_room(arena, list, sl.n) != ST_OK)
		return ST_NOMEM;
	for (uint64_t i = 0; i < sl.n && sl_entry_at(v, data, i, &e); i++) {
		uint32_t nid = (uint32_t)e.nid;

		list->sorted = list->sorted && (list->n == 0 || list->rows[list->n - 1].nid < nid);
		list->rows[list->n++] = (struct subnode){ nid, e.data, e.subnode };
	}
	return ST_OK;
}

enum status subnode_list_read(const struct node_reader *reader, struct bid bid, struct subnode_list *out)
{
	const struct check_facts *facts = reader->facts;
	const struct block_fact *top = facts_block(facts, bid);
	uint8_t *below = reader->room + BLOCK_READ_ROOM;
	struct view data, child;
	struct slblock head;
	struct si_entry e;
	enum status st;

	*out = (struct subnode_list){ .whole = bid.v == 0 || top, .sorted = true };
	if (!top)
		return ST_OK;
	st = block_read_near(facts, top, reader->window, reader->room, &data);
	if (st != ST_OK || !slblock_decode(data, &head) || head.level != 1) {
		out->whole = st == ST_OK;
		return st == ST_OK ? add_subnodes(reader->arena, facts->variant, data, out) : ST_OK;
	}
	for (uint64_t i = 0; st != ST_NOMEM && si_entry_at(facts->variant, data, i, &e); i++) {
		const struct block_fact *list = facts_block(facts, (struct bid){ e.bid });

		st = list ? block_read(facts, list, below, &child) : ST_IO;
		out->whole = out->whole && st == ST_OK;
		if (st == ST_OK)
			st = add_subnodes(reader->arena, facts->variant, child, out);
	}
	return st == ST_NOMEM ? st : ST_OK;
}

static const struct subnode *find_unsorted(const struct subnode_list *list, struct nid nid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->rows[i].nid == nid.v)
			return &list->rows[i];
	return NULL;
}

const struct subnode *subnode_find(const struct subnode_list *list, struct nid nid)
{
	size_t low = 0, high = list->n;

	if (!list->sorted)
		return find_unsorted(list, nid);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->rows[middle].nid < nid.v)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->n && list->rows[low].nid == nid.v ? &list->rows[low] : NULL;
}

bool subnode_list_shares_names(const struct subnode_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (nid_type((struct nid){ list->rows[i].nid }) == NID_TYPE_INTERNAL)
			return true;
	return false;
}
