/* This file makes the graph of folders and gives everything its place in it.
 *
 * A folder whose own node is lost still stands when something names it: what is
 * in it, or a row of the table above, which knows its name too.
 */
#include "salvage/take_folders.h"

#include "base/checked.h"
#include "check/item_read.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/msg/text.h"
#include "salvage/named_folders.h"
#include "salvage/table_rows.h"

#include <stdlib.h>

enum { NAME_MAX_CHARACTERS = 255 };

struct graph {
	struct salvage_work *work;
	const struct row_index *rows;
	struct named_folder named[NAMED_FOLDERS_MAX];
	size_t n_named;
};

static bool is_folder(uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });

	return type == NID_TYPE_NORMAL_FOLDER || type == NID_TYPE_SEARCH_FOLDER;
}

static bool can_hold(uint32_t nid)
{
	return nid_type((struct nid){ nid }) == NID_TYPE_NORMAL_FOLDER;
}

static bool is_message(uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });

	return type == NID_TYPE_NORMAL_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE;
}

static bool is_deleted(const struct graph *g, size_t i)
{
	return g->work->out->nodes[i].origin == SALVAGE_DELETED;
}

static int compare(const void *a, const void *b)
{
	const struct salvage_folder *x = a, *y = b;

	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	if (x->has_node != y->has_node)
		return (int)y->has_node - (int)x->has_node;
	return x->parent < y->parent ? -1 : x->parent > y->parent;
}

/* Every NID that may be a folder's, those with nodes first. */
static size_t list_all(const struct graph *g, struct salvage_folder *to)
{
	const struct check_facts *facts = &g->work->out->facts;
	size_t n = 0;

	for (size_t i = 0; i < facts->n_nodes; i++) {
		const struct node_fact *node = &facts->nodes[i];

		if (is_folder(node->nid) && !is_deleted(g, i))
			to[n++] = (struct salvage_folder){ .nid = node->nid,
							   .parent = node->parent,
							   .has_node = true };
		/* In a whole tree a parent that is not there never was. */
		if (!facts->nbt_whole && !is_deleted(g, i) &&
		    (is_folder(node->nid) || is_message(node->nid)) && can_hold(node->parent))
			to[n++] = (struct salvage_folder){ .nid = node->parent };
	}
	for (size_t i = 0; i < g->rows->n; i++) {
		if (is_folder(g->rows->rows[i].nid))
			to[n++] = (struct salvage_folder){ .nid = g->rows->rows[i].nid };
		to[n++] = (struct salvage_folder){ .nid = g->rows->rows[i].folder };
	}
	if (n)
		to[n++] = (struct salvage_folder){ .nid = SPECIAL_ROOT_FOLDER };
	return n;
}

static enum status list_folders(struct graph *g)
{
	struct salvage *out = g->work->out;
	size_t room = 2 * (out->facts.n_nodes + g->rows->n) + 1, n, kept = 0;
	struct salvage_folder *all = arena_array(g->work->scratch, room, sizeof *all);

	if (!all)
		return ST_NOMEM;
	n = list_all(g, all);
	if (n)
		qsort(all, n, sizeof *all, compare);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || all[kept - 1].nid != all[i].nid)
			all[kept++] = all[i];
	out->folders = arena_copy(g->work->arena, all, kept * sizeof *all);
	out->n_folders = out->folders ? kept : 0;
	return out->folders ? ST_OK : ST_NOMEM;
}

static struct salvage_folder *folder_of(const struct graph *g, uint32_t nid)
{
	struct salvage *out = g->work->out;
	size_t low = 0, high = out->n_folders;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (out->folders[middle].nid < nid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < out->n_folders && out->folders[low].nid == nid ? &out->folders[low] : NULL;
}

/* A row's name, whichever kind of text the table has. */
static const char *name_of_row(struct graph *g, const struct table_rows *rows, size_t i)
{
	static const uint32_t tags[] = { TAG_DISPLAY_NAME << 16 | PTYP_STRING,
					 TAG_DISPLAY_NAME << 16 | PTYP_STRING_8 };
	struct view value;

	for (size_t k = 0; k < COUNT_OF(tags); k++)
		if (table_row_value(rows, i, tags[k], &value) && value.len)
			return text_of(g->work->arena, (uint16_t)tags[k], value, NAME_MAX_CHARACTERS);
	return NULL;
}

/* The name that the row for `nid` in a folder's hierarchy table shows. */
static const char *name_in_row(struct graph *g, uint32_t nid, uint32_t folder)
{
	struct nid table = { (folder & ~0x1FU) | NID_TYPE_HIERARCHY_TABLE };
	const struct node_fact *node = facts_node(&g->work->out->facts, table);
	struct table_rows rows = { 0 };
	const char *name = NULL;

	if (node && work_open_table(g->work, node->data, node->subnode, &rows))
		for (size_t i = 0; i < rows.n && !name; i++)
			name = table_row_nid(&rows, i) == nid ? name_of_row(g, &rows, i) : NULL;
	arena_clear(g->work->reader.arena);
	return name;
}

static const char *own_name(struct graph *g, uint32_t nid)
{
	const struct node_fact *node = facts_node(&g->work->out->facts, (struct nid){ nid });
	const char *name = NULL;
	struct item item;

	if (node && item_open(&g->work->reader, node, &item))
		name = item_text(&item, g->work->arena, TAG_DISPLAY_NAME, NAME_MAX_CHARACTERS);
	arena_clear(g->work->reader.arena);
	return name && *name ? name : NULL;
}

/* Of properties whose checksum does not hold a name may still be had: where
 * nothing else tells it, that is better than none. */
static const char *damaged_name(struct graph *g, uint32_t nid)
{
	const struct node_fact *node = facts_node(&g->work->out->facts, (struct nid){ nid });
	struct block_fact *block =
		node ? facts_block(&g->work->out->facts, (struct bid){ node->data }) : NULL;
	const char *name;

	if (!block || block->state != BLOCK_BAD_CRC)
		return NULL;
	block->state = 0;
	name = own_name(g, nid);
	block->state = BLOCK_BAD_CRC;
	return name;
}

static void read_name(struct graph *g, struct salvage_folder *f)
{
	f->name = f->has_node ? own_name(g, f->nid) : NULL;
	if (!f->name && f->parent)
		f->name = name_in_row(g, f->nid, f->parent);
	if (!f->name && f->has_node)
		f->name = damaged_name(g, f->nid);
}

/* Where a row says that it belongs; 0 when none does. */
static uint32_t folder_by_row(const struct graph *g, uint32_t nid)
{
	const struct row_entry *row = row_index_find(g->rows, nid);

	for (; row && row < g->rows->rows + g->rows->n && row->nid == nid; row++)
		if (row->folder != nid && folder_of(g, row->folder))
			return row->folder;
	return 0;
}

static uint32_t folder_by_store(const struct graph *g, uint32_t nid)
{
	for (size_t i = 0; i < g->n_named; i++)
		if (g->named[i].nid == nid && g->named[i].parent != nid && folder_of(g, g->named[i].parent))
			return g->named[i].parent;
	return 0;
}

/* The place of a folder or message whose entry names `parent`, 0 where there is none. */
static enum salvage_place find_place(const struct graph *g, uint32_t nid, uint32_t *parent)
{
	if (can_hold(*parent) && *parent != nid && folder_of(g, *parent))
		return SALVAGE_PLACE_PARENT;
	*parent = folder_by_row(g, nid);
	if (*parent)
		return SALVAGE_PLACE_ROW;
	*parent = folder_by_store(g, nid);
	return *parent ? SALVAGE_PLACE_ENTRY_ID : SALVAGE_PLACE_NONE;
}

static void place_folders(struct graph *g)
{
	struct salvage *out = g->work->out;

	for (size_t i = 0; i < out->n_folders; i++) {
		struct salvage_folder *f = &out->folders[i];

		if (f->nid == SPECIAL_ROOT_FOLDER) {
			f->parent = f->nid;
			f->place = SALVAGE_PLACE_PARENT;
		} else {
			f->place = (uint8_t)find_place(g, f->nid, &f->parent);
		}
	}
}

/* Marks of a walk upwards. */
enum { UNSEEN, ON_THE_WAY, DONE };

/* From one folder up; where the way comes back to itself it is cut at the
 * folder of the ring that was made last. */
static void cut_ring(const struct graph *g, uint8_t *marks, struct salvage_folder *from)
{
	const struct salvage *out = g->work->out;
	struct salvage_folder *f = from, *youngest;

	while (f && f->nid != SPECIAL_ROOT_FOLDER && marks[f - out->folders] == UNSEEN) {
		marks[f - out->folders] = ON_THE_WAY;
		f = f->parent ? folder_of(g, f->parent) : NULL;
	}
	if (f && f->nid != SPECIAL_ROOT_FOLDER && marks[f - out->folders] == ON_THE_WAY) {
		youngest = f;
		for (struct salvage_folder *p = folder_of(g, f->parent); p && p != f;
		     p = folder_of(g, p->parent))
			youngest = p->nid > youngest->nid ? p : youngest;
		youngest->parent = 0;
		youngest->place = SALVAGE_PLACE_NONE;
	}
	for (f = from; f && f->nid != SPECIAL_ROOT_FOLDER && marks[f - out->folders] == ON_THE_WAY;) {
		marks[f - out->folders] = DONE;
		f = f->parent ? folder_of(g, f->parent) : NULL;
	}
}

static enum status cut_rings(const struct graph *g)
{
	struct salvage *out = g->work->out;
	uint8_t *marks = arena_alloc(g->work->scratch, out->n_folders);

	for (size_t i = 0; marks && i < out->n_folders; i++)
		cut_ring(g, marks, &out->folders[i]);
	return marks ? ST_OK : ST_NOMEM;
}

static void place_nodes(const struct graph *g)
{
	struct salvage *out = g->work->out;

	for (size_t i = 0; i < out->facts.n_nodes; i++) {
		struct node_fact *node = &out->facts.nodes[i];
		const struct salvage_folder *f = is_folder(node->nid) ? folder_of(g, node->nid) : NULL;

		out->n_of[out->nodes[i].origin]++;
		if (f && !is_deleted(g, i)) {
			node->parent = f->parent;
			out->nodes[i].place = f->place;
		} else if (is_message(node->nid) || is_folder(node->nid)) {
			out->nodes[i].place = (uint8_t)find_place(g, node->nid, &node->parent);
		}
	}
}

static enum status list_lost(struct graph *g)
{
	struct salvage *out = g->work->out;
	size_t n = 0;

	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < g->rows->n; i++) {
			const struct row_entry *row = &g->rows->rows[i];

			if ((i > 0 && row[-1].nid == row->nid) ||
			    facts_node(&out->facts, (struct nid){ row->nid }))
				continue;
			if (turn == 0)
				n++;
			else
				out->lost[out->n_lost++] = (struct salvage_lost){ row->nid, row->folder };
		}
		if (turn == 0)
			out->lost = arena_array(g->work->arena, n, sizeof *out->lost);
		if (!out->lost)
			return ST_NOMEM;
	}
	return ST_OK;
}

enum status work_take_folders(struct salvage_work *work, const struct row_index *rows)
{
	struct graph g = { .work = work, .rows = rows };
	enum status st = list_folders(&g);

	if (st != ST_OK)
		return st;
	g.n_named = named_folders_read(work, g.named);
	place_folders(&g);
	st = cut_rings(&g);
	for (size_t i = 0; st == ST_OK && i < work->out->n_folders; i++)
		read_name(&g, &work->out->folders[i]);
	if (st == ST_OK)
		place_nodes(&g);
	return st == ST_OK ? list_lost(&g) : st;
}
