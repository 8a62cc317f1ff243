/* This file keeps the ledger: what became of each item. */
#include "convert/account.h"

#include "pst/msg/tags.h"
#include "pst/msg/text.h"

enum { SUBJECT_MAX = 120 };

const char *account_folder_name(struct writing *w, const struct folder_plan *folder)
{
	size_t i = (size_t)(folder - w->plan->folders);
	const char *name =
		i < w->plan->items.salvage->n_folders ? w->plan->items.salvage->folders[i].name : NULL;

	if (i == w->plan->root)
		return "";
	if (!name || !*name)
		name = arena_printf(w->arena, "Recovered folder 0x%X", folder->nid);
	return name ? name : "";
}

static const char *subject_of(struct writing *w, const struct message_out *out)
{
	const struct prop *p = out && out->props ? props_find(out->props, TAG_SUBJECT) : NULL;

	if (!p || p->nid)
		return NULL;
	return text_of_subject(w->plan->options->texts, (uint16_t)p->tag, p->value, SUBJECT_MAX);
}

static enum status report(struct writing *w, enum code code, const struct item_plan *item,
			  const struct message_out *out)
{
	const struct node_fact *node = &w->plan->items.facts->nodes[item->node];
	struct subject subject = { .kind = SUBJECT_STORE, .path = w->plan->options->path };
	const char *line;
	struct finding *f;

	if (finding_is_folded(w->plan->options->findings, code)) {
		(void)finding_add(w->plan->options->findings, code, &subject);
		return ST_OK;
	}
	subject.node = arena_printf(w->plan->options->texts, "0x%X", node->nid);
	subject.folder = plan_path(w->plan->options->texts, w->plan, item->folder);
	if (!subject.node || !subject.folder)
		return ST_NOMEM;
	f = finding_add(w->plan->options->findings, code, &subject);
	line = subject_of(w, out);
	if (line)
		finding_evidence(f, "subject", line, NULL, TRUST_PEER);
	if (code == CODE_ITEM_PART_LEFT_OUT)
		finding_evidence(f, "subnode", arena_printf(w->plan->options->texts, "0x%X", out->left_out),
				 NULL, TRUST_OURS);
	else if (code == CODE_ITEM_MESSAGE_DAMAGED)
		finding_evidence(f, "missing", arena_strdup(w->plan->options->texts, out->damage.text), NULL,
				 TRUST_PEER);
	return ST_OK;
}

static bool is_below_lost(const struct writing *w, size_t folder)
{
	const struct plan *plan = w->plan;

	return plan->lost != SIZE_MAX && (folder == plan->lost || plan->folders[folder].parent == plan->lost);
}

static bool was_found_elsewhere(const struct writing *w, const struct item_plan *item)
{
	const struct salvage_node *how = &w->plan->items.salvage->nodes[item->node];

	return how->origin != SALVAGE_TREE || how->place != SALVAGE_PLACE_PARENT ||
	       is_below_lost(w, item->folder);
}

enum status account_for(struct writing *w, const struct item_plan *item, const struct message_out *out)
{
	struct convert_ledger *l = w->ledger;

	l->in++;
	if (out && out->is_lost) {
		l->lost++;
		return report(w, CODE_ITEM_MESSAGE_LOST, item, out);
	}
	*(item->is_associated ? &l->associated : &l->messages) += 1;
	l->in_lost_and_found += is_below_lost(w, item->folder);
	l->older += w->plan->items.salvage->nodes[item->node].origin == SALVAGE_OLDER;
	l->deleted += w->plan->items.salvage->nodes[item->node].origin == SALVAGE_DELETED;
	if (out && out->is_unsent && report(w, CODE_ITEM_SENDING_DROPPED, item, out) != ST_OK)
		return ST_NOMEM;
	if (out && out->n_left_out && report(w, CODE_ITEM_PART_LEFT_OUT, item, out) != ST_OK)
		return ST_NOMEM;
	if (out && !damage_is_none(&out->damage)) {
		l->marked++;
		return report(w, CODE_ITEM_MESSAGE_DAMAGED, item, out);
	}
	if (was_found_elsewhere(w, item))
		l->recovered++;
	else
		l->kept++;
	return ST_OK;
}

/* Made anew from what it stands for, or written for every store. */
static bool has_place(enum nid_type type)
{
	switch (type) {
	case NID_TYPE_HID:
	case NID_TYPE_INTERNAL:
	case NID_TYPE_ATTACHMENT:
	case NID_TYPE_LTP:
	case NID_TYPE_COUNT:
		return false;
	case NID_TYPE_NORMAL_FOLDER:
	case NID_TYPE_SEARCH_FOLDER:
	case NID_TYPE_NORMAL_MESSAGE:
	case NID_TYPE_ASSOC_MESSAGE:
	case NID_TYPE_SEARCH_UPDATE_QUEUE:
	case NID_TYPE_SEARCH_CRITERIA_OBJECT:
	case NID_TYPE_CONTENTS_TABLE_INDEX:
	case NID_TYPE_RECEIVE_FOLDER_TABLE:
	case NID_TYPE_OUTGOING_QUEUE_TABLE:
	case NID_TYPE_HIERARCHY_TABLE:
	case NID_TYPE_CONTENTS_TABLE:
	case NID_TYPE_ASSOC_CONTENTS_TABLE:
	case NID_TYPE_SEARCH_CONTENTS_TABLE:
	case NID_TYPE_ATTACHMENT_TABLE:
	case NID_TYPE_RECIPIENT_TABLE:
	case NID_TYPE_SEARCH_TABLE_INDEX:
		return true;
	}
	return false;
}

/* Templates without rows are in every store. */
static enum status is_empty_table(struct writing *w, const struct node_fact *node, bool *empty_out)
{
	const struct source *source = &w->plan->items;
	struct object_in object;
	struct table_in table;
	enum status st = object_in_open(source, node->data, node->subnode, &object);

	if (st == ST_OK)
		st = table_in_open(source, &object, &table);
	*empty_out = st == ST_OK && table.is_open && table.n_rows == 0;
	arena_clear(source->reader.arena);
	return st;
}

enum status account_for_left_out(struct writing *w)
{
	const struct check_facts *facts = w->plan->items.facts;
	struct finding_sink *sink = w->plan->options->findings;

	if (w->plan->options->parts && w->plan->options->part > 1)
		return ST_OK;
	for (size_t i = 0; i < facts->n_nodes; i++) {
		const struct node_fact *n = &facts->nodes[i];
		struct subject subject = { .kind = SUBJECT_STORE, .path = w->plan->options->path };
		bool empty = false;

		if ((n->data == 0 && n->subnode == 0) || has_place(nid_type((struct nid){ n->nid })) ||
		    w->plan->marks[i] & PLAN_KEPT || plan_makes(n->nid))
			continue;
		if (plan_is_undocumented(n->nid) && is_empty_table(w, n, &empty) != ST_OK)
			return ST_NOMEM;
		if (empty)
			continue;
		w->carrier.n_left_out++;
		if (!finding_is_folded(sink, CODE_STORE_PART_LEFT_OUT)) {
			subject.node = arena_printf(w->plan->options->texts, "0x%X", n->nid);
			if (!subject.node)
				return ST_NOMEM;
		}
		(void)finding_add(sink, CODE_STORE_PART_LEFT_OUT, &subject);
	}
	return ST_OK;
}

enum status account_for_missing(struct writing *w)
{
	const struct salvage *s = w->plan->items.salvage;
	enum status st = ST_OK;

	if (w->plan->options->parts && w->plan->options->part > 1)
		return ST_OK;
	for (size_t i = 0; st == ST_OK && i < s->n_lost; i++) {
		enum nid_type type = nid_type((struct nid){ s->lost[i].nid });
		struct subject subject = { .kind = SUBJECT_STORE, .path = w->plan->options->path };
		size_t folder = plan_folder_of(w->plan, s->lost[i].folder);

		if (type != NID_TYPE_NORMAL_MESSAGE && type != NID_TYPE_ASSOC_MESSAGE)
			continue;
		w->ledger->in++;
		w->ledger->lost++;
		subject.node = arena_printf(w->plan->options->texts, "0x%X", s->lost[i].nid);
		subject.folder =
			folder == SIZE_MAX ? NULL : plan_path(w->plan->options->texts, w->plan, folder);
		if (!subject.node)
			return ST_NOMEM;
		(void)finding_add(w->plan->options->findings, CODE_ITEM_MESSAGE_LOST, &subject);
	}
	return st;
}
