/* This file makes short numbers of long contents. */
#include "content/digest.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "base/str.h"
#include "check/row_read.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <string.h>

#define SEED_A  14695981039346656037ULL /* FNV-1a */
#define SEED_B  0x9E3779B97F4A7C15ULL
#define PRIME_A 1099511628211ULL
#define PRIME_B 0xBF58476D1CE4E5B9ULL

void digest_init(struct digest *d)
{
	*d = (struct digest){ SEED_A, SEED_B };
}

/* Eight bytes at a time; the two halves differ in how they mix. */
static void mix(struct digest *d, uint64_t word)
{
	d->a = (d->a ^ word) * PRIME_A;
	d->a ^= d->a >> 29;
	d->b = (d->b + word) * PRIME_B;
	d->b ^= d->b >> 32;
}

void digest_add(struct digest *d, struct view bytes)
{
	size_t i = 0;

	for (; i + 8 <= bytes.len; i += 8) {
		uint64_t word;

		memcpy(&word, bytes.at + i, 8);
		mix(d, word);
	}
	if (i < bytes.len) {
		uint64_t word = 0;

		memcpy(&word, bytes.at + i, bytes.len - i);
		mix(d, word);
	}
}

bool digest_is(const struct digest *one, const struct digest *other)
{
	return one->a == other->a && one->b == other->b;
}

/* What stays when a message is moved, copied, read or flagged. */
static const uint16_t lasting[] = {
	TAG_MESSAGE_CLASS,       TAG_SUBJECT, TAG_CLIENT_SUBMIT_TIME, TAG_SENDER, 0x007D /* headers */,
	0x0C1A /* sender */,     0x0C1F,      0x1000 /* bodies */,    0x1009,     0x1013,
	0x1035 /* Message-ID */,
};
/* Of contacts, meetings and the like everything counts but what a store keeps about its items. */
static const uint16_t passing[] = {
	0x0E06 /* delivered */,
	TAG_MESSAGE_FLAGS,
	TAG_MESSAGE_SIZE,
	TAG_MESSAGE_STATUS,
	TAG_RECORD_KEY,
	TAG_CREATION_TIME,
	TAG_MODIFICATION_TIME,
	TAG_SEARCH_KEY,
	TAG_CONVERSATION_ID,
	TAG_REPLICATION_ITEM,
	0x0E33,
	0x0E34,
	0x0E38,
	0x0E2F,
	0x10F3,
	0x1080,
	0x1081,
	0x1082,
	0x3FF8,
	0x3FF9,
	0x3FFA,
	0x3FFB,
	0x65E0,
	0x65E1,
	0x65E2,
	0x65E3,
	0x65E6,
};
static const uint16_t lasting_of_attachment[] = { TAG_DISPLAY_NAME, TAG_ATTACH_DATA, 0x3704, 0x3707,
						  TAG_ATTACH_METHOD };

enum { DEPTH_MAX = 16, CLASS_MAX = 80 };

struct digesting {
	const struct node_reader *reader;
	const struct item *item;
	struct digest *out;
	const uint16_t *ids;
	size_t n_ids;
	bool leaves_out; /* all but these */
	bool whole;
	uint32_t embedded; /* out: subnode of an embedded message, or 0 */
};

static bool add_block(void *context, struct view data)
{
	struct digesting *d = context;

	digest_add(d->out, data);
	return true;
}

static void add_subnode(struct digesting *d, uint32_t nid)
{
	struct node_walk walk = { d, add_block };
	struct subnode sub;

	d->whole = d->whole && item_subnode(d->item, nid, &sub) &&
		   node_data_walk(d->reader, (struct bid){ sub.data }, &walk);
}

static bool add_property(void *context, const struct property *p, struct view value)
{
	struct digesting *d = context;
	bool wanted = false;
	struct cursor c = cursor_of(value);

	for (size_t i = 0; i < d->n_ids; i++)
		wanted = wanted || d->ids[i] == p->id;
	if (wanted == d->leaves_out ||
	    (d->leaves_out && p->id >= TAG_STORE_OWN_FIRST && p->id <= TAG_STORE_OWN_LAST))
		return true;
	mix(d->out, (uint64_t)p->id << 16 | p->type);
	if (p->type == PTYP_OBJECT)
		d->embedded = cursor_u32le(&c);
	else if (property_is_inline(p) || hnid_is_hid(p->value))
		digest_add(d->out, value);
	else
		add_subnode(d, p->value);
	return true;
}

static bool add_recipient(void *context, const struct table *table, struct view row)
{
	static const uint32_t tags[] = { 0x0C150003, 0x3001001F, 0x3001001E, 0x3003001F, 0x3003001E };
	struct digesting *d = context;
	struct view cell;

	for (size_t i = 0; i < COUNT_OF(tags); i++)
		if (row_read_cell(table, row, tags[i], &cell))
			digest_add(d->out, cell);
	return true;
}

static bool add_parts(const struct node_reader *reader, const struct item *item, struct digest *out,
		      unsigned depth);

static bool add_attachment(struct digesting *d, const struct subnode *sub, unsigned depth)
{
	struct item item, inner;
	struct digesting part = {
		.reader = d->reader,
		.item = &item,
		.out = d->out,
		.ids = lasting_of_attachment,
		.n_ids = COUNT_OF(lasting_of_attachment),
		.whole = true,
	};
	struct item_walk walk = { &part, add_property };
	struct node_walk blocks = { &part, add_block };
	struct subnode embedded;

	if (!item_open_part(d->reader, sub->data, sub->subnode, &item))
		return false;
	item_properties(&item, &walk);
	if (!part.embedded || depth >= DEPTH_MAX)
		return part.whole;
	if (!item_subnode(&item, part.embedded, &embedded))
		return false;
	/* What is no message is an OLE object. */
	if (item_open_part(d->reader, embedded.data, embedded.subnode, &inner))
		return add_parts(d->reader, &inner, d->out, depth + 1);
	return node_data_walk(d->reader, (struct bid){ embedded.data }, &blocks);
}

static bool is_mail_class(const struct item *item)
{
	static const char *const classes[] = { "IPM.Note", "IPM.Post", "REPORT." };
	const char *class = item_text(item, item->reader->arena, TAG_MESSAGE_CLASS, CLASS_MAX);

	for (size_t i = 0; class && i < COUNT_OF(classes); i++)
		if (str_starts_nocase(str_of(class), str_of(classes[i])))
			return true;
	return class == NULL;
}

/* Bounded by DEPTH_MAX: a message in a message in a message. */
static bool add_parts(const struct node_reader *reader, const struct item *item, struct digest *out,
		      unsigned depth)
{
	bool is_mail = is_mail_class(item);
	struct digesting d = {
		.reader = reader,
		.item = item,
		.out = out,
		.ids = is_mail ? lasting : passing,
		.n_ids = is_mail ? COUNT_OF(lasting) : COUNT_OF(passing),
		.leaves_out = !is_mail,
		.whole = true,
	};
	struct item_walk walk = { &d, add_property };
	struct row_read rows = { .context = &d, .row = add_recipient, .cells = true };
	struct subnode_list list;
	const struct subnode *sub;

	item_properties(item, &walk);
	if (subnode_list_read(reader, (struct bid){ item->subnode }, &list) != ST_OK || !list.whole)
		return false;
	sub = subnode_find(&list, (struct nid){ SPECIAL_RECIPIENT_TABLE });
	if (sub && !row_read_table(reader, sub->data, sub->subnode, &rows))
		return false;
	for (size_t i = 0; i < list.n && d.whole; i++)
		if (nid_type((struct nid){ list.rows[i].nid }) == NID_TYPE_ATTACHMENT)
			d.whole = add_attachment(&d, &list.rows[i], depth);
	return d.whole;
}

bool digest_message(const struct node_reader *reader, const struct node_fact *node, struct digest *out)
{
	struct item item;

	digest_init(out);
	return item_open(reader, node, &item) && add_parts(reader, &item, out, 0);
}
