/* This file gives objects that were found by their content their subnodes.
 *
 * A list is a message's own when it has every NID that the message's properties
 * name; such NIDs are given out once in a store. A message without long values
 * has the list that has attachments and recipients where it has them, and of
 * several the one with the nearest BID: what is saved together is numbered
 * together.
 */
#include "base/checked.h"
#include "check/item_read.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "salvage/by_content.h"
#include "salvage/table_rows.h"

#include <stdlib.h>
#include <string.h>

enum { NEAR = 64, NAMES_MAX = 16 };

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

/* The names of those that a message went to, as one property shows them. */
static struct str shown_names(const struct item *message, uint16_t id)
{
	struct property p;
	struct view value;

	return item_property(message, id, &p, &value) && !property_is_inline(&p) ? str_from_view(value)
										 : str_of(NULL);
}

/* Whether the recipients' table names people that the message's properties show. */
static bool names_agree(const struct node_reader *reader, const struct look *look,
			const struct subnode *table)
{
	static const uint16_t ids[] = { TAG_DISPLAY_TO, TAG_DISPLAY_CC, TAG_DISPLAY_BCC };
	struct node_fact node = { .data = look->data };
	struct table_rows rows;
	struct item message;

	if (!item_open(reader, &node, &message) ||
	    !table_rows_open(reader, table->data, table->subnode, &rows))
		return false;
	for (size_t i = 0; i < rows.n && i < NAMES_MAX; i++) {
		struct view name;

		if ((!table_row_value(&rows, i, TAG_DISPLAY_NAME << 16 | PTYP_STRING, &name) &&
		     !table_row_value(&rows, i, TAG_DISPLAY_NAME << 16 | PTYP_STRING_8, &name)) ||
		    name.len == 0)
			continue;
		for (size_t k = 0; k < COUNT_OF(ids); k++)
			if (str_find(shown_names(&message, ids[k]), str_from_view(name)) != SIZE_MAX)
				return true;
	}
	return false;
}

/* How well a list fits an object. */
enum fit { FIT_NOT, FIT_PERHAPS, FIT_SURELY };

static enum fit try_list(struct salvage_work *work, const struct found_list *list, const struct wanted *w)
{
	const struct subnode *recipients;
	struct subnode_list rows;
	enum fit fit = FIT_NOT;

	if (!list->is_used && subnode_list_read(&work->reader, (struct bid){ list->bid }, &rows) == ST_OK &&
	    fits(w, &rows)) {
		recipients = subnode_find(&rows, (struct nid){ SPECIAL_RECIPIENT_TABLE });
		fit = w->look->n_nids ? FIT_SURELY : FIT_PERHAPS;
		if (fit == FIT_PERHAPS && w->recipients)
			fit = names_agree(&work->reader, w->look, recipients) ? FIT_SURELY : FIT_NOT;
	}
	arena_clear(work->reader.arena);
	return fit;
}

static void take_list(struct found *f, struct found_list *list, enum fit fit)
{
	list->is_used = true;
	f->subnode = list->bid;
	f->lacks_subnodes = fit != FIT_SURELY;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Some writers give the same NIDs in several nodes: then the nearest BID it is. */
static void match_by_value(struct salvage_work *work, struct found_all *all, const struct long_values *values,
			   struct found *f, const struct wanted *w)
{
	size_t low = 0, high = values->n, tried = 0, n_fit = 0;
	struct found_list *best = NULL;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (values->rows[middle].nid < w->look->nids[0])
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < values->n && values->rows[low].nid == w->look->nids[0] && tried < NEAR; low++, tried++) {
		struct found_list *list = &all->lists[values->rows[low].list];

		if (try_list(work, list, w) == FIT_NOT)
			continue;
		n_fit++;
		if (!best || distance(list->bid, w->look->data) < distance(best->bid, w->look->data))
			best = list;
	}
	if (best)
		take_list(f, best, n_fit == 1 ? FIT_SURELY : FIT_PERHAPS);
}

/* From the nearest BID outwards. */
static void match_by_neighbourhood(struct salvage_work *work, struct found_all *all, struct found *f,
				   const struct wanted *w)
{
	uint64_t data = w->look->data;
	size_t low = 0, high = all->n_lists, before;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->lists[middle].bid < data)
			low = middle + 1;
		else
			high = middle;
	}
	before = low;
	for (size_t tried = 0; tried < 2 * NEAR && (before > 0 || low < all->n_lists); tried++) {
		bool is_before =
			before > 0 && (low == all->n_lists || distance(all->lists[before - 1].bid, data) <=
								      distance(all->lists[low].bid, data));
		struct found_list *list = is_before ? &all->lists[--before] : &all->lists[low++];
		enum fit fit = try_list(work, list, w);

		if (fit == FIT_NOT)
			continue;
		take_list(f, list, fit);
		return;
	}
}

static void match(struct salvage_work *work, struct found_all *all, const struct long_values *values,
		  struct found *f, bool has_values)
{
	struct wanted w = {
		&f->look,
		(f->look.flags & MESSAGE_HAS_ATTACH) != 0,
		f->look.is_to_somebody,
	};

	if (f->look.kind == LOOK_NOTHING || has_values != (f->look.n_nids > 0) ||
	    !(has_values || w.attachments || w.recipients))
		return;
	f->lacks_subnodes = true;
	if (has_values)
		match_by_value(work, all, values, f, &w);
	else
		match_by_neighbourhood(work, all, f, &w);
}

enum status found_match_lists(struct salvage_work *work, struct found_all *all)
{
	struct long_values values = { 0 };
	enum status st = list_values(work, all, &values);

	/* The living first, and of them the sure ones. */
	for (int turn = 0; st == ST_OK && turn < 4; turn++)
		for (size_t i = 0; i < all->n; i++)
			if (all->objects[i].is_deleted == (turn >= 2))
				match(work, all, &values, &all->objects[i], turn % 2 == 0);
	return st;
}
