/* This file loads the two B-trees of a store, leaves first and full ([MS-PST] 2.2.2.7.7). */
#include "write/ndb_inner.h"

#include <string.h>

/* One entry of an index page: what stands first in the page, and where it is. */
struct index_row {
	uint64_t key;
	struct bref ref;
};

/* A tree while it grows from its leaves up. */
struct tree {
	struct ndb_out *out;
	enum page_type type;
	unsigned level;
	const uint32_t *order; /* of kept blocks or nodes; NULL: as they stand */
	uint64_t last;         /* key of the entry before */
	enum status status;
	struct chunks below, pages; /* index rows of the level before and of this one */
};

static size_t entry_len(const struct tree *t)
{
	const struct variant *v = t->out->v;

	if (t->level)
		return v->index_entry_len;
	return t->type == PAGE_BBT ? v->bbt_entry_len : v->nbt_entry_len;
}

/* Kept blocks have lower BIDs than new ones. */
static uint64_t put_bbt_entry(const struct tree *t, size_t i, uint8_t *to)
{
	const struct ndb_out *out = t->out;
	struct bbt_entry e;

	if (i < out->kept.n) {
		const struct kept_row *k = chunks_row(&out->kept, t->order ? t->order[i] : i);

		e = (struct bbt_entry){
			.ref = { k->bid, k->at }, .len = k->len, .len_inflated = k->len, .refs = k->refs
		};
	} else {
		const struct block_row *b = chunks_row(&out->blocks, i - out->kept.n);
		uint64_t bid = out->options.first_bid + (uint64_t)(i - out->kept.n) * NDB_BID_STEP;

		e = (struct bbt_entry){ .ref = { bid | (b->is_internal ? 2 : 0), b->at },
					.len = b->len,
					.len_inflated = b->len_inflated,
					.refs = b->refs };
	}
	field_encode(bbt_entry_fields(out->v), &e, to);
	return e.ref.bid;
}

/* Writes entry i of the level; the result is its key. */
static uint64_t put_entry(const struct tree *t, size_t i, uint8_t *to)
{
	const struct variant *v = t->out->v;
	const struct ndb_node *node;
	struct nbt_entry e;

	if (t->level) {
		const struct index_row *row = chunks_row(&t->below, i);
		struct btree_index_entry index = { .key = row->key, .ref = row->ref };

		field_encode(btree_index_fields(v), &index, to);
		return row->key;
	}
	if (t->type == PAGE_BBT)
		return put_bbt_entry(t, i, to);
	node = chunks_row(&t->out->nodes, t->order ? t->order[i] : i);
	e = (struct nbt_entry){ node->nid, node->data, node->subnode, node->parent };
	field_encode(nbt_entry_fields(v), &e, to);
	return e.nid;
}

/* A page with entries from number `first` on. */
static void put_page(struct tree *t, size_t first, size_t n)
{
	const struct variant *v = t->out->v;
	size_t len = entry_len(t);
	struct btree_page counters = {
		.n = n, .n_max = v->entries_len / len, .entry_len = len, .level = t->level
	};
	struct index_row *row = chunks_add(&t->pages);
	uint8_t *page;

	if (!row) {
		t->status = ST_NOMEM;
		return;
	}
	row->ref.bid = t->out->next_page++;
	row->ref.ib = ndb_place_take(&t->out->place, v->page_len, v->page_len, &page);
	memset(page, 0, v->page_len);
	for (size_t i = 0; i < n; i++) {
		uint64_t key = put_entry(t, first + i, page + i * len);

		row->key = i ? row->key : key;
		if (first + i > 0 && key <= t->last)
			t->status = ST_USAGE;
		t->last = key;
	}
	field_encode(btree_page_fields(v), &counters, page + v->entries_len);
	page_seal(v, t->type, (struct ib){ row->ref.ib }, (struct bid){ row->ref.bid }, page);
	ndb_place_mark(&t->out->place, row->ref.ib, v->page_len, BYTE_LIVE);
	/* The last bytes of a 4 KiB page's trailer are nobody's. */
	if (v->page_trailer_len == 24)
		ndb_place_mark(&t->out->place, row->ref.ib + v->page_len - 8, 8, BYTE_OPAQUE);
}

static void put_level(struct tree *t, size_t n)
{
	size_t most = t->out->v->entries_len / entry_len(t);
	unsigned fill = t->out->options.shape.tree_fill;

	/* One entry in a page would need as many pages above. */
	if (fill > 1 && most > fill)
		most = fill;
	chunks_init(&t->pages, t->out->arena, sizeof(struct index_row), NDB_ROWS_PER_CHUNK);
	if (n == 0)
		put_page(t, 0, 0);
	for (size_t i = 0; i < n && t->status == ST_OK; i += most)
		put_page(t, i, n - i < most ? n - i : most);
}

enum status ndb_trees_put(struct ndb_out *out, enum page_type type, struct bref *root_out)
{
	struct tree t = { .out = out, .type = type };
	size_t n = type == PAGE_BBT ? out->kept.n + out->blocks.n : out->nodes.n;

	if (type == PAGE_BBT)
		t.status = chunks_sort(&out->kept, sizeof(uint64_t), &t.order);
	else
		t.status = chunks_sort(&out->nodes, sizeof(uint32_t), &t.order);
	for (; t.status == ST_OK; t.level++) {
		put_level(&t, n);
		t.below = t.pages;
		n = t.pages.n;
		if (n <= 1)
			break;
	}
	if (t.status == ST_OK)
		*root_out = ((const struct index_row *)chunks_row(&t.below, 0))->ref;
	return t.status;
}
