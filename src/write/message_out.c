/* This file writes a message: its properties, recipients, attachments and messages inside them. */
#include "write/message_out.h"

#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "write/store_inner.h"

#include <string.h>

enum { ATTACH_NUMBER = 0x0E210003, HAS_ATTACHMENTS = 0x0E1B, RENDERING_NONE = -1, SEARCH_KEY_LEN = 16 };

/* 1 January 2000: for messages of which no time at all is left. */
#define TIME_UNKNOWN UINT64_C(125911584000000000)

#define TAG_OF(id, type) ((uint32_t)TAG_##id << 16 | (type))

enum status message_out_start(struct message_out *message, struct store_out *store, struct arena *arena)
{
	*message = (struct message_out){ .store = store, .arena = arena };
	message->columns = &templates[TEMPLATE_RECIPIENTS];
	subnodes_out_start(&message->subnodes, store->ndb, arena);
	message->props = props_new(arena, ndb_out_variant(store->ndb));
	return message->props ? ST_OK : ST_NOMEM;
}

void message_out_recipient(struct message_out *message, struct props *recipient)
{
	struct table_out *table = &message->recipients;

	if (message->n_recipients == 0)
		table_out_start(table, message->store->ndb, message->arena, message->columns);
	if (!message->as_given && !props_find(recipient, TAG_RECIPIENT_TYPE))
		props_add_int(recipient, TAG_OF(RECIPIENT_TYPE, PTYP_INTEGER_32), RECIPIENT_TO);
	table_out_row(table, message->n_recipients++, recipient);
	message->size += props_size(recipient);
}

void message_out_stream(struct props *props, struct subnodes_out *subnodes, uint32_t tag, uint64_t bid,
			uint64_t len)
{
	struct subnode_row row = { .data = bid };

	if (bid == 0)
		return;
	row.nid = ndb_out_nid(subnodes->out, NID_TYPE_LTP);
	subnodes_out_add(subnodes, &row);
	props_add_subnode(props, tag, row.nid, len);
}

enum status attachment_out_start(struct attachment_out *attachment, struct message_out *message)
{
	struct ndb_out *ndb = message->store->ndb;

	*attachment = (struct attachment_out){ .message = message };
	subnodes_out_start(&attachment->subnodes, ndb, message->arena);
	attachment->props = props_new(message->arena, ndb_out_variant(ndb));
	return attachment->props ? ST_OK : ST_NOMEM;
}

void attachment_out_embed(struct attachment_out *attachment, const struct message_place *place)
{
	struct ndb_out *ndb = attachment->message->store->ndb;
	struct subnode_row row = { .data = place->data, .subnode = place->subnode };

	row.nid = ndb_out_nid(ndb, NID_TYPE_NORMAL_MESSAGE);
	subnodes_out_add(&attachment->subnodes, &row);
	props_add_object(attachment->props, TAG_OF(ATTACH_DATA, PTYP_OBJECT), row.nid, place->size);
	props_add_int(attachment->props, TAG_OF(ATTACH_METHOD, PTYP_INTEGER_32), ATTACH_EMBEDDED);
	attachment->embedded_size = place->size;
}

/* What is derived of an attachment; its size. */
static uint64_t describe_attachment(struct attachment_out *attachment)
{
	struct props *props = attachment->props;
	uint64_t size;

	props_add_int(props, ATTACH_NUMBER, attachment->message->n_attachments - 1);
	if (!props_find(props, TAG_ATTACH_METHOD))
		props_add_int(props, TAG_OF(ATTACH_METHOD, PTYP_INTEGER_32), ATTACH_BY_VALUE);
	if (!props_find(props, TAG_RENDERING_POSITION))
		props_add_int(props, TAG_OF(RENDERING_POSITION, PTYP_INTEGER_32), (uint64_t)RENDERING_NONE);
	/* Its own four bytes are counted. */
	props_add_int(props, TAG_OF(ATTACH_SIZE, PTYP_INTEGER_32), 0);
	size = props_size(props) + attachment->embedded_size;
	props_add_int(props, TAG_OF(ATTACH_SIZE, PTYP_INTEGER_32), size > INT32_MAX ? INT32_MAX : size);
	return size;
}

void attachment_out_end(struct attachment_out *attachment)
{
	struct message_out *message = attachment->message;
	struct ndb_out *ndb = message->store->ndb;
	struct subnode_row row = { .nid = ndb_out_nid(ndb, NID_TYPE_ATTACHMENT) };
	struct props *props = attachment->props;
	uint64_t size;

	if (message->n_attachments == 0)
		table_out_start(&message->attachments, ndb, message->arena, &templates[TEMPLATE_ATTACHMENTS]);
	message->n_attachments++;
	size = message->as_given ? 0 : describe_attachment(attachment);
	table_out_row(&message->attachments, row.nid, props);
	row.data = props_write(props, &attachment->subnodes);
	row.subnode = subnodes_out_end(&attachment->subnodes);
	subnodes_out_add(&message->subnodes, &row);
	message->size += size;
}

/* The first of the times that the message has; else one that is none. */
static uint64_t any_time(struct props *props)
{
	static const uint16_t ids[] = { TAG_CREATION_TIME, TAG_MODIFICATION_TIME, TAG_DELIVERY_TIME,
					TAG_CLIENT_SUBMIT_TIME };

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		uint64_t time = props_int(props, ids[i], 0);

		if (time)
			return time;
	}
	return TIME_UNKNOWN;
}

static void add_search_key(struct message_out *message)
{
	uint8_t key[SEARCH_KEY_LEN];
	uint32_t number = ndb_out_unique(message->store->ndb);

	memcpy(key, message->store->record_key, sizeof key);
	for (size_t i = 0; i < sizeof number; i++)
		key[i] = (uint8_t)(key[i] ^ number >> 8 * i);
	props_add_bytes(message->props, TAG_OF(SEARCH_KEY, PTYP_BINARY), view_of(key, sizeof key));
}

/* What Outlook and its repair program want of every message ([MS-PST] 2.4.5.1). */
static void add_missing(struct message_out *message)
{
	struct props *props = message->props;

	if (!props_find(props, TAG_MESSAGE_CLASS))
		props_add_text(props, TAG_OF(MESSAGE_CLASS, PTYP_STRING), "IPM.Note");
	if (!props_find(props, TAG_CREATION_TIME))
		props_add_int(props, TAG_OF(CREATION_TIME, PTYP_TIME), any_time(props));
	if (!props_find(props, TAG_MODIFICATION_TIME))
		props_add_int(props, TAG_OF(MODIFICATION_TIME, PTYP_TIME), any_time(props));
	if (!props_find(props, TAG_SEARCH_KEY))
		add_search_key(message);
}

static void put_flags(struct message_out *message, bool associated)
{
	struct props *props = message->props;
	uint64_t flags = props_int(props, TAG_MESSAGE_FLAGS, MESSAGE_READ);

	flags &= ~(uint64_t)(MESSAGE_HAS_ATTACH | MESSAGE_ASSOCIATED);
	flags |= message->n_attachments ? MESSAGE_HAS_ATTACH : 0;
	flags |= associated ? MESSAGE_ASSOCIATED : 0;
	props_add_int(props, TAG_OF(MESSAGE_FLAGS, PTYP_INTEGER_32), flags);
	if (props_find(props, HAS_ATTACHMENTS))
		props_add_int(props, HAS_ATTACHMENTS << 16 | PTYP_BOOLEAN, message->n_attachments > 0);
}

static bool is_mail(struct message_out *message)
{
	const struct prop *class = props_find(message->props, TAG_MESSAGE_CLASS);
	struct view mail = props_text(message->arena, ndb_out_variant(message->store->ndb), "IPM.Note");

	return class && mail.len && class->value.len >= mail.len &&
	       memcmp(class->value.at, mail.at, mail.len) == 0;
}

static void put_table(struct message_out *message, uint32_t nid, struct table_out *table)
{
	struct table_place place = table_out_end(table);
	struct subnode_row row = { nid, place.data, place.subnode };

	subnodes_out_add(&message->subnodes, &row);
}

/* Mail always has a table of recipients. */
static void put_tables(struct message_out *message)
{
	struct subnode_row row = { .nid = SPECIAL_RECIPIENT_TABLE };

	if (message->n_attachments)
		put_table(message, SPECIAL_ATTACHMENT_TABLE, &message->attachments);
	if (message->n_recipients) {
		put_table(message, SPECIAL_RECIPIENT_TABLE, &message->recipients);
	} else if (message->has_recipients || (!message->as_given && is_mail(message))) {
		row.data = store_out_template(message->store, TEMPLATE_RECIPIENTS);
		subnodes_out_add(&message->subnodes, &row);
	}
}

static uint64_t put_size(struct message_out *message)
{
	struct props *props = message->props;
	uint64_t size;

	props_add_int(props, TAG_OF(MESSAGE_SIZE, PTYP_INTEGER_32), 0);
	size = props_size(props) + message->size;
	size = size > INT32_MAX ? INT32_MAX : size;
	props_add_int(props, TAG_OF(MESSAGE_SIZE, PTYP_INTEGER_32), size);
	return size;
}

struct message_place message_out_end(struct message_out *message, bool associated)
{
	struct props *props = message->props;
	struct message_place place;

	if (!message->as_given) {
		add_missing(message);
		put_flags(message, associated);
	}
	put_tables(message);
	place.size = props_int(props, TAG_MESSAGE_SIZE, 0);
	if (!message->as_given)
		place.size = put_size(message);
	place.data = props_write(props, &message->subnodes);
	place.subnode = subnodes_out_end(&message->subnodes);
	return place;
}
