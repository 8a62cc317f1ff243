/* This file is what the looks into a store share. */
#include "content/desk.h"

#include "base/calendar.h"
#include "base/cursor.h"
#include "finding/finding.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/msg/text.h"

#include <string.h>

enum { TAG_DEFERRED_SEND = 0x3FEF, NIDS_MAX = 1 << 20 };

enum status desk_open(struct desk *desk, const struct content_setting *setting, struct check_facts *facts)
{
	*desk = (struct desk){ .setting = setting, .facts = facts };
	desk->reader = (struct node_reader){ .facts = facts, .arena = arena_new(DESK_ARENA_MAX) };
	desk->reader.room = arena_alloc(setting->arena, NODE_READER_ROOM);
	desk->reader.window = arena_alloc(setting->arena, sizeof *desk->reader.window);
	return desk->reader.arena && desk->reader.room && desk->reader.window ? ST_OK : ST_NOMEM;
}

void desk_close(struct desk *desk)
{
	arena_drop(&desk->reader.arena);
}

struct taking {
	struct desk *desk;
	struct desk_message *out;
	bool has_delivery, has_creation;
	wall_time delivery, creation;
};

static bool take_time(struct view value, wall_time *out)
{
	struct cursor c = cursor_of(value);
	uint64_t ticks = cursor_u64le(&c);

	*out = calendar_of_filetime(ticks);
	return cursor_ok(&c) && ticks != 0;
}

static uint32_t take_number(struct view value)
{
	struct cursor c = cursor_of(value);

	return cursor_u32le(&c);
}

static bool take(void *context, const struct property *p, struct view value)
{
	struct taking *t = context;
	struct desk_message *m = t->out;
	struct arena *arena = t->desk->setting->arena;
	bool is_text = p->type == PTYP_STRING || p->type == PTYP_STRING_8;

	if (is_text && p->id == TAG_MESSAGE_CLASS)
		m->listed.class = text_of(arena, p->type, value, DESK_TEXT_MAX);
	else if (is_text && p->id == TAG_SUBJECT)
		m->listed.subject = text_of_subject(arena, p->type, value, DESK_TEXT_MAX);
	else if (p->type == PTYP_INTEGER_32 && p->id == TAG_MESSAGE_FLAGS)
		m->flags = take_number(value);
	else if (p->type == PTYP_INTEGER_32 && p->id == TAG_MESSAGE_SIZE)
		m->listed.size = take_number(value);
	else if (p->type == PTYP_INTEGER_32 && p->id == TAG_SUBMIT_FLAGS)
		m->submit_flags = take_number(value);
	else if (p->type == PTYP_TIME && p->id == TAG_CLIENT_SUBMIT_TIME)
		m->has_submit_time = take_time(value, &m->submit_time);
	else if (p->type == PTYP_TIME && p->id == TAG_DEFERRED_SEND)
		m->has_deferred = take_time(value, &m->deferred);
	else if (p->type == PTYP_TIME && p->id == TAG_DELIVERY_TIME)
		t->has_delivery = take_time(value, &t->delivery);
	else if (p->type == PTYP_TIME && p->id == TAG_CREATION_TIME)
		t->has_creation = take_time(value, &t->creation);
	return true;
}

bool desk_read(struct desk *desk, const struct node_fact *node, struct desk_message *out)
{
	struct taking taking = { .desk = desk, .out = out };
	struct item_walk walk = { &taking, take };
	struct listed_item *listed = &out->listed;

	*out = (struct desk_message){ .node = node, .listed = { .nid = node->nid } };
	if (!item_open(&desk->reader, node, &out->item))
		return false;
	item_properties(&out->item, &walk);
	listed->folder = facts_folder_path(desk->setting->arena, desk->facts, node->nid);
	listed->has_time = out->has_submit_time || taking.has_delivery || taking.has_creation;
	listed->time = out->has_submit_time  ? out->submit_time
		       : taking.has_delivery ? taking.delivery
					     : taking.creation;
	return true;
}

struct finding *desk_report(struct desk *desk, struct listed_item *item, enum code code)
{
	struct arena *arena = desk->setting->arena;
	struct subject subject = {
		.kind = SUBJECT_STORE,
		.path = desk->setting->path,
		.folder = item->folder,
	};
	struct finding *f;

	item_list_why(item, catalogue_row(code)->slug);
	if (item->nid && !finding_is_folded(desk->setting->sink, code))
		subject.node = arena_printf(arena, "0x%X", (unsigned)item->nid);
	f = finding_add(desk->setting->sink, code, &subject);
	if (item->subject && *item->subject && f->n_evidence == 0)
		finding_evidence(f, "subject", item->subject, NULL, TRUST_PEER);
	return f;
}

enum status desk_list(struct desk *desk, const struct listed_item *item)
{
	return item_list_add(desk->setting->arena, desk->setting->list, item);
}

uint32_t desk_outbox(struct desk *desk)
{
	const struct node_fact *node = facts_node(desk->facts, (struct nid){ SPECIAL_MESSAGE_STORE });
	struct property p;
	struct view value;
	struct entry_id e;
	struct item item;
	uint32_t nid = 0;

	if (node && item_open(&desk->reader, node, &item) &&
	    item_property(&item, TAG_IPM_OUTBOX, &p, &value) && entry_id_decode(value, &e))
		nid = e.nid.v;
	arena_clear(desk->reader.arena);
	if (facts_folder(desk->facts, nid))
		return nid;
	for (size_t i = 0; i < desk->facts->n_folders; i++)
		if (desk->facts->folders[i].name && strcmp(desk->facts->folders[i].name, "Outbox") == 0)
			return desk->facts->folders[i].nid;
	return 0;
}

static bool nids_add(struct desk *desk, struct desk_nids *nids, uint32_t nid)
{
	uint32_t *rows;

	if (nids->n == NIDS_MAX)
		return false;
	rows = arena_grown(desk->setting->arena, nids->rows, nids->n, &nids->room, sizeof *rows);
	if (!rows)
		return false;
	nids->rows = rows;
	nids->rows[nids->n++] = nid;
	return true;
}

bool desk_nids_has(const struct desk_nids *nids, uint32_t nid)
{
	for (size_t i = 0; i < nids->n; i++)
		if (nids->rows[i] == nid)
			return true;
	return false;
}

bool desk_is_associated(const struct node_fact *node)
{
	return nid_type((struct nid){ node->nid }) == NID_TYPE_ASSOC_MESSAGE;
}

bool desk_is_message(const struct node_fact *node)
{
	return nid_type((struct nid){ node->nid }) == NID_TYPE_NORMAL_MESSAGE;
}

struct submitted {
	struct desk *desk;
	struct desk_nids *out;
	const struct table_column *flags;
};

#define COLUMN_FLAGS ((uint32_t)TAG_MESSAGE_FLAGS << 16 | PTYP_INTEGER_32)

static bool on_row(void *context, const struct table *table, struct view row)
{
	struct submitted *s = context;
	struct cursor c = cursor_of(row);

	if (!(row_read_integer(table, row, COLUMN_FLAGS) & MESSAGE_SUBMIT))
		return true;
	return nids_add(s->desk, s->out, cursor_u32le(&c));
}

void desk_find_submitted(struct desk *desk, struct desk_nids *out)
{
	struct submitted s = { .desk = desk, .out = out };
	struct row_read rows = { .context = &s, .row = on_row };

	*out = (struct desk_nids){ .is_whole = true };
	for (size_t i = 0; i < desk->facts->n_folders; i++) {
		const struct folder_fact *folder = &desk->facts->folders[i];
		struct nid nid = nid_make(NID_TYPE_CONTENTS_TABLE, folder->nid >> 5);
		const struct node_fact *table = facts_node(desk->facts, nid);

		if (nid_type((struct nid){ folder->nid }) != NID_TYPE_NORMAL_FOLDER || !table)
			continue;
		if (!row_read_table(&desk->reader, table->data, table->subnode, &rows))
			out->is_whole = false;
		arena_clear(desk->reader.arena);
	}
}
