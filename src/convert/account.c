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
	if (out && out->damage.n)
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

enum status account_for_missing(struct writing *w)
{
	const struct salvage *s = w->plan->items.salvage;
	enum status st = ST_OK;

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
