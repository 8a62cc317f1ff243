/* This file makes the folders of a store with their tables and all that lies in them. */
#include "make.h"

#include <assert.h>
#include <string.h>

static struct folder *add(struct maker *maker, struct folder *parent, const char *name, const char *class)
{
	struct folder *f = &maker->folders[maker->n_folders++];
	bool in_mailbox = parent && parent != maker->root;

	*f = (struct folder){ .parent = parent, .name = name, .class = class };
	f->path = in_mailbox && parent != maker->top ? arena_printf(maker->arena, "%s/%s", parent->path, name)
						     : name;
	f->nid = parent ? ndb_out_nid(maker->out, NID_TYPE_NORMAL_FOLDER) : NID_ROOT;
	assert(f->path);
	if (parent)
		parent->n_children++;
	return f;
}

static struct folder *add_search(struct maker *maker, struct folder *parent, const char *name, uint32_t nid)
{
	struct folder *f = &maker->folders[maker->n_folders++];

	*f = (struct folder){ .nid = nid, .parent = parent, .name = name, .path = name, .is_search = true };
	parent->n_children++;
	return f;
}

/* The first three get the numbers that they have everywhere. */
static void add_fixed(struct maker *maker)
{
	maker->root = add(maker, NULL, "", NULL);
	maker->top = add(maker, maker->root, "Top of Outlook data file", NULL);
	maker->finder = add(maker, maker->root, "Search Root", NULL);
	maker->deleted = add(maker, maker->top, "Deleted Items", NULL);
	maker->views = add(maker, maker->root, "IPM_COMMON_VIEWS", NULL);
	maker->junk_search = add_search(maker, maker->root, "SPAM Search Folder 2", 0x2223);
	maker->inbox = add(maker, maker->top, "Inbox", "IPF.Note");
	maker->outbox = add(maker, maker->top, "Outbox", "IPF.Note");
	maker->sent = add(maker, maker->top, "Sent Items", "IPF.Note");
	if (!maker->plan->kinds)
		return;
	maker->contacts = add(maker, maker->top, "Contacts", "IPF.Contact");
	maker->calendar = add(maker, maker->top, "Calendar", "IPF.Appointment");
	maker->unread_search = add_search(maker, maker->finder, "Unread Mail",
					  ndb_out_nid(maker->out, NID_TYPE_SEARCH_FOLDER));
}

void make_folder_list(struct maker *maker)
{
	uint64_t n = maker->plan->folders, depth = maker->plan->folder_depth ? maker->plan->folder_depth : 1;
	bool latin = maker->v->kind == VARIANT_ANSI;
	struct dice dice = dice_of(maker->plan->seed, UINT64_C(1) << 40);

	maker->folders = arena_array(maker->arena, (size_t)n + FOLDERS_FIXED, sizeof *maker->folders);
	assert(maker->folders);
	add_fixed(maker);
	for (uint64_t i = 0; i < n; i++) {
		struct folder *parent = i % depth ? &maker->folders[maker->n_folders - 1] : maker->top;
		const char *name =
			arena_printf(maker->arena, "%s %llu", words_line(maker->arena, &dice, 1, latin),
				     (unsigned long long)i);

		assert(name);
		(void)add(maker, parent, name, "IPF.Note");
	}
}

void make_table(struct maker *maker, uint32_t nid, struct table_out *table, enum template_table template)
{
	struct ndb_node node = { .nid = nid, .data = maker->templates[template] };
	struct table_place place;

	if (table && (table_out_count(table) || !node.data)) {
		place = table_out_end(table);
		node.data = place.data;
		node.subnode = place.subnode;
	} else if (table) {
		table_out_drop(table);
	}
	ndb_out_node(maker->out, &node);
}

static uint32_t sibling(const struct folder *folder, enum nid_type type)
{
	return nid_make(type, nid_index((struct nid){ folder->nid })).v;
}

static bool is_turn(uint64_t every, uint64_t i)
{
	return every && i % every == every - 1;
}

/* Message i of the plan. */
static struct message_spec plain_spec(const struct plan *plan, uint64_t i)
{
	return (struct message_spec){
		.class = "IPM.Note",
		.flags = i % 3 ? MESSAGE_READ : 0,
		.is_mail = true,
		.attachments = is_turn(plan->attach_every, i) ? plan->attach_count : 0,
		.embedded = is_turn(plan->embed_every, i) ? plan->embed_depth : 0,
		.named = i == 0 ? plan->named : 0,
	};
}

/* The Inbox and the folders of the user share the messages of the plan. */
static void make_plain(struct maker *maker, struct folder *folder, struct table_out *contents)
{
	const struct plan *plan = maker->plan;
	size_t first = maker->n_folders - (size_t)plan->folders, at = (size_t)(folder - maker->folders);
	uint64_t share = at >= first ? at - first + 1 : 0, n = plan->folders + 1;

	if (folder != maker->inbox && at < first)
		return;
	for (uint64_t i = plan->messages * share / n; i < plan->messages * (share + 1) / n; i++) {
		struct message_spec spec = plain_spec(plan, i);

		make_message(maker, folder, contents, &spec);
	}
}

static void make_associated(struct maker *maker, struct folder *folder, struct table_out *table)
{
	const struct message_spec spec = { .class = "IPM.Configuration.Made",
					   .flags = MESSAGE_ASSOCIATED | MESSAGE_READ };

	for (uint64_t i = 0; folder == maker->inbox && i < maker->plan->associated; i++)
		make_message(maker, folder, table, &spec);
}

static void make_contents(struct maker *maker, struct folder *folder)
{
	struct table_out contents, associated;

	table_out_start(&contents, maker->out, maker->arena, &templates[TEMPLATE_CONTENTS]);
	table_out_start(&associated, maker->out, maker->arena, &templates[TEMPLATE_ASSOCIATED]);
	make_plain(maker, folder, &contents);
	make_associated(maker, folder, &associated);
	if (maker->plan->kinds)
		make_kinds(maker, folder, &contents, &associated);
	make_table(maker, sibling(folder, NID_TYPE_CONTENTS_TABLE), &contents, TEMPLATE_CONTENTS);
	make_table(maker, sibling(folder, NID_TYPE_ASSOC_CONTENTS_TABLE), &associated, TEMPLATE_ASSOCIATED);
}

static void make_object(struct maker *maker, struct folder *folder)
{
	struct ndb_node node = { .nid = folder->nid };
	struct subnodes_out list;

	folder->props = props_new(maker->arena, maker->v);
	props_add_text(folder->props, 0x3001001F, folder->name);
	props_add_int(folder->props, 0x36020003, folder->n_messages);
	props_add_int(folder->props, 0x36030003, folder->n_unread);
	props_add_int(folder->props, 0x360A000B, folder->n_children > 0);
	if (folder->class)
		props_add_text(folder->props, 0x3613001F, folder->class);
	subnodes_out_start(&list, maker->out, maker->arena);
	node.parent = folder->parent ? folder->parent->nid : folder->nid;
	node.data = props_write(folder->props, &list);
	node.subnode = subnodes_out_end(&list);
	ndb_out_node(maker->out, &node);
}

static void make_hierarchy(struct maker *maker, const struct folder *folder)
{
	struct table_out table;

	table_out_start(&table, maker->out, maker->arena, &templates[TEMPLATE_HIERARCHY]);
	for (size_t i = 0; i < maker->n_folders; i++)
		if (maker->folders[i].parent == folder)
			table_out_row(&table, maker->folders[i].nid, maker->folders[i].props);
	make_table(maker, sibling(folder, NID_TYPE_HIERARCHY_TABLE), &table, TEMPLATE_HIERARCHY);
}

/* A search has a queue, criteria and a table of what it found. */
static void make_search(struct maker *maker, struct folder *folder)
{
	struct props *criteria = props_new(maker->arena, maker->v);
	struct ndb_node queue = { .nid = sibling(folder, NID_TYPE_SEARCH_UPDATE_QUEUE) };
	struct ndb_node node = { .nid = sibling(folder, NID_TYPE_SEARCH_CRITERIA_OBJECT) };
	struct subnodes_out list;

	subnodes_out_start(&list, maker->out, maker->arena);
	props_add_int(criteria, 0x660B0003, 0);
	node.data = props_write(criteria, &list);
	ndb_out_node(maker->out, &queue);
	ndb_out_node(maker->out, &node);
	make_table(maker, sibling(folder, NID_TYPE_SEARCH_CONTENTS_TABLE),
		   folder == maker->unread_search ? &maker->unread : NULL, TEMPLATE_SEARCH_CONTENTS);
}

void make_folders(struct maker *maker)
{
	for (size_t i = 0; i < maker->n_folders; i++)
		if (!maker->folders[i].is_search)
			make_contents(maker, &maker->folders[i]);
	for (size_t i = 0; i < maker->n_folders; i++)
		make_object(maker, &maker->folders[i]);
	for (size_t i = 0; i < maker->n_folders; i++) {
		if (maker->folders[i].is_search)
			make_search(maker, &maker->folders[i]);
		else
			make_hierarchy(maker, &maker->folders[i]);
	}
}
