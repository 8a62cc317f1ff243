/* This file decides which nodes are carried block by block, and which tables. */
#include "convert/plan.h"

#include "base/cursor.h"
#include "check/block_read.h"
#include "convert/names_known.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "write/templates.h"

enum { NID_MESSAGE_INDEX = 0xE01 };

bool plan_makes(uint32_t nid)
{
	static const uint32_t made[] = { SPECIAL_MESSAGE_STORE,   SPECIAL_NAME_MAP,      SPECIAL_SEARCH_QUEUE,
					 SPECIAL_SEARCH_ACTIVITY, SPECIAL_SEARCH_DOMAIN, SPECIAL_ID_MAP,
					 NID_MESSAGE_INDEX };

	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
		if (made[i] == nid)
			return true;
	return false;
}

/* NIDs of subnodes must not be given out again. */
static enum status see_lists(struct plan *plan)
{
	const struct check_facts *facts = plan->items.facts;

	for (size_t i = 0; i < facts->n_nodes; i++)
		keep_see(&plan->keep, facts->nodes[i].nid);
	for (size_t i = 0; i < facts->n_blocks; i++) {
		const struct block_fact *b = &facts->blocks[i];
		struct view data;
		struct sl_entry e;

		if (!(b->state & BLOCK_IS_SUBNODE) || b->state & BLOCK_IS_UPPER ||
		    block_read(facts, b, plan->items.reader.room, &data) != ST_OK)
			continue;
		for (uint64_t k = 0; sl_entry_at(facts->variant, data, k, &e); k++)
			keep_see(&plan->keep, (uint32_t)e.nid);
	}
	return ST_OK;
}

static enum status keep_node(struct plan *plan, size_t node)
{
	const struct node_fact *n = &plan->items.facts->nodes[node];

	plan->marks[node] |= PLAN_KEPT;
	return keep_add(&plan->keep, n->data, n->subnode);
}

static enum status may_keep(struct plan *plan, size_t node, bool *out)
{
	const struct node_fact *n = &plan->items.facts->nodes[node];
	enum status st = keep_is_sound(&plan->keep, n->data, n->subnode, out);
	bool found = false;

	/* What names the store by a key that goes is laid out anew. */
	if (st == ST_OK && *out && plan->changes_key && plan->old_key)
		st = keep_mentions(&plan->keep, n->data, n->subnode, view_of(plan->old_key, RECORD_KEY_LEN),
				   &found);
	*out = *out && !found;
	arena_clear(plan->items.reader.arena);
	return st;
}

/* Older versions are marked, and so is what was recognised by its content, unless its subnodes are proved to
 * be its own. */
static bool is_certain(const struct plan *plan, size_t node)
{
	const struct salvage_node *how = &plan->items.salvage->nodes[node];

	if (plan->names_known)
		return false;
	if (how->origin == SALVAGE_ROW || how->origin == SALVAGE_CONTENT)
		return plan->items.facts->nodes[node].subnode != 0 && !how->lacks_subnodes;
	return how->origin != SALVAGE_OLDER;
}

static enum status keep_items(struct plan *plan)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < plan->n_items; i++) {
		uint32_t node = plan->rows[i].node;
		bool sound;

		if (plan->items.facts->nodes[node].data == 0 ||
		    plan_suspects(plan, plan->items.facts->nodes[node].nid) || !is_certain(plan, node))
			continue;
		st = may_keep(plan, node, &sound);
		if (st == ST_OK && sound)
			st = keep_node(plan, node);
		arena_clear(plan->items.reader.arena);
	}
	return st;
}

static uint32_t integer_of(const struct table_in *table, struct view row, uint32_t tag)
{
	const struct table_column *column = table_find(&table->table, tag);
	struct value_in value;

	return column && table_in_cell(table, row, column, &value) ? value.number : 0;
}

/* Whether a folder's table says of these items, and of no others, what is carried. */
static bool fits(struct plan *plan, struct folder_plan *folder, const struct table_in *table, bool messages)
{
	const struct node_fact *nodes = plan->items.facts->nodes;
	size_t first = messages ? folder->first : folder->associated;
	size_t end = messages ? folder->associated : folder->end;
	uint32_t n_unread = 0;

	if (!table->is_open || !table->is_whole || table->shares_names || table->n_rows != end - first)
		return false;
	for (size_t i = 0; i < table->n_rows; i++) {
		const struct item_plan *item = &plan->rows[first + i];
		struct view row = table_in_row(table, i);
		uint32_t version = integer_of(table, row, TABLE_ROW_VERSION);

		if (table->rows[i].id != nodes[item->node].nid || !(plan->marks[item->node] & PLAN_KEPT))
			return false;
		n_unread +=
			!(integer_of(table, row, TAG_MESSAGE_FLAGS << 16 | PTYP_INTEGER_32) & MESSAGE_READ);
		if (version >= plan->unique && version < UINT32_MAX)
			plan->unique = (uint64_t)version + 1;
	}
	if (messages)
		folder->n_unread = n_unread;
	return true;
}

static enum status keep_table(struct plan *plan, struct folder_plan *folder, enum nid_type type,
			      bool *keeps_out)
{
	const struct node_fact *node =
		facts_node(plan->items.facts, (struct nid){ (folder->nid & ~0x1FU) | (uint32_t)type });
	bool sound;
	struct object_in object;
	struct table_in table;
	enum status st;

	*keeps_out = false;
	if (!node || !folder->node || plan_suspects(plan, node->nid) || plan_suspects(plan, folder->nid) ||
	    plan->items.salvage->nodes[node - plan->items.facts->nodes].origin == SALVAGE_OLDER)
		return ST_OK;
	st = may_keep(plan, (size_t)(node - plan->items.facts->nodes), &sound);
	if (st != ST_OK || !sound)
		return st;
	st = object_in_open(&plan->tables, node->data, node->subnode, &object);
	if (st == ST_OK)
		st = table_in_open(&plan->tables, &object, &table);
	*keeps_out = st == ST_OK && fits(plan, folder, &table, type == NID_TYPE_CONTENTS_TABLE);
	arena_clear(plan->tables.reader.arena);
	return *keeps_out ? keep_node(plan, (size_t)(node - plan->items.facts->nodes)) : st;
}

static enum status keep_tables(struct plan *plan)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < plan->n_folders; i++) {
		struct folder_plan *f = &plan->folders[i];

		if (f->is_search || f->is_out)
			continue;
		st = keep_table(plan, f, NID_TYPE_CONTENTS_TABLE, &f->keeps_contents);
		if (st == ST_OK)
			st = keep_table(plan, f, NID_TYPE_ASSOC_CONTENTS_TABLE, &f->keeps_associated);
	}
	return st;
}

bool plan_is_undocumented(uint32_t nid)
{
	for (unsigned i = TEMPLATE_UNDOCUMENTED_6B6; i <= TEMPLATE_UNDOCUMENTED_6F8; i++)
		if (templates[i].nid == nid)
			return true;
	return false;
}

/* Those that a fresh store has. */
static bool is_fresh(uint32_t nid)
{
	static const uint32_t fresh[] = { 0x281, 0x2A1, 0x321, 0x501, 0xE41, 0xEC1, 0xEE1, 0xF01, 0xF21 };

	for (size_t i = 0; i < sizeof fresh / sizeof fresh[0]; i++)
		if (fresh[i] == nid)
			return true;
	return false;
}

/* What a fresh store has too, and what programs keep beside, known or not; of an OST it tells where its copy
 * of the server's mailbox stands, and a PST is none. */
static bool is_keepable(const struct plan *plan, uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });
	size_t folder;

	if (type == NID_TYPE_INTERNAL || plan_is_undocumented(nid))
		return !plan_makes(nid) &&
		       (plan->items.facts->header.magic_client == HEADER_CLIENT_PST || is_fresh(nid));
	if (type != NID_TYPE_SEARCH_CRITERIA_OBJECT)
		return false;
	folder = plan_folder_of(plan, (nid & ~0x1FU) | NID_TYPE_SEARCH_FOLDER);
	return folder != SIZE_MAX && plan->folders[folder].parent != SIZE_MAX;
}

static enum status keep_special(struct plan *plan)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < plan->items.facts->n_nodes; i++) {
		bool sound;

		if (!is_keepable(plan, plan->items.facts->nodes[i].nid))
			continue;
		st = may_keep(plan, i, &sound);
		if (st == ST_OK && sound)
			st = keep_node(plan, i);
		arena_clear(plan->items.reader.arena);
	}
	return st;
}

enum status plan_kept(struct plan *plan)
{
	const struct check_facts *facts = plan->items.facts;
	enum status st = see_lists(plan);

	plan->changes_key = plan_changes_key(plan, plan->options->part);
	plan->same_form = facts->variant->kind == VARIANT_UNICODE && !plan->options->anew;
	plan->unique = facts->header.unique < UINT32_MAX / 2 ? facts->header.unique : 1;
	if (st == ST_OK)
		st = names_known_read(&plan->tables, plan->arena, &plan->names_known);
	if (st != ST_OK || !plan->same_form)
		return st;
	st = keep_items(plan);
	if (st == ST_OK)
		st = keep_tables(plan);
	return st == ST_OK ? keep_special(plan) : st;
}
