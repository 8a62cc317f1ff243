/* This file is a program that compares what a salvage finds in a damaged store with what was in it.
 *
 *	salvage-score ORIGINAL DAMAGED...
 *
 * For each damaged copy a line of JSON: of the original's messages those that
 * are intact (every block and the page with their entry are the same bytes at
 * the same place), how many of them are in the picture with all their blocks,
 * and how many of those in the same folder; then what is in the picture that
 * was never in the original.
 */
#include "base/buf.h"
#include "check/block_read.h"
#include "os/pool.h"
#include "os/store_file.h"
#include "salvage/salvage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARENA_MAX = 1 << 30, EXTENTS_MAX = 1 << 20 };

struct extent_list {
	const struct block_fact **rows;
	size_t n;
	bool whole;
};

struct store {
	struct store_file *file;
	struct arena *arena;
	struct salvage *s;
	double seconds;
};

struct score {
	unsigned long messages, intact, found, placed, beyond, beyond_placed, older, phantom, deleted,
		content, row, mixed;
};

static void run_jobs(void *context, size_t n, check_job *job, void *job_context)
{
	const unsigned *width = context;

	pool_run(*width, n, job, job_context);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool open_store(const char *path, struct store *out)
{
	unsigned width = pool_width();
	struct salvage_options options = {
		.runner = { run_jobs, &width, width },
		.deleted = getenv("SALVAGE_DELETED") != NULL,
	};
	const char *why;
	double from = now();

	*out = (struct store){ .arena = arena_new(ARENA_MAX) };
	if (!out->arena || store_file_open(path, &out->file, &why) != ST_OK)
		return false;
	if (salvage_store(out->arena, store_file_image(out->file), &options, &out->s) != ST_OK)
		return false;
	out->seconds = now() - from;
	return true;
}

static void close_store(struct store *s)
{
	if (s->file)
		store_file_close(&s->file);
	arena_drop(&s->arena);
}

/* Everything below a node's two BIDs, from a list that grows as it is read. */
struct walk {
	const struct check_facts *facts;
	uint64_t bids[EXTENTS_MAX];
	size_t n;
	uint8_t room[BLOCK_READ_ROOM];
};

static struct walk walk;

static void add_bid(uint64_t bid)
{
	if (bid && walk.n < EXTENTS_MAX)
		walk.bids[walk.n++] = bid;
}

static void add_children(const struct block_fact *b)
{
	const struct variant *v = walk.facts->variant;
	struct view data;
	struct bid bid;
	struct sl_entry e;
	struct si_entry si;

	if (!(b->state & (BLOCK_IS_TREE | BLOCK_IS_SUBNODE)) ||
	    block_read(walk.facts, b, walk.room, &data) != ST_OK)
		return;
	if (b->state & BLOCK_IS_TREE)
		for (uint64_t i = 0; xblock_bid_at(v, data, i, &bid); i++)
			add_bid(bid.v);
	else if (b->state & BLOCK_IS_UPPER)
		for (uint64_t i = 0; si_entry_at(v, data, i, &si); i++)
			add_bid(si.bid);
	else
		for (uint64_t i = 0; sl_entry_at(v, data, i, &e); i++) {
			add_bid(e.data);
			add_bid(e.subnode);
		}
}

/* Fills walk.bids; false when a block is missing. */
static bool list_blocks(const struct check_facts *facts, const struct node_fact *node)
{
	bool whole = true;

	walk.facts = facts;
	walk.n = 0;
	add_bid(node->data);
	add_bid(node->subnode);
	for (size_t i = 0; i < walk.n; i++) {
		const struct block_fact *b = facts_block(facts, (struct bid){ walk.bids[i] });

		if (!b)
			whole = false;
		else
			add_children(b);
	}
	return whole;
}

static bool same_bytes(const struct store *a, const struct store *b, uint64_t at, uint64_t len)
{
	static uint8_t x[BLOCK_EXTENT_MAX], y[BLOCK_EXTENT_MAX];
	const struct image *i = a->s->facts.image, *k = b->s->facts.image;

	return image_read(i, at, x, (size_t)len) == ST_OK && image_read(k, at, y, (size_t)len) == ST_OK &&
	       memcmp(x, y, (size_t)len) == 0;
}

static uint64_t leaf_of(const struct store *s, uint32_t nid);

/* All of a message's bytes, and its entry in the tree. */
static bool is_intact(const struct store *a, const struct store *b, uint32_t nid)
{
	const struct variant *v = a->s->facts.variant;

	for (size_t i = 0; i < walk.n; i++) {
		const struct block_fact *f = facts_block(&a->s->facts, (struct bid){ walk.bids[i] });

		if (!same_bytes(a, b, f->at, variant_block_extent(v, f->len)))
			return false;
	}
	return same_bytes(a, b, leaf_of(a, nid), v->page_len);
}

/* The live page with its entry, found by looking at every page's. */
struct entry_place {
	uint32_t nid;
	uint64_t at;
};

static struct entry_place *places;
static size_t n_places;

static bool read_places(const struct store *s)
{
	const struct check_facts *f = &s->s->facts;
	const struct variant *v = f->variant;
	struct check_options options = { .path = "original", .quick = true, .runner = check_runner_serial() };
	struct finding_sink *sink = finding_sink_new(s->arena);
	struct check_facts *checked;
	uint8_t page[PAGE_LEN_MAX];

	if (!sink || check_store(s->arena, f->image, &options, sink, &checked) != ST_OK || !checked->n_nodes)
		return false;
	places = calloc(checked->n_nodes, sizeof *places);
	for (size_t i = 0; places && i < checked->n_pages; i++) {
		struct btree_page p;
		struct nbt_entry e;

		if (checked->pages[i].type != PAGE_NBT || checked->pages[i].level ||
		    image_read(f->image, checked->pages[i].at, page, v->page_len) != ST_OK ||
		    !btree_page_decode(v, view_of(page, v->page_len), &p))
			continue;
		for (uint64_t k = 0; k < p.n && n_places < checked->n_nodes; k++)
			if (nbt_entry_at(v, view_of(page, v->page_len), p.entry_len, k, &e))
				places[n_places++] =
					(struct entry_place){ (uint32_t)e.nid, checked->pages[i].at };
	}
	return places != NULL;
}

static uint64_t leaf_of(const struct store *s, uint32_t nid)
{
	(void)s;
	for (size_t i = 0; i < n_places; i++)
		if (places[i].nid == nid)
			return places[i].at;
	return UINT64_MAX;
}

/* The same node with all its blocks sound; content-found ones are known by their data. */
static const struct node_fact *find_same(const struct store *a, const struct store *b,
					 const struct node_fact *node)
{
	const struct check_facts *facts = &b->s->facts;
	const struct node_fact *found = facts_node(facts, (struct nid){ node->nid });

	for (size_t i = 0; !found && i < facts->n_nodes; i++)
		if (b->s->nodes[i].origin == SALVAGE_CONTENT && facts->nodes[i].data == node->data)
			found = &facts->nodes[i];
	if (!found || found->data != node->data || found->subnode != node->subnode)
		return NULL;
	for (size_t i = 0; i < walk.n; i++) {
		const struct block_fact *x = facts_block(facts, (struct bid){ walk.bids[i] });
		const struct block_fact *y = facts_block(&a->s->facts, (struct bid){ walk.bids[i] });

		if (!x || x->len != y->len ||
		    x->state & (BLOCK_BAD_PLACE | BLOCK_BAD_TRAILER | BLOCK_BAD_CRC | BLOCK_BAD_TREE))
			return NULL;
	}
	return found;
}

static void add_path(const struct salvage *s, uint32_t nid, struct buf *out)
{
	for (int depth = 0; nid && depth < 64; depth++) {
		const struct salvage_folder *f = salvage_folder(s, nid);

		buf_printf(out, "/%s", f && f->name ? f->name : f && f->nid == 0x122 ? "" : "?");
		nid = f && f->parent != nid ? f->parent : 0;
	}
}

static bool same_place(const struct store *a, const struct store *b, uint32_t x, uint32_t y)
{
	struct buf p, q;
	bool same;

	buf_init(&p, 1 << 16);
	buf_init(&q, 1 << 16);
	add_path(a->s, x, &p);
	add_path(b->s, y, &q);
	same = str_eq(buf_str(&p), buf_str(&q));
	buf_fini(&p);
	buf_fini(&q);
	return same;
}

static bool is_message(uint32_t nid)
{
	return (nid & 0x1F) == NID_TYPE_NORMAL_MESSAGE;
}

static void judge_message(const struct store *a, const struct store *b, const struct node_fact *node,
			  struct score *score)
{
	const struct node_fact *same;
	bool intact;

	/* What is not whole in the original cannot be had from a copy. */
	if (!list_blocks(&a->s->facts, node))
		return;
	score->messages++;
	intact = is_intact(a, b, node->nid);
	same = find_same(a, b, node);
	score->intact += intact;
	if (!same) {
		if (intact && getenv("SALVAGE_TELL"))
			fprintf(stderr, "missing 0x%X\n", node->nid);
		return;
	}
	if (intact) {
		score->found++;
		score->placed += same_place(a, b, node->parent, same->parent);
	} else {
		score->beyond++;
		score->beyond_placed += same_place(a, b, node->parent, same->parent);
	}
}

static void tell(const char *what, const struct node_fact *node)
{
	if (getenv("SALVAGE_TELL"))
		fprintf(stderr, "%s 0x%X data 0x%llX subnode 0x%llX\n", what, node->nid,
			(unsigned long long)node->data, (unsigned long long)node->subnode);
}

/* Found by its content, and given another's subnodes or none. */
static bool is_mixed(const struct store *a, const struct node_fact *node)
{
	for (size_t i = 0; i < a->s->facts.n_nodes; i++)
		if (is_message(a->s->facts.nodes[i].nid) && a->s->facts.nodes[i].data == node->data)
			return a->s->facts.nodes[i].subnode != node->subnode;
	return false;
}

/* Messages of the picture that the original does not have so. */
static void judge_foreign(const struct store *a, const struct store *b, struct score *score)
{
	const struct check_facts *facts = &b->s->facts;

	for (size_t i = 0; i < facts->n_nodes; i++) {
		const struct node_fact *node = &facts->nodes[i];
		const struct node_fact *was = facts_node(&a->s->facts, (struct nid){ node->nid });

		score->content += b->s->nodes[i].origin == SALVAGE_CONTENT && is_message(node->nid);
		score->row += b->s->nodes[i].origin == SALVAGE_ROW && is_message(node->nid);
		if (!is_message(node->nid) || b->s->nodes[i].origin >= SALVAGE_ROW) {
			score->deleted += b->s->nodes[i].origin == SALVAGE_DELETED && is_message(node->nid);
			if (is_message(node->nid) && !b->s->nodes[i].lacks_subnodes && is_mixed(a, node)) {
				score->mixed++;
				tell("mixed", node);
			}
			continue;
		}
		if (was && was->data == node->data && was->subnode == node->subnode)
			continue;
		if (b->s->nodes[i].origin == SALVAGE_OLDER)
			score->older++;
		else
			score->phantom++;
		tell("foreign", node);
	}
}

static int judge(const struct store *a, const char *path)
{
	struct score s = { 0 };
	struct store b;

	if (!open_store(path, &b)) {
		fprintf(stderr, "salvage-score: %s could not be salvaged\n", path);
		close_store(&b);
		return 8;
	}
	for (size_t i = 0; i < a->s->facts.n_nodes; i++)
		if (is_message(a->s->facts.nodes[i].nid))
			judge_message(a, &b, &a->s->facts.nodes[i], &s);
	judge_foreign(a, &b, &s);
	printf("{\"messages\":%lu,\"intact\":%lu,\"found\":%lu,\"placed\":%lu,\"beyond\":%lu,\"beyond_"
	       "placed\":%lu,"
	       "\"older\":%lu,\"phantom\":%lu,\"deleted\":%lu,\"content\":%lu,\"row\":%lu,\"mixed\":%lu,"
	       "\"nodes\":%zu,"
	       "\"lost\":%zu,"
	       "\"whole\":%d,\"nbt\":%d,\"bbt\":%d,\"seconds\":%.3f}\n",
	       s.messages, s.intact, s.found, s.placed, s.beyond, s.beyond_placed, s.older, s.phantom,
	       s.deleted, s.content, s.row, s.mixed, b.s->facts.n_nodes, b.s->n_lost, b.s->trees_whole,
	       b.s->facts.nbt_whole, b.s->facts.bbt_whole, b.seconds);
	close_store(&b);
	return 0;
}

int main(int argc, char **argv)
{
	struct store a;
	int code = 8;

	if (argc < 3) {
		fputs("usage: salvage-score ORIGINAL DAMAGED...\n", stderr);
		return 16;
	}
	if (open_store(argv[1], &a) && a.s->facts.variant && read_places(&a)) {
		code = 0;
		for (int i = 2; i < argc && code == 0; i++)
			code = judge(&a, argv[i]);
	}
	close_store(&a);
	free(places);
	return code;
}
