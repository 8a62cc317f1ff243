/* This file judges the nodes that a store has for itself: root, templates, queues, maps. */
#include "check/mailbox.h"

#include "base/cursor.h"
#include "pst/ltp/table.h"
#include "pst/msg/special.h"

enum { QUEUE_ENTRY_LEN = 20, LIST_BYTES_MAX = 1 << 20, HEAP_ID_MAP = 0x9C, ID_LEN = 16 };

static bool exists(const struct mailbox *m, uint32_t nid)
{
	return facts_node(m->facts, (struct nid){ nid }) != NULL;
}

/* P99. */
static void judge_root(struct mailbox *m)
{
	static const enum nid_type tables[] = { NID_TYPE_HIERARCHY_TABLE, NID_TYPE_CONTENTS_TABLE,
						NID_TYPE_ASSOC_CONTENTS_TABLE };
	uint32_t index = SPECIAL_ROOT_FOLDER & ~0x1FU;

	if (!exists(m, SPECIAL_ROOT_FOLDER))
		(void)mailbox_report(m, CODE_STORE_ROOT_FOLDER_MISSING, SPECIAL_ROOT_FOLDER);
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		if (!exists(m, index | tables[i]))
			(void)mailbox_report(m, CODE_STORE_ROOT_FOLDER_MISSING, index | tables[i]);
}

static void count_row(void *context, const struct object_part *part, const struct object_row *row)
{
	uint64_t *n = context;

	(void)part;
	(void)row;
	++*n;
}

/* P101, P102; the columns of templates are judged with all tables (P89). */
static void judge_rows(struct mailbox *m)
{
	const struct special_row *row;

	for (size_t i = 0; (row = special_row(i)); i++) {
		uint64_t n = 0;
		struct mailbox_rows rows = { &n, count_row };
		struct finding *f = NULL;

		if (!exists(m, row->nid))
			f = mailbox_report(m,
					   row->need == SPECIAL_TEMPLATE ? CODE_STORE_TEMPLATE_WRONG
									 : CODE_STORE_SPECIAL_NODE_MISSING,
					   row->nid);
		else if (row->need == SPECIAL_TEMPLATE && mailbox_table(m, row->nid, &rows) && n > 0)
			f = mailbox_report(m, CODE_STORE_TEMPLATE_WRONG, row->nid);
		if (f)
			finding_evidence(f, "node_is", row->name, NULL, TRUST_OURS);
		if (f && n)
			pass_evidence_hex(m->pass, f, "rows", n);
		arena_clear(m->reader.arena);
	}
}

/* The gatherer's queue (0x281) has entries of another size. */
static bool is_queue(uint32_t nid)
{
	return nid == SPECIAL_SEARCH_QUEUE || nid_type((struct nid){ nid }) == NID_TYPE_SEARCH_UPDATE_QUEUE;
}

/* P123: whole entries, and nidParent is where the first one to be done begins. */
static void judge_queues(struct mailbox *m)
{
	for (size_t i = 0; i < m->facts->n_nodes; i++) {
		const struct node_fact *n = &m->facts->nodes[i];
		uint64_t len;
		struct finding *f;

		if (!is_queue(n->nid) || !node_data_len(m->facts, (struct bid){ n->data }, &len))
			continue;
		if (len % QUEUE_ENTRY_LEN == 0 && n->parent <= len && n->parent % QUEUE_ENTRY_LEN == 0)
			continue;
		f = mailbox_report(m, CODE_STORE_QUEUE_DAMAGED, n->nid);
		pass_evidence_hex(m->pass, f, "bytes", len);
		pass_evidence_hex(m->pass, f, "head", n->parent);
	}
}

/* P124: arrays of NIDs. */
static void judge_list(struct mailbox *m, uint32_t nid)
{
	const struct node_fact *node = facts_node(m->facts, (struct nid){ nid });
	struct node_data data;

	if (!node || !m->facts->nbt_whole ||
	    node_data_read(&m->reader, (struct bid){ node->data }, LIST_BYTES_MAX, &data) != ST_OK)
		return;
	for (size_t i = 0; i < data.n; i++) {
		struct cursor c = cursor_of(data.blocks[i]);

		while (cursor_left(&c) >= 4) {
			uint32_t entry = cursor_u32le(&c);

			if (!exists(m, entry))
				pass_evidence_hex(m->pass,
						  mailbox_report(m, CODE_STORE_SEARCH_LIST_STALE, nid), "nid",
						  entry);
		}
	}
}

static bool take_id(void *context, struct view key, struct view data)
{
	struct mailbox *m = context;
	struct cursor c = cursor_of(data);
	uint32_t nid = cursor_u32le(&c);

	(void)key;
	if (nid && !exists(m, nid))
		pass_evidence_hex(m->pass, mailbox_report(m, CODE_STORE_ID_MAP_STALE, SPECIAL_ID_MAP), "nid",
				  nid);
	return true;
}

/* P126: the root item names a BTH from identifiers to nodes. Where it is built
 * otherwise it is left alone: no specification knows this node. */
static void judge_id_map(struct mailbox *m)
{
	const struct node_fact *node = facts_node(m->facts, (struct nid){ SPECIAL_ID_MAP });
	struct heap heap;
	struct view root;
	struct bth bth;
	struct bth_walk walk = { .bth = &bth, .record = take_id, .context = m };
	struct cursor c;

	if (!node || !m->facts->nbt_whole || !item_open_heap(&m->reader, node->data, &heap) ||
	    heap.client != HEAP_ID_MAP || !heap_item(&heap, heap.root, &root) || root.len != sizeof(uint32_t))
		return;
	c = cursor_of(root);
	if (bth_open(&heap, (struct hid){ cursor_u32le(&c) }, &bth) && bth.key_len == ID_LEN &&
	    bth.data_len == sizeof(uint32_t))
		bth_walk(&walk);
}

enum status mailbox_judge_special(struct mailbox *m)
{
	if (m->facts->nbt_whole) {
		judge_root(m);
		judge_rows(m);
	}
	judge_queues(m);
	judge_list(m, SPECIAL_SEARCH_ACTIVITY);
	judge_list(m, SPECIAL_SEARCH_DOMAIN);
	judge_id_map(m);
	return ST_OK;
}
