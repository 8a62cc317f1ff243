/* This file judges what nodes say of their type and their parent. */
#include "check/node_parents.h"

#include "pst/msg/special.h"

/* What is known of a folder's way up. */
enum colour { UNKNOWN, ON_THE_WAY, ARRIVES, GETS_LOST };

struct parents {
	struct pass_context *pass;
	const struct check_facts *facts;
	uint8_t *colours; /* by node */
};

static enum nid_type type_of(const struct node_fact *n)
{
	return nid_type((struct nid){ n->nid });
}

static bool is_folder(const struct node_fact *n)
{
	return type_of(n) == NID_TYPE_NORMAL_FOLDER || type_of(n) == NID_TYPE_SEARCH_FOLDER;
}

static bool is_message(const struct node_fact *n)
{
	return type_of(n) == NID_TYPE_NORMAL_MESSAGE || type_of(n) == NID_TYPE_ASSOC_MESSAGE;
}

/* A folder's tables, and the templates, go with their number and name no parent. */
static bool is_table(const struct node_fact *n)
{
	return type_of(n) >= NID_TYPE_HIERARCHY_TABLE && type_of(n) <= NID_TYPE_RECIPIENT_TABLE;
}

static struct finding *report(struct parents *p, enum code code, const struct node_fact *n)
{
	const struct block_fact *data = facts_block(p->facts, (struct bid){ n->data });
	struct finding *f = pass_report_node(p->pass, code, n->nid, data ? data->at : 0);

	pass_evidence_hex(p->pass, f, "nidParent", n->parent);
	return f;
}

/* P69: types that no source names. They are kept and not interpreted. */
static bool type_is_known(enum nid_type type)
{
	return type != 0x09 && !(type >= 0x1A && type <= 0x1E);
}

/* P71, P129, P131: who may hold whom. */
static void judge_parent(struct parents *p, const struct node_fact *n)
{
	const struct node_fact *parent = facts_node(p->facts, (struct nid){ n->parent });
	bool to_itself = n->parent == n->nid;

	if (is_message(n)) {
		if (!parent)
			(void)report(p, CODE_STORE_MESSAGE_ORPHANED, n);
		else if (type_of(parent) == NID_TYPE_SEARCH_FOLDER || type_of(parent) == NID_TYPE_INTERNAL ||
			 type_of(parent) == NID_TYPE_CONTENTS_TABLE)
			(void)report(p, CODE_STORE_OBJECT_MISPLACED, n);
		else if (type_of(parent) != NID_TYPE_NORMAL_FOLDER)
			(void)report(p, CODE_STORE_NODE_PARENT_WRONG, n);
	} else if (is_folder(n)) {
		if (n->nid == SPECIAL_ROOT_FOLDER ? !to_itself : to_itself || !parent || !is_folder(parent))
			(void)report(p, CODE_STORE_NODE_PARENT_WRONG, n);
		else if (type_of(parent) == NID_TYPE_SEARCH_FOLDER)
			(void)report(p, CODE_STORE_OBJECT_MISPLACED, n);
	} else if (is_table(n) && n->parent) {
		(void)report(p, CODE_STORE_NODE_PARENT_WRONG, n);
	}
}

/* P72: from every folder a way leads up to the root; each is walked once. */
static void climb(struct parents *p, size_t start)
{
	const struct check_facts *facts = p->facts;
	const struct node_fact *n = &facts->nodes[start];
	enum colour end = GETS_LOST;

	while (n && is_folder(n) && p->colours[n - facts->nodes] == UNKNOWN) {
		p->colours[n - facts->nodes] = ON_THE_WAY;
		n = n->nid == n->parent ? NULL : facts_node(facts, (struct nid){ n->parent });
	}
	if (!n || !is_folder(n))
		end = ARRIVES;
	else if (p->colours[n - facts->nodes] == ON_THE_WAY)
		(void)report(p, CODE_STORE_NODE_PARENTS_LOOPED, n);
	else
		end = (enum colour)p->colours[n - facts->nodes];
	for (n = &facts->nodes[start]; n && is_folder(n) && p->colours[n - facts->nodes] == ON_THE_WAY;
	     n = facts_node(facts, (struct nid){ n->parent }))
		p->colours[n - facts->nodes] = (uint8_t)end;
}

enum status node_parents_judge(struct pass_context *pass)
{
	struct parents p = { .pass = pass, .facts = pass->facts };
	struct arena *scratch = arena_new(p.facts->n_nodes + 4096);

	p.colours = scratch ? arena_alloc(scratch, p.facts->n_nodes) : NULL;
	if (!p.colours) {
		arena_drop(&scratch);
		return ST_NOMEM;
	}
	for (size_t i = 0; i < p.facts->n_nodes; i++) {
		const struct node_fact *n = &p.facts->nodes[i];

		if (!type_is_known(type_of(n)))
			(void)report(&p, CODE_STORE_NODE_TYPE_UNKNOWN, n);
		judge_parent(&p, n);
		if (is_folder(n))
			climb(&p, i);
	}
	arena_drop(&scratch);
	return ST_OK;
}
