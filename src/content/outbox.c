/* This file lists what waits to be sent or is stuck. */
#include "content/desk.h"

#include "base/calendar.h"
#include "base/cursor.h"
#include "content/attached.h"
#include "content/named.h"
#include "finding/finding.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

enum { SUBMIT_LOCKED = 1, STUCK_AFTER = 3600, LARGE = 20 << 20, LID_ACCOUNT = 0x8580 };

struct queue_row {
	uint32_t nid, submit_flags;
};

struct outbox {
	struct desk *desk;
	uint32_t folder;
	uint16_t account_id; /* of the named property that holds the account, or 0 */
	struct queue_row *queue;
	size_t n_queue, room_queue;
	bool queue_known;
	struct desk_nids submitted;
};

static bool on_queue_row(void *context, const struct table *table, struct view row)
{
	struct outbox *o = context;
	struct cursor c = cursor_of(row);

	if (o->n_queue == o->room_queue)
		return false;
	o->queue[o->n_queue++] = (struct queue_row){
		.nid = cursor_u32le(&c),
		.submit_flags = row_read_integer(table, row, (uint32_t)TAG_SUBMIT_FLAGS << 16 | 3),
	};
	return true;
}

enum { QUEUE_MAX = 1 << 16 };

static enum status read_queue(struct outbox *o)
{
	struct desk *desk = o->desk;
	struct row_read rows = { .context = o, .row = on_queue_row };
	const struct node_fact *node = facts_node(desk->facts, (struct nid){ SPECIAL_OUTGOING_QUEUE });

	o->queue = arena_array(desk->setting->arena, QUEUE_MAX, sizeof *o->queue);
	o->room_queue = QUEUE_MAX;
	if (!o->queue)
		return ST_NOMEM;
	o->queue_known = node && row_read_table(&desk->reader, node->data, node->subnode, &rows);
	arena_clear(desk->reader.arena);
	return ST_OK;
}

static const struct queue_row *queued(const struct outbox *o, uint32_t nid)
{
	for (size_t i = 0; i < o->n_queue; i++)
		if (o->queue[i].nid == nid)
			return &o->queue[i];
	return NULL;
}

static void report_time(struct outbox *o, struct finding *f, const char *name, wall_time time)
{
	char text[CALENDAR_SIZE];

	calendar_print_iso(time, text);
	finding_evidence(f, name, arena_strdup(o->desk->setting->arena, text), NULL, TRUST_OURS);
}

/* The way through the spooler. Returns the state. */
static const char *judge_way(struct outbox *o, struct desk_message *m)
{
	const struct queue_row *row = queued(o, m->node->nid);
	uint32_t submit_flags = m->submit_flags | (row ? row->submit_flags : 0);
	struct desk *desk = o->desk;
	const char *state = "waiting";

	if (m->node->parent != o->folder)
		(void)desk_report(desk, &m->listed, CODE_STORE_MESSAGE_SUBMIT_WRONG);
	if (!(m->flags & MESSAGE_SUBMIT)) {
		(void)desk_report(desk, &m->listed, CODE_ITEM_OUTBOX_NOT_QUEUED);
		return "draft";
	}
	if (m->has_deferred && m->deferred > desk->setting->now) {
		report_time(o, desk_report(desk, &m->listed, CODE_ITEM_OUTBOX_DEFERRED), "until",
			    m->deferred);
		state = "deferred";
	} else if (m->has_submit_time && m->submit_time < desk->setting->now - STUCK_AFTER) {
		report_time(o, desk_report(desk, &m->listed, CODE_ITEM_OUTBOX_STUCK), "since",
			    m->submit_time);
		state = "stuck";
	}
	if (o->queue_known && !row) {
		(void)desk_report(desk, &m->listed, CODE_ITEM_OUTBOX_UNLISTED);
		state = "unlisted";
	}
	if (submit_flags & SUBMIT_LOCKED) {
		(void)desk_report(desk, &m->listed, CODE_ITEM_OUTBOX_LOCKED);
		state = "locked";
	}
	return state;
}

/* What a server would refuse even if it got that far. */
static void judge_parts(struct outbox *o, struct desk_message *m)
{
	struct desk *desk = o->desk;
	struct attached_facts parts;

	attached_read(desk, &m->item, &parts);
	if (parts.recipients_known && parts.n_recipients == 0)
		(void)desk_report(desk, &m->listed, CODE_ITEM_OUTBOX_NO_RECIPIENTS);
	else if (parts.bad_address)
		finding_evidence(desk_report(desk, &m->listed, CODE_ITEM_OUTBOX_ADDRESS_WRONG), "recipient",
				 parts.bad_address, NULL, TRUST_PEER);
	if (parts.refused_name)
		finding_evidence(desk_report(desk, &m->listed, CODE_ITEM_OUTBOX_ATTACHMENT_REFUSED),
				 "attachment", parts.refused_name, NULL, TRUST_PEER);
	if (m->listed.size > LARGE)
		(void)desk_report(desk, &m->listed, CODE_ITEM_OUTBOX_LARGE);
	if (o->account_id)
		m->listed.tells = item_text(&m->item, desk->setting->arena, o->account_id, DESK_TEXT_MAX);
	if (m->listed.tells)
		m->listed.tells =
			arena_printf(desk->setting->arena, "to go by the account \"%s\"", m->listed.tells);
}

static enum status look_at(struct outbox *o, const struct node_fact *node)
{
	struct desk_message m;
	enum status st = ST_OK;

	if (desk_read(o->desk, node, &m)) {
		m.listed.state = judge_way(o, &m);
		judge_parts(o, &m);
		st = desk_list(o->desk, &m.listed);
	}
	arena_clear(o->desk->reader.arena);
	return st;
}

/* Rows of the queue whose message is gone: what blocks the others behind it. */
static enum status look_at_queue(struct outbox *o)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < o->n_queue; i++) {
		struct listed_item gone = { .nid = o->queue[i].nid, .state = "gone" };

		if (facts_node(o->desk->facts, (struct nid){ gone.nid }) || !o->desk->facts->nbt_whole)
			continue;
		(void)desk_report(o->desk, &gone, CODE_STORE_OUTGOING_QUEUE_WRONG);
		st = desk_list(o->desk, &gone);
	}
	return st;
}

enum status content_outbox(const struct content_setting *setting, struct check_facts *facts)
{
	static const uint8_t common[16] = NAMED_SET_COMMON;
	struct desk desk;
	struct outbox o = { .desk = &desk };
	enum status st = desk_open(&desk, setting, facts);

	if (st == ST_OK) {
		o.folder = desk_outbox(&desk);
		o.account_id = named_find_number(&desk.reader, common, LID_ACCOUNT);
		arena_clear(desk.reader.arena);
		desk_find_submitted(&desk, &o.submitted);
		st = read_queue(&o);
	}
	for (size_t i = 0; st == ST_OK && i < facts->n_nodes; i++) {
		const struct node_fact *node = &facts->nodes[i];

		if (desk_is_message(node) &&
		    ((o.folder && node->parent == o.folder) || desk_nids_has(&o.submitted, node->nid) ||
		     queued(&o, node->nid)))
			st = look_at(&o, node);
	}
	if (st == ST_OK)
		st = look_at_queue(&o);
	desk_close(&desk);
	return st;
}
