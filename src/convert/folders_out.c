/* This file writes the items of every folder, the folders' tables and the folders themselves. */
#include "convert/writing.h"

#include "convert/account.h"
#include "convert/text.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "write/templates.h"

#include <string.h>

enum { ITEM_COST = 4096 }; /* what an item counts for in the progress, bytes */

/* The table of a folder that is being written. */
struct filling {
	struct writing *w;
	struct folder_plan *folder;
	bool associated, keeps;
	struct object_in object;
	struct table_in old;
	struct table_out to;
};

static uint32_t table_nid(const struct folder_plan *folder, enum nid_type type)
{
	return (folder->nid & ~0x1FU) | (uint32_t)type;
}

/* What the source's table of this folder is, where there is one that can be read. */
static enum status open_old(struct writing *w, uint32_t nid, struct object_in *object, struct table_in *old)
{
	const struct node_fact *node = facts_node(w->plan->tables.facts, (struct nid){ nid });
	enum status st = ST_OK;

	*old = (struct table_in){ 0 };
	if (node)
		st = object_in_open(&w->plan->tables, node->data, node->subnode, object);
	if (st == ST_OK && node)
		st = table_in_open(&w->plan->tables, object, old);
	return st;
}

/* Cells that stand in rows alone come from the old row. */
static enum status add_own_cells(struct writing *w, const struct table_in *old, uint32_t nid,
				 struct props *props)
{
	struct view row = old->is_open ? table_in_find(old, nid) : view_of(NULL, 0);
	struct carry carry = { .carrier = &w->carrier, .page = w->carrier.page, .props = props };

	return row.len ? carry_cells(&carry, old, row, true) : ST_OK;
}

static enum status put_row(struct filling *f, const struct node_fact *node, struct props *props)
{
	struct writing *w = f->w;
	enum status st = ST_OK;

	if (!props)
		props = props_new(w->plan->items.reader.arena, ndb_out_variant(w->out));
	if (!props)
		return ST_NOMEM;
	if (!f->associated && !(props_int(props, TAG_MESSAGE_FLAGS, 0) & MESSAGE_READ))
		f->folder->n_unread++;
	st = add_own_cells(w, &f->old, node->nid, props);
	if (st == ST_OK)
		table_out_row(&f->to, node->nid, props);
	return st;
}

static enum status put_kept(struct filling *f, const struct node_fact *node)
{
	struct writing *w = f->w;
	struct props *props = NULL;
	bool whole;
	enum status st = ST_OK;

	ndb_out_node(w->out, &(struct ndb_node){ node->nid, f->folder->nid, node->data, node->subnode });
	if (f->keeps)
		return ST_OK;
	st = carry_node_props(&w->carrier, node, NULL, &props, &whole);
	return st == ST_OK ? put_row(f, node, props) : st;
}

static enum status put_carried(struct filling *f, const struct node_fact *node, struct message_out *out)
{
	struct writing *w = f->w;
	const struct salvage_node *how = &w->plan->items.salvage->nodes[node - w->plan->items.facts->nodes];
	struct message_how ask = { .node = node, .table = &f->old, .is_older = how->origin == SALVAGE_OLDER };
	uint8_t *marks = &w->plan->marks[node - w->plan->items.facts->nodes];
	enum status st;

	ask.is_anew = plan_suspects(w->plan, node->nid) || w->plan->names_known;
	ask.queue_is_lost = !w->plan->items.salvage->trees_whole || (w->queue.is_open && !w->queue.is_whole);
	ask.is_guess = (how->origin == SALVAGE_CONTENT || how->origin == SALVAGE_ROW) &&
		       (how->lacks_subnodes || node->subnode == 0);
	ask.may_wait = table_in_find(&w->queue, node->nid).len &&
		       (w->plan->outbox == SIZE_MAX || f->folder == &w->plan->folders[w->plan->outbox]);
	if (f->old.is_open)
		ask.row = table_in_find(&f->old, node->nid);
	st = message_carry(&w->carrier, &ask, out);
	*marks = (uint8_t)(*marks | (out->is_lost ? PLAN_LOST : 0) | (out->is_unsent ? PLAN_UNSENT : 0));
	if (st != ST_OK || out->is_lost)
		return st;
	ndb_out_node(w->out, &(struct ndb_node){ node->nid, f->folder->nid, out->data, out->subnode });
	w->marks = w->marks || !damage_is_none(&out->damage);
	return put_row(f, node, out->props);
}

static enum status put_item(struct filling *f, size_t i)
{
	struct writing *w = f->w;
	const struct item_plan *item = &w->plan->rows[i];
	const struct node_fact *node = &w->plan->items.facts->nodes[item->node];
	struct message_out out = { 0 };
	bool kept = w->plan->marks[item->node] & PLAN_KEPT;
	uint64_t before = ndb_out_weight(w->out);
	enum status st = kept ? put_kept(f, node) : put_carried(f, node, &out);

	if (st != ST_OK)
		return st;
	if (!out.is_lost)
		*(f->associated ? &f->folder->n_associated : &f->folder->n_messages) += 1;
	if (w->plan->options->weights)
		w->plan->options->weights->items[item->node] = ndb_out_weight(w->out) - before;
	st = account_for(w, item, kept ? NULL : &out);
	arena_clear(w->plan->items.reader.arena);
	return st == ST_OK ? writing_tick(w, ITEM_COST) : st;
}

static enum status start_table(struct filling *f, enum nid_type type)
{
	struct writing *w = f->w;
	const struct columns *base = &templates[f->associated ? TEMPLATE_ASSOCIATED : TEMPLATE_CONTENTS];
	const struct columns *columns;
	enum status st = open_old(w, table_nid(f->folder, type), &f->object, &f->old);

	if (st != ST_OK)
		return st;
	columns = carry_columns(w->folder, base, &f->old);
	if (!columns)
		return ST_NOMEM;
	table_out_start(&f->to, w->out, w->folder, columns);
	return ST_OK;
}

/* What a table takes is its rows'. */
static void weigh_rows(const struct writing *w, size_t first, size_t end, uint64_t before)
{
	uint64_t *weights = w->plan->options->weights ? w->plan->options->weights->items : NULL;
	uint64_t table = ndb_out_weight(w->out) - before;

	if (!weights || first == end)
		return;
	for (size_t i = first; i < end; i++)
		table -= weights[w->plan->rows[i].node];
	for (size_t i = first; i < end; i++)
		weights[w->plan->rows[i].node] += table / (end - first);
}

static enum status fill_table(struct writing *w, struct folder_plan *folder, bool associated)
{
	struct filling f = { .w = w, .folder = folder, .associated = associated };
	enum nid_type type = associated ? NID_TYPE_ASSOC_CONTENTS_TABLE : NID_TYPE_CONTENTS_TABLE;
	uint32_t nid = table_nid(folder, type);
	size_t first = associated ? folder->associated : folder->first;
	size_t end = associated ? folder->end : folder->associated;
	struct ndb_node node = { .nid = nid };
	uint64_t before = ndb_out_weight(w->out);
	enum status st = ST_OK;

	f.keeps = associated ? folder->keeps_associated : folder->keeps_contents;
	if (!f.keeps)
		st = start_table(&f, type);
	for (size_t i = first; st == ST_OK && i < end; i++)
		st = put_item(&f, i);
	if (f.keeps) {
		const struct node_fact *old = facts_node(w->plan->items.facts, (struct nid){ nid });

		node.data = old->data;
		node.subnode = old->subnode;
	} else if (st == ST_OK) {
		struct table_place place = table_out_end(&f.to);

		node.data = place.data;
		node.subnode = place.subnode;
	}
	if (st == ST_OK) {
		ndb_out_node(w->out, &node);
		weigh_rows(w, first, end, before);
	}
	arena_clear(w->plan->tables.reader.arena);
	arena_clear(w->folder);
	return st;
}

enum status writing_folders(struct writing *w)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < w->plan->n_folders; i++) {
		struct folder_plan *f = &w->plan->folders[i];

		if (f->is_search || f->is_out)
			continue;
		st = fill_table(w, f, false);
		if (st == ST_OK)
			st = fill_table(w, f, true);
	}
	return st;
}

static bool has_name(struct props *props)
{
	const struct prop *name = props_find(props, TAG_DISPLAY_NAME);

	return name && name->tag == ((uint32_t)TAG_DISPLAY_NAME << 16 | PTYP_STRING) && name->len > 0;
}

/* A folder's own properties as they are now. */
static enum status folder_props(struct writing *w, const struct folder_plan *f, struct subnodes_out *list,
				struct props **out)
{
	struct props *props = NULL;
	bool whole;
	enum status st = ST_OK;

	if (f->node)
		st = carry_node_props(&w->carrier, f->node, list, &props, &whole);
	if (st != ST_OK)
		return st;
	if (!props)
		props = props_new(w->plan->items.reader.arena, ndb_out_variant(w->out));
	if (!props)
		return ST_NOMEM;
	if (f->name || (f != &w->plan->folders[w->plan->root] && !has_name(props)))
		props_add_text(props, TAG_DISPLAY_NAME << 16 | PTYP_STRING,
			       f->name ? f->name : account_folder_name(w, f));
	if (!f->is_search) {
		props_add_int(props, (uint32_t)TAG_CONTENT_COUNT << 16 | PTYP_INTEGER_32, f->n_messages);
		props_add_int(props, (uint32_t)TAG_CONTENT_UNREAD << 16 | PTYP_INTEGER_32, f->n_unread);
		props_add_int(props, (uint32_t)TAG_SUBFOLDERS << 16 | PTYP_BOOLEAN, f->n_children > 0);
	}
	*out = props;
	return ST_OK;
}

static enum status put_folder(struct writing *w, size_t i)
{
	const struct folder_plan *f = &w->plan->folders[i];
	struct arena *arena = w->plan->items.reader.arena;
	struct subnodes_out list;
	struct props *props;
	enum status st;

	subnodes_out_start(&list, w->out, arena);
	st = folder_props(w, f, &list, &props);
	if (st == ST_OK)
		writing_put_props(
			w, (struct ndb_node){ .nid = f->nid, .parent = w->plan->folders[f->parent].nid },
			props, &list);
	arena_clear(arena);
	return st;
}

static bool is_child(const struct plan *plan, size_t i)
{
	return i != plan->root && plan->folders[i].parent != SIZE_MAX && !plan->folders[i].is_out;
}

/* The folders, by their parents and then by their NIDs. */
static size_t *sort_children(struct writing *w, size_t *starts)
{
	const struct plan *plan = w->plan;
	size_t *children = arena_array(w->arena, plan->n_folders, sizeof *children), sum = 0;

	if (!children)
		return NULL;
	for (size_t i = 0; i < plan->n_folders; i++)
		if (is_child(plan, i))
			starts[plan->folders[i].parent]++;
	for (size_t i = 0; i <= plan->n_folders; i++) {
		size_t here = starts[i];

		starts[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < plan->n_folders; i++)
		if (is_child(plan, i))
			children[starts[plan->folders[i].parent]++] = i;
	return children;
}

static enum status put_hierarchy(struct writing *w, const struct folder_plan *f, const size_t *children,
				 size_t n)
{
	struct arena *arena = w->plan->items.reader.arena;
	struct ndb_node node = { .nid = table_nid(f, NID_TYPE_HIERARCHY_TABLE) };
	const struct columns *columns;
	struct object_in object;
	struct table_place place;
	struct table_in old;
	struct table_out to;
	enum status st = open_old(w, node.nid, &object, &old);

	if (st != ST_OK)
		return st;
	columns = carry_columns(w->folder, &templates[TEMPLATE_HIERARCHY], &old);
	if (!columns)
		return ST_NOMEM;
	table_out_start(&to, w->out, w->folder, columns);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		const struct folder_plan *child = &w->plan->folders[children[i]];
		struct props *props;

		st = folder_props(w, child, NULL, &props);
		if (st == ST_OK)
			st = add_own_cells(w, &old, child->nid, props);
		if (st == ST_OK)
			table_out_row(&to, child->nid, props);
		arena_clear(arena);
	}
	place = table_out_end(&to);
	node.data = place.data;
	node.subnode = place.subnode;
	ndb_out_node(w->out, &node);
	arena_clear(w->plan->tables.reader.arena);
	arena_clear(w->folder);
	return st;
}

enum status writing_hierarchy(struct writing *w)
{
	const struct plan *plan = w->plan;
	size_t *starts = arena_array(w->arena, plan->n_folders + 1, sizeof *starts);
	size_t *children = starts ? sort_children(w, starts) : NULL, from = 0;
	enum status st = children ? ST_OK : ST_NOMEM;

	for (size_t i = 0; st == ST_OK && i < plan->n_folders; i++) {
		const struct folder_plan *f = &plan->folders[i];

		if (f->parent == SIZE_MAX || f->is_out) {
			from = starts[i];
			continue;
		}
		st = put_folder(w, i);
		/* Filling moved each start to its end. */
		if (st == ST_OK && !f->is_search)
			st = put_hierarchy(w, f, children + from, starts[i] - from);
		from = starts[i];
		if (st == ST_OK)
			st = writing_tick(w, ITEM_COST);
	}
	return st;
}
