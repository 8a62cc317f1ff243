/* This file writes bytes of any length as a data tree. */
#include "write/data_out.h"

#include <assert.h>
#include <string.h>

/* pstsdk takes no more in an ANSI store; others take what fits. */
enum { XBLOCK_ANSI_MAX = 1019 };

void data_out_start(struct data_out *data, struct ndb_out *out)
{
	*data = (struct data_out){ .out = out };
}

static size_t list_max(const struct variant *v)
{
	return v->kind == VARIANT_ANSI ? XBLOCK_ANSI_MAX : v->xblock_max;
}

/* Writes the list as a block and empties it; level 0 is the XBLOCK's. */
static uint64_t put_list(struct data_out *data, unsigned level)
{
	struct data_list *list = &data->lists[level];
	const struct variant *v = ndb_out_variant(data->out);
	struct xblock x = { .type = BTYPE_XBLOCK, .level = level + 1, .n = list->n, .total = list->total };
	uint64_t bid;

	field_encode(xblock_fields(), &x, list->entries);
	bid = ndb_out_block(data->out, view_of(list->entries, XBLOCK_HEADER_LEN + list->n * v->id_width),
			    BLOCK_INTERNAL);
	list->n = 0;
	list->total = 0;
	return bid;
}

static void add_to_list(struct data_out *data, unsigned level, uint64_t bid, uint64_t len)
{
	struct data_list *list = &data->lists[level];
	const struct variant *v = ndb_out_variant(data->out);

	if (!list->entries) {
		list->entries = ndb_out_take_room(data->out);
		if (!list->entries)
			return;
	}
	if (list->n == list_max(v)) {
		uint64_t total = list->total;

		/* Full blocks meet the limit of the length first. */
		if (level == 1) {
			ndb_out_fail(data->out, ST_LIMIT);
			return;
		}
		add_to_list(data, 1, put_list(data, 0), total);
	}
	field_put(list->entries + XBLOCK_HEADER_LEN + list->n * v->id_width, v->id_width, bid);
	ndb_out_hold(data->out, bid);
	list->n++;
	list->total += len;
}

/* A tree of one block has no list. */
static void add_leaf(struct data_out *data, uint64_t bid, size_t len)
{
	uint64_t before = data->total;

	if (len > UINT32_MAX - data->total) {
		ndb_out_fail(data->out, ST_LIMIT);
		return;
	}
	data->total += len;
	if (before == 0) {
		data->only = bid;
		return;
	}
	if (data->only) {
		add_to_list(data, 0, data->only, before);
		data->only = 0;
	}
	add_to_list(data, 0, bid, len);
}

static void flush_leaf(struct data_out *data)
{
	if (data->leaf_len)
		add_leaf(data, ndb_out_block(data->out, view_of(data->leaf, data->leaf_len), BLOCK_DATA),
			 data->leaf_len);
	data->leaf_len = 0;
}

void data_out_add(struct data_out *data, struct view bytes)
{
	size_t most = ndb_out_variant(data->out)->block_data_max;

	while (bytes.len && ndb_out_status(data->out) == ST_OK) {
		size_t n = most - data->leaf_len < bytes.len ? most - data->leaf_len : bytes.len;

		if (n == most) {
			add_leaf(data, ndb_out_block(data->out, view_of(bytes.at, n), BLOCK_DATA), n);
		} else {
			if (!data->leaf)
				data->leaf = ndb_out_take_room(data->out);
			if (!data->leaf)
				return;
			memcpy(data->leaf + data->leaf_len, bytes.at, n);
			data->leaf_len += n;
			if (data->leaf_len == most)
				flush_leaf(data);
		}
		bytes = view_of(bytes.at + n, bytes.len - n);
	}
}

void data_out_add_block(struct data_out *data, uint64_t bid, size_t len)
{
	assert(data->leaf_len == 0);
	if (ndb_out_status(data->out) == ST_OK)
		add_leaf(data, bid, len);
}

/* The lists that have not been full, the lower first. */
static uint64_t put_tree(struct data_out *data)
{
	uint64_t total = data->lists[0].total;

	if (data->only)
		return data->only;
	if (data->lists[0].n == 0)
		return 0;
	if (data->lists[1].n == 0)
		return put_list(data, 0);
	add_to_list(data, 1, put_list(data, 0), total);
	return put_list(data, 1);
}

uint64_t data_out_end(struct data_out *data)
{
	struct ndb_out *out = data->out;
	uint64_t bid = 0;

	if (ndb_out_status(out) == ST_OK)
		flush_leaf(data);
	if (ndb_out_status(out) == ST_OK)
		bid = put_tree(data);
	ndb_out_give_room(out, data->leaf);
	ndb_out_give_room(out, data->lists[0].entries);
	ndb_out_give_room(out, data->lists[1].entries);
	*data = (struct data_out){ .out = out };
	return ndb_out_status(out) == ST_OK ? bid : 0;
}

uint64_t data_out_of(struct ndb_out *out, struct view bytes)
{
	struct data_out data;

	data_out_start(&data, out);
	data_out_add(&data, bytes);
	return data_out_end(&data);
}
