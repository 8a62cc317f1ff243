/* This file writes the pages of both trees anew where their entries changed, up to the roots.
 *
 * From the root down it gathers the pages that hold changed keys, from the
 * leaves up it writes them: each page becomes none, one or several, whose keys
 * and places its parent takes over.
 */
#include "edit/work.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRY_MAX = 32, LEVELS_MAX = 9 };

struct entry {
	uint64_t key;
	bool is_gone;
	uint8_t bytes[ENTRY_MAX]; /* as it stands in a page */
};

/* A page that changes. */
struct page_change {
	struct bref ref;
	size_t from, to;   /* of the changes those that belong below it */
	size_t up, slot;   /* the page above, by its place in its level's list, and the entry there */
	struct entry *out; /* entries of the level above that take the place of the one */
	size_t n_out;
};

struct level {
	struct page_change *pages;
	size_t n;
};

struct tree {
	struct work *w;
	enum page_type type;
	size_t leaf_len, leaf_max, index_len, index_max;
	struct entry *changes; /* sorted by key */
	size_t n_changes;
	struct level levels[LEVELS_MAX];
};

static void *room_for(struct tree *t, size_t n, size_t size)
{
	void *room = work_goes_on(t->w) ? arena_array(t->w->arena, n + 1, size) : NULL;

	if (!room)
		work_fail(t->w, ST_NOMEM, NULL);
	return room;
}

static bool read_page(struct tree *t, const struct bref *ref, uint8_t *page, struct btree_page *out)
{
	const struct variant *v = t->w->facts->variant;
	struct view bytes = view_of(page, v->page_len);

	if (image_read(overlay_image(t->w->draft), ref->ib, page, v->page_len) == ST_OK &&
	    page_faults(v, bytes, t->type, (struct ib){ ref->ib }, (struct bid){ ref->bid }) == 0 &&
	    btree_page_decode(v, bytes, out) && out->level < LEVELS_MAX)
		return true;
	work_fail(t->w, ST_IO, "a page of a tree cannot be read");
	return false;
}

static struct bref *root_of(struct tree *t)
{
	return t->type == PAGE_NBT ? &t->w->facts->header.nbt : &t->w->facts->header.bbt;
}

static uint64_t key_of(const struct tree *t, uint64_t key)
{
	return t->type == PAGE_BBT ? key & ~UINT64_C(1) : key & UINT32_MAX;
}

/* The keys of the children of a page, and which changes go to which. */
static void split_changes(struct tree *t, unsigned level, size_t i, struct level *below)
{
	const struct variant *v = t->w->facts->variant;
	struct page_change *page = &t->levels[level].pages[i];
	uint8_t bytes[PAGE_LEN_MAX];
	struct btree_page head;
	struct btree_index_entry e, next;
	size_t from = page->from;

	if (!read_page(t, &page->ref, bytes, &head))
		return;
	for (uint64_t k = 0; k < head.n && from < page->to; k++) {
		size_t to = from;

		if (!btree_index_at(v, view_of(bytes, v->page_len), head.entry_len, k, &e))
			break;
		if (k + 1 == head.n)
			to = page->to;
		else if (btree_index_at(v, view_of(bytes, v->page_len), head.entry_len, k + 1, &next))
			while (to < page->to && t->changes[to].key < key_of(t, next.key))
				to++;
		if (to > from)
			below->pages[below->n++] = (struct page_change){
				.ref = e.ref, .from = from, .to = to, .up = i, .slot = (size_t)k
			};
		from = to;
	}
	if (from < page->to)
		work_fail(t->w, ST_IO, "a page of a tree cannot be read");
}

/* Down to the leaves; the level of the root is the result. */
static unsigned gather(struct tree *t)
{
	uint8_t bytes[PAGE_LEN_MAX];
	struct btree_page head;
	unsigned top;

	if (!read_page(t, root_of(t), bytes, &head))
		return 0;
	top = (unsigned)head.level;
	t->levels[top].pages = room_for(t, 1, sizeof(struct page_change));
	if (!t->levels[top].pages)
		return 0;
	t->levels[top].pages[0] = (struct page_change){ .ref = *root_of(t), .to = t->n_changes };
	t->levels[top].n = 1;
	for (unsigned level = top; level > 0 && work_goes_on(t->w); level--) {
		struct level *below = &t->levels[level - 1];

		/* Each page below has at least one change of its own. */
		below->pages = room_for(t, t->n_changes, sizeof(struct page_change));
		for (size_t i = 0;
		     below->pages && t->levels[level].pages && i < t->levels[level].n && work_goes_on(t->w);
		     i++)
			split_changes(t, level, i, below);
	}
	return top;
}

static void put_index(struct tree *t, uint64_t key, const struct bref *ref, struct entry *out)
{
	struct btree_index_entry e = { key, *ref };

	*out = (struct entry){ .key = key };
	field_encode(btree_index_fields(t->w->facts->variant), &e, out->bytes);
}

static struct bref write_page(struct tree *t, unsigned level, const struct entry *entries, size_t n)
{
	const struct variant *v = t->w->facts->variant;
	struct header *h = &t->w->facts->header;
	size_t len = level ? t->index_len : t->leaf_len;
	struct btree_page head = { n, level ? t->index_max : t->leaf_max, len, level };
	uint8_t page[PAGE_LEN_MAX] = { 0 };
	struct bref ref = { 0 };
	enum status st;

	if (!places_take(t->w, v->page_len, v->page_len, &ref.ib))
		return ref;
	ref.bid = h->next_page++;
	for (size_t i = 0; i < n; i++)
		memcpy(page + i * len, entries[i].bytes, len);
	field_encode(btree_page_fields(v), &head, page + v->entries_len);
	page_seal(v, t->type, (struct ib){ ref.ib }, (struct bid){ ref.bid }, page);
	st = overlay_write(t->w->draft, ref.ib, view_of(page, v->page_len));
	if (st != ST_OK)
		work_fail(t->w, st, NULL);
	return ref;
}

/* Entries of a level as pages, evenly filled; what names them in the level above. */
static size_t write_pages(struct tree *t, unsigned level, const struct entry *entries, size_t n,
			  struct entry **out)
{
	size_t max = level ? t->index_max : t->leaf_max, pages = (n + max - 1) / max;

	*out = room_for(t, pages, sizeof **out);
	for (size_t i = 0, at = 0; entries && *out && i < pages && work_goes_on(t->w); i++) {
		size_t part = (n - at) / (pages - i);
		struct bref ref = write_page(t, level, entries + at, part);

		put_index(t, entries[at].key, &ref, &(*out)[i]);
		at += part;
	}
	return pages;
}

/* The entries of a leaf with its changes. */
static size_t merge_leaf(struct tree *t, const struct page_change *page, struct entry **out)
{
	const struct variant *v = t->w->facts->variant;
	size_t at = page->from, n = 0;
	uint8_t bytes[PAGE_LEN_MAX];
	struct btree_page head;

	if (!read_page(t, &page->ref, bytes, &head))
		return 0;
	*out = room_for(t, (size_t)head.n + page->to - page->from, sizeof **out);
	if (!*out || head.entry_len < t->leaf_len || head.n * head.entry_len > v->entries_len) {
		work_fail(t->w, ST_IO, "a page of a tree cannot be read");
		return 0;
	}
	for (uint64_t k = 0; k < head.n; k++) {
		const uint8_t *e = bytes + k * head.entry_len;
		struct cursor c = cursor_of(view_of(e, v->id_width));
		uint64_t key = key_of(t, v->id_width == 8 ? cursor_u64le(&c) : cursor_u32le(&c));

		while (at < page->to && t->changes[at].key < key) {
			if (!t->changes[at].is_gone)
				(*out)[n++] = t->changes[at];
			at++;
		}
		if (at < page->to && t->changes[at].key == key)
			continue;
		(*out)[n].key = key;
		memcpy((*out)[n++].bytes, e, t->leaf_len);
	}
	for (; at < page->to; at++)
		if (!t->changes[at].is_gone)
			(*out)[n++] = t->changes[at];
	return n;
}

/* The entries of an upper page, those of changed children replaced; `below` is where its own begin. */
static size_t merge_index(struct tree *t, unsigned level, size_t i, size_t *below, struct entry **out)
{
	const struct variant *v = t->w->facts->variant;
	const struct level *children = &t->levels[level - 1];
	struct btree_index_entry e;
	uint8_t bytes[PAGE_LEN_MAX];
	struct btree_page head;
	size_t room, n = 0;

	if (!read_page(t, &t->levels[level].pages[i].ref, bytes, &head))
		return 0;
	room = (size_t)head.n;
	for (size_t k = *below; k < children->n && children->pages[k].up == i; k++)
		room += children->pages[k].n_out;
	*out = room_for(t, room, sizeof **out);
	for (uint64_t k = 0; *out && k < head.n && work_goes_on(t->w); k++) {
		const struct page_change *child = *below < children->n ? &children->pages[*below] : NULL;

		if (child && child->up == i && child->slot == k) {
			if (child->n_out)
				memcpy(*out + n, child->out, child->n_out * sizeof **out);
			n += child->n_out;
			++*below;
		} else if (btree_index_at(v, view_of(bytes, v->page_len), head.entry_len, k, &e)) {
			put_index(t, key_of(t, e.key), &e.ref, &(*out)[n++]);
		}
	}
	return n;
}

static void write_level(struct tree *t, unsigned level)
{
	size_t below = 0;

	for (size_t i = 0; i < t->levels[level].n && work_goes_on(t->w); i++) {
		struct page_change *page = &t->levels[level].pages[i];
		struct entry *entries = NULL;
		size_t n = level ? merge_index(t, level, i, &below, &entries) : merge_leaf(t, page, &entries);

		if (work_goes_on(t->w))
			page->n_out = write_pages(t, level, entries, n, &page->out);
		places_give(t->w, page->ref.ib, t->w->facts->variant->page_len);
	}
}

static void write_tree(struct tree *t)
{
	unsigned top;
	struct entry *entries;
	size_t n;

	if (t->n_changes == 0)
		return;
	top = gather(t);
	for (unsigned level = 0; level <= top && work_goes_on(t->w); level++)
		write_level(t, level);
	if (!work_goes_on(t->w) || !t->levels[top].pages)
		return;
	entries = t->levels[top].pages[0].out;
	for (n = t->levels[top].pages[0].n_out; n > 1 && work_goes_on(t->w);)
		n = write_pages(t, ++top, entries, n, &entries);
	if (n == 1 && entries && work_goes_on(t->w)) {
		struct cursor c =
			cursor_of(view_of(entries[0].bytes + t->w->facts->variant->id_width, ENTRY_MAX / 2));
		bool wide = t->w->facts->variant->id_width == 8;
		struct bref *root = root_of(t);

		root->bid = wide ? cursor_u64le(&c) : cursor_u32le(&c);
		root->ib = wide ? cursor_u64le(&c) : cursor_u32le(&c);
		return;
	}
	work_fail(t->w, ST_BUG, "a tree would have no root");
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static void init(struct tree *t, struct work *w, enum page_type type)
{
	const struct variant *v = w->facts->variant;

	*t = (struct tree){ .w = w, .type = type, .index_len = v->index_entry_len };
	t->leaf_len = type == PAGE_BBT ? v->bbt_entry_len : v->nbt_entry_len;
	t->leaf_max = v->entries_len / t->leaf_len;
	t->index_max = v->entries_len / t->index_len;
}

static void put_block(struct tree *t, const struct block_fact *b)
{
	struct bbt_entry e = { .ref = { b->bid, b->at }, .len = b->len, .refs = b->refs };
	struct entry *to = &t->changes[t->n_changes++];

	*to = (struct entry){ .key = key_of(t, b->bid), .is_gone = b->refs == 0 };
	field_encode(bbt_entry_fields(t->w->facts->variant), &e, to->bytes);
}

static void write_blocks(struct work *w)
{
	struct tree t;
	size_t n = 0;

	init(&t, w, PAGE_BBT);
	for (size_t i = 0; i < w->facts->n_blocks; i++)
		n += blocks_is_touched(&w->facts->blocks[i]);
	t.changes = room_for(&t, n, sizeof *t.changes);
	for (size_t i = 0; i < w->facts->n_blocks && work_goes_on(w); i++)
		if (blocks_is_touched(&w->facts->blocks[i]))
			put_block(&t, &w->facts->blocks[i]);
	write_tree(&t);
}

static void put_node(struct tree *t, const struct node_fact *node, bool is_gone)
{
	struct nbt_entry e = { node->nid, node->data, node->subnode, node->parent };
	struct entry *to = &t->changes[t->n_changes++];

	*to = (struct entry){ .key = node->nid, .is_gone = is_gone };
	field_encode(nbt_entry_fields(t->w->facts->variant), &e, to->bytes);
}

static void write_nodes(struct work *w)
{
	struct tree t;
	size_t n = w->n_added;

	init(&t, w, PAGE_NBT);
	for (size_t i = 0; i < w->facts->n_nodes; i++)
		n += w->node_marks[i] != 0;
	t.changes = room_for(&t, n, sizeof *t.changes);
	for (size_t i = 0; i < w->facts->n_nodes && work_goes_on(w); i++)
		if (w->node_marks[i])
			put_node(&t, &w->facts->nodes[i], w->node_marks[i] & NODE_GONE);
	for (size_t i = 0; i < w->n_added && work_goes_on(w); i++)
		put_node(&t, &w->added[i], false);
	if (t.n_changes)
		qsort(t.changes, t.n_changes, sizeof *t.changes, compare);
	write_tree(&t);
}

void trees_finish(struct work *w)
{
	write_nodes(w);
	write_blocks(w);
}
