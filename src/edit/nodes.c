/* This file changes the list of a store's nodes. */
#include "edit/work.h"

#include <string.h>

struct node_fact *nodes_find(struct work *w, uint32_t nid)
{
	struct node_fact *node = facts_node(w->facts, (struct nid){ nid });

	if (node)
		return w->node_marks[node - w->facts->nodes] & NODE_GONE ? NULL : node;
	for (size_t i = 0; i < w->n_added; i++)
		if (w->added[i].nid == nid)
			return &w->added[i];
	return NULL;
}

static bool is_old(const struct work *w, const struct node_fact *node)
{
	return node >= w->facts->nodes && node < w->facts->nodes + w->facts->n_nodes;
}

static struct node_fact *touch(struct work *w, uint32_t nid)
{
	struct node_fact *node = work_goes_on(w) ? nodes_find(w, nid) : NULL;

	if (!node)
		work_fail(w, ST_IO, "a node is missing");
	else if (is_old(w, node))
		w->node_marks[node - w->facts->nodes] |= NODE_CHANGED;
	return node;
}

void nodes_set(struct work *w, uint32_t nid, uint64_t data, uint64_t subnode)
{
	struct node_fact *node = touch(w, nid);
	struct node_fact old;

	if (!node)
		return;
	old = *node;
	/* What is new is held before what is old is let go: they may share. */
	if (data != old.data)
		blocks_hold(w, data);
	if (subnode != old.subnode)
		blocks_hold(w, subnode);
	node->data = data;
	node->subnode = subnode;
	if (data != old.data)
		blocks_release(w, old.data);
	if (subnode != old.subnode)
		blocks_release(w, old.subnode);
}

void nodes_move(struct work *w, uint32_t nid, uint32_t parent)
{
	struct node_fact *node = touch(w, nid);

	if (node)
		node->parent = parent;
}

void nodes_remove(struct work *w, uint32_t nid)
{
	struct node_fact *node = touch(w, nid);

	if (!node)
		return;
	if (!is_old(w, node)) {
		work_fail(w, ST_BUG, "a new node is removed");
		return;
	}
	w->node_marks[node - w->facts->nodes] |= NODE_GONE;
	blocks_release(w, node->data);
	blocks_release(w, node->subnode);
}

void nodes_add(struct work *w, const struct node_fact *node)
{
	struct node_fact *rows;

	if (!work_goes_on(w))
		return;
	rows = arena_grown(w->arena, w->added, w->n_added, &w->room_added, sizeof *rows);
	if (!rows) {
		work_fail(w, ST_NOMEM, NULL);
		return;
	}
	w->added = rows;
	w->added[w->n_added++] = *node;
	blocks_hold(w, node->data);
	blocks_hold(w, node->subnode);
}

uint32_t nodes_number(struct work *w, enum nid_type type)
{
	uint32_t *mark = &w->facts->header.nid_marks[type];

	if (*mark < w->facts->nid_tops[type])
		*mark = w->facts->nid_tops[type];
	if (*mark >= UINT32_MAX >> 5) {
		work_fail(w, ST_LIMIT, "the store has no numbers left");
		return 0;
	}
	return nid_make(type, ++*mark).v;
}
