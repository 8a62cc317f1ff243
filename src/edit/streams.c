/* This file reads and writes what nodes hold: bytes over blocks, and lists of subnodes. */
#include "edit/streams.h"

#include <string.h>

enum { SUBNODE_BYTES_MAX = BLOCK_EXTENT_MAX, XBLOCK_ANSI_MOST = 1019 };

#define STREAM_MAX ((uint64_t)256 << 20)

static void *room_for(struct work *w, size_t n, size_t size)
{
	void *room = work_goes_on(w) ? arena_array(w->arena, n + 1, size) : NULL;

	if (!room)
		work_fail(w, ST_NOMEM, NULL);
	return room;
}

void streams_read(struct work *w, uint64_t bid, struct stream *out)
{
	struct node_leaves leaves;
	struct node_data data;
	enum status st;

	*out = (struct stream){ 0 };
	if (!work_goes_on(w) || bid == 0)
		return;
	st = node_leaves_find(&w->reader, (struct bid){ bid }, &leaves);
	if (st == ST_OK)
		st = node_data_read(&w->reader, (struct bid){ bid }, STREAM_MAX, &data);
	if (st == ST_OK && (!leaves.whole || !data.whole || leaves.n != data.n))
		st = ST_IO;
	if (st != ST_OK) {
		work_fail(w, st, st == ST_NOMEM ? NULL : "a block cannot be read");
		return;
	}
	out->bids = room_for(w, leaves.n, sizeof *out->bids);
	for (size_t i = 0; out->bids && i < leaves.n; i++)
		out->bids[i] = leaves.rows[i]->bid;
	out->blocks = data.blocks;
	out->n = out->bids ? leaves.n : 0;
}

/* One internal block over others; it holds them. */
static uint64_t put_list(struct work *w, unsigned level, const uint64_t *bids, size_t n, uint64_t total)
{
	size_t width = w->facts->variant->id_width;
	struct xblock head = { BTYPE_XBLOCK, level, n, total };
	uint8_t *bytes = room_for(w, XBLOCK_HEADER_LEN + n * width, 1);

	if (!bytes)
		return 0;
	field_encode(xblock_fields(), &head, bytes);
	for (size_t i = 0; i < n; i++) {
		field_put(bytes + XBLOCK_HEADER_LEN + i * width, width, bids[i]);
		blocks_hold(w, bids[i]);
	}
	return blocks_put(w, view_of(bytes, XBLOCK_HEADER_LEN + n * width), true);
}

static uint64_t len_of(struct work *w, uint64_t bid)
{
	const struct block_fact *b = facts_block(w->facts, (struct bid){ bid });

	return b ? b->len : 0;
}

uint64_t streams_tree(struct work *w, const struct stream *s)
{
	const struct variant *v = w->facts->variant;
	size_t most = v->kind == VARIANT_ANSI ? XBLOCK_ANSI_MOST : v->xblock_max;
	size_t n_lists = (s->n + most - 1) / most;
	uint64_t *lists = room_for(w, n_lists, sizeof *lists), total = 0;

	if (s->n < 2 || !lists || !s->bids)
		return s->n && s->bids && work_goes_on(w) ? s->bids[0] : 0;
	if (n_lists > most) {
		work_fail(w, ST_LIMIT, "an object is too large");
		return 0;
	}
	for (size_t i = 0; i < n_lists; i++) {
		size_t from = i * most, n = s->n - from < most ? s->n - from : most;
		uint64_t part = 0;

		for (size_t k = 0; k < n; k++)
			part += len_of(w, s->bids[from + k]);
		lists[i] = put_list(w, 1, s->bids + from, n, part);
		total += part;
	}
	return n_lists == 1 ? lists[0] : put_list(w, 2, lists, n_lists, total);
}

uint64_t streams_put(struct work *w, struct view bytes)
{
	size_t max = w->facts->variant->block_data_max, n = (bytes.len + max - 1) / max;
	struct stream s = { .bids = room_for(w, n, sizeof *s.bids), .n = n };

	for (size_t i = 0; s.bids && i < n; i++) {
		size_t at = i * max, len = bytes.len - at < max ? bytes.len - at : max;

		s.bids[i] = blocks_put(w, view_of(bytes.at + at, len), false);
	}
	return work_goes_on(w) ? streams_tree(w, &s) : 0;
}

void subnodes_open(struct subnodes *s, struct work *w, uint64_t bid)
{
	struct subnode_list list;
	enum status st;

	*s = (struct subnodes){ .w = w, .bid = bid };
	if (!work_goes_on(w) || bid == 0)
		return;
	st = subnode_list_read(&w->reader, (struct bid){ bid }, &list);
	if (st == ST_OK && (!list.whole || !list.sorted))
		st = ST_IO;
	if (st != ST_OK)
		work_fail(w, st, st == ST_NOMEM ? NULL : "a list of subnodes cannot be read");
	s->rows = list.rows;
	s->n = list.n;
	s->room = list.room;
}

struct subnode *subnodes_find(struct subnodes *s, uint32_t nid)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->rows[i].nid == nid)
			return &s->rows[i];
	return NULL;
}

void subnodes_put(struct subnodes *s, uint32_t nid, uint64_t data)
{
	struct subnode *row = subnodes_find(s, nid), *rows;
	size_t at = 0;

	s->is_changed = true;
	if (row) {
		row->data = data;
		return;
	}
	rows = room_for(s->w, s->n + 1, sizeof *rows);
	if (!rows)
		return;
	while (at < s->n && s->rows[at].nid < nid)
		at++;
	if (at)
		memcpy(rows, s->rows, at * sizeof *rows);
	rows[at] = (struct subnode){ .nid = nid, .data = data };
	if (at < s->n)
		memcpy(rows + at + 1, s->rows + at, (s->n - at) * sizeof *rows);
	s->rows = rows;
	s->n++;
}

void subnodes_remove(struct subnodes *s, uint32_t nid)
{
	struct subnode *row = subnodes_find(s, nid);
	size_t at;

	if (!row)
		return;
	at = (size_t)(row - s->rows);
	memmove(row, row + 1, (s->n - at - 1) * sizeof *row);
	s->n--;
	s->is_changed = true;
}

/* Rows as one block; it holds what they name. */
static uint64_t put_rows(struct work *w, const struct subnode *rows, size_t n)
{
	const struct variant *v = w->facts->variant;
	struct slblock head = { BTYPE_SLBLOCK, 0, n };
	uint8_t bytes[SUBNODE_BYTES_MAX] = { 0 };

	field_encode(slblock_fields(), &head, bytes);
	for (size_t i = 0; i < n; i++) {
		struct sl_entry e = { rows[i].nid, rows[i].data, rows[i].subnode };

		field_encode(sl_entry_fields(v), &e, bytes + v->sl_header_len + i * v->sl_entry_len);
		blocks_hold(w, rows[i].data);
		blocks_hold(w, rows[i].subnode);
	}
	return blocks_put(w, view_of(bytes, v->sl_header_len + n * v->sl_entry_len), true);
}

static uint64_t put_lists(struct work *w, const struct si_entry *lists, size_t n)
{
	const struct variant *v = w->facts->variant;
	struct slblock head = { BTYPE_SLBLOCK, 1, n };
	uint8_t bytes[SUBNODE_BYTES_MAX] = { 0 };

	if (v->sl_header_len + n * v->si_entry_len > v->block_data_max) {
		work_fail(w, ST_LIMIT, "an object has too many parts");
		return 0;
	}
	field_encode(slblock_fields(), &head, bytes);
	for (size_t i = 0; i < n; i++) {
		field_encode(si_entry_fields(v), &lists[i], bytes + v->sl_header_len + i * v->si_entry_len);
		blocks_hold(w, lists[i].bid);
	}
	return blocks_put(w, view_of(bytes, v->sl_header_len + n * v->si_entry_len), true);
}

uint64_t subnodes_end(struct subnodes *s)
{
	const struct variant *v = s->w->facts->variant;
	size_t most = ((size_t)v->block_data_max - v->sl_header_len) / v->sl_entry_len;
	size_t n_lists = (s->n + most - 1) / most;
	struct si_entry *lists;

	if (!s->is_changed || !work_goes_on(s->w))
		return s->bid;
	s->is_changed = false;
	if (n_lists <= 1) {
		s->bid = s->n ? put_rows(s->w, s->rows, s->n) : 0;
		return s->bid;
	}
	lists = room_for(s->w, n_lists, sizeof *lists);
	for (size_t i = 0; lists && i < n_lists; i++) {
		size_t from = i * most, n = s->n - from < most ? s->n - from : most;

		lists[i] = (struct si_entry){ s->rows[from].nid, put_rows(s->w, s->rows + from, n) };
	}
	s->bid = lists ? put_lists(s->w, lists, n_lists) : 0;
	return s->bid;
}
