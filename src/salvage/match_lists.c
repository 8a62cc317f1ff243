/* This file gives objects that were found by their content their subnodes.
 *
 * A list is a message's own when it has every NID that the message's properties
 * name; such NIDs are given out once in a store. A message without long values
 * has the list that has attachments and recipients where it has them, and of
 * several the one with the nearest BID: what is saved together is numbered
 * together.
 */
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "salvage/by_content.h"

#include <stdlib.h>
#include <string.h>

enum { NEAR = 64 };

/* What an object must have among its subnodes. */
struct wanted {
	const struct look *look;
	bool attachments, recipients;
};

/* A subnode that holds a long value, and the list it stands in. */
struct long_value {
	uint32_t nid;
	uint32_t list;
};

struct long_values {
	struct long_value *rows;
	size_t n, room;
};

static int compare(const void *a, const void *b)
{
	const struct long_value *x = a, *y = b;

	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	return x->list < y->list ? -1 : x->list > y->list;
}

static bool is_fixed(uint32_t nid)
{
	return nid == SPECIAL_RECIPIENT_TABLE || nid == SPECIAL_ATTACHMENT_TABLE ||
	       nid_type((struct nid){ nid }) == NID_TYPE_ATTACHMENT;
}

static enum status add_values(struct salvage_work *w, struct long_values *values,
			      const struct found_list *from, uint32_t index)
{
	struct subnode_list list;
	struct long_value *rows;
	enum status st = subnode_list_read(&w->reader, (struct bid){ from->bid }, &list);

	if (st == ST_OK && values->n + list.n > values->room) {
		size_t room =
			2 * values->room > values->n + list.n ? 2 * values->room : values->n + list.n + 256;

		rows = arena_array(w->scratch, room, sizeof *rows);
		if (!rows)
			return ST_NOMEM;
		if (values->n)
			memcpy(rows, values->rows, values->n * sizeof *rows);
		values->rows = rows;
		values->room = room;
	}
	for (size_t i = 0; st == ST_OK && i < list.n; i++)
		if (!is_fixed(list.rows[i].nid))
			values->rows[values->n++] = (struct long_value){ list.rows[i].nid, index };
	arena_clear(w->reader.arena);
	return st == ST_NOMEM ? st : ST_OK;
}

static enum status list_values(struct salvage_work *w, const struct found_all *all,
			       struct long_values *values)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < all->n_lists && i < UINT32_MAX; i++)
		st = add_values(w, values, &all->lists[i], (uint32_t)i);
	if (values->n)
		qsort(values->rows, values->n, sizeof *values->rows, compare);
	return st;
}

static bool has_attachments(const struct subnode_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (nid_type((struct nid){ list->rows[i].nid }) == NID_TYPE_ATTACHMENT)
			return true;
	return false;
}

static bool fits(const struct wanted *w, const struct subnode_list *list)
{
	for (size_t i = 0; i < w->look->n_nids; i++)
		if (!subnode_find(list, (struct nid){ w->look->nids[i] }))
			return false;
	/* Long values prove it; without them all else has to agree. */
	if (w->look->n_nids)
		return true;
	return w->attachments == has_attachments(list) &&
	       (!w->recipients || subnode_find(list, (struct nid){ SPECIAL_RECIPIENT_TABLE }));
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* The better of what was best and list `i`, if that fits. */
static struct found_list *better(struct salvage_work *work, struct found_all *all, const struct wanted *w,
				 struct found_list *best, size_t i)
{
	struct found_list *list = &all->lists[i];
	struct subnode_list rows;
	bool good;

	if (list->is_used ||
	    (best && distance(best->bid, w->look->data) <= distance(list->bid, w->look->data)))
		return best;
	good = subnode_list_read(&work->reader, (struct bid){ list->bid }, &rows) == ST_OK && fits(w, &rows);
	arena_clear(work->reader.arena);
	return good ? list : best;
}

static struct found_list *by_value(struct salvage_work *work, struct found_all *all,
				   const struct long_values *values, const struct wanted *w)
{
	size_t low = 0, high = values->n, tried = 0;
	struct found_list *best = NULL;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (values->rows[middle].nid < w->look->nids[0])
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < values->n && values->rows[low].nid == w->look->nids[0] && tried < NEAR; low++, tried++)
		best = better(work, all, w, best, values->rows[low].list);
	return best;
}

static struct found_list *by_neighbourhood(struct salvage_work *work, struct found_all *all,
					   const struct wanted *w)
{
	struct found_list *best = NULL;
	size_t low = 0, high = all->n_lists;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->lists[middle].bid < w->look->data)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low > NEAR ? low - NEAR : 0; i < all->n_lists && i < low + NEAR; i++)
		best = better(work, all, w, best, i);
	return best;
}

static void match(struct salvage_work *work, struct found_all *all, const struct long_values *values,
		  struct found *f, bool has_values)
{
	struct wanted w = {
		&f->look,
		(f->look.flags & MESSAGE_HAS_ATTACH) != 0,
		f->look.is_to_somebody,
	};
	struct found_list *best;

	if (f->look.kind == LOOK_NOTHING || has_values != (f->look.n_nids > 0) ||
	    !(has_values || w.attachments || w.recipients))
		return;
	best = has_values ? by_value(work, all, values, &w) : by_neighbourhood(work, all, &w);
	f->lacks_subnodes = !best;
	if (!best)
		return;
	best->is_used = true;
	f->subnode = best->bid;
}

enum status found_match_lists(struct salvage_work *work, struct found_all *all)
{
	struct long_values values = { 0 };
	enum status st = list_values(work, all, &values);

	/* The sure ones first. */
	for (int turn = 0; st == ST_OK && turn < 2; turn++)
		for (size_t i = 0; i < all->n; i++)
			match(work, all, &values, &all->objects[i], turn == 0);
	return st;
}
