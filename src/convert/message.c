/* This file carries one message over: its properties, recipients, attachments and the messages in these. */
#include "convert/message.h"

#include "base/buf.h"
#include "base/cursor.h"
#include "convert/names_known.h"
#include "convert/raw.h"
#include "convert/text.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/msg/text.h"
#include "write/templates.h"

#include <string.h>

enum {
	DEPTH_MAX = 64, /* an embedded message lies two below its holder */
	ATTACH_NONE = 0,
	LINE_MAX = 2000,
	TAG_EMAIL_ADDRESS = 0x3003,
	PARTS_MAX = 1 << 16, /* of one message, all depths together */
	NAME_MAX_CHARACTERS = 60,
	TAG_ATTACH_FILE = 0x3704,
	TAG_ATTACH_LONG_FILE = 0x3707,
};

#define CATEGORY "Damaged (postmend)"

enum part_kind { PART_MESSAGE, PART_ATTACHMENT };

/* An object whose subnodes are being carried. */
struct part {
	enum part_kind kind;
	uint32_t nid;
	struct object_in object;
	struct values_in values;
	struct carry carry;
	struct subnodes_out list;
	size_t next;                  /* of its subnodes */
	struct object_in rows_object; /* of a message: its table of attachments */
	struct table_in rows_in;
	struct table_out rows;
	bool has_rows, rows_began;
	uint32_t n_attachments;
	struct buf lines[RECIPIENT_BCC + 1]; /* names of recipients, by their kinds, while they are read */
};

struct work {
	struct carrier *carrier;
	const struct message_how *how;
	struct message_out *out;
	struct arena *arena;
	struct part *parts[DEPTH_MAX];
	size_t n, n_parts;
};

static const char *name_of_attachment(const struct work *w, const struct part *part)
{
	const struct value_in *name = values_in_find(&part->values, TAG_ATTACH_LONG_FILE);
	const char *text;

	if (!name)
		name = values_in_find(&part->values, TAG_ATTACH_FILE);
	if (!name || name->place != VALUE_BYTES)
		return NULL;
	text = text_of(w->arena, name->type, name->bytes, NAME_MAX_CHARACTERS);
	return text && *text ? text : NULL;
}

/* A message's values note what they lack themselves; an attachment is in doubt as a whole. */
static void note_part(struct work *w, const struct part *part, const struct damage *own)
{
	struct damage *damage = &w->out->damage;

	if (part->kind == PART_ATTACHMENT) {
		if (!part->object.is_sound || !part->object.subnodes.whole || !damage_is_none(own))
			damage_note(damage, DAMAGE_ATTACHMENT_DOUBTFUL, name_of_attachment(w, part));
		return;
	}
	if (!part->object.is_sound)
		damage_note(damage, DAMAGE_PROPERTIES_DOUBTFUL, NULL);
	if (!part->object.subnodes.whole)
		damage_note(damage, DAMAGE_PARTS_LOST, NULL);
}

/* What serves where a part has no properties. False where nothing does: the part is lost. */
static bool take_place_of_values(struct work *w, struct part *part, enum status *st)
{
	const struct message_how *how = w->how;

	if (part->kind == PART_ATTACHMENT || w->n > 0) {
		damage_note(&w->out->damage,
			    part->kind == PART_ATTACHMENT ? DAMAGE_ATTACHMENT_LOST : DAMAGE_EMBEDDED_LOST,
			    NULL);
		return false;
	}
	if (how->row.len) {
		damage_note(&w->out->damage, DAMAGE_FROM_LIST, NULL);
		*st = carry_cells(&part->carry, how->table, how->row, false);
		return true;
	}
	damage_note(&w->out->damage, DAMAGE_PROPERTIES_LOST, NULL);
	return part->object.subnodes.n > 0;
}

static enum status open_rows(struct work *w, struct part *part)
{
	const struct subnode *sub =
		subnode_find(&part->object.subnodes, (struct nid){ SPECIAL_ATTACHMENT_TABLE });
	enum status st;

	if (!sub)
		return ST_OK;
	part->has_rows = true;
	st = object_in_open(w->carrier->source, sub->data, sub->subnode, &part->rows_object);
	return st == ST_OK ? table_in_open(w->carrier->source, &part->rows_object, &part->rows_in) : st;
}

static void note_names(struct work *w, const struct part *part)
{
	bool known = true;

	for (size_t i = 0; known && i < part->values.n; i++)
		known = names_known_has(w->carrier->names_known, part->values.rows[i].id);
	if (!known)
		damage_note(&w->out->damage, DAMAGE_NAMES_LOST, NULL);
}

static enum status fill(struct work *w, struct part *part)
{
	struct damage own = { 0 };
	enum status st;

	part->carry.carrier = w->carrier;
	part->carry.object = &part->object;
	part->carry.page = part->kind == PART_ATTACHMENT && w->n ? w->parts[w->n - 1]->carry.page
								 : carry_page_of(w->carrier, &part->values);
	part->carry.list = &part->list;
	part->carry.damage = part->kind == PART_ATTACHMENT ? &own : &w->out->damage;
	subnodes_out_start(&part->list, w->carrier->out, w->arena);
	part->carry.props = props_new(w->arena, ndb_out_variant(w->carrier->out));
	if (!part->carry.props)
		return ST_NOMEM;
	st = carry_values(&part->carry, &part->values);
	carry_note_lost(&part->carry, &part->values);
	if (part->values.n)
		note_part(w, part, &own);
	note_names(w, part);
	part->carry.damage = &w->out->damage;
	if (st == ST_OK && part->kind == PART_MESSAGE)
		st = open_rows(w, part);
	return st;
}

/* Puts a part on top; *began_out is false where it is lost. */
static enum status begin(struct work *w, enum part_kind kind, const struct subnode *at, bool *began_out)
{
	struct part *part;
	enum status st;

	*began_out = false;
	if (w->n == DEPTH_MAX || w->n_parts == PARTS_MAX) {
		damage_note(&w->out->damage, DAMAGE_EMBEDDED_LOST, NULL);
		return ST_OK;
	}
	part = arena_alloc(w->arena, sizeof *part);
	if (!part)
		return ST_NOMEM;
	part->kind = kind;
	part->nid = at->nid;
	st = object_in_open(w->carrier->source, at->data, at->subnode, &part->object);
	if (st == ST_OK)
		st = values_in_read(w->carrier->source, &part->object, &part->values);
	if (st == ST_OK)
		st = fill(w, part);
	if (st != ST_OK || (part->values.n == 0 && !take_place_of_values(w, part, &st)) || st != ST_OK)
		return st;
	w->n_parts++;
	w->parts[w->n++] = part;
	*began_out = true;
	return ST_OK;
}

/* A row without its kind is one of To. The names make the lines of those kinds that the message lacks. */
static void take_recipient(void *context, struct props *props)
{
	struct part *part = context;
	uint64_t type = props_int(props, TAG_RECIPIENT_TYPE, UINT64_MAX);
	const struct prop *name;
	struct buf *line;

	if (type == UINT64_MAX) {
		type = RECIPIENT_TO;
		props_add_int(props, (uint32_t)TAG_RECIPIENT_TYPE << 16 | PTYP_INTEGER_32, type);
	}
	line = &part->lines[type & 3];
	name = props_find(props, TAG_DISPLAY_NAME);
	if (!name || name->nid || name->len == 0)
		name = props_find(props, TAG_EMAIL_ADDRESS);
	if (line->len > LINE_MAX)
		return;
	if (line->len)
		buf_add(line, view_of(";\0 \0", 4));
	/* Whoever has lost the name too is at least somebody. */
	buf_add(line, name && !name->nid && name->len ? name->value : view_of("?", 2));
}

static void add_lines(struct part *part)
{
	static const uint16_t ids[] = { 0, TAG_DISPLAY_TO, TAG_DISPLAY_CC, TAG_DISPLAY_BCC };

	for (size_t type = RECIPIENT_TO; type <= RECIPIENT_BCC; type++) {
		struct buf *line = &part->lines[type];
		const struct prop *old = props_find(part->carry.props, ids[type]);

		if (line->len && !buf_failed(line) && (!old || old->len == 0))
			props_add_bytes(part->carry.props, (uint32_t)ids[type] << 16 | PTYP_STRING,
					buf_view(line));
		buf_fini(line);
	}
}

static enum status carry_recipients(struct work *w, struct part *part, const struct subnode *sub)
{
	struct carry_rows rows = { .base = &templates[TEMPLATE_RECIPIENTS],
				   .each = take_recipient,
				   .context = part };
	struct subnode_row to = { .nid = sub->nid };
	struct carry carry = part->carry;
	struct table_place place;
	struct object_in object;
	struct table_in table;
	enum status st = object_in_open(w->carrier->source, sub->data, sub->subnode, &object);

	if (st == ST_OK)
		st = table_in_open(w->carrier->source, &object, &table);
	if (st != ST_OK)
		return st;
	if (!table.is_open || !table.is_whole)
		damage_note(&w->out->damage,
			    table.is_open && table.n_rows ? DAMAGE_RECIPIENTS_DOUBTFUL
							  : DAMAGE_RECIPIENTS_LOST,
			    NULL);
	for (size_t type = 0; type <= RECIPIENT_BCC; type++)
		buf_init(&part->lines[type], 2 * LINE_MAX);
	carry.object = &object;
	st = carry_table(&carry, &table, &rows, &place);
	to.data = place.data;
	to.subnode = place.subnode;
	if (st == ST_OK)
		subnodes_out_add(&part->list, &to);
	add_lines(part);
	return st;
}

/* The value of PtypObject may be bytes alone. */
static bool is_stream(const struct part *part, uint32_t nid)
{
	for (size_t i = 0; i < part->values.n; i++) {
		const struct value_in *v = &part->values.rows[i];
		struct cursor c = cursor_of(v->bytes);

		if (v->type == PTYP_OBJECT && v->place == VALUE_BYTES && cursor_u32le(&c) == nid)
			return true;
	}
	return false;
}

static void pour(void *context, struct view piece)
{
	data_out_add(context, piece);
}

static enum status carry_stream(struct work *w, struct part *part, const struct subnode *sub)
{
	struct subnode_row to = { .nid = sub->nid };
	struct data_out data;
	struct bytes_in bytes = { .context = &data, .take = pour };
	enum status st;

	data_out_start(&data, w->carrier->out);
	st = bytes_in_read(w->carrier->source, sub->data, &bytes);
	to.data = data_out_end(&data);
	if (bytes.doubtful)
		damage_note(&w->out->damage, DAMAGE_ATTACHMENT_DOUBTFUL, name_of_attachment(w, part));
	if (st == ST_OK)
		subnodes_out_add(&part->list, &to);
	return st;
}

/* An attachment's row in its message's table. */
static enum status add_row(struct work *w, struct part *message, struct part *part)
{
	const struct columns *columns;

	if (!message->rows_began) {
		columns = carry_columns(w->arena, &templates[TEMPLATE_ATTACHMENTS], &message->rows_in);
		if (!columns)
			return ST_NOMEM;
		table_out_start(&message->rows, w->carrier->out, w->arena, columns);
		message->rows_began = true;
	}
	table_out_row(&message->rows, part->nid, part->carry.props);
	message->n_attachments++;
	return ST_OK;
}

/* A sound attachment stays as it is; its row is made from its properties. */
static enum status copy_attachment(struct work *w, struct part *holder, const struct subnode *sub)
{
	struct node_fact node = { .nid = sub->nid, .data = sub->data, .subnode = sub->subnode };
	struct part row = { .nid = sub->nid };
	struct subnode_row to;
	bool whole;
	enum status st = carry_node_props(w->carrier, &node, NULL, &row.carry.props, &whole);

	if (st == ST_OK && !row.carry.props) {
		damage_note(&w->out->damage, DAMAGE_ATTACHMENT_LOST, NULL);
		return ST_OK;
	}
	if (st == ST_OK)
		st = raw_copy(w->carrier, sub, &to);
	if (st == ST_OK)
		st = add_row(w, holder, &row);
	if (st == ST_OK)
		subnodes_out_add(&holder->list, &to);
	return st;
}

/* *done_out: the subnode is sound, and was carried byte by byte. */
static enum status take_raw(struct work *w, struct part *part, const struct subnode *sub, bool *done_out)
{
	enum nid_type type = nid_type((struct nid){ sub->nid });
	struct subnode_row to;
	enum status st;

	*done_out = false;
	if (w->how->is_anew ||
	    type != (part->kind == PART_MESSAGE ? NID_TYPE_ATTACHMENT : NID_TYPE_NORMAL_MESSAGE))
		return ST_OK;
	st = raw_fits(w->carrier, sub, done_out);
	if (st != ST_OK || !*done_out)
		return st;
	if (type == NID_TYPE_ATTACHMENT)
		return copy_attachment(w, part, sub);
	st = raw_copy(w->carrier, sub, &to);
	if (st == ST_OK)
		subnodes_out_add(&part->list, &to);
	return st;
}

static enum status take_unknown(struct work *w, struct part *part, const struct subnode *sub)
{
	struct subnode_row to;
	bool done;
	enum status st = carry_unknown(w->carrier, sub, &to, &done);

	if (st == ST_OK && done) {
		subnodes_out_add(&part->list, &to);
		return ST_OK;
	}
	w->carrier->n_left_out++;
	if (w->out->n_left_out++ == 0)
		w->out->left_out = sub->nid;
	return st;
}

static enum status take_subnode(struct work *w, struct part *part, const struct subnode *sub)
{
	enum nid_type type = nid_type((struct nid){ sub->nid });
	bool began;
	enum status st = take_raw(w, part, sub, &began);

	if (st != ST_OK || began)
		return st;

	if (type == NID_TYPE_RECIPIENT_TABLE && part->kind == PART_MESSAGE)
		return carry_recipients(w, part, sub);
	if (type == NID_TYPE_ATTACHMENT_TABLE && part->kind == PART_MESSAGE)
		return ST_OK; /* made anew from the attachments */
	if (type == NID_TYPE_ATTACHMENT && part->kind == PART_MESSAGE)
		return begin(w, PART_ATTACHMENT, sub, &began);
	if (type == NID_TYPE_NORMAL_MESSAGE && part->kind == PART_ATTACHMENT)
		return begin(w, PART_MESSAGE, sub, &began);
	if (is_stream(part, sub->nid))
		return carry_stream(w, part, sub);
	/* Values took theirs; what nobody refers to is free space. */
	if (type == NID_TYPE_LTP)
		return ST_OK;
	return take_unknown(w, part, sub);
}

static bool list_has(const struct subnodes_out *list, uint32_t nid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->rows[i].nid == nid)
			return true;
	return false;
}

static uint32_t message_in(const struct subnodes_out *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (nid_type((struct nid){ list->rows[i].nid }) == NID_TYPE_NORMAL_MESSAGE)
			return list->rows[i].nid;
	return 0;
}

/* An object's value names a subnode: it is there when that is. */
static void add_objects(struct work *w, struct part *part)
{
	uint32_t embedded = part->kind == PART_ATTACHMENT ? message_in(&part->list) : 0;
	bool named = false;

	for (size_t i = 0; i < part->values.n; i++) {
		const struct value_in *v = &part->values.rows[i];
		struct cursor c = cursor_of(v->bytes);
		uint32_t nid = cursor_u32le(&c);

		if (v->type != PTYP_OBJECT || v->place != VALUE_BYTES)
			continue;
		named = named || (embedded && nid == embedded);
		if (v->bytes.len == 0 || list_has(&part->list, nid))
			props_add_view(part->carry.props, (uint32_t)v->id << 16 | v->type, v->bytes);
		else if (!embedded)
			damage_note(&w->out->damage, DAMAGE_ATTACHMENT_LOST, name_of_attachment(w, part));
	}
	if (embedded && !named)
		props_add_object(part->carry.props, (uint32_t)TAG_ATTACH_DATA << 16 | PTYP_OBJECT, embedded,
				 0);
}

/* What nobody can tell of a message that has nothing below it, or what may be another's. */
static void note_guess(struct work *w, const struct part *part, uint64_t flags)
{
	if (w->n == 0 && w->how->is_guess)
		damage_note(&w->out->damage, DAMAGE_PARTS_UNKNOWN, NULL);
	else if (part->object.subnodes.n == 0 && flags & MESSAGE_HAS_ATTACH)
		damage_note(&w->out->damage, DAMAGE_ATTACHMENT_LOST, NULL);
}

/* What every message must have, and what follows from what could be carried. */
static void complete_message(struct work *w, struct part *part)
{
	struct props *props = part->carry.props;
	uint64_t flags = props_int(props, TAG_MESSAGE_FLAGS, MESSAGE_READ);
	bool associated = nid_type((struct nid){ part->nid }) == NID_TYPE_ASSOC_MESSAGE;

	if (part->values.n)
		note_guess(w, part, flags);
	if (w->n == 0 && flags & MESSAGE_SUBMIT && (!w->how->may_wait || !damage_is_none(&w->out->damage))) {
		flags = (flags & ~(uint64_t)MESSAGE_SUBMIT) | MESSAGE_UNSENT;
		w->out->is_unsent = true;
		if (w->how->queue_is_lost)
			damage_note(&w->out->damage, DAMAGE_UNSENT, NULL);
	}
	flags = (flags & ~(uint64_t)MESSAGE_HAS_ATTACH) | (part->n_attachments ? MESSAGE_HAS_ATTACH : 0);
	if (w->n == 0)
		flags = (flags & ~(uint64_t)MESSAGE_ASSOCIATED) | (associated ? MESSAGE_ASSOCIATED : 0);
	props_add_int(props, TAG_MESSAGE_FLAGS << 16 | PTYP_INTEGER_32, flags);
	if (!props_find(props, TAG_MESSAGE_CLASS))
		props_add_text(props, TAG_MESSAGE_CLASS << 16 | PTYP_STRING, "IPM.Note");
	if (!props_find(props, TAG_MESSAGE_SIZE))
		props_add_int(props, TAG_MESSAGE_SIZE << 16 | PTYP_INTEGER_32, props_size(props));
}

/* A value of several texts with one more. */
static struct view append_text(struct arena *arena, struct view old, struct view text)
{
	struct cursor c = cursor_of(old);
	uint32_t n = old.len >= 4 ? cursor_u32le(&c) : 0;
	size_t head = 4 + 4 * ((size_t)n + 1), body = n ? old.len - 4 - 4 * (size_t)n : 0;
	uint8_t *to = arena_alloc(arena, head + body + text.len);

	if (!to)
		return view_of(NULL, 0);
	field_put(to, 4, n + 1);
	for (uint32_t i = 0; i < n; i++)
		field_put(to + 4 + 4 * (size_t)i, 4, cursor_u32le(&c) + 4);
	field_put(to + head - 4, 4, head + body);
	if (body)
		memcpy(to + head, old.at + 4 + 4 * (size_t)n, body);
	memcpy(to + head + body, text.at, text.len);
	return view_of(to, head + body + text.len);
}

static bool holds(struct view bytes, struct view part)
{
	for (size_t i = 0; i + part.len <= bytes.len; i++)
		if (memcmp(bytes.at + i, part.at, part.len) == 0)
			return true;
	return false;
}

/* The category that everybody sees, and the property that says what is missing. */
static void mark(struct work *w, struct props *props)
{
	uint32_t tag = (uint32_t)w->carrier->id_keywords << 16 | PTYP_MULTIPLE | PTYP_STRING;
	const struct prop *old = props_find(props, w->carrier->id_keywords);
	struct view text = text_from_utf8(w->arena, CATEGORY), now;
	struct view before = old && old->nid == 0 && old->tag == tag ? old->value : view_of(NULL, 0);

	if (text.len && !holds(before, text)) {
		now = append_text(w->arena, before, text);
		if (now.len)
			props_add_view(props, tag, now);
	}
	props_add_text(props, (uint32_t)w->carrier->id_damage << 16 | PTYP_STRING, w->out->damage.text);
}

static void end_rows(struct work *w, struct part *part)
{
	struct subnode_row to = { .nid = SPECIAL_ATTACHMENT_TABLE };
	struct table_place place;

	if (!part->has_rows && !part->rows_began)
		return;
	if (!part->rows_began)
		table_out_start(&part->rows, w->carrier->out, w->arena, &templates[TEMPLATE_ATTACHMENTS]);
	place = table_out_end(&part->rows);
	to.data = place.data;
	to.subnode = place.subnode;
	subnodes_out_add(&part->list, &to);
}

/* By value, the size is that of all properties (2.4.6.1.2), and text has grown. */
static void complete_attachment(struct work *w, struct part *part)
{
	struct props *props = part->carry.props;
	uint64_t method = props_int(props, TAG_ATTACH_METHOD, UINT64_MAX);
	uint64_t size = props_int(props, TAG_ATTACH_SIZE, 0);

	if (method == ATTACH_EMBEDDED && !message_in(&part->list))
		props_add_int(props, TAG_ATTACH_METHOD << 16 | PTYP_INTEGER_32, ATTACH_NONE);
	else if (method > ATTACH_METHOD_MAX)
		props_add_int(props, TAG_ATTACH_METHOD << 16 | PTYP_INTEGER_32, ATTACH_BY_VALUE);
	if (!props_find(props, TAG_RENDERING_POSITION))
		props_add_int(props, TAG_RENDERING_POSITION << 16 | PTYP_INTEGER_32, UINT32_MAX);
	if (!props_find(props, TAG_ATTACH_SIZE) ||
	    props_int(props, TAG_ATTACH_METHOD, 0) == ATTACH_BY_VALUE) {
		props_add_int(props, TAG_ATTACH_SIZE << 16 | PTYP_INTEGER_32, 0);
		props_add_int(props, TAG_ATTACH_SIZE << 16 | PTYP_INTEGER_32, props_size(props));
	}
	/* The new size no longer says that the file was longer once. */
	if (method == ATTACH_BY_VALUE && size <= INT32_MAX && size > props_size(props) + ATTACH_CUT_SLACK)
		damage_note(&w->out->damage, DAMAGE_ATTACHMENT_CUT, name_of_attachment(w, part));
}

/* The part on top has all its subnodes. */
static enum status finish(struct work *w)
{
	struct part *part = w->parts[--w->n], *holder = w->n ? w->parts[w->n - 1] : NULL;
	struct subnode_row row = { .nid = part->nid };
	struct props *props = part->carry.props;
	enum status st = ST_OK;

	add_objects(w, part);
	if (part->kind == PART_MESSAGE) {
		complete_message(w, part);
		end_rows(w, part);
	} else if (part->kind == PART_ATTACHMENT) {
		complete_attachment(w, part);
	}
	if (!holder && !damage_is_none(&w->out->damage))
		mark(w, props);
	if (holder && part->kind == PART_ATTACHMENT)
		st = add_row(w, holder, part);
	row.data = props_write(props, &part->list);
	row.subnode = subnodes_out_end(&part->list);
	if (holder) {
		subnodes_out_add(&holder->list, &row);
		return st;
	}
	w->out->props = props;
	w->out->data = row.data;
	w->out->subnode = row.subnode;
	return st;
}

enum status message_carry(struct carrier *carrier, const struct message_how *how, struct message_out *out)
{
	struct work w = {
		.carrier = carrier, .how = how, .out = out, .arena = carrier->source->reader.arena
	};
	struct subnode top = { how->node->nid, how->node->data, how->node->subnode };
	bool began;
	enum status st;

	*out = (struct message_out){ 0 };
	if (how->is_older)
		damage_note(&out->damage, DAMAGE_OLDER, NULL);
	st = begin(&w, PART_MESSAGE, &top, &began);
	out->is_lost = !began;
	while (st == ST_OK && w.n > 0) {
		struct part *part = w.parts[w.n - 1];

		if (part->next < part->object.subnodes.n)
			st = take_subnode(&w, part, &part->object.subnodes.rows[part->next++]);
		else
			st = finish(&w);
	}
	return st;
}
