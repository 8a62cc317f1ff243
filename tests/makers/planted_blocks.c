/* This file plants faults of blocks, of the lists made of them, and of nodes. */
#include "planted.h"

#include "base/checked.h"
#include "pst/msg/special.h"

/* Data of a plain message: one block, one holder. */
static uint64_t some_block(const struct plant *p)
{
	return plant_node(p, plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, 0x10, 1)).data;
}

static uint32_t with_files(const struct plant *p)
{
	return plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0x10, 0, 0);
}

/* An attachment's list of subnodes, and in it the XBLOCK of its content. */
static uint64_t list_of_file(const struct plant *p)
{
	return plant_subnode(p, plant_node(p, with_files(p)).subnode, NID_TYPE_ATTACHMENT).subnode;
}

static uint64_t xblock(const struct plant *p)
{
	return plant_subnode(p, list_of_file(p), NID_TYPE_LTP).data;
}

static void block_place(struct plant *p, uint64_t wrong)
{
	uint64_t bid = some_block(p);

	plant_block_set(p, bid, "BREF.ib", plant_pick(p, wrong, plant_block(p, bid).ref.ib));
}

static void place_beyond(struct plant *p)
{
	block_place(p, p->size);
}

static void place_odd(struct plant *p)
{
	block_place(p, plant_block(p, some_block(p)).ref.ib + 8);
}

static void place_zero(struct plant *p)
{
	block_place(p, 0);
}

static void size(struct plant *p)
{
	uint64_t bid = some_block(p);

	plant_block_set(p, bid, "cb",
			plant_pick(p, p->v->block_data_max + (uint64_t)1, plant_block(p, bid).len));
}

static void trailer(struct plant *p, const char *name, uint64_t change)
{
	uint64_t at = plant_trailer_at(p, some_block(p));

	plant_set(p, block_trailer_fields(p->v), name, at,
		  plant_get(p, block_trailer_fields(p->v), name, at) ^ plant_pick(p, change, 0));
}

static void trailer_len(struct plant *p)
{
	trailer(p, "cb", 1);
}

static void trailer_signature(struct plant *p)
{
	trailer(p, "wSig", 0x100);
}

static void trailer_bid(struct plant *p)
{
	trailer(p, "bid", 4);
}

static void trailer_inflated(struct plant *p)
{
	trailer(p, "cbInflated", 1);
}

static void checksum(struct plant *p)
{
	uint64_t bid = some_block(p);

	if (!p->wrong)
		return;
	p->bytes[plant_block(p, bid).ref.ib + 60] ^= 4;
}

/* A byte of a packed block, and the checksum renewed: it can no more be unpacked. */
static void packed_stream(struct plant *p)
{
	for (size_t i = p->facts->n_blocks; i-- > 0;) {
		const struct block_fact *b = &p->facts->blocks[i];

		if (b->len == b->len_inflated || b->bid & 2 || b->len < 200)
			continue;
		p->bytes[b->at + 100] ^= (uint8_t)plant_pick(p, 0x55, 0);
		plant_block_reseal(p, b->bid);
		return;
	}
	abort();
}

static void bid_marked(struct plant *p)
{
	uint64_t bid = some_block(p);

	plant_block_set(p, bid, "BREF.bid", bid | plant_pick(p, 1, 0));
}

/* An internal block whose first byte is none of theirs. */
static void kind(struct plant *p)
{
	uint64_t bid = plant_node(p, with_files(p)).subnode;
	size_t len;
	uint8_t *data = plant_read(p, bid, &len);

	data[0] = (uint8_t)plant_pick(p, 3, BTYPE_SLBLOCK);
	plant_write(p, bid, data, len);
}

/* The same entry again, at the end of the page before. */
static void listed_twice(struct plant *p)
{
	uint64_t at = plant_page(p, PAGE_BBT, 0, 2), len, n;

	if (!p->wrong)
		return;
	len = plant_counters(p, at).entry_len;
	n = plant_counters(p, at).n;
	memcpy(p->bytes + at + n * len, p->bytes + at + (n - 1) * len, (size_t)len);
	/* Numbers that differ in bit 0 alone are one and the same. */
	plant_set(p, bbt_entry_fields(p->v), "BREF.bid", at + n * len,
		  plant_get(p, bbt_entry_fields(p->v), "BREF.bid", at + n * len) | 1);
	plant_counter_set(p, at, "cEnt", n + 1);
}

static void refs_low(struct plant *p)
{
	plant_block_set(p, some_block(p), "cRef", plant_pick(p, 1, 2));
}

static void refs_high(struct plant *p)
{
	plant_block_set(p, some_block(p), "cRef", plant_pick(p, 3, 2));
}

/* In the control it has a holder: a node of its own. */
static void unused(struct plant *p)
{
	static const uint8_t data[20] = { 0 };
	struct nbt_entry node = { .nid = 0x281 };

	node.data = plant_block_add(p, data, sizeof data, false);
	plant_hold(p, node.data, -1);
	if (p->wrong)
		return;
	plant_node_set(p, 0x281, "bidData", node.data);
	plant_hold(p, node.data, 1);
}

static void missing(struct plant *p)
{
	uint32_t nid = with_files(p);
	uint64_t list = plant_node(p, nid).subnode;

	plant_node_set(p, nid, "bidSub", plant_pick(p, plant_header(p, "bidNextB") | 2, list));
	if (p->wrong)
		plant_hold(p, list, -1);
}

static void missing_leaf(struct plant *p)
{
	uint64_t bid = xblock(p), child;
	size_t len;
	uint8_t *data = plant_read(p, bid, &len);
	struct bid first;

	(void)xblock_bid_at(p->v, view_of(data, len), 0, &first);
	child = first.v;
	field_put(data + XBLOCK_HEADER_LEN, p->v->id_width,
		  plant_pick(p, plant_header(p, "bidNextB") + 400, child));
	plant_write(p, bid, data, len);
	if (p->wrong)
		plant_hold(p, child, -1);
}

/* Fields of XBLOCKs: btype, cLevel, cEnt, lcbTotal. */
static void xblock_field(struct plant *p, size_t at, size_t width, int delta)
{
	uint64_t bid = xblock(p), value = 0;
	size_t len;
	uint8_t *data = plant_read(p, bid, &len);

	for (size_t i = width; i-- > 0;)
		value = value << 8 | data[at + i];
	field_put(data + at, width, (uint64_t)((int64_t)value + (p->wrong ? delta : 0)));
	plant_write(p, bid, data, len);
}

static void xblock_count(struct plant *p)
{
	xblock_field(p, 2, 2, 1);
}

static void xblock_total(struct plant *p)
{
	xblock_field(p, 4, 4, -1);
}

static void xblock_level(struct plant *p)
{
	xblock_field(p, 1, 1, 1);
}

/* The first block of a list loses its last byte; the totals follow. */
static void leaf_short(struct plant *p)
{
	uint64_t bid = xblock(p);
	size_t len, leaf_len;
	uint8_t *data = plant_read(p, bid, &len), *leaf;
	struct bid first;

	(void)xblock_bid_at(p->v, view_of(data, len), 0, &first);
	leaf = plant_read(p, first.v, &leaf_len);
	plant_write(p, first.v, leaf, leaf_len - (size_t)plant_pick(p, 1, 0));
	xblock_field(p, 4, 4, -1);
}

/* An XXBLOCK over the XBLOCK; its child is that, or what it must not be. */
static void xxblock(struct plant *p)
{
	uint64_t bid = xblock(p), upper;
	size_t len, leaf_len;
	uint8_t *data = plant_read(p, bid, &len), top[XBLOCK_HEADER_LEN + 8] = { BTYPE_XBLOCK, 2, 1 };
	struct bid first;

	(void)xblock_bid_at(p->v, view_of(data, len), 0, &first);
	(void)plant_read(p, first.v, &leaf_len);
	memcpy(top + 4, data + 4, 4);
	field_put(top + XBLOCK_HEADER_LEN, p->v->id_width, plant_pick(p, first.v, bid));
	upper = plant_block_add(p, top, XBLOCK_HEADER_LEN + (size_t)p->v->id_width, true);
	plant_subnode_set(p, list_of_file(p), NID_TYPE_LTP, "bidData", upper);
	if (p->wrong) {
		plant_hold(p, bid, -1);
		plant_hold(p, first.v, 1);
	}
}

/* A list whose entry has the list itself below it. */
static void looped(struct plant *p)
{
	uint64_t list = plant_node(p, with_files(p)).subnode;
	struct sl_entry e = plant_subnode(p, list, SPECIAL_RECIPIENT_TABLE);

	plant_subnode_set(p, list, SPECIAL_RECIPIENT_TABLE, "bidSub", plant_pick(p, list, e.subnode));
	if (p->wrong)
		plant_hold(p, list, 1);
}

static void subnodes_count(struct plant *p)
{
	uint64_t bid = plant_node(p, with_files(p)).subnode;
	size_t len;
	uint8_t *data = plant_read(p, bid, &len);

	field_put(data + 2, 2, (len - p->v->sl_header_len) / p->v->sl_entry_len + plant_pick(p, 1, 0));
	plant_write(p, bid, data, len);
}

static void subnodes_unsorted(struct plant *p)
{
	uint64_t bid = plant_node(p, with_files(p)).subnode;
	size_t len, n = p->v->sl_entry_len;
	uint8_t *data = plant_read(p, bid, &len), swap[32], *first = data + p->v->sl_header_len;

	memcpy(swap, first, n);
	if (p->wrong) {
		memcpy(first, first + n, n);
		memcpy(first + n, swap, n);
	}
	plant_write(p, bid, data, len);
}

static void subnode_twice(struct plant *p)
{
	uint64_t bid = plant_node(p, with_files(p)).subnode;
	size_t len, n = p->v->sl_entry_len;
	uint8_t *data = plant_read(p, bid, &len), *last = data + len - n;
	struct sl_entry e;

	(void)field_decode(sl_entry_fields(p->v), view_of(last - n, n), &e);
	if (p->wrong)
		field_put(last, 4, e.nid);
	plant_write(p, bid, data, len);
}

/* An index over the list of a message. */
static void subnode_index(struct plant *p, uint32_t delta, bool to_itself)
{
	uint32_t nid = with_files(p);
	uint64_t list = plant_node(p, nid).subnode, upper;
	size_t len, top_len = (size_t)p->v->sl_header_len + p->v->si_entry_len;
	uint8_t *data = plant_read(p, list, &len), top[32] = { BTYPE_SLBLOCK, 1, 1 };
	struct si_entry e = { .bid = list };

	for (size_t i = 4; i-- > 0;)
		e.nid = e.nid << 8 | data[p->v->sl_header_len + i];
	e.nid += p->wrong ? delta : 0;
	field_encode(si_entry_fields(p->v), &e, top + p->v->sl_header_len);
	upper = plant_block_add(p, top, top_len, true);
	plant_node_set(p, nid, "bidSub", upper);
	if (!p->wrong || !to_itself)
		return;
	e.bid = upper;
	field_encode(si_entry_fields(p->v), &e, top + p->v->sl_header_len);
	plant_write(p, upper, top, top_len);
	plant_hold(p, list, -1);
	plant_hold(p, upper, 1);
}

static void subnode_index_key(struct plant *p)
{
	subnode_index(p, 0x20, false);
}

static void subnode_index_level(struct plant *p)
{
	subnode_index(p, 0, true);
}

/* A queue whose data is a list of subnodes. */
static void data_is_list(struct plant *p)
{
	uint64_t list = plant_node(p, with_files(p)).subnode;

	plant_node_set(p, 0x281, "bidData", plant_pick(p, list, 0));
	if (p->wrong)
		plant_hold(p, list, 1);
}

static void list_is_data(struct plant *p)
{
	uint32_t nid = with_files(p);
	uint64_t list = plant_node(p, nid).subnode, data = some_block(p);

	if (!p->wrong)
		return;
	plant_node_set(p, nid, "bidSub", data);
	plant_hold(p, list, -1);
	plant_hold(p, data, 1);
}

/* 8 bytes on disk, and numbers have 4. */
static void nid_high(struct plant *p)
{
	uint64_t at = plant_entry(p, plant_page(p, PAGE_NBT, 0, -1),
				  plant_counters(p, plant_page(p, PAGE_NBT, 0, -1)).n - 1);

	plant_entry_set(p, nbt_entry_fields(p->v), at, "nid",
			plant_get(p, nbt_entry_fields(p->v), "nid", at) |
				plant_pick(p, UINT64_C(1) << 32, 0));
}

static void node_type(struct plant *p)
{
	struct nbt_entry node = { .nid = 0x10000 + plant_pick(p, 0x1A, NID_TYPE_LTP) };
	uint64_t at = plant_header_at(p, "rgnid") + 4 * (node.nid & 0x1F);

	field_put(p->bytes + at, 4, 0x10000);
	plant_header_seal(p);
	plant_node_add(p, &node);
}

static void node_empty(struct plant *p)
{
	uint32_t nid = plant_message(p, NID_TYPE_ASSOC_MESSAGE, 0, 0, 0);
	uint64_t data = plant_node(p, nid).data;

	plant_node_set(p, nid, "bidData", plant_pick(p, 0, data));
	if (p->wrong)
		plant_hold(p, data, -1);
}

enum { INBOX = 0x80A2, DELETED = 0x8062, TOP = 0x8022, FIRST_OF_USER = 0x8142 };

static void parent_of_folder(struct plant *p)
{
	plant_node_set(p, DELETED, "nidParent", plant_pick(p, 0x9002, TOP));
}

static void parent_of_message(struct plant *p)
{
	uint32_t nid = plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, 0, 1),
		 other = plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, 0, 0);

	plant_node_set(p, nid, "nidParent", plant_pick(p, other, plant_node(p, nid).parent));
}

static void parent_of_table(struct plant *p)
{
	plant_node_set(p, 0x80AE, "nidParent", plant_pick(p, INBOX, 0));
}

static void parent_of_root(struct plant *p)
{
	plant_node_set(p, SPECIAL_ROOT_FOLDER, "nidParent", plant_pick(p, TOP, SPECIAL_ROOT_FOLDER));
}

static void parents_looped(struct plant *p)
{
	plant_node_set(p, FIRST_OF_USER, "nidParent", plant_pick(p, FIRST_OF_USER + 0x20, TOP));
}

static void misplaced_message(struct plant *p)
{
	uint32_t nid = plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, 0, 1);

	plant_node_set(p, nid, "nidParent", plant_pick(p, 0x2223, plant_node(p, nid).parent));
}

static void misplaced_in_template(struct plant *p)
{
	uint32_t nid = plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, 0, 1);

	plant_node_set(p, nid, "nidParent", plant_pick(p, 0x60E, plant_node(p, nid).parent));
}

static void misplaced_folder(struct plant *p)
{
	plant_node_set(p, DELETED, "nidParent", plant_pick(p, 0x2223, TOP));
}

static void orphaned(struct plant *p)
{
	uint32_t nid = plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, 0, 1);

	plant_node_set(p, nid, "nidParent", plant_pick(p, 0, plant_node(p, nid).parent));
}

static const struct planted_row rows[] = {
	FAULT("behind the end", BLOCK_PLACE_WRONG, ALL, SMALL, place_beyond, "bid"),
	FAULT("between the steps", BLOCK_PLACE_WRONG, ALL, SMALL, place_odd, "bid"),
	FAULT("at 0", BLOCK_PLACE_WRONG, ALL, SMALL, place_zero, "bid"),
	FAULT("cb of more than fit", BLOCK_SIZE_WRONG, ALL, SMALL, size, "cb"),
	FAULT("cb of a trailer", BLOCK_TRAILER_WRONG, ALL, SMALL, trailer_len, "cb"),
	FAULT("wSig of a trailer", BLOCK_TRAILER_WRONG, ALL, SMALL, trailer_signature, "wSig"),
	FAULT("bid of a trailer", BLOCK_TRAILER_WRONG, ALL, SMALL, trailer_bid, "trailer_bid"),
	FAULT("cbInflated of a trailer", BLOCK_TRAILER_WRONG, 4K, SMALL, trailer_inflated, NULL),
	FAULT("a bit of a message", BLOCK_CHECKSUM_WRONG, ALL, SMALL, checksum, "bid"),
	FAULT("a packed block", BLOCK_CHECKSUM_WRONG, 4K, PACKED, packed_stream, "packed"),
	FAULT("bit 0", BLOCK_BID_MARKED, ALL, SMALL, bid_marked, "bid"),
	FAULT("btype 3", BLOCK_KIND_WRONG, ALL, SMALL, kind, "bid"),
	FAULT_WITH("the same number with bit 0", BLOCK_LISTED_TWICE, ALL, SMALL, listed_twice, "bid",
		   CODE_STORE_BLOCK_BID_MARKED),
	FAULT("cRef too low", BLOCK_REFS_WRONG, ALL, SMALL, refs_low, "cRef"),
	FAULT("cRef too high", BLOCK_REFS_WRONG, ALL, SMALL, refs_high, "cRef"),
	FAULT("a block that nobody holds", BLOCK_UNUSED, ALL, SMALL, unused, "bid"),
	FAULT("a list of subnodes", BLOCK_MISSING, ALL, SMALL, missing, "bid"),
	FAULT("a block of a list", BLOCK_MISSING, ALL, TREES, missing_leaf, "bid"),
	FAULT("cEnt", XBLOCK_DAMAGED, ALL, TREES, xblock_count, "cEnt"),
	FAULT("lcbTotal", XBLOCK_TOTAL_WRONG, ALL, TREES, xblock_total, "lcbTotal"),
	FAULT("a byte less in the middle", DATA_LEAF_SHORT, ALL, TREES, leaf_short, "cb"),
	FAULT("cLevel of an XBLOCK", XBLOCK_LEVEL_WRONG, ALL, TREES, xblock_level, "child"),
	FAULT("data below an XXBLOCK", XBLOCK_LEVEL_WRONG, ALL, TREES, xxblock, "child"),
	FAULT("a list below itself", TREE_LOOPED, ALL, SMALL, looped, "bid"),
	FAULT("cEnt", SUBNODES_DAMAGED, ALL, SMALL, subnodes_count, "cEnt"),
	FAULT_WITH("an index over an index", SUBNODES_DAMAGED, ALL, SMALL, subnode_index_level, "child",
		   CODE_STORE_TREE_LOOPED),
	FAULT("two entries swapped", SUBNODES_UNSORTED, ALL, SMALL, subnodes_unsorted, "nid"),
	FAULT_WITH("a number twice", SUBNODES_UNSORTED, ALL, SMALL, subnode_twice, "nid",
		   CODE_STORE_ATTACHMENTS_WRONG),
	FAULT("the key of an index", SUBNODE_INDEX_WRONG, ALL, SMALL, subnode_index_key, "nid"),
	FAULT("a list as data", BLOCK_HELD_TWO_WAYS, ALL, SMALL, data_is_list, "nid"),
	FAULT("data as a list", BLOCK_HELD_TWO_WAYS, ALL, SMALL, list_is_data, "nid"),
	FAULT("the upper half of a number", NODE_NID_WRONG, WIDE, SMALL, nid_high, "nid"),
	FAULT("type 0x1A", NODE_TYPE_UNKNOWN, ALL, SMALL, node_type, "nidParent"),
	FAULT("a message without data", NODE_EMPTY, ALL, SMALL, node_empty, NULL),
	FAULT("of a folder: a folder that is gone", NODE_PARENT_WRONG, ALL, SMALL, parent_of_folder,
	      "nidParent"),
	FAULT("of a message: a message", NODE_PARENT_WRONG, ALL, SMALL, parent_of_message, "nidParent"),
	FAULT("of a table: its folder", NODE_PARENT_WRONG, ALL, SMALL, parent_of_table, "nidParent"),
	FAULT_WITH("of the root: another", NODE_PARENT_WRONG, ALL, SMALL, parent_of_root, "nidParent",
		   CODE_STORE_NODE_PARENTS_LOOPED, CODE_STORE_HIERARCHY_WRONG),
	FAULT_WITH("a folder below itself", NODE_PARENTS_LOOPED, ALL, SMALL, parents_looped, "nidParent",
		   CODE_STORE_HIERARCHY_WRONG),
	FAULT("a message in a search folder", OBJECT_MISPLACED, ALL, SMALL, misplaced_message, "nidParent"),
	FAULT("a message in a template", OBJECT_MISPLACED, ALL, SMALL, misplaced_in_template, "nidParent"),
	FAULT("a folder in a search folder", OBJECT_MISPLACED, ALL, SMALL, misplaced_folder, "nidParent"),
	FAULT("a message without a folder", MESSAGE_ORPHANED, ALL, SMALL, orphaned, "nidParent"),
};

const struct planted_part planted_blocks = { "blocks", rows, COUNT_OF(rows), true };
