/* This file listens to an object's parts and judges messages, attachments and recipients. */
#include "check/message_judge.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "base/str.h"
#include "check/row_digest.h"
#include "pst/msg/name_map.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

/* What a message must have (P115), and what else is asked of it; bit by row. */
static const struct {
	uint16_t id;
	enum { ASKED, USUAL, REQUIRED } need; /* usual: mail works without it, and writers leave it out */
} seen_rows[] = {
	{ TAG_MESSAGE_CLASS, REQUIRED }, { TAG_MESSAGE_FLAGS, REQUIRED }, { TAG_MESSAGE_SIZE, REQUIRED },
	{ TAG_CREATION_TIME, USUAL },    { TAG_SEARCH_KEY, USUAL },       { TAG_DISPLAY_TO, ASKED },
	{ TAG_DISPLAY_CC, ASKED },       { TAG_DISPLAY_BCC, ASKED },
};
enum { SEEN_TO = 1 << 5, SEEN_CC = 1 << 6, SEEN_BCC = 1 << 7 };
enum { HAS_SIZE = 1, HAS_METHOD = 2, HAS_POSITION = 4, HAS_DATA = 8, HAS_CONTENT = 16 };

static enum nid_type type_of(const struct object_part *part)
{
	return nid_type((struct nid){ part->nid });
}

static bool is_message(const struct object_part *part)
{
	return type_of(part) == NID_TYPE_NORMAL_MESSAGE || type_of(part) == NID_TYPE_ASSOC_MESSAGE;
}

static void judge_attachment_list(struct message_judge *m, const struct message_frame *f)
{
	uint32_t n = 0;
	struct finding *finding;
	bool flagged = (f->flags & MESSAGE_HAS_ATTACH) != 0;
	/* One that is there and could not be read was told of. */
	bool has_table = subnode_find(&f->heap->subnodes, (struct nid){ SPECIAL_ATTACHMENT_TABLE }) != NULL;

	if (!f->heap->subnodes.whole)
		return;
	for (size_t i = 0; i < f->heap->subnodes.n; i++)
		n += nid_type((struct nid){ f->heap->subnodes.rows[i].nid }) == NID_TYPE_ATTACHMENT;
	if (m->item && f->part.depth == 0)
		m->item->marks |= f->recipients_read ? ITEM_HAS_RECIPIENTS : 0;
	if (f->attachments_read ? f->row_is_stray || f->n_attachment_rows != n : n > 0 && !has_table) {
		finding = object_fault(m->judge, CODE_STORE_ATTACHMENTS_WRONG, &f->part);
		object_hex(m->judge, finding, "rows", f->n_attachment_rows);
		object_hex(m->judge, finding, "attachments", n);
	}
	if (flagged != (n > 0)) {
		finding = object_fault(m->judge, CODE_STORE_MESSAGE_FLAGS_WRONG, &f->part);
		object_hex(m->judge, finding, "PidTagMessageFlags", f->flags);
		object_hex(m->judge, finding, "attachments", n);
	}
}

/* P122: the address lines are made from the table. */
static void judge_recipients(struct message_judge *m, const struct message_frame *f)
{
	static const struct {
		uint32_t bit;
		uint16_t id;
	} lines[] = { { 0, 0 },
		      { SEEN_TO, TAG_DISPLAY_TO },
		      { SEEN_CC, TAG_DISPLAY_CC },
		      { SEEN_BCC, TAG_DISPLAY_BCC } };

	if (!f->recipients_read)
		return;
	for (uint32_t type = 1; type < COUNT_OF(lines); type++)
		if (f->n_recipients[type] > 0 && !(f->has & lines[type].bit))
			object_hex(m->judge, object_fault(m->judge, CODE_STORE_RECIPIENTS_WRONG, &f->part),
				   tag_row(lines[type].id)->name, f->n_recipients[type]);
}

/* P115. */
static void judge_presence(struct message_judge *m, const struct message_frame *f)
{
	for (size_t i = 0; i < COUNT_OF(seen_rows); i++) {
		struct finding *finding;

		if (seen_rows[i].need == ASKED || f->has & 1U << i)
			continue;
		finding = object_fault(m->judge, CODE_STORE_MESSAGE_INCOMPLETE, &f->part);
		object_hex(m->judge, finding, tag_row(seen_rows[i].id)->name, seen_rows[i].id);
		if (finding && seen_rows[i].need == USUAL)
			finding->severity = SEVERITY_ADVICE;
	}
}

static void close_frame(struct message_judge *m)
{
	const struct message_frame *f = &m->frames[--m->n];
	bool associated = type_of(&f->part) == NID_TYPE_ASSOC_MESSAGE;

	if (!f->heap)
		return;
	judge_presence(m, f);
	judge_attachment_list(m, f);
	judge_recipients(m, f);
	if (f->part.depth == 0 && associated != ((f->flags & MESSAGE_ASSOCIATED) != 0))
		object_hex(m->judge, object_fault(m->judge, CODE_STORE_MESSAGE_FLAGS_WRONG, &f->part),
			   "PidTagMessageFlags", f->flags);
}

/* The message that a part belongs to; what lies beside it or above is done. */
static struct message_frame *frame_of(struct message_judge *m, const struct object_part *part)
{
	while (m->n && m->frames[m->n - 1].part.depth >= part->depth &&
	       (m->frames[m->n - 1].part.nid != part->nid || m->frames[m->n - 1].part.depth != part->depth ||
		m->frames[m->n - 1].part.data != part->data))
		close_frame(m);
	if (is_message(part) && (m->n == 0 || m->frames[m->n - 1].part.depth < part->depth)) {
		if (m->n == MESSAGE_FRAMES_MAX)
			return NULL;
		m->frames[m->n++] = (struct message_frame){ .part = *part };
	}
	return m->n ? &m->frames[m->n - 1] : NULL;
}

static struct view bytes_of(const struct property *p, const struct object_value *value,
			    uint8_t inline_room[4])
{
	int len = property_type_len(p->type);

	if (value)
		return value->bytes;
	if (!property_is_inline(p))
		return view_of(NULL, 0);
	for (int i = 0; i < 4; i++)
		inline_room[i] = (uint8_t)(p->value >> 8 * i);
	return view_of(inline_room, (size_t)len);
}

static void take_digest(struct message_judge *m, const struct property *p, const struct object_value *value)
{
	uint32_t tag = (uint32_t)p->id << 16 | p->type;
	uint8_t room[4];

	if (!m->columns || !m->item || !row_digest_has(m->columns, tag))
		return;
	if (value && (value->is_subnode || value->is_lost))
		m->item->marks |= ITEM_INCOMPARABLE;
	else
		m->item->digest += row_digest_of(tag, bytes_of(p, value, room));
}

enum { TAG_TEXT = 0x1000, TAG_RTF = 0x1009, TAG_HTML = 0x1013 };

/* Which kinds of body there are: who judges what they say need not look at every message. */
static void take_body(struct item_fact *item, const struct property *p, const struct object_value *value)
{
	bool is_sound = false;

	if ((p->id != TAG_TEXT && p->id != TAG_RTF && p->id != TAG_HTML) || !value)
		return;
	if (p->id == TAG_TEXT)
		is_sound = p->type == PTYP_STRING;
	/* Whatever HTML is said to be in: what is UTF-8 is not garbled. */
	else if (p->id == TAG_HTML)
		is_sound = p->type == PTYP_BINARY && !value->is_subnode &&
			   str_is_utf8(str_from_view(value->bytes));
	if (!is_sound)
		item->marks |= ITEM_BODY_UNKNOWN;
	else if (value->len > 0 && !value->is_lost)
		item->marks |= ITEM_BODY_SOUND;
}

static void take_message_property(struct message_judge *m, struct message_frame *f, const struct property *p,
				  const struct object_value *value)
{
	for (size_t i = 0; i < COUNT_OF(seen_rows); i++)
		if (seen_rows[i].id == p->id &&
		    (property_is_inline(p) || (value && (value->len > 0 || value->is_lost)) ||
		     seen_rows[i].need != ASKED))
			f->has |= 1U << i;
	if (p->id == TAG_MESSAGE_FLAGS && p->type == PTYP_INTEGER_32)
		f->flags = p->value;
	if (f->part.depth == 0 && m->item)
		take_body(m->item, p, value);
	if (f->part.depth == 0 && m->item && p->id == TAG_MESSAGE_FLAGS) {
		m->item->flags = p->value;
		m->item->marks |= ITEM_HAS_FLAGS;
	}
}

static void take_attachment_property(struct message_judge *m, const struct property *p,
				     const struct object_value *value)
{
	struct attachment_seen *a = &m->attachment;
	struct cursor c;

	a->sum += value ? (int64_t)value->len : property_is_inline(p) ? property_type_len(p->type) : 0;
	if (p->id == TAG_ATTACH_SIZE) {
		a->has |= HAS_SIZE;
		a->size = p->value;
	} else if (p->id == TAG_ATTACH_METHOD) {
		a->has |= HAS_METHOD;
		a->method = p->value;
	} else if (p->id == TAG_RENDERING_POSITION) {
		a->has |= HAS_POSITION;
	} else if (p->id == TAG_ATTACH_DATA) {
		a->has |= HAS_DATA | (value && !value->is_lost ? HAS_CONTENT : 0);
		if (p->type == PTYP_OBJECT && value && !value->is_subnode) {
			c = cursor_of(value->bytes);
			a->embedded = cursor_u32le(&c);
		}
	}
}

/* P106. */
static void judge_name(struct message_judge *m, const struct object_part *part, const struct property *p)
{
	const uint8_t *names = m->judge->reader->facts->names;
	uint32_t i = p->id & 0x7FFFU;

	if (p->id >= NAME_MAP_IDS && names && !(names[i / 8] & 1U << i % 8))
		object_hex(m->judge, object_fault(m->judge, CODE_STORE_NAMED_PROPERTY_UNKNOWN, part),
			   "property", (uint32_t)p->id << 16 | p->type);
}

static void on_property(void *context, const struct object_part *part, const struct property *p,
			const struct object_value *value)
{
	struct message_judge *m = context;
	struct message_frame *f = frame_of(m, part);

	if (part->depth == 0)
		take_digest(m, p, value);
	judge_name(m, part, p);
	if (f && is_message(part))
		take_message_property(m, f, p, value);
	else if (f && type_of(part) == NID_TYPE_ATTACHMENT)
		take_attachment_property(m, p, value);
}

static void on_row(void *context, const struct object_part *part, const struct object_row *row)
{
	struct message_judge *m = context;
	struct message_frame *f = frame_of(m, part);
	struct cursor c = cursor_of(row->bytes);
	struct view cell;
	uint32_t nid = cursor_u32le(&c);

	if (!f)
		return;
	if (type_of(part) == NID_TYPE_ATTACHMENT_TABLE) {
		f->n_attachment_rows++;
		f->row_is_stray = f->row_is_stray || nid_type((struct nid){ nid }) != NID_TYPE_ATTACHMENT ||
				  (f->heap && !subnode_find(&f->heap->subnodes, (struct nid){ nid }));
	} else if (type_of(part) == NID_TYPE_RECIPIENT_TABLE) {
		if (!object_cell(row, (uint32_t)TAG_RECIPIENT_TYPE << 16 | PTYP_INTEGER_32, &cell)) {
			object_hex(m->judge, object_fault(m->judge, CODE_STORE_RECIPIENTS_WRONG, &f->part),
				   "dwRowID", nid);
			return;
		}
		c = cursor_of(cell);
		f->n_recipients[cursor_u8(&c) & 3]++;
	}
}

/* P120, P121. */
static void judge_attachment(struct message_judge *m, const struct object_part *part,
			     const struct object_heap *heap)
{
	const struct attachment_seen *a = &m->attachment;
	const struct subnode *sub = subnode_find(&heap->subnodes, (struct nid){ a->embedded });
	struct finding *f;

	if (!(a->has & HAS_METHOD) || a->method > ATTACH_METHOD_MAX || !(a->has & HAS_SIZE)) {
		f = object_fault(m->judge, CODE_STORE_ATTACHMENT_SIZE_WRONG, part);
		object_hex(m->judge, f, "PidTagAttachMethod", a->method);
	} else if (!(a->has & HAS_POSITION)) {
		f = object_fault(m->judge, CODE_STORE_ATTACHMENT_SIZE_WRONG, part);
		object_hex(m->judge, f, "PidTagRenderingPosition", 0);
	} else if (a->method == ATTACH_BY_VALUE && heap->is_whole && a->has & HAS_CONTENT &&
		   a->size > a->sum + ATTACH_CUT_SLACK) {
		f = object_fault(m->judge, CODE_STORE_ATTACHMENT_CUT, part);
		object_hex(m->judge, f, "PidTagAttachSize", (uint64_t)a->size);
		object_hex(m->judge, f, "sum", (uint64_t)a->sum);
		if (f)
			finding_evidence(f, "can be saved", "what is left of the file, from its start", NULL,
					 TRUST_OURS);
	} else if (a->method == ATTACH_BY_VALUE && a->size != a->sum) {
		f = object_fault(m->judge, CODE_STORE_ATTACHMENT_SIZE_WRONG, part);
		object_hex(m->judge, f, "PidTagAttachSize", (uint64_t)a->size);
		object_hex(m->judge, f, "sum", (uint64_t)a->sum);
		if (f)
			f->severity = SEVERITY_ADVICE;
	}
	if (a->method == ATTACH_EMBEDDED && heap->subnodes.whole &&
	    (!sub || nid_type((struct nid){ sub->nid }) != NID_TYPE_NORMAL_MESSAGE))
		object_hex(m->judge, object_fault(m->judge, CODE_STORE_EMBEDDED_MESSAGE_DAMAGED, part), "nid",
			   a->embedded);
}

static void on_end(void *context, const struct object_part *part, const struct object_heap *heap)
{
	struct message_judge *m = context;
	struct message_frame *f = frame_of(m, part);

	if (part->depth == 0 && heap->is_whole && m->item)
		m->item->marks |= ITEM_READ;
	if (!f)
		return;
	if (is_message(part)) {
		f->heap = heap->is_whole ? heap : NULL;
	} else if (type_of(part) == NID_TYPE_ATTACHMENT_TABLE) {
		f->attachments_read = heap->is_whole;
	} else if (type_of(part) == NID_TYPE_RECIPIENT_TABLE) {
		f->recipients_read = heap->is_whole;
	} else if (type_of(part) == NID_TYPE_ATTACHMENT) {
		if (heap->is_whole)
			judge_attachment(m, part, heap);
		m->attachment = (struct attachment_seen){ 0 };
	}
}

void message_judge_init(struct message_judge *m, struct object_judge *judge,
			const struct column_list *columns, struct item_fact *item)
{
	m->judge = judge;
	m->columns = columns;
	m->item = item;
	m->n = 0;
	m->attachment = (struct attachment_seen){ 0 };
	m->listener = (struct object_listener){ m, on_property, on_row, on_end };
	judge->listener = &m->listener;
	if (item)
		*item = (struct item_fact){ 0 };
}

void message_judge_finish(struct message_judge *m)
{
	while (m->n)
		close_frame(m);
}
