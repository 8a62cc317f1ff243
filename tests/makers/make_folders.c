/* This file makes the folders of a store with their tables and all that lies in them. */
#include "make.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"

#include <assert.h>
#include <string.h>

static struct folder *add_any(struct maker *maker, const struct folder_spec *spec, struct folder *parent,
			      const char *path)
{
	struct folder *f = &maker->folders[maker->n_folders++];

	*f = (struct folder){ .parent = parent, .path = path };
	f->out = store_out_folder(maker->store, spec);
	assert(f->out);
	return f;
}

static struct folder *add(struct maker *maker, struct folder *parent, const char *name, const char *class)
{
	bool in_mailbox = parent && parent != maker->root && parent != maker->top;
	const char *path = in_mailbox ? arena_printf(maker->arena, "%s/%s", parent->path, name) : name;
	struct folder_spec spec = { .props = props_new(maker->arena, maker->v) };

	assert(path && spec.props);
	spec.nid = parent ? 0 : SPECIAL_ROOT_FOLDER;
	spec.parent = parent ? folder_out_nid(parent->out) : SPECIAL_ROOT_FOLDER;
	props_add_text(spec.props, 0x3001001F, name);
	if (class)
		props_add_text(spec.props, 0x3613001F, class);
	return add_any(maker, &spec, parent, path);
}

/* What a search looks through: the Inbox, by its EntryID in the midst of other bytes. */
static struct props *criteria(struct maker *maker)
{
	uint8_t bytes[12 + ENTRY_ID_LEN + 8] = {
		0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, ENTRY_ID_LEN
	};
	struct props *props = props_new(maker->arena, maker->v);

	assert(props);
	make_entry_id(maker, folder_out_nid(maker->inbox->out), bytes + 12);
	props_add_int(props, 0x660B0003, 0);
	props_add_bytes(props, 0x660A0102, view_of(bytes, sizeof bytes));
	return props;
}

static struct folder *add_search(struct maker *maker, struct folder *parent, const char *name, uint32_t nid)
{
	struct folder_spec spec = { .nid = nid, .props = props_new(maker->arena, maker->v) };

	assert(spec.props);
	spec.parent = folder_out_nid(parent->out);
	props_add_text(spec.props, 0x3001001F, name);
	if (maker->inbox)
		spec.criteria = criteria(maker);
	return add_any(maker, &spec, parent, name);
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

static bool is_turn(uint64_t every, uint64_t i)
{
	return every && i % every == every - 1;
}

/* Message i of the plan. */
static struct message_plan plain_spec(const struct plan *plan, uint64_t i)
{
	return (struct message_plan){
		.class = "IPM.Note",
		.flags = i % 3 ? MESSAGE_READ : 0,
		.is_mail = true,
		.attachments = is_turn(plan->attach_every, i) ? plan->attach_count : 0,
		.embedded = is_turn(plan->embed_every, i) ? plan->embed_depth : 0,
		.named = i == 0 ? plan->named : 0,
	};
}

/* The Inbox and the folders of the user share the messages of the plan. */
static void make_plain(struct maker *maker, struct folder *folder)
{
	const struct plan *plan = maker->plan;
	size_t first = maker->n_folders - (size_t)plan->folders, at = (size_t)(folder - maker->folders);
	uint64_t share = at >= first ? at - first + 1 : 0, n = plan->folders + 1;

	if (folder != maker->inbox && at < first)
		return;
	for (uint64_t i = plan->messages * share / n; i < plan->messages * (share + 1) / n; i++) {
		struct message_plan spec = plain_spec(plan, i);

		make_message(maker, folder, &spec);
	}
}

static void make_associated(struct maker *maker, struct folder *folder)
{
	const struct message_plan spec = { .class = "IPM.Configuration.Made",
					   .flags = MESSAGE_ASSOCIATED | MESSAGE_READ };

	for (uint64_t i = 0; folder == maker->inbox && i < maker->plan->associated; i++)
		make_message(maker, folder, &spec);
}

/* What searches found is listed while the messages are made: they close with the store. */
void make_contents(struct maker *maker)
{
	for (size_t i = 0; i < maker->n_folders; i++) {
		struct folder *folder = &maker->folders[i];

		if (folder == maker->junk_search || folder == maker->unread_search)
			continue;
		make_plain(maker, folder);
		make_associated(maker, folder);
		if (maker->plan->kinds)
			make_kinds(maker, folder);
		if (maker->plan->troubles)
			make_troubles(maker, folder);
		folder_out_close(folder->out);
	}
}
