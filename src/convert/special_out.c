/* This file writes the nodes that a store has for itself: its object, templates, queues, lists and searches.
 */
#include "convert/writing.h"

#include "base/cursor.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/ndb/header.h"
#include "write/templates.h"

#include <string.h>

enum {
	HEAP_ID_MAP = 0x9C,
	HEAP_MESSAGE_INDEX = 0xCC,
	NID_MESSAGE_INDEX = 0xE01,
	TAG_FOLDER_MASK = 0x35DF,
	FOLDER_MASK = 0x89, /* IPM subtree, wastebasket and search root are there */
	LIST_MAX = 1 << 20,
	TAG_CRITERIA = 0x660B,
};

static struct arena *desk(const struct writing *w)
{
	return w->plan->items.reader.arena;
}

static const struct node_fact *source_node(const struct writing *w, uint32_t nid)
{
	return facts_node(w->plan->items.facts, (struct nid){ nid });
}

static bool is_kept(const struct writing *w, const struct node_fact *node)
{
	return node && w->plan->marks[node - w->plan->items.facts->nodes] & PLAN_KEPT;
}

static void put_templates(struct writing *w)
{
	for (unsigned i = 0; i < TEMPLATE_COUNT; i++) {
		struct table_out table;

		/* These two have rows; others may be carried as they are. */
		if (i == TEMPLATE_RECEIVE_FOLDERS || i == TEMPLATE_OUTGOING ||
		    is_kept(w, source_node(w, templates[i].nid)))
			continue;
		table_out_start(&table, w->out, w->folder, &templates[i]);
		table_out_end_node(&table, templates[i].nid);
		arena_clear(w->folder);
	}
}

/* The other folders that a store names may be missing. */
static const uint16_t optional_ids[] = { TAG_IPM_OUTBOX, TAG_IPM_SENT_MAIL, TAG_VIEWS, TAG_COMMON_VIEWS };

static size_t folder_of(const struct writing *w, const struct value_in *value)
{
	struct entry_id e;
	size_t folder = entry_id_decode(value->bytes, &e) ? plan_folder_of(w->plan, e.nid.v) : SIZE_MAX;

	return folder != SIZE_MAX && !w->plan->folders[folder].is_search ? folder : SIZE_MAX;
}

/* An OST has none: its field is filled with ones, which in a PST would be a password that nobody knows. */
static bool is_password_to_go(const struct writing *w, uint16_t id)
{
	return id == TAG_PST_PASSWORD && (w->plan->options->clears_password ||
					  w->plan->items.facts->header.magic_client == HEADER_CLIENT_OST);
}

/* EntryIDs of folders that are no more are left out; the others name this store. */
static void take_entries(struct writing *w, struct values_in *values, struct props *props)
{
	size_t n = 0;

	for (size_t i = 0; i < values->n; i++) {
		const struct value_in *v = &values->rows[i];
		uint8_t id[ENTRY_ID_LEN];
		bool is_entry = false;

		for (size_t k = 0; k < sizeof optional_ids / sizeof optional_ids[0]; k++)
			is_entry = is_entry || v->id == optional_ids[k];
		if (is_entry && folder_of(w, v) != SIZE_MAX) {
			entry_id_encode(w->record_key, (struct nid){ w->plan->folders[folder_of(w, v)].nid },
					id);
			props_add_bytes(props, (uint32_t)v->id << 16 | PTYP_BINARY, view_of(id, sizeof id));
		} else if (is_password_to_go(w, v->id)) {
			props_add_int(props, (uint32_t)TAG_PST_PASSWORD << 16 | PTYP_INTEGER_32, 0);
		} else if (!is_entry) {
			values->rows[n++] = *v;
		}
	}
	values->n = n;
}

static void add_store_values(struct writing *w, struct props *props)
{
	const struct {
		uint32_t tag;
		size_t folder;
	} rows[] = {
		{ (uint32_t)TAG_IPM_SUBTREE << 16 | PTYP_BINARY, w->plan->subtree },
		{ (uint32_t)TAG_IPM_WASTEBASKET << 16 | PTYP_BINARY, w->plan->wastebasket },
		{ (uint32_t)TAG_FINDER << 16 | PTYP_BINARY, w->plan->finder },
	};

	props_add_bytes(props, (uint32_t)TAG_RECORD_KEY << 16 | PTYP_BINARY,
			view_of(w->record_key, RECORD_KEY_LEN));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t id[ENTRY_ID_LEN];

		entry_id_encode(w->record_key, (struct nid){ w->plan->folders[rows[i].folder].nid }, id);
		props_add_bytes(props, rows[i].tag, view_of(id, sizeof id));
	}
	if (!props_find(props, TAG_DISPLAY_NAME))
		props_add_text(props, (uint32_t)TAG_DISPLAY_NAME << 16 | PTYP_STRING, "Outlook data file");
	props_add_int(props, (uint32_t)TAG_FOLDER_MASK << 16 | PTYP_INTEGER_32,
		      props_int(props, TAG_FOLDER_MASK, 0) | FOLDER_MASK);
}

static enum status put_store(struct writing *w)
{
	const struct node_fact *node = source_node(w, SPECIAL_MESSAGE_STORE);
	struct values_in values = { 0 };
	struct object_in object;
	struct subnodes_out list;
	struct carry carry = {
		.carrier = &w->carrier, .object = &object, .page = w->carrier.page, .list = &list
	};
	enum status st = ST_OK;

	carry.props = props_new(desk(w), ndb_out_variant(w->out));
	if (!carry.props)
		return ST_NOMEM;
	subnodes_out_start(&list, w->out, desk(w));
	if (node)
		st = object_in_open(&w->plan->items, node->data, node->subnode, &object);
	if (st == ST_OK && node)
		st = values_in_read(&w->plan->items, &object, &values);
	if (st == ST_OK) {
		take_entries(w, &values, carry.props);
		st = carry_values(&carry, &values);
	}
	if (st != ST_OK)
		return st;
	add_store_values(w, carry.props);
	writing_put_props(w, (struct ndb_node){ .nid = SPECIAL_MESSAGE_STORE }, carry.props, &list);
	arena_clear(desk(w));
	return ST_OK;
}

/* Lists of search folders: those that are still there, in their order. */
static enum status put_list(struct writing *w, uint32_t nid)
{
	const struct node_fact *node = source_node(w, nid);
	struct ndb_node to = { .nid = nid };
	struct view all = { 0 };
	struct cursor c;
	uint8_t *list;
	size_t len = 0;
	bool whole;
	enum status st = ST_OK;

	if (node)
		st = bytes_in_join(&w->plan->items, node->data, LIST_MAX, &all, &whole);
	list = arena_alloc(desk(w), all.len + 1);
	if (st != ST_OK || !list)
		return st == ST_OK ? ST_NOMEM : st;
	c = cursor_of(all);
	while (cursor_left(&c) >= 4) {
		uint32_t one = cursor_u32le(&c);
		size_t folder = plan_folder_of(w->plan, one);

		if (folder == SIZE_MAX || w->plan->folders[folder].parent == SIZE_MAX)
			continue;
		field_put(list + len, 4, one);
		len += 4;
	}
	to.data = data_out_of(w->out, view_of(list, len));
	ndb_out_node(w->out, &to);
	arena_clear(desk(w));
	return ST_OK;
}

static void put_plain(struct writing *w)
{
	static const uint32_t nids[] = { 0x281, 0x321, 0xE41, 0xEC1, 0xEE1, 0xF01, 0xF21 };

	for (size_t i = 0; i < sizeof nids / sizeof nids[0]; i++)
		if (!is_kept(w, source_node(w, nids[i])))
			ndb_out_node(w->out, &(struct ndb_node){ .nid = nids[i] });
	ndb_out_node(w->out, &(struct ndb_node){ .nid = SPECIAL_SEARCH_QUEUE });
	/* Outlook fills these. */
	ndb_out_node(w->out, &(struct ndb_node){ .nid = SPECIAL_ID_MAP,
						 .data = heap_out_empty_index(w->out, HEAP_ID_MAP, 4, 16) });
	ndb_out_node(w->out,
		     &(struct ndb_node){ .nid = NID_MESSAGE_INDEX,
					 .data = heap_out_empty_index(w->out, HEAP_MESSAGE_INDEX, 16, 4) });
}

/* An old table of the store's own, opened; not open where there is none. */
static enum status open_own(struct writing *w, uint32_t nid, struct object_in *object, struct table_in *table)
{
	const struct node_fact *node = source_node(w, nid);
	enum status st = ST_OK;

	*table = (struct table_in){ 0 };
	if (node)
		st = object_in_open(&w->plan->items, node->data, node->subnode, object);
	return st == ST_OK && node ? table_in_open(&w->plan->items, object, table) : st;
}

static size_t inbox_of(const struct writing *w)
{
	for (size_t i = 0; i < w->plan->n_folders; i++) {
		const char *name = i < w->plan->items.salvage->n_folders
					   ? w->plan->items.salvage->folders[i].name
					   : NULL;

		if (name && strcmp(name, "Inbox") == 0 && !w->plan->folders[i].is_search &&
		    !w->plan->folders[i].is_out && w->plan->folders[i].parent == w->plan->subtree)
			return i;
	}
	return w->plan->root;
}

static void put_receive_row(struct writing *w, struct table_out *to, uint32_t id, size_t folder)
{
	struct props *props = props_new(w->carrier.rows, ndb_out_variant(w->out));

	if (!props) {
		ndb_out_fail(w->out, ST_NOMEM);
		return;
	}
	props_add_text(props, (uint32_t)TAG_MESSAGE_CLASS << 16 | PTYP_STRING, "");
	props_add_int(props, (uint32_t)TAG_RECEIVE_FOLDER << 16 | PTYP_INTEGER_32,
		      w->plan->folders[folder].nid);
	table_out_row(to, id, props);
}

/* Where mail of a class goes: rows whose folder is there, and one for every class. */
static enum status put_receive_table(struct writing *w)
{
	struct carry carry = { .carrier = &w->carrier, .page = w->carrier.page };
	struct object_in object;
	struct table_in old;
	struct table_out to;
	bool has_default = false;
	uint32_t top = 0;
	enum status st = open_own(w, SPECIAL_RECEIVE_TABLE, &object, &old);

	if (st != ST_OK)
		return st;
	table_out_start(&to, w->out, w->folder, &templates[TEMPLATE_RECEIVE_FOLDERS]);
	for (size_t i = 0; st == ST_OK && old.is_open && i < old.n_rows; i++) {
		const struct prop *name;
		uint32_t nid;

		arena_clear(w->carrier.rows);
		carry.props = props_new(w->carrier.rows, ndb_out_variant(w->out));
		st = carry.props ? carry_cells(&carry, &old, table_in_row(&old, i), false) : ST_NOMEM;
		if (st != ST_OK)
			break;
		nid = (uint32_t)props_int(carry.props, TAG_RECEIVE_FOLDER, 0);
		if (plan_folder_of(w->plan, nid) == SIZE_MAX)
			continue;
		name = props_find(carry.props, TAG_MESSAGE_CLASS);
		has_default = has_default || !name || name->len == 0;
		top = old.rows[i].id > top ? old.rows[i].id : top;
		table_out_row(&to, old.rows[i].id, carry.props);
	}
	if (st == ST_OK && !has_default)
		put_receive_row(w, &to, top + 1, inbox_of(w));
	table_out_end_node(&to, SPECIAL_RECEIVE_TABLE);
	arena_clear(desk(w));
	arena_clear(w->folder);
	return st;
}

static unsigned marks_of(const struct writing *w, uint32_t nid)
{
	const struct node_fact *node = source_node(w, nid);

	return node ? w->plan->marks[node - w->plan->items.facts->nodes] : PLAN_LOST;
}

static bool is_there(void *context, uint32_t nid)
{
	return !(marks_of(context, nid) & (PLAN_LOST | PLAN_ELSEWHERE));
}

static bool waits(void *context, uint32_t nid)
{
	return !(marks_of(context, nid) & (PLAN_LOST | PLAN_ELSEWHERE | PLAN_UNSENT));
}

/* A table whose rows stand for messages: of the queue of what is to be sent, and of searches. */
static enum status put_rows(struct writing *w, uint32_t nid, enum template_table template)
{
	struct carry carry = { .carrier = &w->carrier, .page = w->carrier.page };
	struct carry_rows rows = { .wants = template == TEMPLATE_OUTGOING ? waits : is_there,
				   .context = w,
				   .base = &templates[template] };
	struct table_place place;
	struct object_in object;
	struct table_in old;
	enum status st = open_own(w, nid, &object, &old);

	if (st == ST_OK)
		st = carry_table(&carry, &old, &rows, &place);
	if (st == ST_OK)
		ndb_out_node(w->out,
			     &(struct ndb_node){ .nid = nid, .data = place.data, .subnode = place.subnode });
	arena_clear(desk(w));
	return st;
}

/* What a search folder has beside its properties. */
static enum status put_search(struct writing *w, const struct folder_plan *f)
{
	uint32_t index = f->nid & ~0x1FU, criteria = index | NID_TYPE_SEARCH_CRITERIA_OBJECT;
	const struct node_fact *node = source_node(w, criteria);
	struct subnodes_out list;
	struct props *props = NULL;
	bool whole;
	enum status st = put_rows(w, index | NID_TYPE_SEARCH_CONTENTS_TABLE, TEMPLATE_SEARCH_CONTENTS);

	ndb_out_node(w->out, &(struct ndb_node){ .nid = index | NID_TYPE_SEARCH_UPDATE_QUEUE });
	if (st != ST_OK || is_kept(w, node))
		return st;
	subnodes_out_start(&list, w->out, desk(w));
	if (node)
		st = carry_node_props(&w->carrier, node, &list, &props, &whole);
	if (st == ST_OK && !props) {
		props = props_new(desk(w), ndb_out_variant(w->out));
		if (props)
			props_add_int(props, (uint32_t)TAG_CRITERIA << 16 | PTYP_INTEGER_32, 0);
	}
	if (st == ST_OK && !props)
		st = ST_NOMEM;
	if (st == ST_OK)
		writing_put_props(w, (struct ndb_node){ .nid = criteria }, props, &list);
	arena_clear(desk(w));
	return st;
}

/* Nodes that are neither items nor tables of folders, block by block. */
static void put_kept_nodes(struct writing *w)
{
	const struct check_facts *facts = w->plan->items.facts;

	for (size_t i = 0; i < facts->n_nodes; i++) {
		const struct node_fact *n = &facts->nodes[i];
		enum nid_type type = nid_type((struct nid){ n->nid });

		if (w->plan->marks[i] & PLAN_KEPT &&
		    (type == NID_TYPE_INTERNAL || type == NID_TYPE_SEARCH_CRITERIA_OBJECT ||
		     plan_is_undocumented(n->nid)))
			ndb_out_node(w->out, &(struct ndb_node){ n->nid, n->parent, n->data, n->subnode });
	}
}

enum status writing_find_queue(struct writing *w)
{
	const struct node_fact *node = source_node(w, SPECIAL_OUTGOING_QUEUE);
	enum status st = ST_OK;

	if (!node)
		return ST_OK;
	st = object_in_open(&w->names_source, node->data, node->subnode, &w->queue_object);
	return st == ST_OK ? table_in_open(&w->names_source, &w->queue_object, &w->queue) : st;
}

static const uint8_t *own_key(const struct plan *plan, uint32_t part)
{
	return plan->options->record_keys[part ? part - 1 : 0];
}

/* Items know their parts; folders that are not here are in part 1, which has them all. */
static const uint8_t *key_of(void *context, uint32_t nid)
{
	const struct writing *w = context;
	const struct node_fact *node = source_node(w, nid);
	enum nid_type type = nid_type((struct nid){ nid });
	uint32_t part;

	if (!w->plan->options->parts || !node)
		return w->record_key;
	if (type == NID_TYPE_NORMAL_FOLDER || type == NID_TYPE_SEARCH_FOLDER)
		return plan_folder_of(w->plan, nid) != SIZE_MAX ? w->record_key : w->first_key;
	part = w->plan->options->parts[node - w->plan->items.facts->nodes];
	if (part == 0 || part == w->plan->options->part)
		return w->record_key;
	return part == 1 ? w->first_key : own_key(w->plan, part);
}

void writing_find_key(struct writing *w)
{
	const uint8_t *old = w->plan->old_key;
	bool first_changes = plan_changes_key(w->plan, 1);

	memcpy(w->record_key, own_key(w->plan, w->plan->options->part), RECORD_KEY_LEN);
	memcpy(w->first_key, own_key(w->plan, 1), RECORD_KEY_LEN);
	if (!old)
		return;
	memcpy(w->carrier.old_key, old, RECORD_KEY_LEN);
	w->carrier.changes_key = w->plan->changes_key;
	w->carrier.key_of = key_of;
	w->carrier.key_context = w;
	if (!w->plan->changes_key)
		memcpy(w->record_key, old, RECORD_KEY_LEN);
	if (!first_changes)
		memcpy(w->first_key, old, RECORD_KEY_LEN);
}

enum status writing_special(struct writing *w)
{
	enum status st;

	put_templates(w);
	put_plain(w);
	put_kept_nodes(w);
	st = put_store(w);
	if (st == ST_OK)
		st = put_list(w, SPECIAL_SEARCH_ACTIVITY);
	if (st == ST_OK)
		st = put_list(w, SPECIAL_SEARCH_DOMAIN);
	if (st == ST_OK)
		st = put_receive_table(w);
	if (st == ST_OK)
		st = put_rows(w, SPECIAL_OUTGOING_QUEUE, TEMPLATE_OUTGOING);
	for (size_t i = 0; st == ST_OK && i < w->plan->n_folders; i++)
		if (w->plan->folders[i].is_search && w->plan->folders[i].parent != SIZE_MAX &&
		    !w->plan->folders[i].is_out)
			st = put_search(w, &w->plan->folders[i]);
	return st == ST_OK ? names_write(w) : st;
}
