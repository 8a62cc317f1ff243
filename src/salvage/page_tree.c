/* This file makes a tree of swept pages. */
#include "salvage/page_tree.h"

#include "check/tree_walk.h"

static struct swept_page *page_at(const struct page_tree *tree, uint64_t at)
{
	size_t low = 0, high = tree->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tree->pages[middle]->at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < tree->n && tree->pages[low]->at == at ? tree->pages[low] : NULL;
}

bool page_tree_read(const struct page_tree *tree, const struct swept_page *page,
		    uint8_t to[static PAGE_LEN_MAX])
{
	return image_read(tree->image, page->at, to, tree->v->page_len) == ST_OK;
}

/* The page below, if it is the one that the entry means. */
static struct swept_page *child_of(const struct page_tree *tree, const struct swept_page *parent,
				   const struct btree_index_entry *e)
{
	struct swept_page *child = page_at(tree, e->ref.ib);

	return child && child->bid == e->ref.bid && child->level + 1 == parent->level ? child : NULL;
}

static uint64_t key_of(const struct swept_page *page, uint64_t key)
{
	return page->type == PAGE_BBT ? key & ~(uint64_t)1 : key;
}

/* What a sound page says of those below it; the newest word counts. */
static void link_children(struct page_tree *tree, const struct swept_page *parent)
{
	uint8_t bytes[PAGE_LEN_MAX];
	struct view page = view_of(bytes, tree->v->page_len);
	struct btree_index_entry e, next;

	if (!page_tree_read(tree, parent, bytes))
		return;
	for (uint64_t i = 0; i < parent->n; i++) {
		struct swept_page *child;

		if (!btree_index_at(tree->v, page, parent->entry_len, i, &e))
			return;
		child = child_of(tree, parent, &e);
		if (!child || (child->marks & SWEPT_HELD && child->parent_bid > parent->bid))
			continue;
		child->marks |= SWEPT_HELD;
		child->parent_bid = parent->bid;
		child->high = child->last + 1;
		if (i + 1 < parent->n && btree_index_at(tree->v, page, parent->entry_len, i + 1, &next) &&
		    key_of(parent, next.key) > child->last)
			child->high = key_of(parent, next.key);
	}
}

enum status page_tree_init(struct arena *arena, struct page_tree *tree, const struct swept *swept,
			   enum page_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < swept->n_pages; i++)
		n += swept->pages[i].type == type;
	tree->pages = arena_array(arena, n, sizeof(struct swept_page *));
	if (!tree->pages)
		return ST_NOMEM;
	for (size_t i = 0; i < swept->n_pages; i++)
		if (swept->pages[i].type == type)
			tree->pages[tree->n++] = &swept->pages[i];
	for (size_t i = 0; i < tree->n; i++)
		if (tree->pages[i]->level && !(tree->pages[i]->marks & SWEPT_BAD_CRC))
			link_children(tree, tree->pages[i]);
	return ST_OK;
}

/* A page waiting for the walk, with what its parent says it covers. */
struct frame {
	struct swept_page *page;
	uint64_t low, high;
};

enum { FRAMES_MAX = TREE_LEVELS_MAX * (PAGE_LEN_MAX / 12) };

struct walker {
	struct page_tree *tree;
	struct frame frames[FRAMES_MAX];
	size_t n;
};

static void push_children(struct walker *w, const struct frame *f)
{
	const struct page_tree *tree = w->tree;
	uint8_t bytes[PAGE_LEN_MAX];
	struct view page = view_of(bytes, tree->v->page_len);
	struct btree_index_entry e;
	uint64_t high = f->high;

	if (!page_tree_read(tree, f->page, bytes)) {
		w->tree->whole = false;
		return;
	}
	for (uint64_t i = f->page->n; i-- > 0;) {
		struct swept_page *child;
		uint64_t key;

		if (!btree_index_at(tree->v, page, f->page->entry_len, i, &e))
			continue;
		key = key_of(f->page, e.key);
		child = child_of(tree, f->page, &e);
		if (!child || child->first < key || child->last >= high || w->n == FRAMES_MAX)
			w->tree->whole = false;
		else
			w->frames[w->n++] = (struct frame){ child, i == 0 ? f->low : key, high };
		high = key;
	}
}

/* Every page at most once: a page that two hold is the first one's. */
static void walk(struct walker *w, struct swept_page *root)
{
	w->tree->whole = true;
	w->frames[w->n++] = (struct frame){ root, 0, UINT64_MAX };
	while (w->n) {
		struct frame f = w->frames[--w->n];

		if (f.page->marks & (SWEPT_REACHED | SWEPT_BAD_CRC))
			w->tree->whole = false;
		if (f.page->marks & SWEPT_REACHED)
			continue;
		f.page->marks |= SWEPT_REACHED;
		f.page->low = f.low;
		f.page->high = f.high;
		if (f.page->level)
			push_children(w, &f);
	}
}

static enum status walk_from(struct page_tree *tree, struct swept_page *root)
{
	struct arena *scratch = arena_new(sizeof(struct walker) + 4096);
	struct walker *w = scratch ? arena_alloc(scratch, sizeof *w) : NULL;

	if (w) {
		w->tree = tree;
		walk(w, root);
		tree->root = root;
	}
	arena_drop(&scratch);
	return w ? ST_OK : ST_NOMEM;
}

enum status page_tree_walk(struct page_tree *tree, struct bref root)
{
	struct swept_page *page = page_at(tree, root.ib);

	if (!page || page->bid != root.bid)
		return ST_OK;
	return walk_from(tree, page);
}

static struct swept_page *newest(const struct page_tree *tree)
{
	struct swept_page *best = NULL;

	for (size_t i = 0; i < tree->n; i++) {
		struct swept_page *p = tree->pages[i];

		if (!(p->marks & (SWEPT_HELD | SWEPT_BAD_CRC)) && (!best || p->bid > best->bid))
			best = p;
	}
	return best;
}

const struct swept_page *page_tree_newest(const struct page_tree *tree)
{
	return newest(tree);
}

/* A page outside the tree that may belong to a larger one: newer than the root,
 * taken, or with keys that the root's pages do not span. */
static bool speaks_against(const struct page_tree *tree, const struct swept_page *p,
			   const struct live_map *map)
{
	enum life life = live_map_of_page(map, p->at);

	/* A page that was written over in part says nothing that could be relied on. */
	if (p->marks & (SWEPT_REACHED | SWEPT_BAD_CRC) || life == LIFE_FREE)
		return false;
	return life == LIFE_TAKEN || p->bid > tree->root->bid || p->first < tree->root->first ||
	       p->last > tree->root->last;
}

/* The root's keys end where its last page begins; the pages below know better. */
static uint64_t last_key(const struct page_tree *tree)
{
	uint64_t last = 0;

	for (size_t i = 0; i < tree->n; i++)
		if (tree->pages[i]->marks & SWEPT_REACHED && tree->pages[i]->last > last)
			last = tree->pages[i]->last;
	return last;
}

enum status page_tree_find_root(struct page_tree *tree, const struct live_map *map)
{
	struct swept_page *best = newest(tree);
	bool good;
	enum status st;

	if (!best)
		return ST_OK;
	st = walk_from(tree, best);
	if (st != ST_OK)
		return st;
	best->last = last_key(tree);
	/* A root in free space was given up for another. */
	good = tree->whole && live_map_of_page(map, best->at) != LIFE_FREE;
	for (size_t i = 0; good && i < tree->n; i++)
		good = !speaks_against(tree, tree->pages[i], map);
	if (good)
		return ST_OK;
	tree->root = NULL;
	tree->whole = false;
	for (size_t i = 0; i < tree->n; i++) {
		struct swept_page *p = tree->pages[i];

		if (!(p->marks & SWEPT_REACHED))
			continue;
		p->marks &= (uint8_t)~SWEPT_REACHED;
		p->low = p->first;
		if (p->high == UINT64_MAX)
			p->high = p->last + 1;
	}
	return ST_OK;
}
