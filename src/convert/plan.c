/* This file decides which folders there will be and which items stand in them. */
#include "convert/plan.h"

#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/msg/text.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_DEPTH_MAX = 32, NAME_MAX_CHARACTERS = 120, INDEX_MAX = 1 << 26 };

static uint32_t type_of(uint32_t nid)
{
	return nid & 0x1F;
}

/* A new folder below another; SIZE_MAX when memory ended. */
static size_t add_folder(struct plan *plan, const char *name, size_t parent)
{
	struct folder_plan *f;

	if (plan->n_folders == plan->room_folders) {
		size_t room = plan->room_folders * 2 + 16;
		struct folder_plan *rows = arena_array(plan->arena, room, sizeof *rows);

		if (!rows)
			return SIZE_MAX;
		if (plan->n_folders)
			memcpy(rows, plan->folders, plan->n_folders * sizeof *rows);
		plan->folders = rows;
		plan->room_folders = room;
	}
	f = &plan->folders[plan->n_folders];
	f->nid = nid_make(NID_TYPE_NORMAL_FOLDER, plan->next_folder++).v;
	f->name = name;
	f->parent = parent;
	return plan->n_folders++;
}

/* The first ones came in the order of their NIDs; those that were made since are asked for by nobody. */
size_t plan_folder_of(const struct plan *plan, uint32_t nid)
{
	size_t low = 0, high = plan->items.salvage->n_folders;

	if (nid == SPECIAL_ROOT_FOLDER)
		return plan->root;
	if (high > plan->n_folders)
		high = plan->n_folders;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plan->folders[middle].nid < nid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < plan->n_folders && plan->folders[low].nid == nid && !plan->folders[low].is_out
		       ? low
		       : SIZE_MAX;
}

bool plan_suspects(const struct plan *plan, uint32_t nid)
{
	const struct convert_options *o = plan->options;
	size_t low = 0, high = o->n_suspects;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (o->suspects[middle] < nid)
			low = middle + 1;
		else
			high = middle;
	}
	return o->anew || (low < o->n_suspects && o->suspects[low] == nid);
}

/* New folders get numbers behind all that are in use. */
static void find_numbers(struct plan *plan)
{
	const struct check_facts *facts = plan->items.facts;
	const uint32_t *marks = facts->header.nid_marks;
	uint32_t top = marks[NID_TYPE_NORMAL_FOLDER] > marks[NID_TYPE_SEARCH_FOLDER]
			       ? marks[NID_TYPE_NORMAL_FOLDER]
			       : marks[NID_TYPE_SEARCH_FOLDER];

	/* A mark beyond reason is damage. */
	if (top > INDEX_MAX)
		top = 0;
	for (size_t i = 0; i < plan->items.salvage->n_folders; i++) {
		uint32_t index = nid_index((struct nid){ plan->items.salvage->folders[i].nid });

		top = index > top ? index : top;
	}
	plan->next_folder = (top < 0x400 ? 0x400 : top) + 1;
}

static enum status take_folders(struct plan *plan)
{
	const struct salvage *s = plan->items.salvage;

	plan->folders = arena_array(plan->arena, s->n_folders + 16, sizeof *plan->folders);
	plan->room_folders = s->n_folders + 16;
	if (!plan->folders)
		return ST_NOMEM;
	plan->root = plan->subtree = plan->wastebasket = plan->finder = SIZE_MAX;
	plan->outbox = plan->lost = SIZE_MAX;
	for (size_t i = 0; i < s->n_folders; i++) {
		struct folder_plan *f = &plan->folders[plan->n_folders++];

		f->nid = s->folders[i].nid;
		f->is_search = type_of(f->nid) == NID_TYPE_SEARCH_FOLDER;
		f->parent = SIZE_MAX;
		f->node =
			s->folders[i].has_node ? facts_node(plan->items.facts, (struct nid){ f->nid }) : NULL;
		f->name = f->node ? NULL : s->folders[i].name;
		if (f->nid == SPECIAL_ROOT_FOLDER)
			plan->root = i;
	}
	return ST_OK;
}

static enum status make_root(struct plan *plan)
{
	if (plan->root != SIZE_MAX)
		return ST_OK;
	plan->root = add_folder(plan, "", 0);
	if (plan->root == SIZE_MAX)
		return ST_NOMEM;
	plan->folders[plan->root].nid = SPECIAL_ROOT_FOLDER;
	return ST_OK;
}

static enum status take_key(struct plan *plan, const struct value_in *key)
{
	if (!key || key->place != VALUE_BYTES || key->bytes.len != RECORD_KEY_LEN)
		return ST_OK;
	plan->old_key = arena_copy(plan->arena, key->bytes.at, RECORD_KEY_LEN);
	return plan->old_key ? ST_OK : ST_NOMEM;
}

/* The store's object names its folders by EntryIDs. */
static enum status ask_store(struct plan *plan)
{
	static const uint16_t ids[] = { TAG_IPM_SUBTREE, TAG_IPM_WASTEBASKET, TAG_FINDER, TAG_IPM_OUTBOX };
	size_t *const places[] = { &plan->subtree, &plan->wastebasket, &plan->finder, &plan->outbox };
	const struct node_fact *node = facts_node(plan->items.facts, (struct nid){ SPECIAL_MESSAGE_STORE });
	struct object_in object;
	struct values_in values;
	enum status st;

	if (!node)
		return ST_OK;
	st = object_in_open(&plan->items, node->data, node->subnode, &object);
	if (st == ST_OK)
		st = values_in_read(&plan->items, &object, &values);
	if (st == ST_OK)
		st = take_key(plan, values_in_find(&values, TAG_RECORD_KEY));
	for (size_t i = 0; st == ST_OK && i < sizeof ids / sizeof ids[0]; i++) {
		const struct value_in *v = values_in_find(&values, ids[i]);
		struct entry_id e;
		size_t at;

		if (!v || v->place != VALUE_BYTES || !entry_id_decode(v->bytes, &e))
			continue;
		at = plan_folder_of(plan, e.nid.v);
		if (at != SIZE_MAX && !plan->folders[at].is_search)
			*places[i] = at;
	}
	arena_clear(plan->items.reader.arena);
	return st;
}

static const char *name_in_source(const struct plan *plan, size_t i)
{
	return i < plan->items.salvage->n_folders ? plan->items.salvage->folders[i].name
						  : plan->folders[i].name;
}

static size_t count_below(const struct plan *plan, size_t folder)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_folders; i++)
		n += plan->folders[i].parent == folder;
	return n;
}

static bool is_named(const struct plan *plan, size_t folder, const char *const *names)
{
	const char *name = name_in_source(plan, folder);

	for (const char *const *n = names; name && *n; n++)
		if (strcmp(name, *n) == 0)
			return true;
	return false;
}

/* By the names that Outlook gives in English, where the store does not say; of several the one that holds
 * most folders: an OST has a second subtree, for public folders. */
static size_t find_named(const struct plan *plan, const char *const *names, size_t parent)
{
	size_t best = SIZE_MAX, most = 0;

	for (size_t i = 0; i < plan->n_folders; i++) {
		size_t n;

		if (plan->folders[i].is_search || (parent != SIZE_MAX && plan->folders[i].parent != parent) ||
		    !is_named(plan, i, names))
			continue;
		n = count_below(plan, i);
		if (best == SIZE_MAX || n > most) {
			best = i;
			most = n;
		}
	}
	return best;
}

static void place_below(struct plan *plan)
{
	const struct salvage *s = plan->items.salvage;

	for (size_t i = 0; i < s->n_folders; i++) {
		struct folder_plan *f = &plan->folders[i];
		size_t parent = s->folders[i].parent ? plan_folder_of(plan, s->folders[i].parent) : SIZE_MAX;

		if (i == plan->root)
			f->parent = i;
		else if (parent != SIZE_MAX && !plan->folders[parent].is_search)
			f->parent = parent;
	}
}

/* A folder that every store has: named by the store, found by its name, or made. */
static enum status need(struct plan *plan, size_t *place, const char *const *names, size_t parent)
{
	if (*place == SIZE_MAX)
		*place = find_named(plan, names, parent);
	if (*place == SIZE_MAX || *place == plan->root)
		*place = add_folder(plan, names[0], parent);
	return *place == SIZE_MAX ? ST_NOMEM : ST_OK;
}

static enum status need_special(struct plan *plan)
{
	static const char *const subtree[] = { "Top of Outlook data file", "IPM_SUBTREE",
					       "Top of Personal Folders", NULL };
	static const char *const wastebasket[] = { "Deleted Items", NULL };
	static const char *const finder[] = { "Search Root", "Finder", NULL };
	enum status st;

	if (plan->subtree == SIZE_MAX)
		plan->subtree = find_named(plan, subtree, SIZE_MAX);
	st = need(plan, &plan->subtree, subtree, plan->root);
	if (st == ST_OK)
		st = need(plan, &plan->wastebasket, wastebasket, plan->subtree);
	if (st == ST_OK && plan->finder == SIZE_MAX)
		plan->finder = find_named(plan, finder, SIZE_MAX);
	return st == ST_OK ? need(plan, &plan->finder, finder, plan->root) : st;
}

static enum status need_lost(struct plan *plan)
{
	if (plan->lost == SIZE_MAX)
		plan->lost = add_folder(plan, "Lost and found", plan->subtree);
	return plan->lost == SIZE_MAX ? ST_NOMEM : ST_OK;
}

/* Folders that nobody holds, and names for those that have none. */
static enum status settle(struct plan *plan)
{
	size_t n = plan->n_folders;

	for (size_t i = 0; i < n; i++) {
		struct folder_plan *f = &plan->folders[i];

		if (!f->node && !f->name && i != plan->root) {
			f->name = arena_printf(plan->arena, "Recovered folder 0x%X", f->nid);
			if (!f->name)
				return ST_NOMEM;
		}
		if (f->parent != SIZE_MAX || f->is_search)
			continue;
		if (i == plan->subtree || i == plan->finder)
			f->parent = plan->root;
		else if (i == plan->wastebasket)
			f->parent = plan->subtree;
		else if (need_lost(plan) != ST_OK)
			return ST_NOMEM;
		else
			plan->folders[i].parent = plan->lost;
	}
	return ST_OK;
}

static enum status take_all_folders(struct plan *plan)
{
	enum status st;

	find_numbers(plan);
	st = take_folders(plan);
	if (st == ST_OK)
		st = make_root(plan);
	if (st == ST_OK)
		st = ask_store(plan);
	if (st == ST_OK) {
		place_below(plan);
		st = need_special(plan);
	}
	if (st == ST_OK)
		st = settle(plan);
	return st;
}

static void count_children(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_folders; i++) {
		const struct folder_plan *f = &plan->folders[i];

		if (i != plan->root && f->parent != SIZE_MAX && !f->is_out)
			plan->folders[f->parent].n_children++;
	}
}

static int compare_items(const void *a, const void *b)
{
	const struct item_plan *x = a, *y = b;

	if (x->folder != y->folder)
		return x->folder > y->folder ? 1 : -1;
	if (x->is_associated != y->is_associated)
		return x->is_associated ? 1 : -1;
	return (x->node > y->node) - (x->node < y->node);
}

static bool is_item(uint32_t nid)
{
	return type_of(nid) == NID_TYPE_NORMAL_MESSAGE || type_of(nid) == NID_TYPE_ASSOC_MESSAGE;
}

static enum status take_items(struct plan *plan)
{
	const struct check_facts *facts = plan->items.facts;

	for (size_t i = 0; i < facts->n_nodes; i++) {
		const struct node_fact *n = &facts->nodes[i];
		struct item_plan *item;
		size_t folder;

		if (!is_item(n->nid))
			continue;
		if (plan->options->parts && plan->options->parts[i] != plan->options->part) {
			plan->marks[i] |= PLAN_ELSEWHERE;
			continue;
		}
		folder = n->parent ? plan_folder_of(plan, n->parent) : SIZE_MAX;
		if (folder == SIZE_MAX || plan->folders[folder].is_search) {
			if (need_lost(plan) != ST_OK)
				return ST_NOMEM;
			folder = plan->lost;
		}
		item = &plan->rows[plan->n_items++];
		item->node = (uint32_t)i;
		item->folder = (uint32_t)folder;
		item->is_associated = type_of(n->nid) == NID_TYPE_ASSOC_MESSAGE;
	}
	return ST_OK;
}

static enum status sort_items(struct plan *plan)
{
	const struct check_facts *facts = plan->items.facts;
	size_t n = 0, at = 0;
	enum status st;

	for (size_t i = 0; i < facts->n_nodes; i++)
		n += is_item(facts->nodes[i].nid);
	plan->rows = arena_array(plan->arena, n, sizeof *plan->rows);
	if (!plan->rows)
		return ST_NOMEM;
	st = take_items(plan);
	if (plan->n_items)
		qsort(plan->rows, plan->n_items, sizeof *plan->rows, compare_items);
	for (size_t f = 0; f < plan->n_folders; f++) {
		struct folder_plan *folder = &plan->folders[f];

		folder->first = at;
		while (at < plan->n_items && plan->rows[at].folder == f && !plan->rows[at].is_associated)
			at++;
		folder->associated = at;
		while (at < plan->n_items && plan->rows[at].folder == f)
			at++;
		folder->end = at;
	}
	return st;
}

const char *plan_path(struct arena *arena, const struct plan *plan, size_t folder)
{
	const char *path = "";

	for (int depth = 0; depth < PATH_DEPTH_MAX && folder != SIZE_MAX && folder != plan->root; depth++) {
		const char *name = plan->folders[folder].name;

		if (!name)
			name = name_in_source(plan, folder);
		path = arena_printf(arena, "%s%s%s", name ? name : "", *path ? "/" : "", path);
		if (!path)
			return NULL;
		folder = plan->folders[folder].parent;
	}
	return path;
}

enum status plan_make(struct plan *plan, struct arena *arena, const struct salvage *salvage,
		      const struct convert_options *options)
{
	enum status st;

	*plan = (struct plan){ .arena = arena, .options = options };
	st = source_open(&plan->items, arena, salvage);
	if (st == ST_OK)
		st = source_open(&plan->tables, arena, salvage);
	if (st == ST_OK)
		st = keep_open(&plan->keep, arena, &plan->items);
	plan->marks = st == ST_OK ? arena_alloc(arena, salvage->facts.n_nodes) : NULL;
	if (!plan->marks)
		return ST_NOMEM;
	st = take_all_folders(plan);
	if (st == ST_OK)
		st = sort_items(plan);
	if (st != ST_OK)
		return st;
	plan_leave_out(plan);
	count_children(plan);
	return plan_kept(plan);
}

void plan_drop(struct plan *plan)
{
	source_close(&plan->items);
	source_close(&plan->tables);
}
