/* This file writes data trees and subnode lists of a store that is being made. */
#include "memory.h"
#include "ndb_out.h"

#include <assert.h>
#include <string.h>

/* pstsdk takes no more in an ANSI store; others take what fits. */
enum { XBLOCK_ANSI_MAX = 1019 };

void data_out_start(struct data_out *data, struct ndb_out *out)
{
	*data = (struct data_out){ .out = out };
	data->leaf = memory_new(ndb_out_variant(out)->block_data_max, 1);
}

static void keep(struct data_out *data, uint64_t bid)
{
	data->bids = memory_grow(data->bids, data->n, &data->room, sizeof *data->bids);
	data->bids[data->n++] = bid;
}

static void flush_leaf(struct data_out *data)
{
	if (data->len)
		keep(data, ndb_out_block(data->out, view_of(data->leaf, data->len), BLOCK_DATA));
	data->len = 0;
}

void data_out_add(struct data_out *data, struct view bytes)
{
	size_t most = ndb_out_variant(data->out)->block_data_max;

	data->total += bytes.len;
	while (bytes.len) {
		size_t n = most - data->len < bytes.len ? most - data->len : bytes.len;

		memcpy(data->leaf + data->len, bytes.at, n);
		data->len += n;
		bytes = view_of(bytes.at + n, bytes.len - n);
		if (data->len == most)
			flush_leaf(data);
	}
}

/* A list block over `n` BIDs; level 1 over data, 2 over lists. */
static uint64_t put_list(struct data_out *data, const uint64_t *bids, size_t n, struct xblock *x)
{
	const struct variant *v = ndb_out_variant(data->out);
	size_t len = XBLOCK_HEADER_LEN + n * v->id_width;
	uint8_t *bytes = memory_new(len, 1);
	uint64_t bid;

	x->type = BTYPE_XBLOCK;
	x->n = n;
	field_encode(xblock_fields(), x, bytes);
	for (size_t i = 0; i < n; i++) {
		field_put(bytes + XBLOCK_HEADER_LEN + i * v->id_width, v->id_width, bids[i]);
		ndb_out_hold(data->out, bids[i]);
	}
	bid = ndb_out_block(data->out, view_of(bytes, len), BLOCK_INTERNAL);
	free(bytes);
	return bid;
}

static uint64_t put_tree(struct data_out *data)
{
	const struct variant *v = ndb_out_variant(data->out);
	size_t most = v->kind == VARIANT_ANSI ? XBLOCK_ANSI_MAX : v->xblock_max, n = 0;
	uint64_t left = data->total, *lists, top;
	struct xblock x = { .level = 1, .total = data->total };

	if (data->n <= 1)
		return data->n ? data->bids[0] : 0;
	if (data->n <= most)
		return put_list(data, data->bids, data->n, &x);
	lists = memory_new(data->n / most + 1, sizeof *lists);
	for (size_t i = 0; i < data->n; i += most) {
		uint64_t full = (uint64_t)most * v->block_data_max;

		x.total = left < full ? left : full;
		left -= x.total;
		lists[n++] = put_list(data, data->bids + i, data->n - i < most ? data->n - i : most, &x);
	}
	x = (struct xblock){ .level = 2, .total = data->total };
	assert(n <= most && data->total <= UINT32_MAX);
	top = put_list(data, lists, n, &x);
	free(lists);
	return top;
}

uint64_t data_out_end(struct data_out *data)
{
	uint64_t bid;

	flush_leaf(data);
	bid = put_tree(data);
	free(data->leaf);
	free(data->bids);
	*data = (struct data_out){ 0 };
	return bid;
}

void subnodes_out_add(struct subnodes_out *list, struct ndb_out *out, const struct subnode_row *row)
{
	list->rows = memory_grow(list->rows, list->n, &list->room, sizeof *list->rows);
	list->rows[list->n++] = *row;
	ndb_out_hold(out, row->data);
	ndb_out_hold(out, row->subnode);
	ndb_out_mark(out, row->nid);
}

static int compare_rows(const void *a, const void *b)
{
	const struct subnode_row *x = a, *y = b;

	return (x->nid > y->nid) - (x->nid < y->nid);
}

static uint64_t put_sl(struct ndb_out *out, const struct subnode_row *rows, size_t n)
{
	const struct variant *v = ndb_out_variant(out);
	size_t len = v->sl_header_len + n * v->sl_entry_len;
	struct slblock sl = { BTYPE_SLBLOCK, 0, n };
	uint8_t *bytes = memory_new(len, 1);
	uint64_t bid;

	field_encode(slblock_fields(), &sl, bytes);
	for (size_t i = 0; i < n; i++) {
		struct sl_entry e = { rows[i].nid, rows[i].data, rows[i].subnode };

		field_encode(sl_entry_fields(v), &e, bytes + v->sl_header_len + i * v->sl_entry_len);
	}
	bid = ndb_out_block(out, view_of(bytes, len), BLOCK_INTERNAL);
	free(bytes);
	return bid;
}

static uint64_t put_si(struct ndb_out *out, const struct si_entry *entries, size_t n)
{
	const struct variant *v = ndb_out_variant(out);
	size_t len = v->sl_header_len + n * v->si_entry_len;
	struct slblock si = { BTYPE_SLBLOCK, 1, n };
	uint8_t *bytes = memory_new(len, 1);
	uint64_t bid;

	assert(len <= v->block_data_max);
	field_encode(slblock_fields(), &si, bytes);
	for (size_t i = 0; i < n; i++) {
		field_encode(si_entry_fields(v), &entries[i], bytes + v->sl_header_len + i * v->si_entry_len);
		ndb_out_hold(out, entries[i].bid);
	}
	bid = ndb_out_block(out, view_of(bytes, len), BLOCK_INTERNAL);
	free(bytes);
	return bid;
}

uint64_t subnodes_out_end(struct subnodes_out *list, struct ndb_out *out)
{
	const struct variant *v = ndb_out_variant(out);
	size_t most = (size_t)(v->block_data_max - v->sl_header_len) / v->sl_entry_len, n = 0;
	struct si_entry *entries = NULL;
	uint64_t bid = 0;

	if (list->n)
		qsort(list->rows, list->n, sizeof *list->rows, compare_rows);
	if (list->n > most)
		entries = memory_new(list->n / most + 1, sizeof *entries);
	for (size_t i = 0; i < list->n; i += most) {
		bid = put_sl(out, list->rows + i, list->n - i < most ? list->n - i : most);
		if (entries)
			entries[n++] = (struct si_entry){ list->rows[i].nid, bid };
	}
	if (entries)
		bid = put_si(out, entries, n);
	free(entries);
	free(list->rows);
	*list = (struct subnodes_out){ 0 };
	return bid;
}
