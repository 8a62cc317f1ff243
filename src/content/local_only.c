/* This file lists what only this copy of a server's mailbox has: mail that waits to be sent, and folders that
 * stay here.
 *
 * Nothing in a store says of an item that the server has it. What is known are
 * the folders that Outlook never sends there, by the names that it gives them.
 */
#include "content/desk.h"

#include "base/checked.h"

#include <string.h>

enum { DEPTH_MAX = 64 };

/* Behind the names of an IMAP account's folders that its server has no place for; general knowledge. */
static const char *const suffixes[] = {
	"(This computer only)",   "(Nur dieser Computer)",     "(Cet ordinateur uniquement)",
	"(Solo este equipo)",     "(S\xC3\xB3lo este equipo)", "(Solo questo computer)",
	"(Alleen deze computer)",
};

/* What could not be brought to an Exchange server. */
static const char *const failures[] = { "Local Failures", "Lokale Fehler",
					("\xC3\x89"
					 "checs locaux") };

/* Outlook's own notes about its work lie in the folder itself, what failed in those below. */
static const char notes[] = "Sync Issues";

static bool is_named_local(const char *name)
{
	struct str text = str_of(name);

	if (!name || str_starts(text, str_of(notes)))
		return false;
	for (size_t i = 0; i < COUNT_OF(suffixes); i++)
		if (str_ends_nocase(text, str_of(suffixes[i])))
			return true;
	for (size_t i = 0; i < COUNT_OF(failures); i++)
		if (str_is_nocase(text, failures[i]))
			return true;
	return false;
}

/* It, or one that it lies in. */
static bool is_local(const struct check_facts *facts, const struct folder_fact *folder)
{
	for (unsigned depth = 0; folder && depth < DEPTH_MAX; depth++) {
		if (is_named_local(folder->name))
			return true;
		folder = folder->parent == folder->nid ? NULL : facts_folder(facts, folder->parent);
	}
	return false;
}

static bool is_listed(const struct item_list *list, size_t n, uint32_t nid)
{
	for (size_t i = 0; i < n; i++)
		if (list->items[i].nid == nid)
			return true;
	return false;
}

static enum status list_one(struct desk *desk, const struct node_fact *node, uint64_t *n_unread)
{
	struct desk_message m;
	enum status st = ST_OK;

	if (desk_read(desk, node, &m)) {
		m.listed.state = "local";
		st = desk_list(desk, &m.listed);
	} else {
		(*n_unread)++;
	}
	arena_clear(desk->reader.arena);
	return st;
}

static enum status list_folders(struct desk *desk, uint64_t *n_unread)
{
	struct check_facts *facts = desk->facts;
	bool *local = arena_array(desk->setting->arena, facts->n_folders + 1, sizeof *local);
	size_t n_before = desk->setting->list->n;
	enum status st = ST_OK;

	if (!local)
		return ST_NOMEM;
	for (size_t i = 0; i < facts->n_folders; i++) {
		local[i] = is_local(facts, &facts->folders[i]);
		*n_unread += !facts->folders[i].is_readable;
	}
	for (size_t i = 0; st == ST_OK && i < facts->n_nodes; i++) {
		const struct node_fact *node = &facts->nodes[i];
		const struct folder_fact *folder =
			desk_is_message(node) ? facts_folder(facts, node->parent) : NULL;

		if (folder && local[folder - facts->folders] &&
		    !is_listed(desk->setting->list, n_before, node->nid))
			st = list_one(desk, node, n_unread);
	}
	return st;
}

enum status content_local_only(const struct content_setting *setting, struct check_facts *facts,
			       uint64_t *n_unread_out)
{
	struct desk desk;
	enum status st;

	*n_unread_out = 0;
	st = content_outbox(setting, facts);
	if (st != ST_OK)
		return st;
	st = desk_open(&desk, setting, facts);
	if (st == ST_OK)
		st = list_folders(&desk, n_unread_out);
	desk_close(&desk);
	return st;
}
