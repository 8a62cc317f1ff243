/* This file changes the properties of an object. */
#include "edit/props_edit.h"

static struct view key_of(uint16_t id, uint8_t to[static PROPERTY_KEY_LEN])
{
	field_put(to, PROPERTY_KEY_LEN, id);
	return view_of(to, PROPERTY_KEY_LEN);
}

void props_edit_open(struct props_edit *p, struct work *w, uint64_t data, uint64_t subnode)
{
	heap_edit_open(&p->heap, w, data);
	bth_edit_open(&p->records, &p->heap, p->heap.root);
	subnodes_open(&p->subnodes, w, subnode);
	if (p->heap.client != HEAP_PROPERTIES || p->records.key_len != PROPERTY_KEY_LEN ||
	    p->records.data_len != PROPERTY_DATA_LEN)
		work_fail(w, ST_IO, "an object's properties cannot be read");
}

void props_edit_new(struct props_edit *p, struct work *w)
{
	heap_edit_new(&p->heap, w, HEAP_PROPERTIES);
	bth_edit_new(&p->records, &p->heap, PROPERTY_KEY_LEN, PROPERTY_DATA_LEN);
	p->heap.root = p->records.header;
	subnodes_open(&p->subnodes, w, 0);
}

static bool find(struct props_edit *p, uint16_t id, struct property *out)
{
	uint8_t key[PROPERTY_KEY_LEN];
	struct view data;

	return bth_edit_find(&p->records, key_of(id, key), &data) &&
	       property_decode(key_of(id, key), data, out);
}

bool props_edit_has(struct props_edit *p, uint16_t id)
{
	struct property property;

	return find(p, id, &property);
}

/* What the old value took is free. */
static void free_value(struct props_edit *p, const struct property *property)
{
	if (property_is_inline(property) || property->value == 0)
		return;
	if (hnid_is_hid(property->value))
		heap_edit_free(&p->heap, property->value);
	else
		subnodes_remove(&p->subnodes, property->value);
}

static void put(struct props_edit *p, const struct property *property)
{
	uint8_t key[PROPERTY_KEY_LEN], data[PROPERTY_DATA_LEN];

	field_put(data, 2, property->type);
	field_put(data + 2, 4, property->value);
	bth_edit_put(&p->records, key_of(property->id, key), view_of(data, sizeof data));
}

void props_edit_set_integer(struct props_edit *p, uint16_t id, uint16_t type, uint32_t value)
{
	struct property fresh = { id, type, value }, old;

	if (find(p, id, &old)) {
		if (old.type == type && old.value == value)
			return;
		free_value(p, &old);
	}
	put(p, &fresh);
}

void props_edit_set(struct props_edit *p, uint16_t id, uint16_t type, struct view value)
{
	struct property fresh = { .id = id, .type = type }, old;
	struct work *w = p->heap.w;

	if (find(p, id, &old))
		free_value(p, &old);
	if (value.len > heap_edit_item_max(&p->heap)) {
		fresh.value = nodes_number(w, NID_TYPE_LTP);
		subnodes_put(&p->subnodes, fresh.value, streams_put(w, value));
	} else if (value.len) {
		fresh.value = heap_edit_add(&p->heap, value);
	}
	put(p, &fresh);
}

void props_edit_end(struct props_edit *p, uint64_t *data_out, uint64_t *subnode_out)
{
	*data_out = heap_edit_end(&p->heap);
	*subnode_out = subnodes_end(&p->subnodes);
}
