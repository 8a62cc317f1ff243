/* This file gives the best picture that can be had of a store: the steps and their order. */
#include "salvage/salvage.h"

#include "check/kept_blocks.h"
#include "pst/ndb/crypt.h"
#include "salvage/by_content.h"
#include "salvage/shift.h"
#include "salvage/take_folders.h"
#include "salvage/take_nodes.h"

#include <string.h>

/* What a salvage needs on the way, beside the picture: for crafted stores. */
#define SCRATCH_MIN ((size_t)256 << 20)
#define READER_MAX  ((size_t)256 << 20)

enum { KEPT_MIN = 64 << 10, KEPT_SHARE = 64, KEPT_MAX = 48 << 20 };

static const uint16_t versions[VARIANT_COUNT] = {
	[VARIANT_ANSI] = 14,
	[VARIANT_UNICODE] = 23,
	[VARIANT_UNICODE_4K] = 36,
};

/* A header is believed as far as it goes: each field that matters is proved by
 * what it leads to. */
static void read_header(struct salvage_work *w)
{
	struct check_facts *facts = &w->out->facts;
	uint8_t bytes[HEADER_LEN_MAX] = { 0 };
	size_t len = w->image->size < sizeof bytes ? (size_t)w->image->size : sizeof bytes;
	const struct variant *v;
	uint32_t partial, full;

	w->out->header_lost = true;
	if (image_read(w->image, 0, bytes, len) != ST_OK)
		return;
	v = variant_of_version(header_version(view_of(bytes, sizeof bytes)));
	if (!v || !header_decode(v, view_of(bytes, v->header_len), &facts->header) ||
	    facts->header.magic != HEADER_MAGIC)
		return;
	header_checksums(v, view_of(bytes, v->header_len), &partial, &full);
	facts->header_trusted = facts->header.crc_partial == partial &&
				(facts->header.crc_full == full || v->kind == VARIANT_ANSI);
	facts->variant = v;
	w->out->header_lost = false;
}

static void forget_header(struct salvage_work *w, const struct variant *v)
{
	struct check_facts *facts = &w->out->facts;

	facts->header = (struct header){ .version = v ? versions[v->kind] : 0 };
	facts->header_trusted = false;
	facts->variant = v;
	w->out->header_lost = true;
}

/* Copies of small internal blocks: nearly every message has a list of subnodes, and it is asked for again and
 * again. */
static uint64_t kept_room(uint64_t size)
{
	uint64_t room = size / KEPT_SHARE + KEPT_MIN;

	return room < KEPT_MAX ? room : KEPT_MAX;
}

static enum status sweep(struct salvage_work *w)
{
	struct sweep_options options = {
		.variant = w->out->facts.variant,
		.image = w->image,
		.runner = &w->options->runner,
		.kept = &w->out->facts.kept,
		.tick = w->options->tick,
		.context = w->options->context,
	};
	enum status st;

	if (!options.variant)
		return ST_OK;
	st = kept_blocks_reserve(w->arena, options.kept, kept_room(w->image->size));
	return st == ST_OK ? sweep_store(w->scratch, &options, &w->swept) : st;
}

/* The header's word on what kind of store it is counts until nothing is found by it. */
static enum status sweep_as_what_it_is(struct salvage_work *w)
{
	const struct variant *voted = NULL;
	enum status st = sweep(w);

	if (st != ST_OK || w->swept.n_pages > 1 || w->swept.n_blocks > 1)
		return st;
	st = sweep_vote(w->image, &voted);
	if (st != ST_OK || (voted && voted == w->out->facts.variant))
		return st;
	forget_header(w, voted);
	return sweep(w);
}

/* True when the header speaks of an earlier state: pages are newer than any it could have given out. */
static bool is_outdated(const struct salvage_work *w, const struct page_tree *tree)
{
	const struct swept_page *newest = page_tree_newest(tree);

	return newest && newest->bid > w->out->facts.header.next_page;
}

static enum status grow_tree(struct salvage_work *w, enum page_type type, struct bref root,
			     struct page_tree *tree)
{
	enum status st;

	*tree = (struct page_tree){ .v = w->out->facts.variant, .image = w->image };
	st = page_tree_init(w->scratch, tree, &w->swept, type);
	if (st == ST_OK && !w->out->header_lost && !is_outdated(w, tree))
		st = page_tree_walk(tree, root);
	return st;
}

static enum status grow_trees(struct salvage_work *w)
{
	const struct header *h = &w->out->facts.header;
	enum status st = grow_tree(w, PAGE_NBT, h->nbt, &w->nbt);

	if (st == ST_OK)
		st = grow_tree(w, PAGE_BBT, h->bbt, &w->bbt);
	/* P19. */
	if (st == ST_OK && !w->nbt.root && !w->bbt.root && !w->out->header_lost) {
		st = page_tree_walk(&w->nbt, h->bbt);
		if (st == ST_OK)
			st = page_tree_walk(&w->bbt, h->nbt);
	}
	if (st != ST_OK || (w->nbt.whole && w->bbt.whole))
		return st;
	w->map = live_map_new(w->scratch, w->image, w->out->facts.variant);
	if (!w->map)
		return ST_NOMEM;
	if (!w->nbt.root)
		st = page_tree_find_root(&w->nbt, w->map);
	if (st == ST_OK && !w->bbt.root)
		st = page_tree_find_root(&w->bbt, w->map);
	/* An outdated root is better than none. */
	if (st == ST_OK && !w->nbt.root && !w->out->header_lost)
		st = page_tree_walk(&w->nbt, h->nbt);
	return st;
}

/* Bytes that came in or went missing lose all that is behind them. */
static enum status try_shift(struct salvage_work *w)
{
	bool found;
	enum status st = shift_undo(w, &found);

	if (st != ST_OK || !found)
		return st;
	w->map = NULL;
	w->out->tail_moved = true;
	st = sweep(w);
	return st == ST_OK ? grow_trees(w) : st;
}

/* Header fields that repairers go by and that what was found tells. */
static void complete_header(struct salvage_work *w)
{
	struct check_facts *facts = &w->out->facts;
	struct header *h = &facts->header;

	facts->have |= FACT_VARIANT | FACT_HEADER;
	for (size_t i = 0; i < facts->n_nodes; i++) {
		struct nid nid = { facts->nodes[i].nid };

		if (nid_index(nid) > facts->nid_tops[nid_type(nid)])
			facts->nid_tops[nid_type(nid)] = nid_index(nid);
	}
	if (!w->out->header_lost)
		return;
	h->file_eof = w->image->size;
	memcpy(h->nid_marks, facts->nid_tops, sizeof h->nid_marks);
	h->next_block = facts->n_blocks ? (facts->blocks[facts->n_blocks - 1].bid | 3) + 1 : 4;
	for (size_t i = 0; i < w->swept.n_pages; i++)
		h->next_page =
			w->swept.pages[i].bid >= h->next_page ? w->swept.pages[i].bid + 1 : h->next_page;
}

static enum status salvage_by(struct salvage_work *w)
{
	struct row_index rows = { 0 };
	enum status st = sweep_as_what_it_is(w);

	if (st != ST_OK || !w->out->facts.variant)
		return st;
	st = grow_trees(w);
	if (st == ST_OK && !(w->nbt.whole && w->bbt.whole))
		st = try_shift(w);
	w->out->trees_whole = w->nbt.whole && w->bbt.whole;
	if (st == ST_OK)
		st = work_take_blocks(w);
	if (st == ST_OK)
		st = work_vote_cipher(w);
	if (st == ST_OK)
		st = work_take_nodes(w, &rows);
	if (st == ST_OK)
		st = work_find_by_content(w);
	if (st == ST_OK)
		st = work_take_folders(w, &rows);
	if (st == ST_OK)
		complete_header(w);
	return st;
}

enum status salvage_store(struct arena *arena, const struct image *image,
			  const struct salvage_options *options, struct salvage **out)
{
	struct salvage_work w = {
		.arena = arena,
		.scratch = arena_new(SCRATCH_MIN + (size_t)(image->size / 4)),
		.image = image,
		.options = options,
		.out = arena_alloc(arena, sizeof **out),
	};
	enum status st = ST_NOMEM;

	*out = w.out;
	w.reader.arena = arena_new(READER_MAX);
	if (w.out && w.scratch && w.reader.arena) {
		w.out->facts.image = image;
		w.reader.facts = &w.out->facts;
		w.reader.room = arena_alloc(w.scratch, NODE_READER_ROOM);
		if (w.reader.room) {
			read_header(&w);
			st = salvage_by(&w);
		}
	}
	arena_drop(&w.reader.arena);
	arena_drop(&w.scratch);
	return st;
}

const struct salvage_folder *salvage_folder(const struct salvage *salvage, uint32_t nid)
{
	size_t low = 0, high = salvage->n_folders;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (salvage->folders[middle].nid < nid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < salvage->n_folders && salvage->folders[low].nid == nid ? &salvage->folders[low] : NULL;
}
