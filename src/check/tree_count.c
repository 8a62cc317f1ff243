/* This file counts a tree's leaf pages before they are read. */
#include "check/tree_walk.h"

#include "check/page_set.h"
#include "check/read_window.h"

struct counter {
	struct pass_context *pass;
	const struct tree_walk *walk;
	struct page_set *seen;
	struct {
		struct bref ref;
		uint64_t level;
	} * stack;
	size_t n, room;
	uint64_t leaves;
	struct read_window *window;
	uint8_t page[PAGE_LEN_MAX];
};

static void push_children(struct counter *c, const struct btree_page *p)
{
	const struct variant *v = c->pass->facts->variant;
	struct btree_index_entry e;

	for (uint64_t i = 0; i < p->n && c->n < c->room; i++) {
		if (!btree_index_at(v, view_of(c->page, v->page_len), p->entry_len, i, &e))
			return;
		c->stack[c->n].ref = e.ref;
		c->stack[c->n++].level = p->level - 1;
	}
}

/* What is wrong with a page is the walk's to say; here it has no leaves. */
static void visit(struct counter *c, struct bref ref, uint64_t level, bool is_root)
{
	const struct check_facts *facts = c->pass->facts;
	const struct variant *v = facts->variant;
	struct view page = view_of(c->page, v->page_len);
	struct btree_page p;

	if (!page_set_add(c->seen, ref.ib / v->page_len) ||
	    read_window_get(c->window, facts->image, ref.ib, c->page, v->page_len) != ST_OK ||
	    page_faults(v, page, c->walk->type, (struct ib){ ref.ib }, (struct bid){ ref.bid }) ||
	    !btree_page_decode(v, page, &p) || p.entry_len == 0 || p.n > v->entries_len / p.entry_len)
		return;
	if (p.level >= TREE_LEVELS_MAX || (!is_root && p.level != level))
		return;
	if (p.level == 0)
		c->leaves++;
	else if (p.level == 1)
		c->leaves += p.n;
	else
		push_children(c, &p);
}

enum status tree_count_leaves(struct pass_context *pass, const struct tree_walk *walk, uint64_t *n_out)
{
	const struct variant *v = pass->facts->variant;
	struct arena *scratch = arena_new((size_t)(pass->facts->image->size / v->page_len / 8) + (1 << 20));
	struct counter c = { .pass = pass, .walk = walk };

	*n_out = 0;
	c.room = (size_t)TREE_LEVELS_MAX * (v->entries_len / v->index_entry_len) + 1;
	if (scratch) {
		c.stack = arena_array(scratch, c.room, sizeof *c.stack);
		c.window = arena_alloc(scratch, sizeof *c.window);
		c.seen = page_set_new(scratch, pass->facts->image->size / v->page_len + 1);
	}
	if (!scratch || !c.stack || !c.window || !c.seen) {
		arena_drop(&scratch);
		return ST_NOMEM;
	}
	visit(&c, walk->root, 0, true);
	while (c.n) {
		c.n--;
		visit(&c, c.stack[c.n].ref, c.stack[c.n].level, false);
	}
	*n_out = c.leaves;
	arena_drop(&scratch);
	return ST_OK;
}
