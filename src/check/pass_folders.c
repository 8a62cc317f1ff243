/* This file is the pass over folders' own properties, their tables' columns and the name map.
 *
 * Tests: nothing; what it cannot read the objects pass tells of.
 * Gathers: folders, and which named properties there are.
 * Relies on: nodes, content.
 */
#include "check/item_read.h"
#include "check/mailbox_facts.h"
#include "check/pass.h"
#include "check/row_digest.h"
#include "pst/ltp/table.h"
#include "pst/msg/name_map.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <string.h>

enum { ARENA_MAX = 64 << 20, NAME_MAX_CHARACTERS = 80 };

struct gathering {
	struct pass_context *pass;
	struct check_facts *facts;
	struct node_reader reader;
	struct column_list last[FOLDER_TABLES]; /* tables of neighbours are mostly alike */
};

static bool same(const struct column_list *a, const uint32_t *tags, size_t n)
{
	return a->n == n && (n == 0 || memcmp(a->tags, tags, n * sizeof *tags) == 0);
}

static enum status take_columns(struct gathering *g, const struct table *table, enum folder_table kind,
				bool shares_names, struct column_list *out)
{
	uint32_t tags[TABLE_COLUMNS_MAX];
	size_t n = 0;
	struct column_list *last = &g->last[kind];

	for (size_t i = 0; i < table->n_columns; i++) {
		uint32_t tag = table->columns[i].tag;

		if (shares_names && tag >> 16 == TAG_SENDER)
			continue;
		if (row_digest_is_mirrored(tag) && (n == 0 || tag > tags[n - 1]))
			tags[n++] = tag;
	}
	if (!same(last, tags, n)) {
		last->tags = arena_copy(g->pass->arena, tags, n * sizeof *tags);
		last->n = n;
		if (!last->tags)
			return ST_NOMEM;
	}
	*out = *last;
	return ST_OK;
}

static enum status read_table(struct gathering *g, struct folder_fact *folder, enum folder_table kind)
{
	uint32_t nid = (folder->nid & ~0x1FU) | (NID_TYPE_HIERARCHY_TABLE + (uint32_t)kind);
	const struct node_fact *node = facts_node(g->facts, (struct nid){ nid });
	struct subnode_list subnodes;
	struct heap heap;
	struct table table;

	if (!node || subnode_list_read(&g->reader, (struct bid){ node->subnode }, &subnodes) != ST_OK ||
	    !item_open_heap(&g->reader, node->data, &heap) || heap.client != HEAP_TABLE ||
	    !table_open(&heap, &table))
		return ST_OK;
	return take_columns(g, &table, kind, subnode_list_shares_names(&subnodes), &folder->columns[kind]);
}

static enum status read_folder(struct gathering *g, const struct node_fact *node, struct folder_fact *folder)
{
	struct item item;
	enum status st = ST_OK;
	uint32_t has_subfolders = 0;

	*folder = (struct folder_fact){ .nid = node->nid, .parent = node->parent };
	if (item_open(&g->reader, node, &item)) {
		folder->is_readable = true;
		folder->name = item_text(&item, g->pass->arena, TAG_DISPLAY_NAME, NAME_MAX_CHARACTERS);
		if (folder->name && !*folder->name)
			folder->name = NULL;
		folder->has |= item_integer(&item, TAG_CONTENT_COUNT, &folder->count) ? 1 : 0;
		folder->has |= item_integer(&item, TAG_CONTENT_UNREAD, &folder->unread) ? 2 : 0;
		folder->has |= item_integer(&item, TAG_SUBFOLDERS, &has_subfolders) ? 4 : 0;
		folder->has_subfolders = has_subfolders != 0;
	}
	arena_clear(g->reader.arena);
	for (int kind = 0; st == ST_OK && kind < FOLDER_TABLES; kind++) {
		st = read_table(g, folder, (enum folder_table)kind);
		arena_clear(g->reader.arena);
	}
	return st;
}

/* P106 asks of every named property whether the map has it. */
static enum status read_names(struct gathering *g)
{
	const struct node_fact *node = facts_node(g->facts, (struct nid){ SPECIAL_NAME_MAP });
	struct property p;
	struct view entries;
	struct item item;
	struct name_entry e;
	uint8_t *names;

	if (!node || !item_open(&g->reader, node, &item) ||
	    !item_property(&item, NAME_MAP_ENTRIES, &p, &entries))
		return ST_OK;
	names = arena_alloc(g->pass->arena, NAME_MAP_IDS / 8);
	if (!names)
		return ST_NOMEM;
	for (uint64_t i = 0; name_entry_at(entries, i, &e); i++)
		if (e.id < NAME_MAP_IDS)
			names[e.id / 8] = (uint8_t)(names[e.id / 8] | 1U << e.id % 8);
	g->facts->names = names;
	return ST_OK;
}

static bool is_folder(const struct node_fact *n)
{
	enum nid_type type = nid_type((struct nid){ n->nid });

	return type == NID_TYPE_NORMAL_FOLDER || type == NID_TYPE_SEARCH_FOLDER;
}

static enum status gather(struct gathering *g)
{
	struct check_facts *facts = g->facts;
	enum status st = read_names(g);
	size_t n = 0;

	for (size_t i = 0; i < facts->n_nodes; i++)
		n += is_folder(&facts->nodes[i]);
	facts->folders = arena_array(g->pass->arena, n, sizeof *facts->folders);
	if (!facts->folders)
		return ST_NOMEM;
	for (size_t i = 0; st == ST_OK && i < facts->n_nodes; i++)
		if (is_folder(&facts->nodes[i]))
			st = read_folder(g, &facts->nodes[i], &facts->folders[facts->n_folders++]);
	return st;
}

enum status pass_folders(struct pass_context *pass)
{
	struct gathering g = { .pass = pass, .facts = pass->facts };
	enum status st = ST_NOMEM;

	g.reader = (struct node_reader){ .facts = pass->facts, .arena = arena_new(ARENA_MAX) };
	g.reader.room = arena_alloc(pass->arena, NODE_READER_ROOM);
	if (g.reader.arena && g.reader.room)
		st = gather(&g);
	arena_drop(&g.reader.arena);
	if (st == ST_OK)
		pass->facts->have |= FACT_FOLDERS;
	return st;
}
