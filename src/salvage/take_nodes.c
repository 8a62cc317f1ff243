/* This file chooses among all pages' entries those that are the store's nodes.
 *
 * Nodes do not describe themselves: only leaf pages tell which blocks are
 * whose. Pages that no tree leads to any more tell it too, and of what was
 * deleted as well. Pages are heard from the most to the least credible; what
 * one of them covers and does not list was deleted when it was written. What
 * is in doubt then is decided by the folders' tables.
 */
#include "salvage/take_nodes.h"

#include "salvage/key_set.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 16 };

/* An entry of a leaf page. */
struct candidate {
	uint32_t nid, parent;
	uint64_t data, subnode;
	uint32_t rank;     /* of its page: 0 is heard first */
	uint8_t page_life; /* enum life */
	bool reached;      /* its page was reached from the root */
	bool covered;      /* a page heard before covers its NID and has none */
	bool bad_crc;
};

enum verdict { VERDICT_DEAD, VERDICT_DOUBTFUL, VERDICT_LIVE };

/* What was decided of one NID. */
struct choice {
	const struct candidate *newest, *chosen;
	uint8_t verdict, origin;
};

struct taking {
	struct salvage_work *work;
	struct row_index *rows;
	struct candidate *candidates;
	size_t n, room;
	struct choice *choices; /* by NID */
	size_t n_choices;
};

/* What a page is heard by. */
struct leaf {
	const struct swept_page *page;
	enum life life;
};

static int compare_leaves(const void *a, const void *b)
{
	const struct leaf *x = a, *y = b;
	int x_reached = x->page->marks & SWEPT_REACHED, y_reached = y->page->marks & SWEPT_REACHED;

	if (x_reached != y_reached)
		return y_reached - x_reached;
	if (x->life != y->life)
		return x->life > y->life ? -1 : 1;
	if (x->page->bid != y->page->bid)
		return x->page->bid > y->page->bid ? -1 : 1;
	return x->page->at < y->page->at ? -1 : x->page->at > y->page->at;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static const struct block_fact *block_of(const struct taking *t, uint64_t bid)
{
	return facts_block(&t->work->out->facts, (struct bid){ bid });
}

static void read_leaf(struct taking *t, const struct leaf *leaf, uint32_t rank, const struct key_set *covered)
{
	const struct page_tree *tree = &t->work->nbt;
	const struct swept_page *page = leaf->page;
	uint8_t bytes[PAGE_LEN_MAX];
	uint64_t last = 0;

	if (!page_tree_read(tree, page, bytes))
		return;
	for (uint64_t i = 0; i < page->n && t->n < t->room; i++) {
		struct nbt_entry e;

		if (!nbt_entry_at(tree->v, view_of(bytes, tree->v->page_len), page->entry_len, i, &e) ||
		    e.nid > UINT32_MAX || e.nid <= last)
			continue;
		last = e.nid;
		/* Where a page's checksum does not hold each entry has to prove itself. */
		if (page->marks & SWEPT_BAD_CRC && !work_is_sound(block_of(t, e.data)))
			continue;
		t->candidates[t->n++] = (struct candidate){
			.nid = (uint32_t)e.nid,
			.parent = (uint32_t)e.parent,
			.data = e.data,
			.subnode = e.subnode,
			.rank = rank,
			.page_life = (uint8_t)leaf->life,
			.reached = page->marks & SWEPT_REACHED,
			.covered = key_set_has(covered, e.nid),
			.bad_crc = page->marks & SWEPT_BAD_CRC,
		};
	}
}

static enum status rank_leaves(const struct taking *t, struct leaf **leaves_out, size_t *n_out)
{
	const struct salvage_work *w = t->work;
	struct leaf *leaves = arena_array(w->scratch, w->nbt.n, sizeof *leaves);
	size_t n = 0;

	if (!leaves)
		return ST_NOMEM;
	for (size_t i = 0; i < w->nbt.n; i++)
		if (w->nbt.pages[i]->level == 0)
			leaves[n++] = (struct leaf){ w->nbt.pages[i],
						     w->map ? live_map_of_page(w->map, w->nbt.pages[i]->at)
							    : LIFE_UNKNOWN };
	if (n)
		qsort(leaves, n, sizeof *leaves, compare_leaves);
	*leaves_out = leaves;
	*n_out = n;
	return ST_OK;
}

static enum status hear_pages(struct taking *t)
{
	struct key_set covered = { .arena = t->work->scratch };
	struct leaf *leaves;
	size_t n;
	enum status st = rank_leaves(t, &leaves, &n);

	for (size_t i = 0; st == ST_OK && i < n; i++)
		t->room += leaves[i].page->n;
	t->candidates = arena_array(t->work->scratch, t->room, sizeof *t->candidates);
	if (st != ST_OK || !t->candidates)
		return ST_NOMEM;
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		read_leaf(t, &leaves[i], (uint32_t)i, &covered);
		if (leaves[i].page->marks & SWEPT_REACHED || !(leaves[i].page->marks & SWEPT_BAD_CRC))
			st = key_set_add(&covered, leaves[i].page->low, leaves[i].page->high);
	}
	if (t->n)
		qsort(t->candidates, t->n, sizeof *t->candidates, compare_candidates);
	return st;
}

static bool data_is_there(const struct taking *t, const struct candidate *c)
{
	const struct block_fact *b = block_of(t, c->data);

	return c->data == 0 || (work_is_sound(b) && !(b->state & BLOCK_IS_SUBNODE));
}

static bool is_there(const struct taking *t, const struct candidate *c)
{
	const struct block_fact *b = block_of(t, c->subnode);

	return data_is_there(t, c) && (c->subnode == 0 || (work_is_sound(b) && b->state & BLOCK_IS_SUBNODE));
}

static enum life life_of(const struct taking *t, const struct candidate *c)
{
	const struct block_fact *b = block_of(t, c->data ? c->data : c->subnode);

	return b ? work_block_life(t->work, b) : LIFE_UNKNOWN;
}

/* The newest version whose blocks are there, else the newest with its data, else the newest. */
static const struct candidate *choose(const struct taking *t, const struct candidate *first, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_there(t, &first[i]))
			return &first[i];
	for (size_t i = 0; i < n; i++)
		if (data_is_there(t, &first[i]))
			return &first[i];
	return first;
}

static bool is_listed_kind(uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });

	return type == NID_TYPE_NORMAL_FOLDER || type == NID_TYPE_SEARCH_FOLDER ||
	       type == NID_TYPE_NORMAL_MESSAGE || type == NID_TYPE_ASSOC_MESSAGE;
}

/* An entry that nothing else need vouch for: its page is sound or in use, and
 * what belongs somewhere says where. */
static bool is_credible(const struct candidate *c)
{
	if (c->bad_crc && c->page_life != LIFE_TAKEN)
		return false;
	return !is_listed_kind(c->nid) || c->parent != 0;
}

static struct choice decide(const struct taking *t, const struct candidate *first, size_t n)
{
	struct choice c = { first, choose(t, first, n), VERDICT_DOUBTFUL, SALVAGE_PAGE };
	enum life life = life_of(t, c.chosen);

	if (first->reached) {
		c.verdict = VERDICT_LIVE;
		c.origin = SALVAGE_TREE;
	} else if (!first->covered && life != LIFE_FREE && data_is_there(t, c.chosen) && is_credible(first)) {
		c.verdict = VERDICT_LIVE;
	} else if (life == LIFE_FREE) {
		c.origin = SALVAGE_OLDER;
	}
	if (c.chosen != first)
		c.origin = SALVAGE_OLDER;
	return c;
}

static enum status make_choices(struct taking *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += i == 0 || t->candidates[i].nid != t->candidates[i - 1].nid;
	t->choices = arena_array(t->work->scratch, n, sizeof *t->choices);
	if (!t->choices)
		return ST_NOMEM;
	for (size_t i = 0, end; i < t->n; i = end) {
		for (end = i + 1; end < t->n && t->candidates[end].nid == t->candidates[i].nid;)
			end++;
		t->choices[t->n_choices++] = decide(t, &t->candidates[i], end - i);
	}
	return ST_OK;
}

static struct choice *choice_of(const struct taking *t, uint32_t nid)
{
	size_t low = 0, high = t->n_choices;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->choices[middle].newest->nid < nid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->n_choices && t->choices[low].newest->nid == nid ? &t->choices[low] : NULL;
}

static bool is_table(uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });

	return type == NID_TYPE_HIERARCHY_TABLE || type == NID_TYPE_CONTENTS_TABLE ||
	       type == NID_TYPE_ASSOC_CONTENTS_TABLE;
}

/* A folder's table is as alive as its folder. */
static bool folder_lives(const struct taking *t, uint32_t table)
{
	const struct choice *c = choice_of(t, (table & ~0x1FU) | NID_TYPE_NORMAL_FOLDER);

	return c && c->verdict == VERDICT_LIVE;
}

static enum status add_rows(struct taking *t, const struct choice *c)
{
	struct node_fact node = { c->chosen->nid, 0, c->chosen->data, c->chosen->subnode };
	bool is_current =
		c->chosen == c->newest && (c->newest->reached || life_of(t, c->chosen) == LIFE_TAKEN);

	return row_index_add(t->work, t->rows, &node, is_current);
}

/* Rows bring folders back, and those bring their tables with them: so in rounds. */
static enum status hear_tables(struct taking *t)
{
	enum status st = ST_OK;
	bool more = true, *heard = arena_array(t->work->scratch, t->n_choices, sizeof *heard);

	if (!heard)
		return ST_NOMEM;
	for (int round = 0; st == ST_OK && more && round < ROUNDS_MAX; round++) {
		more = false;
		for (size_t i = 0; st == ST_OK && i < t->n_choices; i++) {
			struct choice *c = &t->choices[i];

			if (heard[i] || !is_table(c->newest->nid) ||
			    (c->verdict != VERDICT_LIVE && !folder_lives(t, c->newest->nid)))
				continue;
			c->verdict = VERDICT_LIVE;
			heard[i] = more = true;
			st = add_rows(t, c);
		}
		row_index_ready(t->rows);
		for (size_t i = 0; i < t->n_choices; i++) {
			struct choice *c = &t->choices[i];

			if (c->verdict == VERDICT_DOUBTFUL && is_listed_kind(c->newest->nid) &&
			    row_index_find(t->rows, c->newest->nid) && data_is_there(t, c->chosen)) {
				c->verdict = VERDICT_LIVE;
				more = true;
			}
		}
	}
	return st;
}

/* What the tables do not name was deleted, unless the tree or the maps vouch for its page. */
static void hear_silence(struct taking *t)
{
	for (size_t i = 0; i < t->n_choices; i++) {
		struct choice *c = &t->choices[i];
		const struct candidate *k = c->chosen;
		struct node_fact node = { k->nid, k->parent, k->data, k->subnode };
		bool in_doubt =
			c->newest->bad_crc || (!c->newest->reached && c->newest->page_life != LIFE_TAKEN);

		if (c->verdict == VERDICT_LIVE && in_doubt && is_listed_kind(k->nid) && k->parent != k->nid &&
		    !row_index_lists(t->rows, k->nid, k->parent) && row_index_would_list(t->rows, &node))
			c->verdict = VERDICT_DOUBTFUL;
		if (c->verdict != VERDICT_DOUBTFUL)
			continue;
		c->verdict = VERDICT_DEAD;
		c->origin = SALVAGE_DELETED;
	}
}

/* Only what is whole comes back from the dead. */
static bool is_kept(const struct taking *t, const struct choice *c)
{
	if (c->verdict == VERDICT_LIVE)
		return true;
	return t->work->options->deleted && is_listed_kind(c->newest->nid) && is_there(t, c->chosen) &&
	       c->chosen->data;
}

static enum status keep(struct taking *t)
{
	struct salvage *out = t->work->out;
	struct check_facts *facts = &out->facts;
	size_t n = 0;

	for (size_t i = 0; i < t->n_choices; i++)
		n += is_kept(t, &t->choices[i]);
	if (facts_reserve_nodes(t->work->arena, facts, n) != ST_OK)
		return ST_NOMEM;
	out->nodes = arena_array(t->work->arena, n, sizeof *out->nodes);
	if (!out->nodes)
		return ST_NOMEM;
	for (size_t i = 0; i < t->n_choices; i++) {
		const struct choice *c = &t->choices[i];

		if (!is_kept(t, c))
			continue;
		out->nodes[facts->n_nodes].origin = c->origin;
		facts->nodes[facts->n_nodes++] = (struct node_fact){ c->chosen->nid, c->chosen->parent,
								     c->chosen->data, c->chosen->subnode };
	}
	return ST_OK;
}

enum status work_take_nodes(struct salvage_work *work, struct row_index *rows)
{
	struct taking t = { .work = work, .rows = rows };
	enum status st = hear_pages(&t);

	if (st == ST_OK)
		st = make_choices(&t);
	if (st == ST_OK && !work->nbt.whole) {
		st = hear_tables(&t);
		row_index_ready(rows);
	}
	if (st == ST_OK)
		hear_silence(&t);
	if (st == ST_OK)
		st = keep(&t);
	work->out->facts.have |= FACT_NODES;
	work->out->facts.nbt_whole = work->nbt.whole;
	return st;
}
