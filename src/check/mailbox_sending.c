/* This file judges where mail arrives and what waits to be sent. */
#include "check/mailbox.h"

#include "base/cursor.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#define COLUMN(tag, type) ((uint32_t)(tag) << 16 | (type))

struct sending {
	struct mailbox *m;
	bool has_default; /* the receive folder table's row for every class */
	uint64_t n_queued, n_submitted;
};

static uint32_t integer(const struct object_row *row, uint32_t column)
{
	struct view cell;
	struct cursor c;

	if (!object_cell(row, column, &cell))
		return 0;
	c = cursor_of(cell);
	return cursor_u32le(&c);
}

static uint32_t row_id(const struct object_row *row)
{
	struct cursor c = cursor_of(row->bytes);

	return cursor_u32le(&c);
}

/* P103. */
static void on_receive_row(void *context, const struct object_part *part, const struct object_row *row)
{
	struct sending *s = context;
	uint32_t folder = integer(row, COLUMN(TAG_RECEIVE_FOLDER, PTYP_INTEGER_32));
	struct view name;
	struct finding *f;

	(void)part;
	if (!(object_cell(row, COLUMN(TAG_MESSAGE_CLASS, PTYP_STRING), &name) ||
	      object_cell(row, COLUMN(TAG_MESSAGE_CLASS, PTYP_STRING_8), &name)) ||
	    name.len == 0)
		s->has_default = true;
	if (facts_folder(s->m->facts, folder) || !s->m->facts->nbt_whole)
		return;
	f = mailbox_report(s->m, CODE_STORE_RECEIVE_TABLE_WRONG, SPECIAL_RECEIVE_TABLE);
	pass_evidence_hex(s->m->pass, f, "nid", folder);
}

/* P104: a row of the queue is a message that waits. */
static void on_queue_row(void *context, const struct object_part *part, const struct object_row *row)
{
	struct sending *s = context;
	uint32_t nid = row_id(row);
	const struct node_fact *node = facts_node(s->m->facts, (struct nid){ nid });
	struct item_fact *item = node ? &s->m->facts->items[node - s->m->facts->nodes] : NULL;
	struct finding *f;

	(void)part;
	s->n_queued++;
	if (item)
		item->queued = 1;
	if (item && (!(item->marks & ITEM_HAS_FLAGS) || item->flags & MESSAGE_SUBMIT))
		return;
	if (!node && !s->m->facts->nbt_whole)
		return;
	f = mailbox_report(s->m, CODE_STORE_OUTGOING_QUEUE_WRONG, SPECIAL_OUTGOING_QUEUE);
	pass_evidence_hex(s->m->pass, f, node ? "not_submitted" : "gone", nid);
}

static uint32_t outbox_of(struct mailbox *m)
{
	const struct node_fact *node = facts_node(m->facts, (struct nid){ SPECIAL_MESSAGE_STORE });
	struct property p;
	struct view value;
	struct entry_id e;
	struct item item;

	if (!node || !item_open(&m->reader, node, &item) ||
	    !item_property(&item, TAG_IPM_OUTBOX, &p, &value) || !entry_id_decode(value, &e))
		return 0;
	return e.nid.v;
}

/* P118: who is being sent stands in the queue and, where the store has one, in the Outbox. */
static void judge_submitted(struct sending *s, bool queue_known)
{
	struct check_facts *facts = s->m->facts;
	uint32_t outbox = outbox_of(s->m);

	for (size_t i = 0; i < facts->n_nodes; i++) {
		const struct node_fact *n = &facts->nodes[i];
		const struct item_fact *item = &facts->items[i];
		struct finding *f;
		bool queued = item->queued || !queue_known, in_outbox = !outbox || n->parent == outbox;

		if (nid_type((struct nid){ n->nid }) != NID_TYPE_NORMAL_MESSAGE ||
		    !(item->marks & ITEM_HAS_FLAGS) || !(item->flags & MESSAGE_SUBMIT) ||
		    (queued && in_outbox))
			continue;
		f = mailbox_report(s->m, CODE_STORE_MESSAGE_SUBMIT_WRONG, n->nid);
		finding_evidence(f, "is", in_outbox ? "not in the outgoing queue" : "outside the Outbox",
				 NULL, TRUST_OURS);
		arena_clear(s->m->reader.arena);
	}
}

/* Outlook makes the table when mail is first sent or received. */
static void judge_missing(struct mailbox *m, enum code code, uint32_t nid)
{
	if (m->facts->nbt_whole && !facts_node(m->facts, (struct nid){ nid }))
		mailbox_report(m, code, nid)->severity = SEVERITY_ADVICE;
}

enum status mailbox_judge_sending(struct mailbox *m)
{
	struct sending s = { .m = m };
	struct mailbox_rows receive = { &s, on_receive_row }, queue = { &s, on_queue_row };
	bool queue_known;

	if (mailbox_table(m, SPECIAL_RECEIVE_TABLE, &receive) && !s.has_default)
		(void)mailbox_report(m, CODE_STORE_RECEIVE_TABLE_WRONG, SPECIAL_RECEIVE_TABLE);
	judge_missing(m, CODE_STORE_RECEIVE_TABLE_WRONG, SPECIAL_RECEIVE_TABLE);
	arena_clear(m->reader.arena);
	queue_known = mailbox_table(m, SPECIAL_OUTGOING_QUEUE, &queue);
	judge_missing(m, CODE_STORE_OUTGOING_QUEUE_WRONG, SPECIAL_OUTGOING_QUEUE);
	arena_clear(m->reader.arena);
	judge_submitted(&s, queue_known);
	return ST_OK;
}
