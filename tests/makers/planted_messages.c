/* This file plants faults of messages, their attachments and recipients, and of their rows. */
#include "planted.h"

#include "base/checked.h"
#include "plant_heap.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

enum { INBOX_TABLE = 0x80AE, INBOX_HIDDEN = 0x80AF };

static uint32_t mail(const struct plant *p, unsigned n)
{
	return plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, MESSAGE_HAS_ATTACH | MESSAGE_SUBMIT, n);
}

static uint32_t with_files(const struct plant *p)
{
	return plant_message(p, NID_TYPE_NORMAL_MESSAGE, MESSAGE_HAS_ATTACH, 0, 0);
}

static void name_unknown(struct plant *p)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, mail(p, 0));
	plant_property_set(&h, (uint16_t)plant_pick(p, 0x9000, 0x8000 + 5), PTYP_INTEGER_32, 1);
	plant_heap_close(&h);
}

/* A row shows another importance than the message has. */
static void row_stale(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, INBOX_TABLE);
	plant_cell(&t, 1, TAG_IMPORTANCE)[0] ^= (uint8_t)plant_pick(p, 3, 0);
	plant_table_close(&t);
}

static void row_stale_text(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, INBOX_TABLE);
	plant_cell_item(&t, 1, TAG_SUBJECT)->bytes[0] ^= (uint8_t)plant_pick(p, 0x20, 0);
	plant_table_close(&t);
}

static void message_no_class(struct plant *p)
{
	uint32_t nid = mail(p, 0);
	struct plant_table t;

	plant_property_take(p, nid, TAG_MESSAGE_CLASS);
	plant_table_open_node(&t, p, INBOX_TABLE);
	if (p->wrong)
		plant_cell_empty(&t, plant_row_find(&t, nid), TAG_MESSAGE_CLASS);
	plant_table_close(&t);
}

static void message_no_size(struct plant *p)
{
	plant_property_take(p, mail(p, 0), TAG_MESSAGE_SIZE);
}

static void message_no_key(struct plant *p)
{
	plant_property_take(p, mail(p, 0), TAG_SEARCH_KEY);
}

/* Flags of a message and of its row. */
static void flags(struct plant *p, uint32_t nid, uint32_t table, uint32_t change)
{
	struct plant_table t;
	struct plant_heap h;
	uint32_t value;

	plant_heap_open_node(&h, p, nid);
	value = plant_record_value(&h, TAG_MESSAGE_FLAGS) ^ (uint32_t)plant_pick(p, change, 0);
	plant_record_value_set(&h, TAG_MESSAGE_FLAGS, value);
	plant_heap_close(&h);
	plant_table_open_node(&t, p, table);
	field_put(plant_cell(&t, plant_row_find(&t, nid), TAG_MESSAGE_FLAGS), 4, value);
	plant_table_close(&t);
}

static void flags_attachment(struct plant *p)
{
	flags(p, mail(p, 0), INBOX_TABLE, MESSAGE_HAS_ATTACH);
}

static void flags_no_attachment(struct plant *p)
{
	flags(p, with_files(p), INBOX_TABLE, MESSAGE_HAS_ATTACH);
}

static void flags_hidden(struct plant *p)
{
	flags(p, plant_message(p, NID_TYPE_ASSOC_MESSAGE, 0, 0, 0), INBOX_HIDDEN, MESSAGE_ASSOCIATED);
}

static struct sl_entry part_of(const struct plant *p, uint32_t message, uint32_t nid)
{
	return plant_subnode(p, plant_node(p, message).subnode, nid);
}

static void attachment_row(struct plant *p)
{
	struct plant_table t;

	plant_table_open(&t, p, part_of(p, with_files(p), SPECIAL_ATTACHMENT_TABLE).data);
	if (p->wrong)
		plant_row_remove(&t, 0);
	plant_table_close(&t);
}

static void attachment_row_stray(struct plant *p)
{
	struct plant_table t;
	uint32_t id;

	plant_table_open(&t, p, part_of(p, with_files(p), SPECIAL_ATTACHMENT_TABLE).data);
	id = plant_row_id(&t, 1);
	field_put(plant_row(&t, 1), 4, id + plant_pick(p, 0x4000, 0));
	plant_index_renew(&t);
	plant_table_close(&t);
}

static void open_file(struct plant_heap *h, struct plant *p)
{
	plant_heap_open(h, p, part_of(p, with_files(p), NID_TYPE_ATTACHMENT).data);
}

static void file_method(struct plant *p)
{
	struct plant_heap h;

	open_file(&h, p);
	plant_record_value_set(&h, TAG_ATTACH_METHOD, (uint32_t)plant_pick(p, 8, 1));
	plant_heap_close(&h);
}

static void file_position(struct plant *p)
{
	struct plant_heap h;

	open_file(&h, p);
	if (p->wrong)
		plant_property_remove(&h, TAG_RENDERING_POSITION);
	plant_heap_close(&h);
}

static void file_size(struct plant *p)
{
	struct plant_heap h;

	open_file(&h, p);
	plant_record_value_set(&h, TAG_ATTACH_SIZE,
			       plant_record_value(&h, TAG_ATTACH_SIZE) + (uint32_t)plant_pick(p, 1, 0));
	plant_heap_close(&h);
}

/* The control agrees but for the few bytes that writers are apart. */
static void file_cut(struct plant *p)
{
	struct plant_heap h;

	open_file(&h, p);
	plant_record_value_set(&h, TAG_ATTACH_SIZE,
			       plant_record_value(&h, TAG_ATTACH_SIZE) +
				       (uint32_t)plant_pick(p, ATTACH_CUT_SLACK + 1, 0));
	plant_heap_close(&h);
}

/* An attachment whose own subnodes begin with a message. */
static bool holds_message(const struct plant *p, const struct sl_entry *e)
{
	struct sl_entry inner;
	size_t len;
	const uint8_t *data;

	if (nid_type((struct nid){ (uint32_t)e->nid }) != NID_TYPE_ATTACHMENT || !e->subnode)
		return false;
	data = plant_read(p, e->subnode, &len);
	return sl_entry_at(p->v, view_of(data, len), 0, &inner) &&
	       nid_type((struct nid){ (uint32_t)inner.nid }) == NID_TYPE_NORMAL_MESSAGE;
}

static struct sl_entry holder(const struct plant *p)
{
	for (unsigned n = 0;; n++) {
		uint32_t nid = plant_message(p, NID_TYPE_NORMAL_MESSAGE, MESSAGE_HAS_ATTACH, 0, n);
		size_t len;
		const uint8_t *data = plant_read(p, plant_node(p, nid).subnode, &len);
		struct sl_entry e;

		for (uint64_t i = 0; sl_entry_at(p->v, view_of(data, len), i, &e); i++)
			if (holds_message(p, &e))
				return e;
	}
}

/* The value names a subnode that is not the message. */
static void embedded_elsewhere(struct plant *p)
{
	struct plant_heap h;

	plant_heap_open(&h, p, holder(p).data);
	plant_value(&h, TAG_ATTACH_DATA)->bytes[1] ^= (uint8_t)plant_pick(p, 0x10, 0);
	plant_heap_close(&h);
}

static void recipients_no_line(struct plant *p)
{
	uint32_t nid = mail(p, 0);
	struct plant_table t;

	plant_property_take(p, nid, TAG_DISPLAY_TO);
	plant_table_open_node(&t, p, INBOX_TABLE);
	if (p->wrong)
		plant_cell_empty(&t, plant_row_find(&t, nid), TAG_DISPLAY_TO);
	plant_table_close(&t);
}

static void recipients_no_type(struct plant *p)
{
	struct plant_table t;

	plant_table_open(&t, p, part_of(p, mail(p, 0), SPECIAL_RECIPIENT_TABLE).data);
	if (p->wrong)
		plant_cell_empty(&t, 0, TAG_RECIPIENT_TYPE);
	plant_table_close(&t);
}

static const struct planted_row rows[] = {
	FAULT("property 0x9000", NAMED_PROPERTY_UNKNOWN, ALL, SMALL, name_unknown, "property"),
	FAULT("importance", TABLE_ROW_STALE, ALL, SMALL, row_stale, "column"),
	FAULT("subject", TABLE_ROW_STALE, ALL, SMALL, row_stale_text, "column"),
	FAULT("its class", MESSAGE_INCOMPLETE, ALL, SMALL, message_no_class, "PidTagMessageClass"),
	FAULT("its size", MESSAGE_INCOMPLETE, ALL, SMALL, message_no_size, "PidTagMessageSize"),
	LOWERED("its search key", MESSAGE_INCOMPLETE, ALL, SMALL, message_no_key, "PidTagSearchKey"),
	FAULT("an attachment that is not there", MESSAGE_FLAGS_WRONG, ALL, SMALL, flags_attachment,
	      "attachments"),
	FAULT("attachments denied", MESSAGE_FLAGS_WRONG, ALL, SMALL, flags_no_attachment, "attachments"),
	FAULT("hidden, and says not", MESSAGE_FLAGS_WRONG, ALL, SMALL, flags_hidden, "PidTagMessageFlags"),
	FAULT("a row less", ATTACHMENTS_WRONG, ALL, SMALL, attachment_row, "rows"),
	FAULT("a row of another", ATTACHMENTS_WRONG, ALL, SMALL, attachment_row_stray, "rows"),
	FAULT("method 8", ATTACHMENT_SIZE_WRONG, ALL, SMALL, file_method, "PidTagAttachMethod"),
	FAULT("no position", ATTACHMENT_SIZE_WRONG, ALL, SMALL, file_position, "PidTagRenderingPosition"),
	LOWERED("another size", ATTACHMENT_SIZE_WRONG, ALL, SMALL, file_size, "sum"),
	FAULT("a file that was longer", ATTACHMENT_CUT, ALL, SMALL, file_cut, "can be saved"),
	FAULT_WITH("another number", EMBEDDED_MESSAGE_DAMAGED, ALL, SMALL, embedded_elsewhere, "nid",
		   CODE_STORE_PROPERTY_VALUE_MISSING),
	FAULT("no line of names", RECIPIENTS_WRONG, ALL, SMALL, recipients_no_line, "PidTagDisplayTo"),
	FAULT("a row without a type", RECIPIENTS_WRONG, ALL, SMALL, recipients_no_type, "dwRowID"),
};

const struct planted_part planted_messages = { "messages", rows, COUNT_OF(rows), false };
