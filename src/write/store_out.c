/* This file writes what a store has besides folders and items. */
#include "write/store_out.h"

#include "base/checked.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "write/store_inner.h"

#include <string.h>

enum { TEMPLATE_HOLDERS_MAX = 60000, FOLDER_MASK_TAG = 0x35DF0003 };

/* What a new store's object has besides; nobody has said what for ([MS-PST] 2.4.3.1 names few). */
enum { STORE_STATUS = 0x0E380003, STORE_IS_PST = 0x6633000B, STORE_PASSWORD = 0x67FF0003 };

#define TAG_OF(id, type) ((uint32_t)TAG_##id << 16 | (type))

enum status store_out_open(struct arena *arena, const struct store_sink *sink,
			   const struct store_out_options *options, struct store_out **out)
{
	struct store_out *store = arena_alloc(arena, sizeof *store);
	enum status st;

	*out = NULL;
	if (!store)
		return ST_NOMEM;
	st = ndb_out_open(arena, sink, &options->ndb, &store->ndb);
	if (st != ST_OK)
		return st;
	store->arena = arena;
	store->receive_end = &store->receive;
	store->folders_end = &store->folders;
	memcpy(store->record_key, options->record_key, STORE_KEY_LEN);
	names_out_init(&store->names, arena);
	store->props = props_new(arena, ndb_out_variant(store->ndb));
	if (!store->props || store->names.failed)
		return ST_NOMEM;
	if (options->name)
		props_add_text(store->props, TAG_OF(DISPLAY_NAME, PTYP_STRING), options->name);
	/* Folders of these numbers are everywhere; new ones come after them. */
	ndb_out_mark(store->ndb, SPECIAL_ROOT_FOLDER);
	table_out_start(&store->queue, store->ndb, arena, &templates[TEMPLATE_OUTGOING]);
	*out = store;
	return ndb_out_status(store->ndb);
}

struct ndb_out *store_out_ndb(struct store_out *store)
{
	return store->ndb;
}

struct names_out *store_out_names(struct store_out *store)
{
	return &store->names;
}

struct props *store_out_props(struct store_out *store)
{
	return store->props;
}

void store_out_set_role(struct store_out *store, enum store_role role, uint32_t nid)
{
	store->roles[role] = nid;
}

void store_out_receive(struct store_out *store, struct view class, uint32_t nid)
{
	struct receive_row *row = arena_alloc(store->arena, sizeof *row);
	void *text = arena_copy(store->arena, class.at, class.len);

	if (!row || !text) {
		ndb_out_fail(store->ndb, ST_NOMEM);
		return;
	}
	row->class = view_of(text, class.len);
	row->nid = nid;
	*store->receive_end = row;
	store->receive_end = &row->next;
}

void store_out_queue(struct store_out *store, uint32_t nid, struct props *props)
{
	table_out_row(&store->queue, nid, props);
}

uint64_t store_out_template(struct store_out *store, enum template_table table)
{
	struct table_out empty;

	if (store->templates[table] == 0 ||
	    ndb_out_refs(store->ndb, store->templates[table]) > TEMPLATE_HOLDERS_MAX) {
		table_out_start(&empty, store->ndb, store->arena, &templates[table]);
		store->templates[table] = table_out_end(&empty).data;
	}
	return store->templates[table];
}

void store_put_object(struct store_out *store, uint32_t nid, struct props *props)
{
	struct ndb_node node = { .nid = nid };
	struct subnodes_out list;

	if (!props) {
		ndb_out_fail(store->ndb, ST_NOMEM);
		return;
	}
	subnodes_out_start(&list, store->ndb, store->arena);
	node.data = props_write(props, &list);
	node.subnode = subnodes_out_end(&list);
	ndb_out_node(store->ndb, &node);
}

void store_put_template(struct store_out *store, uint32_t nid, enum template_table template)
{
	ndb_out_node(store->ndb,
		     &(struct ndb_node){ .nid = nid, .data = store_out_template(store, template) });
}

static void put_bytes(struct store_out *store, uint32_t nid, struct view bytes)
{
	ndb_out_node(store->ndb, &(struct ndb_node){ .nid = nid, .data = data_out_of(store->ndb, bytes) });
}

/* RFT and outgoing queue have nodes of their own. */
static void put_templates(struct store_out *store)
{
	for (int i = 0; i < TEMPLATE_RECEIVE_FOLDERS; i++)
		store_put_template(store, templates[i].nid, (enum template_table)i);
}

/* Lists of searches; queues that are empty in a fresh store. */
static void put_internal(struct store_out *store)
{
	static const uint32_t empty[] = {
		SPECIAL_SEARCH_QUEUE, SPECIAL_SEARCH_DOMAIN, 0x281, 0x321, 0xE41, 0xEC1, 0xEE1, 0xF01, 0xF21
	};
	struct data_out searches;

	for (size_t i = 0; i < COUNT_OF(empty); i++)
		put_bytes(store, empty[i], view_of(NULL, 0));
	data_out_start(&searches, store->ndb);
	for (const struct folder_out *f = store->folders; f; f = f->next) {
		uint8_t nid[4];

		field_put(nid, sizeof nid, f->nid);
		if (folder_is_search(f))
			data_out_add(&searches, view_of(nid, sizeof nid));
	}
	ndb_out_node(store->ndb,
		     &(struct ndb_node){ .nid = SPECIAL_SEARCH_ACTIVITY, .data = data_out_end(&searches) });
	/* The ID map and the message index of a fresh store. */
	ndb_out_node(store->ndb, &(struct ndb_node){ .nid = SPECIAL_ID_MAP,
						     .data = heap_out_empty_index(store->ndb, 0x9C, 4, 16) });
	ndb_out_node(store->ndb, &(struct ndb_node){ .nid = 0xE01,
						     .data = heap_out_empty_index(store->ndb, 0xCC, 16, 4) });
}

/* Where mail of a class goes. [MS-PST] has no word on it; Outlook writes these rows into a new store. */
static void put_receive_table(struct store_out *store)
{
	static const char *const usual[] = { "", "IPM", "Report.IPM", "IPC" };
	const struct variant *v = ndb_out_variant(store->ndb);
	uint32_t inbox = store->roles[STORE_INBOX] ? store->roles[STORE_INBOX] : SPECIAL_ROOT_FOLDER, i = 0;
	struct table_out table;
	bool has_default = false;

	for (const struct receive_row *r = store->receive; r; r = r->next)
		has_default = has_default || r->class.len == 0;
	for (size_t k = 0; k < COUNT_OF(usual) && !has_default; k++)
		store_out_receive(store, props_text(store->arena, v, usual[k]),
				  k + 1 < COUNT_OF(usual) ? inbox : SPECIAL_ROOT_FOLDER);
	table_out_start(&table, store->ndb, store->arena, &templates[TEMPLATE_RECEIVE_FOLDERS]);
	for (const struct receive_row *r = store->receive; r; r = r->next) {
		struct props *props = props_new(store->arena, v);

		if (!props || !folder_find(store, r->nid))
			continue;
		props_add_view(props, TAG_OF(MESSAGE_CLASS, PTYP_STRING), r->class);
		props_add_int(props, TAG_OF(RECEIVE_FOLDER, PTYP_INTEGER_32), r->nid);
		table_out_row(&table, ++i, props);
	}
	table_out_end_node(&table, SPECIAL_RECEIVE_TABLE);
}

static void put_names(struct store_out *store)
{
	struct props *props = props_new(store->arena, ndb_out_variant(store->ndb));

	if (props)
		names_out_fill(&store->names, props);
	store_put_object(store, SPECIAL_NAME_MAP, props);
}

/* What a role is called in the store's object and in PidTagValidFolderMask, and as a new folder. */
static const struct {
	uint16_t id;
	uint8_t mask;
	bool is_needed;
	const char *name;
	enum store_role parent; /* STORE_ROLES: the root */
} role_rows[STORE_ROLES] = {
	[STORE_TOP] = { TAG_IPM_SUBTREE, 0x01, true, "Top of Outlook data file", STORE_ROLES },
	[STORE_DELETED] = { TAG_IPM_WASTEBASKET, 0x08, true, "Deleted Items", STORE_TOP },
	[STORE_FINDER] = { TAG_FINDER, 0x80, true, "Search Root", STORE_ROLES },
	[STORE_OUTBOX] = { TAG_IPM_OUTBOX, 0x04, false, NULL, STORE_TOP },
	[STORE_SENT] = { TAG_IPM_SENT_MAIL, 0x10, false, NULL, STORE_TOP },
	[STORE_VIEWS] = { TAG_VIEWS, 0x20, false, NULL, STORE_ROLES },
	[STORE_COMMON_VIEWS] = { TAG_COMMON_VIEWS, 0x40, true, "IPM_COMMON_VIEWS", STORE_ROLES },
	[STORE_INBOX] = { 0, 0x02, false, NULL, STORE_TOP },
};

static void make_folder(struct store_out *store, uint32_t nid, uint32_t parent, const char *name)
{
	struct folder_spec spec = { .nid = nid, .parent = parent };

	spec.props = props_new(store->arena, ndb_out_variant(store->ndb));
	if (spec.props)
		props_add_text(spec.props, TAG_OF(DISPLAY_NAME, PTYP_STRING), name);
	(void)store_out_folder(store, &spec);
}

/* The root, and a folder for each role that needs one; a role without a folder is none. */
static void make_folders(struct store_out *store)
{
	if (!folder_find(store, SPECIAL_ROOT_FOLDER))
		make_folder(store, SPECIAL_ROOT_FOLDER, SPECIAL_ROOT_FOLDER, "");
	for (unsigned i = 0; i < STORE_ROLES; i++) {
		const struct folder_out *f = folder_find(store, store->roles[i]);
		uint32_t parent = role_rows[i].parent == STORE_ROLES ? SPECIAL_ROOT_FOLDER
								     : store->roles[role_rows[i].parent];

		if (f && !folder_is_search(f) && f->nid != SPECIAL_ROOT_FOLDER)
			continue;
		store->roles[i] = 0;
		if (!role_rows[i].is_needed)
			continue;
		store->roles[i] = ndb_out_nid(store->ndb, NID_TYPE_NORMAL_FOLDER);
		make_folder(store, store->roles[i], parent, role_rows[i].name);
	}
}

static void put_store_object(struct store_out *store)
{
	struct props *props = store->props;
	uint32_t mask = 0;

	if (!props_find(props, TAG_DISPLAY_NAME))
		props_add_text(props, TAG_OF(DISPLAY_NAME, PTYP_STRING), "Outlook Data File");
	for (unsigned i = 0; i < STORE_ROLES; i++) {
		uint8_t id[ENTRY_ID_LEN];

		if (store->roles[i] == 0)
			continue;
		mask |= role_rows[i].mask;
		entry_id_encode(store->record_key, (struct nid){ store->roles[i] }, id);
		if (role_rows[i].id)
			props_add_bytes(props, (uint32_t)role_rows[i].id << 16 | PTYP_BINARY,
					view_of(id, sizeof id));
	}
	props_add_bytes(props, TAG_OF(RECORD_KEY, PTYP_BINARY), view_of(store->record_key, STORE_KEY_LEN));
	props_add_int(props, FOLDER_MASK_TAG, mask);
	if (!props_find(props, STORE_STATUS >> 16))
		props_add_int(props, STORE_STATUS, 0);
	if (!props_find(props, STORE_IS_PST >> 16))
		props_add_int(props, STORE_IS_PST, 1);
	if (!props_find(props, STORE_PASSWORD >> 16))
		props_add_int(props, STORE_PASSWORD, 0);
	store_put_object(store, SPECIAL_MESSAGE_STORE, props);
}

enum status store_out_finish(struct store_out *store, struct ndb_stats *stats_out)
{
	make_folders(store);
	folders_put(store);
	put_templates(store);
	table_out_end_node(&store->queue, SPECIAL_OUTGOING_QUEUE);
	put_receive_table(store);
	put_internal(store);
	put_names(store);
	put_store_object(store);
	return ndb_out_finish(store->ndb, stats_out);
}
