/* This file removes messages, moves them, and changes their properties. */
#include "edit/change_inner.h"

#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <string.h>

enum { HEAP_ID_MAP = 0x9C, ID_LEN = 16, BYTES_MAX = 64 << 20 };

#define COLUMN(tag, type) ((uint32_t)(tag) << 16 | (type))

static bool is_associated(uint32_t nid)
{
	return nid_type((struct nid){ nid }) == NID_TYPE_ASSOC_MESSAGE;
}

/* The table of a folder that lists this message. */
static uint32_t table_of(uint32_t nid, uint32_t folder)
{
	return (folder & ~0x1FU) |
	       (is_associated(nid) ? NID_TYPE_ASSOC_CONTENTS_TABLE : NID_TYPE_CONTENTS_TABLE);
}

static struct node_fact *message(struct change *c, uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });
	struct node_fact *node = work_goes_on(&c->work) ? nodes_find(&c->work, nid) : NULL;

	if (node && (type == NID_TYPE_NORMAL_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE))
		return node;
	work_fail(&c->work, ST_IO, "there is no message of this number");
	return NULL;
}

static bool take_client(void *context, struct view block)
{
	uint8_t *client = context;
	struct cursor c = cursor_of(block);

	cursor_skip(&c, 3);
	*client = cursor_u8(&c);
	return false;
}

/* A node of this type may hold a table in another format that nobody has described (client 0xAC). */
static bool is_table(struct change *c, const struct node_fact *node)
{
	uint8_t client = 0;
	struct node_walk walk = { &client, take_client };

	(void)node_data_walk(&c->work.scratch, (struct bid){ node->data }, &walk);
	arena_clear(c->work.scratch.arena);
	return client == HEAP_TABLE;
}

static void find_searches(struct change *c)
{
	const struct check_facts *facts = c->work.facts;
	size_t n = 0;

	c->searches_known = true;
	c->searches = arena_array(c->work.arena, facts->n_nodes + 1, sizeof *c->searches);
	if (!c->searches) {
		work_fail(&c->work, ST_NOMEM, NULL);
		return;
	}
	for (size_t i = 0; i < facts->n_nodes; i++) {
		struct rows_edit *rows;

		if (nid_type((struct nid){ facts->nodes[i].nid }) != NID_TYPE_SEARCH_CONTENTS_TABLE ||
		    !is_table(c, &facts->nodes[i]))
			continue;
		rows = objects_rows(&c->objects, facts->nodes[i].nid);
		if (rows && rows->n)
			c->searches[n++] = facts->nodes[i].nid;
	}
	c->n_searches = n;
}

/* What search folders found: gone, or elsewhere. */
static void tell_searches(struct change *c, uint32_t nid, uint32_t parent)
{
	if (!c->searches_known)
		find_searches(c);
	for (size_t i = 0; i < c->n_searches && work_goes_on(&c->work); i++) {
		struct rows_edit *rows = objects_rows(&c->objects, c->searches[i]);

		if (!rows || !rows_edit_has(rows, nid))
			continue;
		if (parent) {
			rows_edit_set_integer(rows, nid, COLUMN(TAG_LTP_ROW_PARENT, PTYP_INTEGER_32), parent);
			continue;
		}
		rows_edit_remove(rows, nid);
		objects_touch_folder(&c->objects, (c->searches[i] & ~0x1FU) | NID_TYPE_SEARCH_FOLDER);
	}
}

static void drop_row(struct change *c, uint32_t table, uint32_t nid)
{
	struct rows_edit *rows = objects_rows(&c->objects, table);

	if (rows)
		rows_edit_remove(rows, nid);
}

void change_unqueue(struct change *c, uint32_t nid)
{
	struct rows_edit *queue = objects_rows(&c->objects, SPECIAL_OUTGOING_QUEUE);

	if (!queue || !rows_edit_has(queue, nid))
		return;
	rows_edit_remove(queue, nid);
	c->is_changed = true;
}

void change_remove(struct change *c, uint32_t nid)
{
	struct node_fact *node = message(c, nid);
	uint32_t folder;

	if (!node)
		return;
	folder = node->parent;
	c->is_changed = c->has_removed = true;
	drop_row(c, table_of(nid, folder), nid);
	objects_touch_folder(&c->objects, folder);
	change_unqueue(c, nid);
	if (!is_associated(nid))
		tell_searches(c, nid, 0);
	nodes_remove(&c->work, nid);
}

/* Cells of a new row come from the old one, or else from the message itself. */
struct moving {
	struct rows_edit *old;
	uint32_t nid;
	struct item item;
	bool has_item;
};

static bool give_cell(void *context, uint32_t tag, struct view *out)
{
	struct moving *m = context;
	struct property p;

	if (m->old && table_find(&m->old->table, tag))
		return rows_edit_cell(m->old, m->nid, tag, out);
	return m->has_item && item_property(&m->item, (uint16_t)(tag >> 16), &p, out) &&
	       p.type == (tag & 0xFFFF);
}

void change_move(struct change *c, uint32_t nid, uint32_t folder)
{
	struct node_fact *node = message(c, nid);
	struct moving m = { .nid = nid };
	struct rows_source source = { &m, give_cell };
	struct rows_edit *to;
	uint32_t from;

	if (!node || node->parent == folder)
		return;
	from = node->parent;
	c->is_changed = true;
	to = objects_rows(&c->objects, table_of(nid, folder));
	m.old = objects_rows(&c->objects, table_of(nid, from));
	m.old = m.old && rows_edit_has(m.old, nid) ? m.old : NULL;
	m.has_item = item_open(&c->work.scratch, node, &m.item);
	if (!to) {
		work_fail(&c->work, ST_IO, "the folder to move to has no table");
		return;
	}
	rows_edit_add(to, nid, &source);
	if (m.old)
		rows_edit_remove(m.old, nid);
	objects_touch_folder(&c->objects, from);
	objects_touch_folder(&c->objects, folder);
	nodes_move(&c->work, nid, folder);
	if (!is_associated(nid))
		tell_searches(c, nid, folder);
	arena_clear(c->work.scratch.arena);
}

uint32_t change_integer(struct change *c, uint32_t nid, uint16_t id)
{
	const struct node_fact *node = message(c, nid);
	uint32_t value = 0;
	struct item item;

	if (node && item_open(&c->work.scratch, node, &item) && !item_integer(&item, id, &value))
		value = 0;
	arena_clear(c->work.scratch.arena);
	return value;
}

struct view change_bytes(struct change *c, uint32_t nid, uint16_t id)
{
	const struct node_fact *node = message(c, nid);
	struct view value = { 0 };
	struct property p;
	struct item item;

	if (!node || !item_open(&c->work.scratch, node, &item) ||
	    !item_property_long(&item, id, BYTES_MAX, &p, &value))
		value = view_of(NULL, 0);
	if (value.len)
		value.at = arena_copy(c->arena, value.at, value.len);
	arena_clear(c->work.scratch.arena);
	return value.at ? value : view_of(NULL, 0);
}

static void put_props(struct change *c, struct node_fact *node, struct props_edit *props)
{
	uint64_t data, subnode;

	props_edit_end(props, &data, &subnode);
	if (work_goes_on(&c->work))
		nodes_set(&c->work, node->nid, data, subnode);
}

void change_set_integer(struct change *c, uint32_t nid, uint32_t tag, uint32_t value)
{
	struct node_fact *node = message(c, nid);
	struct props_edit props;
	struct rows_edit *rows, *queue;

	if (!node)
		return;
	c->is_changed = true;
	props_edit_open(&props, &c->work, node->data, node->subnode);
	props_edit_set_integer(&props, (uint16_t)(tag >> 16), (uint16_t)tag, value);
	put_props(c, node, &props);
	rows = objects_rows(&c->objects, table_of(nid, node->parent));
	if (rows)
		rows_edit_set_integer(rows, nid, tag, value);
	queue = objects_rows(&c->objects, SPECIAL_OUTGOING_QUEUE);
	if (queue)
		rows_edit_set_integer(queue, nid, tag, value);
	if (!c->searches_known)
		find_searches(c);
	for (size_t i = 0; i < c->n_searches && work_goes_on(&c->work); i++) {
		rows = objects_rows(&c->objects, c->searches[i]);
		if (rows)
			rows_edit_set_integer(rows, nid, tag, value);
	}
	objects_touch_folder(&c->objects, node->parent);
}

void change_set_store_integer(struct change *c, uint32_t tag, uint32_t value)
{
	struct node_fact *node = work_goes_on(&c->work) ? nodes_find(&c->work, SPECIAL_MESSAGE_STORE) : NULL;
	struct props_edit props;
	struct item item;
	uint32_t old;
	bool is_there = node && item_open(&c->work.scratch, node, &item) &&
			item_integer(&item, (uint16_t)(tag >> 16), &old);

	arena_clear(c->work.scratch.arena);
	if (!is_there)
		return;
	c->is_changed = true;
	props_edit_open(&props, &c->work, node->data, node->subnode);
	props_edit_set_integer(&props, (uint16_t)(tag >> 16), (uint16_t)tag, value);
	put_props(c, node, &props);
}

void change_set_bytes(struct change *c, uint32_t nid, uint32_t tag, struct view value)
{
	struct node_fact *node = message(c, nid);
	struct props_edit props;

	if (!node)
		return;
	c->is_changed = true;
	props_edit_open(&props, &c->work, node->data, node->subnode);
	props_edit_set(&props, (uint16_t)(tag >> 16), (uint16_t)tag, value);
	put_props(c, node, &props);
}

/* Records of the ID map whose node is gone. */
struct stale_ids {
	struct change *change;
	uint8_t (*keys)[ID_LEN];
	size_t n, room;
};

static bool take_id(void *context, struct view key, struct view data)
{
	struct stale_ids *s = context;
	struct cursor c = cursor_of(data);
	uint32_t nid = cursor_u32le(&c);

	if (nid == 0 || nodes_find(&s->change->work, nid) || s->n == s->room)
		return true;
	memcpy(s->keys[s->n++], key.at, ID_LEN);
	return true;
}

/* The root item of the ID map's heap names the tree in it. */
static bool open_ids(struct change *c, const struct node_fact *node, struct heap *heap, struct bth *out)
{
	struct view root;
	struct cursor cursor;

	if (!node || !item_open_heap(&c->work.reader, node->data, heap) || heap->client != HEAP_ID_MAP ||
	    !heap_item(heap, heap->root, &root) || root.len != 4)
		return false;
	cursor = cursor_of(root);
	return bth_open(heap, (struct hid){ cursor_u32le(&cursor) }, out) && out->key_len == ID_LEN &&
	       out->data_len == 4;
}

void change_forget_ids(struct change *c)
{
	static const uint8_t nobody[4] = { 0 };
	struct node_fact *node = nodes_find(&c->work, SPECIAL_ID_MAP);
	struct stale_ids stale = { .change = c };
	struct heap_edit edit;
	struct bth_edit records;
	struct heap heap;
	struct bth bth;
	struct bth_walk walk = { .bth = &bth, .record = take_id, .context = &stale };
	struct cursor cursor;

	if (!work_goes_on(&c->work) || !open_ids(c, node, &heap, &bth))
		return;
	stale.room = c->work.facts->n_nodes;
	stale.keys = arena_array(c->work.arena, stale.room + 1, sizeof *stale.keys);
	if (!stale.keys) {
		work_fail(&c->work, ST_NOMEM, NULL);
		return;
	}
	bth_walk(&walk);
	if (stale.n == 0)
		return;
	heap_edit_open(&edit, &c->work, node->data);
	cursor = cursor_of(heap_edit_get(&edit, edit.root));
	bth_edit_open(&records, &edit, cursor_u32le(&cursor));
	for (size_t i = 0; i < stale.n && work_goes_on(&c->work); i++)
		bth_edit_put(&records, view_of(stale.keys[i], ID_LEN), view_of(nobody, sizeof nobody));
	if (work_goes_on(&c->work))
		nodes_set(&c->work, SPECIAL_ID_MAP, heap_edit_end(&edit), node->subnode);
}
