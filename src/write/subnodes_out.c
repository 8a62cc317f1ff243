/* This file writes the list of a node's subnodes. */
#include "write/subnodes_out.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void subnodes_out_start(struct subnodes_out *list, struct ndb_out *out, struct arena *arena)
{
	*list = (struct subnodes_out){ .out = out, .arena = arena };
}

static bool make_room(struct subnodes_out *list)
{
	struct subnode_row *rows = arena_grown(list->arena, list->rows, list->n, &list->room, sizeof *rows);

	if (!rows) {
		ndb_out_fail(list->out, ST_NOMEM);
		return false;
	}
	list->rows = rows;
	return true;
}

void subnodes_out_add(struct subnodes_out *list, const struct subnode_row *row)
{
	if (ndb_out_status(list->out) != ST_OK || !make_room(list))
		return;
	list->rows[list->n++] = *row;
	ndb_out_hold(list->out, row->data);
	ndb_out_hold(list->out, row->subnode);
	ndb_out_mark(list->out, row->nid);
}

static int compare_rows(const void *a, const void *b)
{
	const struct subnode_row *x = a, *y = b;

	return (x->nid > y->nid) - (x->nid < y->nid);
}

static uint64_t put_sl(struct ndb_out *out, const struct subnode_row *rows, size_t n, uint8_t *room)
{
	const struct variant *v = ndb_out_variant(out);
	size_t len = v->sl_header_len + n * v->sl_entry_len;
	struct slblock sl = { BTYPE_SLBLOCK, 0, n };

	memset(room, 0, len);
	field_encode(slblock_fields(), &sl, room);
	for (size_t i = 0; i < n; i++) {
		struct sl_entry e = { rows[i].nid, rows[i].data, rows[i].subnode };

		field_encode(sl_entry_fields(v), &e, room + v->sl_header_len + i * v->sl_entry_len);
	}
	return ndb_out_block(out, view_of(room, len), BLOCK_INTERNAL);
}

/* The SIBLOCK grows in `upper` while the SLBLOCKs below it are written. */
static uint64_t put_two_levels(const struct subnodes_out *list, size_t most, uint8_t *lower, uint8_t *upper)
{
	struct ndb_out *out = list->out;
	const struct variant *v = ndb_out_variant(out);
	struct slblock si = { BTYPE_SLBLOCK, 1, 0 };
	size_t len;

	assert(most > 0);
	si.n = (list->n + most - 1) / most;
	len = v->sl_header_len + (size_t)si.n * v->si_entry_len;
	if (len > v->block_data_max) {
		ndb_out_fail(out, ST_LIMIT);
		return 0;
	}
	memset(upper, 0, len);
	field_encode(slblock_fields(), &si, upper);
	for (size_t i = 0; i < list->n; i += most) {
		struct si_entry e = { .nid = list->rows[i].nid };

		e.bid = put_sl(out, list->rows + i, list->n - i < most ? list->n - i : most, lower);
		ndb_out_hold(out, e.bid);
		field_encode(si_entry_fields(v), &e, upper + v->sl_header_len + i / most * v->si_entry_len);
	}
	return ndb_out_block(out, view_of(upper, len), BLOCK_INTERNAL);
}

static uint64_t put(const struct subnodes_out *list)
{
	struct ndb_out *out = list->out;
	const struct variant *v = ndb_out_variant(out);
	size_t most = (size_t)(v->block_data_max - v->sl_header_len) / v->sl_entry_len;
	uint8_t *lower = ndb_out_take_room(out), *upper = ndb_out_take_room(out);
	uint64_t bid = 0;

	if (lower && upper)
		bid = list->n <= most ? put_sl(out, list->rows, list->n, lower)
				      : put_two_levels(list, most, lower, upper);
	ndb_out_give_room(out, lower);
	ndb_out_give_room(out, upper);
	return bid;
}

uint64_t subnodes_out_end(struct subnodes_out *list)
{
	bool sorted = true;
	uint64_t bid;

	for (size_t i = 1; i < list->n; i++)
		sorted = sorted && list->rows[i].nid > list->rows[i - 1].nid;
	if (!sorted) {
		qsort(list->rows, list->n, sizeof *list->rows, compare_rows);
		for (size_t i = 1; i < list->n; i++)
			if (list->rows[i].nid == list->rows[i - 1].nid)
				ndb_out_fail(list->out, ST_USAGE);
	}
	bid = list->n && ndb_out_status(list->out) == ST_OK ? put(list) : 0;
	subnodes_out_start(list, list->out, list->arena);
	return bid;
}
