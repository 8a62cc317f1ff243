/* This file finds objects that no page tells of, by what is in their blocks. */
#include "salvage/by_content.h"

#include "base/cursor.h"
#include "check/block_read.h"
#include "pst/ltp/heap.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <stdlib.h>
#include <string.h>

struct finding_out {
	struct salvage_work *work;
	struct check_facts *facts;
	struct found **by_key; /* the objects by search key, the newest of each first */
	uint8_t *held;         /* a bit for each block: something that is not deleted has it */
	struct found_all all;
	size_t room, room_lists;
	uint32_t next_index[NID_TYPE_COUNT]; /* of NIDs that are made up */
};

static void hold(struct finding_out *f, uint64_t bid)
{
	const struct block_fact *b = bid ? facts_block(f->facts, (struct bid){ bid }) : NULL;
	size_t i = b ? (size_t)(b - f->facts->blocks) : 0;

	if (b)
		f->held[i / 8] |= (uint8_t)(1U << i % 8);
}

static bool is_held(const struct finding_out *f, size_t i)
{
	return f->held[i / 8] & 1U << i % 8;
}

static void hold_children(struct finding_out *f, const struct block_fact *b)
{
	const struct variant *v = f->facts->variant;
	struct view data;
	struct bid bid;
	struct sl_entry e;
	struct si_entry si;

	if (!(b->state & (BLOCK_IS_TREE | BLOCK_IS_SUBNODE)) || !work_is_sound(b) ||
	    block_read(f->facts, b, f->work->reader.room, &data) != ST_OK)
		return;
	if (b->state & BLOCK_IS_TREE)
		for (uint64_t i = 0; xblock_bid_at(v, data, i, &bid); i++)
			hold(f, bid.v);
	else if (b->state & BLOCK_IS_UPPER)
		for (uint64_t i = 0; si_entry_at(v, data, i, &si); i++)
			hold(f, si.bid);
	else
		for (uint64_t i = 0; sl_entry_at(v, data, i, &e); i++) {
			hold(f, e.data);
			hold(f, e.subnode);
		}
}

static enum status hold_all(struct finding_out *f)
{
	f->held = arena_alloc(f->work->scratch, f->facts->n_blocks / 8 + 1);
	if (!f->held)
		return ST_NOMEM;
	for (size_t i = 0; i < f->facts->n_nodes; i++) {
		hold(f, f->facts->nodes[i].data);
		hold(f, f->facts->nodes[i].subnode);
	}
	for (size_t i = 0; i < f->facts->n_blocks; i++)
		hold_children(f, &f->facts->blocks[i]);
	return ST_OK;
}

static enum status add_list(struct finding_out *f, const struct block_fact *b)
{
	struct found_list *lists =
		arena_grown(f->work->scratch, f->all.lists, f->all.n_lists, &f->room_lists, sizeof *lists);

	if (!lists)
		return ST_NOMEM;
	f->all.lists = lists;
	f->all.lists[f->all.n_lists++].bid = b->bid;
	return ST_OK;
}

/* Whether it is worth being looked at: most blocks that begin an object say so in their third byte. */
static bool begins_heap(const struct finding_out *f, const struct block_fact *b)
{
	struct view data;
	struct cursor c;
	uint8_t client;

	if (bid_is_internal((struct bid){ b->bid }))
		return true;
	if (block_read(f->facts, b, f->work->reader.room, &data) != ST_OK)
		return false;
	c = cursor_of(data);
	cursor_skip(&c, 2);
	if (cursor_u8(&c) != HEAP_SIGNATURE)
		return false;
	client = cursor_u8(&c);
	return client == HEAP_PROPERTIES || client == HEAP_TABLE;
}

static enum status add_object(struct finding_out *f, const struct block_fact *b, enum life life)
{
	struct found *objects, found = {
		.life = (uint8_t)life,
		.is_deleted = life == LIFE_FREE || f->facts->nbt_whole,
	};

	if (!begins_heap(f, b))
		return ST_OK;
	look_at_data(&f->work->reader, b->bid, &found.look);
	arena_clear(f->work->reader.arena);
	if (found.look.kind == LOOK_NOTHING)
		return ST_OK;
	objects = arena_grown(f->work->scratch, f->all.objects, f->all.n, &f->room, sizeof *objects);
	if (!objects)
		return ST_NOMEM;
	f->all.objects = objects;
	f->all.objects[f->all.n++] = found;
	return ST_OK;
}

static enum status look_at_all(struct finding_out *f)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < f->facts->n_blocks; i++) {
		const struct block_fact *b = &f->facts->blocks[i];
		enum life life = work_block_life(f->work, b);

		if (is_held(f, i) || !work_is_sound(b) || (life == LIFE_FREE && !f->work->options->deleted))
			continue;
		st = b->state & BLOCK_IS_SUBNODE ? add_list(f, b) : add_object(f, b, life);
	}
	return st;
}

/* One version of what the maps do not know of: the newest, which has the highest BID. */
static int by_search_key(const void *a, const void *b)
{
	const struct found *x = *(const struct found *const *)a, *y = *(const struct found *const *)b;

	if (x->look.search_key != y->look.search_key)
		return x->look.search_key < y->look.search_key ? -1 : 1;
	if (x->look.data != y->look.data)
		return x->look.data > y->look.data ? -1 : 1;
	return x->subnode > y->subnode ? -1 : x->subnode < y->subnode;
}

static void drop_old_versions(const struct finding_out *f)
{
	struct found *const *all = f->by_key;

	/* Copies of a message have its search key too, but were not changed since. */
	for (size_t i = 1; i < f->all.n; i++)
		if (all[i]->look.kind == LOOK_MESSAGE && all[i]->look.search_key &&
		    all[i]->look.search_key == all[i - 1]->look.search_key &&
		    (all[i]->is_deleted ||
		     (all[i]->look.modified != all[i - 1]->look.modified && all[i]->life == LIFE_UNKNOWN)))
			all[i]->look.kind = LOOK_NOTHING;
}

/* The only object with this search key, or NULL. */
static struct found *only_one(const struct finding_out *f, uint64_t search_key)
{
	struct found *const *all = f->by_key;
	size_t low = 0, high = f->all.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all[middle]->look.search_key < search_key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == f->all.n || all[low]->look.search_key != search_key ||
	    (low + 1 < f->all.n && all[low + 1]->look.search_key == search_key))
		return NULL;
	return all[low];
}

static bool has_all_values(struct salvage_work *w, uint64_t subnode, const struct look *look)
{
	struct subnode_list list;
	bool all = subnode_list_read(&w->reader, (struct bid){ subnode }, &list) == ST_OK;

	for (size_t i = 0; all && i < look->n_nids; i++)
		all = subnode_find(&list, (struct nid){ look->nids[i] });
	arena_clear(w->reader.arena);
	return all;
}

/* Where only an older version of a message had an entry, the newer one may be
 * among what was found. */
static void renew(struct finding_out *f, size_t i)
{
	struct node_fact *node = &f->facts->nodes[i];
	struct found *newer;
	struct look look;

	look_at_data(&f->work->reader, node->data, &look);
	arena_clear(f->work->reader.arena);
	newer = look.kind == LOOK_MESSAGE && look.search_key ? only_one(f, look.search_key) : NULL;
	if (!newer || newer->look.kind != LOOK_MESSAGE || newer->is_deleted ||
	    newer->look.data < node->data ||
	    (newer->lacks_subnodes && !has_all_values(f->work, node->subnode, &newer->look)))
		return;
	node->data = newer->look.data;
	/* Those of the older version are better than none. */
	if (!newer->lacks_subnodes)
		node->subnode = newer->subnode;
	f->work->out->nodes[i].lacks_subnodes = newer->lacks_subnodes && newer->look.n_nids == 0;
	f->work->out->nodes[i].origin = SALVAGE_ROW;
	newer->look.kind = LOOK_NOTHING;
}

static enum status sort_by_search_key(struct finding_out *f)
{
	f->by_key = arena_array(f->work->scratch, f->all.n, sizeof(struct found *));
	if (!f->by_key)
		return ST_NOMEM;
	for (size_t i = 0; i < f->all.n; i++)
		f->by_key[i] = &f->all.objects[i];
	if (f->all.n)
		qsort(f->by_key, f->all.n, sizeof(struct found *), by_search_key);
	return ST_OK;
}

static void renew_all(struct finding_out *f)
{
	for (size_t i = 0; i < f->facts->n_nodes; i++)
		if (f->work->out->nodes[i].origin == SALVAGE_OLDER)
			renew(f, i);
}

static void see_nid(struct finding_out *f, uint32_t nid)
{
	uint32_t *next = &f->next_index[nid & 0x1F];

	if (nid >> 5 >= *next)
		*next = (nid >> 5) + 1;
}

static void see_nids(struct finding_out *f)
{
	const struct header *h = &f->facts->header;

	f->next_index[NID_TYPE_NORMAL_FOLDER] = 0x400;
	f->next_index[NID_TYPE_NORMAL_MESSAGE] = 0x10000;
	f->next_index[NID_TYPE_ASSOC_MESSAGE] = 0x8000;
	for (size_t t = 0; t < NID_TYPE_COUNT; t++)
		if (h->nid_marks[t] >= f->next_index[t] && h->nid_marks[t] < UINT32_MAX >> 6)
			f->next_index[t] = h->nid_marks[t] + 1;
	for (size_t i = 0; i < f->facts->n_nodes; i++)
		see_nid(f, f->facts->nodes[i].nid);
	for (size_t i = 0; i < f->all.n; i++)
		if (f->all.objects[i].nid)
			see_nid(f, f->all.objects[i].nid);
}

/* The NID of an object that gets into the picture; 0 for one that does not. */
static uint32_t nid_for(struct finding_out *f, const struct found *found)
{
	enum nid_type type;

	switch ((enum look_kind)found->look.kind) {
	case LOOK_STORE:
		return SPECIAL_MESSAGE_STORE;
	case LOOK_NAMES:
		return SPECIAL_NAME_MAP;
	case LOOK_MESSAGE:
		type = found->look.flags & MESSAGE_ASSOCIATED ? NID_TYPE_ASSOC_MESSAGE
							      : NID_TYPE_NORMAL_MESSAGE;
		break;
	case LOOK_FOLDER:
		/* Of all folders the root alone has no name. */
		if (!found->nid && !found->look.name && found->look.has_subfolders &&
		    !facts_node(f->facts, (struct nid){ SPECIAL_ROOT_FOLDER }))
			return SPECIAL_ROOT_FOLDER;
		type = NID_TYPE_NORMAL_FOLDER;
		break;
	case LOOK_NOTHING:
	case LOOK_CONTENTS:
	case LOOK_HIERARCHY:
	default:
		return 0;
	}
	return found->nid ? found->nid : nid_make(type, f->next_index[type]++).v;
}

struct pair {
	struct node_fact node;
	struct salvage_node how;
};

/* What was there before wins over what was found now. */
static int compare(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->node.nid != y->node.nid)
		return x->node.nid < y->node.nid ? -1 : 1;
	if (x->how.origin != y->how.origin)
		return x->how.origin < y->how.origin ? -1 : 1;
	if (x->node.data != y->node.data)
		return x->node.data > y->node.data ? -1 : 1;
	return x->node.subnode > y->node.subnode ? -1 : x->node.subnode < y->node.subnode;
}

static size_t list_pairs(struct finding_out *f, struct pair *pairs)
{
	size_t n = 0;

	for (size_t i = 0; i < f->facts->n_nodes; i++)
		pairs[n++] = (struct pair){ f->facts->nodes[i], f->work->out->nodes[i] };
	for (size_t i = 0; i < f->all.n; i++) {
		const struct found *found = &f->all.objects[i];
		uint32_t nid = nid_for(f, found);
		uint8_t origin = found->is_listed ? SALVAGE_ROW : SALVAGE_CONTENT;

		origin = found->is_deleted ? SALVAGE_DELETED : origin;
		if (nid)
			pairs[n++] = (struct pair){ { nid, found->folder, found->look.data, found->subnode },
						    { .origin = origin,
						      .lacks_subnodes = found->lacks_subnodes } };
	}
	return n;
}

static enum status add_nodes(struct finding_out *f)
{
	size_t room = f->facts->n_nodes + f->all.n, n;
	struct pair *pairs = arena_array(f->work->scratch, room, sizeof *pairs);

	if (!pairs)
		return ST_NOMEM;
	n = list_pairs(f, pairs);
	if (n)
		qsort(pairs, n, sizeof *pairs, compare);
	f->facts->n_nodes = 0;
	f->work->out->nodes = arena_array(f->work->arena, n, sizeof *f->work->out->nodes);
	if (!f->work->out->nodes || facts_reserve_nodes(f->work->arena, f->facts, n) != ST_OK)
		return ST_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && pairs[i].node.nid == pairs[i - 1].node.nid)
			continue;
		f->work->out->nodes[f->facts->n_nodes] = pairs[i].how;
		f->facts->nodes[f->facts->n_nodes++] = pairs[i].node;
	}
	return ST_OK;
}

/* The message store tells more when it stands among the nodes already. */
static enum status add_store(struct finding_out *f)
{
	struct found_all all = f->all;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < all.n; i++) {
		if (all.objects[i].look.kind != LOOK_STORE || all.objects[i].is_deleted)
			continue;
		f->all = (struct found_all){ .objects = &all.objects[i], .n = 1 };
		st = add_nodes(f);
		all.objects[i].look.kind = LOOK_NOTHING;
	}
	f->all = all;
	return st;
}

enum status work_find_by_content(struct salvage_work *work)
{
	struct finding_out f = { .work = work, .facts = &work->out->facts };
	enum status st;

	if ((f.facts->nbt_whole && !work->options->deleted) || !(f.facts->have & FACT_DECODED))
		return ST_OK;
	st = hold_all(&f);
	if (st == ST_OK)
		st = look_at_all(&f);
	if (st != ST_OK || f.all.n == 0)
		return st;
	st = sort_by_search_key(&f);
	if (st != ST_OK)
		return st;
	drop_old_versions(&f);
	st = add_store(&f);
	if (st == ST_OK)
		st = found_match_lists(work, &f.all);
	if (st != ST_OK)
		return st;
	renew_all(&f);
	st = work->options->deleted ? found_judge_deleted(work, &f.all) : ST_OK;
	if (st == ST_OK)
		st = found_match_rows(work, &f.all);
	see_nids(&f);
	return st == ST_OK ? add_nodes(&f) : st;
}
