/* This file looks at a property context that nothing names and says what it is. */
#include "salvage/look.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "check/item_read.h"
#include "pst/ltp/table.h"
#include "pst/msg/name_map.h"
#include "pst/msg/tags.h"

/* Bits: which properties were seen. */
enum seen {
	SEEN_CLASS = 1 << 0,
	SEEN_ATTACH_METHOD = 1 << 1,
	SEEN_SUBTREE = 1 << 2,
	SEEN_COUNT = 1 << 3,
	SEEN_SUBFOLDERS = 1 << 4,
	SEEN_NAME = 1 << 5,
	SEEN_ENTRIES = 1 << 6,
	SEEN_GUIDS = 1 << 7,
	SEEN_CREATED = 1 << 8,
	SEEN_RECIPIENT = 1 << 9,
};

static const struct {
	uint16_t id;
	uint16_t seen;
} signs[] = {
	{ TAG_MESSAGE_CLASS, SEEN_CLASS },   { TAG_ATTACH_METHOD, SEEN_ATTACH_METHOD },
	{ TAG_IPM_SUBTREE, SEEN_SUBTREE },   { TAG_CONTENT_COUNT, SEEN_COUNT },
	{ TAG_SUBFOLDERS, SEEN_SUBFOLDERS }, { TAG_DISPLAY_NAME, SEEN_NAME },
	{ NAME_MAP_ENTRIES, SEEN_ENTRIES },  { NAME_MAP_GUIDS, SEEN_GUIDS },
	{ TAG_CREATION_TIME, SEEN_CREATED }, { TAG_RECIPIENT_TYPE, SEEN_RECIPIENT },
};

struct looking {
	const struct heap *heap;
	struct look *out;
	unsigned seen;
};

/* FNV-1a: good enough to compare by, and only together with other values. */
uint64_t look_number(struct view bytes)
{
	uint64_t number = UINT64_C(0xCBF29CE484222325);
	struct cursor c = cursor_of(bytes);

	while (cursor_left(&c))
		number = (number ^ cursor_u8(&c)) * UINT64_C(0x100000001B3);
	return bytes.len ? number | 1 : 0;
}

static struct view value_of(const struct looking *l, const struct property *p)
{
	struct view value;

	if (!hnid_is_hid(p->value) || !heap_item(l->heap, (struct hid){ p->value }, &value))
		return view_of(NULL, 0);
	return value;
}

static uint64_t time_of(struct view value)
{
	struct cursor c = cursor_of(value);

	return cursor_u64le(&c);
}

static void note_value(struct looking *l, const struct property *p)
{
	struct look *out = l->out;

	switch (p->id) {
	case TAG_MODIFICATION_TIME:
		out->modified = time_of(value_of(l, p));
		break;
	case TAG_DELIVERY_TIME:
		out->delivered = time_of(value_of(l, p));
		break;
	case TAG_SUBJECT:
		out->subject = look_number(value_of(l, p));
		break;
	case TAG_SEARCH_KEY:
		out->search_key = look_number(value_of(l, p));
		break;
	case TAG_MESSAGE_CLASS:
		out->class = look_number(value_of(l, p));
		break;
	case TAG_DISPLAY_NAME:
		out->name = look_number(value_of(l, p));
		break;
	case TAG_MESSAGE_FLAGS:
		out->flags = p->value;
		break;
	case TAG_MESSAGE_SIZE:
		out->size = p->value;
		break;
	case TAG_CONTENT_COUNT:
		out->count = p->value;
		break;
	case TAG_CONTENT_UNREAD:
		out->unread = p->value;
		break;
	case TAG_SUBFOLDERS:
		out->has_subfolders = p->value & 0xFF;
		break;
	case TAG_DISPLAY_TO:
	case TAG_DISPLAY_CC:
	case TAG_DISPLAY_BCC:
		out->is_to_somebody = out->is_to_somebody || value_of(l, p).len > 0;
		break;
	default:
		break;
	}
}

static bool take(void *context, struct view key, struct view data)
{
	struct looking *l = context;
	struct property p;

	if (!property_decode(key, data, &p))
		return true;
	for (size_t i = 0; i < COUNT_OF(signs); i++)
		if (signs[i].id == p.id)
			l->seen |= signs[i].seen;
	note_value(l, &p);
	if (!property_is_inline(&p) && !hnid_is_hid(p.value) && l->out->n_nids < LOOK_NIDS_MAX)
		l->out->nids[l->out->n_nids++] = p.value;
	return true;
}

static enum look_kind kind_of(unsigned seen)
{
	if (seen & SEEN_SUBTREE)
		return LOOK_STORE;
	if ((seen & (SEEN_ENTRIES | SEEN_GUIDS)) == (SEEN_ENTRIES | SEEN_GUIDS) && !(seen & SEEN_CLASS))
		return LOOK_NAMES;
	if (seen & (SEEN_ATTACH_METHOD | SEEN_RECIPIENT))
		return LOOK_NOTHING;
	if (seen & SEEN_CLASS)
		return LOOK_MESSAGE;
	if (seen & SEEN_COUNT && seen & (SEEN_NAME | SEEN_SUBFOLDERS))
		return LOOK_FOLDER;
	return LOOK_NOTHING;
}

static void look_at_table(const struct heap *heap, struct look *out)
{
	struct table table;

	if (!table_open(heap, &table))
		return;
	if (table_find(&table, TAG_CONTENT_COUNT << 16 | PTYP_INTEGER_32))
		out->kind = LOOK_HIERARCHY;
	else if (table_find(&table, TAG_MESSAGE_FLAGS << 16 | PTYP_INTEGER_32) &&
		 table_find(&table, TAG_MESSAGE_SIZE << 16 | PTYP_INTEGER_32) &&
		 table_find(&table, TAG_DELIVERY_TIME << 16 | PTYP_TIME))
		out->kind = LOOK_CONTENTS;
	if (!hnid_is_hid(table.rows))
		out->nids[out->n_nids++] = table.rows;
}

void look_at_data(const struct node_reader *reader, uint64_t data, struct look *out)
{
	struct node_fact node = { .data = data };
	struct looking l = { .out = out };
	struct item item;
	struct bth_walk walk = { .bth = &item.properties, .record = take, .context = &l };

	*out = (struct look){ .data = data };
	if (item_open(reader, &node, &item)) {
		l.heap = &item.heap;
		bth_walk(&walk);
		out->kind = (uint8_t)kind_of(l.seen);
	} else if (item.heap.client == HEAP_TABLE) {
		look_at_table(&item.heap, out);
	}
}
