/* This file carries subnodes that nobody has described, by what their bytes are. */
#include "base/checked.h"
#include "convert/carry.h"
#include "write/templates.h"

/* The columns that every table has. */
static const struct column number_columns[] = { { 0x67F20003, 0, 0 }, { 0x67F30003, 4, 1 } };
static const struct columns bare = { 0, number_columns, COUNT_OF(number_columns), false };

static const struct columns *base_of(uint32_t nid)
{
	for (unsigned i = TEMPLATE_UNDOCUMENTED_6B6; i <= TEMPLATE_UNDOCUMENTED_6F8; i++)
		if (templates[i].nid == nid)
			return &templates[i];
	return &bare;
}

static void pour(void *context, struct view piece)
{
	data_out_add(context, piece);
}

static enum status copy_bytes(struct carrier *carrier, const struct subnode *sub, struct subnode_row *out)
{
	struct data_out data;
	struct bytes_in bytes = { .context = &data, .take = pour };
	enum status st;

	data_out_start(&data, carrier->out);
	st = bytes_in_read(carrier->source, sub->data, &bytes);
	out->data = data_out_end(&data);
	return st;
}

static enum status copy_props(struct carrier *carrier, const struct subnode *sub, struct subnode_row *out,
			      bool *done_out)
{
	const struct node_fact node = { .nid = sub->nid, .data = sub->data, .subnode = sub->subnode };
	struct subnodes_out list;
	struct props *props;
	bool whole;
	enum status st;

	subnodes_out_start(&list, carrier->out, carrier->source->reader.arena);
	st = carry_node_props(carrier, &node, &list, &props, &whole);
	*done_out = st == ST_OK && props;
	if (!*done_out)
		return st;
	out->data = props_write(props, &list);
	out->subnode = subnodes_out_end(&list);
	return ST_OK;
}

enum status carry_unknown(struct carrier *carrier, const struct subnode *sub, struct subnode_row *out,
			  bool *done_out)
{
	struct carry carry = { .carrier = carrier, .page = carrier->page };
	struct carry_rows rows = { .base = base_of(sub->nid) };
	struct table_place place;
	struct object_in object;
	struct table_in table;
	enum status st = object_in_open(carrier->source, sub->data, sub->subnode, &object);

	*done_out = false;
	*out = (struct subnode_row){ .nid = sub->nid };
	if (st == ST_OK)
		st = table_in_open(carrier->source, &object, &table);
	if (st != ST_OK)
		return st;
	if (object.is_open && object.heap.client == HEAP_PROPERTIES)
		return copy_props(carrier, sub, out, done_out);
	if (table.is_open) {
		*done_out = true;
		carry.object = &object;
		st = carry_table(&carry, &table, &rows, &place);
		out->data = place.data;
		out->subnode = place.subnode;
		return st;
	}
	if (object.is_open || sub->subnode || !object.is_sound)
		return ST_OK;
	*done_out = true;
	return copy_bytes(carrier, sub, out);
}
