/* This file reads single properties of a node's property context, silently. */
#include "check/item_read.h"

#include "base/buf.h"
#include "base/cursor.h"
#include "pst/msg/tags.h"
#include "pst/msg/text.h"

enum { HEAP_BYTES_MAX = 1 << 20, VALUE_BYTES_MAX = 1 << 20, SUBJECT_MAX = 120 };

bool item_open_heap(const struct node_reader *reader, uint64_t data, struct heap *out)
{
	struct node_data blocks;

	return data && node_data_read(reader, (struct bid){ data }, HEAP_BYTES_MAX, &blocks) == ST_OK &&
	       blocks.whole && heap_open(reader->facts->variant, blocks.blocks, blocks.n, out);
}

bool item_open_part(const struct node_reader *reader, uint64_t data, uint64_t subnode, struct item *out)
{
	*out = (struct item){ .reader = reader, .subnode = subnode };
	return item_open_heap(reader, data, &out->heap) && out->heap.client == HEAP_PROPERTIES &&
	       bth_open(&out->heap, out->heap.root, &out->properties) &&
	       out->properties.key_len == PROPERTY_KEY_LEN && out->properties.data_len == PROPERTY_DATA_LEN;
}

bool item_open(const struct node_reader *reader, const struct node_fact *node, struct item *out)
{
	return item_open_part(reader, node->data, node->subnode, out);
}

struct giving {
	const struct item *item;
	const struct item_walk *walk;
};

static bool give(void *context, struct view key, struct view data)
{
	struct giving *g = context;
	struct cursor c = cursor_of(data);
	struct property p;
	struct view value;

	if (!property_decode(key, data, &p))
		return true;
	cursor_skip(&c, 2);
	value = cursor_take(&c, 4);
	if (!property_is_inline(&p) &&
	    !(hnid_is_hid(p.value) && heap_item(&g->item->heap, (struct hid){ p.value }, &value)))
		value = view_of(NULL, 0);
	return g->walk->property(g->walk->context, &p, value);
}

void item_properties(const struct item *item, const struct item_walk *walk)
{
	struct giving giving = { item, walk };
	struct bth_walk records = { .bth = &item->properties, .record = give, .context = &giving };

	bth_walk(&records);
}

bool item_subnode(const struct item *item, uint32_t nid, struct subnode *out)
{
	struct subnode_list list;
	const struct subnode *sub;

	if (subnode_list_read(item->reader, (struct bid){ item->subnode }, &list) != ST_OK)
		return false;
	sub = subnode_find(&list, (struct nid){ nid });
	if (sub)
		*out = *sub;
	return sub != NULL;
}

struct search {
	uint16_t id;
	bool found;
	struct property property;
	struct view value; /* the four bytes of the record */
};

static bool take(void *context, struct view key, struct view data)
{
	struct search *s = context;
	struct property p;
	struct cursor c = cursor_of(data);

	if (!property_decode(key, data, &p) || p.id != s->id)
		return true;
	cursor_skip(&c, 2);
	s->value = cursor_take(&c, 4);
	s->property = p;
	s->found = true;
	return false;
}

/* A value in a subnode is joined from its blocks. */
static bool subnode_value(const struct item *item, uint32_t nid, size_t max, struct view *out)
{
	const struct node_reader *r = item->reader;
	struct subnode sub;
	struct node_data data;
	struct buf all;

	if (!item_subnode(item, nid, &sub) ||
	    node_data_read(r, (struct bid){ sub.data }, max, &data) != ST_OK || !data.whole)
		return false;
	*out = view_of(NULL, 0);
	if (data.n == 0)
		return true;
	buf_init(&all, max);
	for (size_t i = 0; i < data.n; i++)
		buf_add(&all, data.blocks[i]);
	*out = view_of(arena_copy(r->arena, all.at, all.len), all.len);
	buf_fini(&all);
	return out->at != NULL;
}

bool item_property_head(const struct item *item, uint16_t id, struct property *property_out,
			struct view *value_out)
{
	struct search s = { .id = id };
	struct bth_walk walk = { .bth = &item->properties, .record = take, .context = &s };

	bth_walk(&walk);
	*property_out = s.property;
	*value_out = s.value;
	if (!s.found || property_is_inline(&s.property))
		return s.found;
	if (hnid_is_hid(s.property.value))
		return heap_item(&item->heap, (struct hid){ s.property.value }, value_out);
	*value_out = view_of(NULL, 0);
	return true;
}

bool item_property_long(const struct item *item, uint16_t id, size_t max, struct property *property_out,
			struct view *value_out)
{
	if (!item_property_head(item, id, property_out, value_out))
		return false;
	return property_is_inline(property_out) || hnid_is_hid(property_out->value) ||
	       subnode_value(item, property_out->value, max, value_out);
}

bool item_property(const struct item *item, uint16_t id, struct property *property_out,
		   struct view *value_out)
{
	return item_property_long(item, id, VALUE_BYTES_MAX, property_out, value_out);
}

bool item_integer(const struct item *item, uint16_t id, uint32_t *out)
{
	struct property p;
	struct view value;

	if (!item_property(item, id, &p, &value) || !property_is_inline(&p))
		return false;
	*out = property_type_len(p.type) == 1 ? p.value & 0xFF : p.value;
	return true;
}

const char *item_text(const struct item *item, struct arena *arena, uint16_t id, size_t max)
{
	struct property p;
	struct view value;

	if (!item_property(item, id, &p, &value) || (p.type != PTYP_STRING && p.type != PTYP_STRING_8))
		return NULL;
	return text_of(arena, p.type, value, max);
}

const char *item_subject(const struct item *item, struct arena *arena)
{
	struct property p;
	struct view value;

	if (!item_property(item, TAG_SUBJECT, &p, &value) ||
	    (p.type != PTYP_STRING && p.type != PTYP_STRING_8))
		return NULL;
	return text_of_subject(arena, p.type, value, SUBJECT_MAX);
}
