/* This file writes folders: their tables as messages come, their objects and the tree of them at the end. */
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "write/store_inner.h"

#include <stdlib.h>
#include <string.h>

enum { HIDDEN_COUNT = 0x6635, HIDDEN_UNREAD = 0x6636, SEARCH_FLAGS = 0x660B0003 };

#define TAG_OF(id, type) ((uint32_t)TAG_##id << 16 | (type))

bool folder_is_search(const struct folder_out *folder)
{
	return nid_type((struct nid){ folder->nid }) == NID_TYPE_SEARCH_FOLDER;
}

static uint32_t sibling(const struct folder_out *folder, enum nid_type type)
{
	return nid_make(type, nid_index((struct nid){ folder->nid })).v;
}

struct folder_out *store_out_folder(struct store_out *store, const struct folder_spec *spec)
{
	struct folder_out *folder = arena_alloc(store->arena, sizeof *folder);

	if (!folder || !spec->props) {
		ndb_out_fail(store->ndb, ST_NOMEM);
		return NULL;
	}
	if (ndb_out_status(store->ndb) != ST_OK)
		return NULL;
	folder->store = store;
	folder->spec = *spec;
	folder->nid = spec->nid ? spec->nid : ndb_out_nid(store->ndb, NID_TYPE_NORMAL_FOLDER);
	folder->parent = spec->parent;
	ndb_out_mark(store->ndb, folder->nid);
	*store->folders_end = folder;
	store->folders_end = &folder->next;
	store->n_folders++;
	return folder;
}

uint32_t folder_out_nid(const struct folder_out *folder)
{
	return folder ? folder->nid : 0;
}

struct folder_out *folder_find(const struct store_out *store, uint32_t nid)
{
	for (struct folder_out *f = store->folders; f; f = f->next)
		if (f->nid == nid)
			return f;
	return NULL;
}

/* Tables begin with their first row. */
static void add_row(struct folder_out *folder, bool associated, uint32_t nid, struct props *props)
{
	struct table_out *table = associated ? &folder->associated : &folder->contents;
	bool *has = associated ? &folder->has_associated : &folder->has_contents;
	const struct columns *columns = associated ? folder->spec.associated : folder->spec.contents;

	if (!columns)
		columns = &templates[associated ? TEMPLATE_ASSOCIATED : TEMPLATE_CONTENTS];
	if (!*has)
		table_out_start(table, folder->store->ndb, folder->store->arena, columns);
	*has = true;
	table_out_row(table, nid, props);
}

static void count_message(struct folder_out *folder, struct props *props)
{
	folder->n_messages++;
	if (!(props_int(props, TAG_MESSAGE_FLAGS, 0) & MESSAGE_READ))
		folder->n_unread++;
}

uint32_t folder_out_message(struct folder_out *folder, const struct message_spec *spec)
{
	struct ndb_node node = { .nid = spec->nid, .data = spec->data, .subnode = spec->subnode };
	struct ndb_out *ndb;
	bool associated;

	if (!folder || ndb_out_status(folder->store->ndb) != ST_OK)
		return 0;
	ndb = folder->store->ndb;
	if (folder->is_closed || folder_is_search(folder)) {
		ndb_out_fail(ndb, ST_USAGE);
		return 0;
	}
	if (node.nid == 0)
		node.nid = ndb_out_nid(ndb, NID_TYPE_NORMAL_MESSAGE);
	node.parent = folder->nid;
	associated = nid_type((struct nid){ node.nid }) == NID_TYPE_ASSOC_MESSAGE;
	ndb_out_node(ndb, &node);
	add_row(folder, associated, node.nid, spec->props);
	if (associated)
		folder->n_associated++;
	else
		count_message(folder, spec->props);
	return node.nid;
}

void folder_out_found(struct folder_out *search, uint32_t nid, struct props *props)
{
	if (!search || ndb_out_status(search->store->ndb) != ST_OK)
		return;
	if (search->is_closed || !folder_is_search(search)) {
		ndb_out_fail(search->store->ndb, ST_USAGE);
		return;
	}
	if (!search->has_contents)
		table_out_start(&search->contents, search->store->ndb, search->store->arena,
				&templates[TEMPLATE_SEARCH_CONTENTS]);
	search->has_contents = true;
	table_out_row(&search->contents, nid, props);
	count_message(search, props);
}

/* Tables without rows are the template's. */
static void put_table(struct folder_out *folder, enum nid_type type, struct table_out *table,
		      enum template_table template)
{
	uint32_t nid = sibling(folder, type);

	if (table)
		table_out_end_node(table, nid);
	else
		store_put_template(folder->store, nid, template);
}

/* A search has a queue, criteria and a table of what it found: Outlook looks again. */
static void close_search(struct folder_out *folder)
{
	struct store_out *store = folder->store;
	struct props *criteria = folder->spec.criteria;

	if (!criteria) {
		criteria = props_new(store->arena, ndb_out_variant(store->ndb));
		if (criteria)
			props_add_int(criteria, SEARCH_FLAGS, 0);
	}
	ndb_out_node(store->ndb, &(struct ndb_node){ .nid = sibling(folder, NID_TYPE_SEARCH_UPDATE_QUEUE) });
	store_put_object(store, sibling(folder, NID_TYPE_SEARCH_CRITERIA_OBJECT), criteria);
	put_table(folder, NID_TYPE_SEARCH_CONTENTS_TABLE, folder->has_contents ? &folder->contents : NULL,
		  TEMPLATE_SEARCH_CONTENTS);
}

void folder_out_close(struct folder_out *folder)
{
	if (!folder || folder->is_closed)
		return;
	folder->is_closed = true;
	if (folder_is_search(folder)) {
		close_search(folder);
		return;
	}
	put_table(folder, NID_TYPE_CONTENTS_TABLE, folder->has_contents ? &folder->contents : NULL,
		  TEMPLATE_CONTENTS);
	put_table(folder, NID_TYPE_ASSOC_CONTENTS_TABLE, folder->has_associated ? &folder->associated : NULL,
		  TEMPLATE_ASSOCIATED);
}

static int compare_nids(const void *a, const void *b)
{
	const struct folder_out *const *x = a, *const *y = b;

	return ((*x)->nid > (*y)->nid) - ((*x)->nid < (*y)->nid);
}

static int compare_places(const void *a, const void *b)
{
	const struct folder_out *const *x = a, *const *y = b;

	if ((*x)->parent != (*y)->parent)
		return (*x)->parent > (*y)->parent ? 1 : -1;
	return compare_nids(a, b);
}

static struct folder_out *find_sorted(struct folder_out *const *rows, size_t n, uint32_t nid)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (rows[middle]->nid < nid)
			from = middle + 1;
		else
			to = middle;
	}
	return from < n && rows[from]->nid == nid ? rows[from] : NULL;
}

/* A folder whose parent is none, or is below itself, comes to the top. */
static void hang_in(struct folder_out *const *rows, size_t n, struct folder_out *folder)
{
	uint32_t top = folder->store->roles[STORE_TOP];
	struct folder_out *f = folder;

	while (f->reach == FOLDER_UNKNOWN && f->nid != SPECIAL_ROOT_FOLDER) {
		struct folder_out *parent = find_sorted(rows, n, f->parent);

		f->reach = FOLDER_ON_THE_WAY;
		if (!parent || folder_is_search(parent) || parent->reach == FOLDER_ON_THE_WAY) {
			bool is_above = find_sorted(rows, n, top)->reach == FOLDER_ON_THE_WAY;

			f->parent = is_above ? SPECIAL_ROOT_FOLDER : top;
			parent = find_sorted(rows, n, f->parent);
		}
		f = parent;
	}
	for (f = folder; f->reach == FOLDER_ON_THE_WAY; f = find_sorted(rows, n, f->parent))
		f->reach = FOLDER_REACHED;
}

static void put_object(struct folder_out *folder)
{
	struct store_out *store = folder->store;
	struct ndb_node node = { .nid = folder->nid, .parent = folder->parent };
	struct props *props = folder->spec.props;
	struct subnodes_out list;

	subnodes_out_start(&list, store->ndb, store->arena);
	props_add_int(props, TAG_OF(CONTENT_COUNT, PTYP_INTEGER_32), folder->n_messages);
	props_add_int(props, TAG_OF(CONTENT_UNREAD, PTYP_INTEGER_32), folder->n_unread);
	props_add_int(props, TAG_OF(SUBFOLDERS, PTYP_BOOLEAN), folder->has_children);
	if (props_find(props, HIDDEN_COUNT))
		props_add_int(props, HIDDEN_COUNT << 16 | PTYP_INTEGER_32, folder->n_associated);
	if (props_find(props, HIDDEN_UNREAD))
		props_add_int(props, HIDDEN_UNREAD << 16 | PTYP_INTEGER_32, 0);
	node.data = props_write(props, &list);
	node.subnode = subnodes_out_end(&list);
	ndb_out_node(store->ndb, &node);
}

/* `rows` begins with the folder's children. */
static void put_hierarchy(struct folder_out *folder, struct folder_out *const *rows, size_t n)
{
	struct store_out *store = folder->store;
	struct table_out table;

	if (folder_is_search(folder))
		return;
	if (n)
		table_out_start(&table, store->ndb, store->arena, &templates[TEMPLATE_HIERARCHY]);
	for (size_t i = 0; i < n; i++)
		table_out_row(&table, rows[i]->nid, rows[i]->spec.props);
	put_table(folder, NID_TYPE_HIERARCHY_TABLE, n ? &table : NULL, TEMPLATE_HIERARCHY);
}

/* Children of one parent stand together in `placed`, parents in the order of `rows`. */
static void put_tree(struct folder_out *const *rows, size_t n, struct folder_out *const *placed,
		     size_t n_placed)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		put_object(rows[i]);
	for (size_t i = 0; i < n; i++) {
		size_t from = at;

		while (at < n_placed && placed[at]->parent == rows[i]->nid)
			at++;
		put_hierarchy(rows[i], placed + from, at - from);
	}
}

/* All but the root, by parent. */
static size_t place(struct folder_out *const *rows, size_t n, struct folder_out **placed)
{
	size_t n_placed = 0;

	for (size_t i = 0; i < n; i++)
		if (rows[i]->nid != SPECIAL_ROOT_FOLDER)
			placed[n_placed++] = rows[i];
	if (n_placed)
		qsort(placed, n_placed, sizeof(struct folder_out *), compare_places);
	return n_placed;
}

void folders_put(struct store_out *store)
{
	struct folder_out **rows = arena_array(store->arena, store->n_folders, sizeof(struct folder_out *));
	struct folder_out **placed = arena_array(store->arena, store->n_folders, sizeof(struct folder_out *));
	size_t n = 0;

	if (!rows || !placed) {
		ndb_out_fail(store->ndb, ST_NOMEM);
		return;
	}
	if (ndb_out_status(store->ndb) != ST_OK)
		return;
	for (struct folder_out *f = store->folders; f; f = f->next) {
		folder_out_close(f);
		rows[n++] = f;
	}
	qsort(rows, n, sizeof(struct folder_out *), compare_nids);
	for (size_t i = 0; i < n; i++)
		hang_in(rows, n, rows[i]);
	for (size_t i = 0; i < n; i++)
		if (rows[i]->nid != SPECIAL_ROOT_FOLDER)
			find_sorted(rows, n, rows[i]->parent)->has_children = true;
	put_tree(rows, n, placed, place(rows, n, placed));
}
