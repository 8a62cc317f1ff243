/* This file is the pass over what a store and its folders must have.
 *
 * Tests: P96-P105, P107-P109, P112-P114, P118, P123, P124, P126, P130.
 * Gathers: nothing.
 * Relies on: nodes, folders, objects.
 */
#include "check/mailbox.h"

#include "base/checked.h"

enum { ARENA_MAX = 96 << 20 };

struct finding *mailbox_report(struct mailbox *m, enum code code, uint32_t nid)
{
	const struct node_fact *node = facts_node(m->facts, (struct nid){ nid });
	const struct block_fact *b = node ? facts_block(m->facts, (struct bid){ node->data }) : NULL;
	struct finding *f = pass_report_node(m->pass, code, nid, b ? b->at : 0);
	enum nid_type type = nid_type((struct nid){ nid });
	struct item item;
	const char *subject;

	if (type != NID_TYPE_NORMAL_MESSAGE && type != NID_TYPE_ASSOC_MESSAGE)
		return f;
	subject = node && item_open(&m->reader, node, &item) ? item_subject(&item, m->pass->arena) : NULL;
	if (subject && *subject)
		finding_evidence(f, "subject", subject, NULL, TRUST_PEER);
	return f;
}

struct taking {
	const struct mailbox_rows *rows;
	uint32_t nid;
	bool ended;
};

static void on_row(void *context, const struct object_part *part, const struct object_row *row)
{
	struct taking *t = context;

	if (part->depth == 0)
		t->rows->row(t->rows->context, part, row);
}

static void on_end(void *context, const struct object_part *part, const struct object_heap *heap)
{
	struct taking *t = context;

	t->ended = t->ended || (part->depth == 0 && heap->is_whole && heap->heap.client == HEAP_TABLE);
}

bool mailbox_table(struct mailbox *m, uint32_t nid, const struct mailbox_rows *rows)
{
	const struct node_fact *node = facts_node(m->facts, (struct nid){ nid });
	struct taking taking = { .rows = rows };
	struct object_listener listener = { &taking, NULL, on_row, on_end };
	struct object_judge judge = { .reader = &m->reader, .listener = &listener, .nid = nid };
	struct object_part part = { .nid = nid };

	if (!node)
		return false;
	part.data = node->data;
	part.subnode = node->subnode;
	return object_judge(&judge, &part) == ST_OK && taking.ended;
}

enum status pass_mailbox(struct pass_context *pass)
{
	static enum status (*const parts[])(struct mailbox *) = {
		mailbox_judge_store,   mailbox_judge_special, mailbox_judge_names,
		mailbox_judge_sending, mailbox_judge_folders,
	};
	struct mailbox m = { .pass = pass, .facts = pass->facts };
	enum status st = ST_OK;

	m.reader = (struct node_reader){ .facts = pass->facts,
					 .arena = arena_new(ARENA_MAX),
					 .room = arena_alloc(pass->arena, NODE_READER_ROOM) };
	if (!m.reader.arena || !m.reader.room)
		st = ST_NOMEM;
	for (size_t i = 0; st == ST_OK && i < COUNT_OF(parts); i++) {
		st = parts[i](&m);
		arena_clear(m.reader.arena);
	}
	arena_drop(&m.reader.arena);
	return st;
}
