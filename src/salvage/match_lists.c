/* This file gives messages that were found by their content their subnodes.
 *
 * A list is a message's own when it has every NID that the message's properties
 * name, has attachments where the flags say so, and has recipients where there
 * are names of some. Of several the nearest BID wins: what is saved together is
 * numbered together.
 */
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "salvage/by_content.h"

enum { NEAR = 64, TURNS = 3 };

/* What a message must have among its subnodes. */
struct wanted {
	const struct look *look;
	bool attachments, recipients;
};

static bool has_attachments(const struct subnode_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (nid_type((struct nid){ list->rows[i].nid }) == NID_TYPE_ATTACHMENT)
			return true;
	return false;
}

static bool fits(const struct wanted *w, const struct subnode_list *list)
{
	if (list->n == 0 || w->attachments != has_attachments(list))
		return false;
	if (w->recipients && !subnode_find(list, (struct nid){ SPECIAL_RECIPIENT_TABLE }))
		return false;
	for (size_t i = 0; i < w->look->n_nids; i++)
		if (!subnode_find(list, (struct nid){ w->look->nids[i] }))
			return false;
	return true;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static size_t first_behind(const struct found_all *all, uint64_t bid)
{
	size_t low = 0, high = all->n_lists;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->lists[middle].bid < bid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void match(struct salvage_work *work, struct found_all *all, struct found *f, const struct wanted *w)
{
	size_t at = first_behind(all, f->look.data), from = at > NEAR ? at - NEAR : 0;
	struct found_list *best = NULL;

	for (size_t i = from; i < all->n_lists && i < at + NEAR; i++) {
		struct found_list *list = &all->lists[i];
		struct subnode_list rows;

		if (list->is_used ||
		    (best && distance(best->bid, f->look.data) <= distance(list->bid, f->look.data)))
			continue;
		if (subnode_list_read(&work->reader, (struct bid){ list->bid }, &rows) == ST_OK &&
		    fits(w, &rows))
			best = list;
		arena_clear(work->reader.arena);
	}
	if (best) {
		best->is_used = true;
		f->subnode = best->bid;
	}
}

/* The surest first: those with NIDs to compare, those with attachments, the others. */
static int turn_of(const struct wanted *w)
{
	if (w->look->n_nids)
		return 0;
	return w->attachments ? 1 : 2;
}

void found_match_lists(struct salvage_work *work, struct found_all *all)
{
	for (int turn = 0; turn < TURNS; turn++)
		for (size_t i = 0; i < all->n; i++) {
			struct found *f = &all->objects[i];
			struct wanted w = {
				&f->look,
				(f->look.flags & MESSAGE_HAS_ATTACH) != 0,
				f->look.is_to_somebody,
			};

			if (f->look.kind != LOOK_NOTHING && turn_of(&w) == turn &&
			    (w.look->n_nids || w.attachments || w.recipients))
				match(work, all, f, &w);
		}
}
