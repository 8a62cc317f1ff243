/* This file finds what can be carried block by block, untouched, and carries it. */
#include "convert/keep.h"

#include "base/checked.h"
#include "check/block_read.h"
#include "check/extents.h"

#include <string.h>

enum {
	MARK_SOUND = 1, /* and all below it */
	MARK_KEPT = 2,
	MARK_SEEN = 4, /* by the walk at hand */
};
enum { RUN_MAX = 4 << 20, GAP_MAX = 16 << 10 };

enum status keep_open(struct keep *keep, struct arena *arena, const struct source *source)
{
	*keep = (struct keep){ .source = source };
	keep->marks = arena_alloc(arena, source->facts->n_blocks);
	keep->refs = arena_array(arena, source->facts->n_blocks, sizeof *keep->refs);
	keep->room = arena_alloc(arena, NODE_READER_ROOM);
	return keep->room && keep->marks && keep->refs ? ST_OK : ST_NOMEM;
}

void keep_see(struct keep *keep, uint32_t nid)
{
	uint32_t *top = &keep->tops[nid_type((struct nid){ nid })];

	if (nid_index((struct nid){ nid }) > *top)
		*top = nid_index((struct nid){ nid });
}

/* What a holder takes its block for. */
enum role { ROLE_DATA, ROLE_LEAF_LIST, ROLE_LEAF, ROLE_SUBNODES, ROLE_SUBNODE_LIST };

struct step {
	uint64_t bid;
	enum role role;
};

struct steps {
	struct step *rows;
	size_t n, room;
};

struct walk {
	struct keep *keep;
	struct steps waiting, seen; /* seen: the blocks' numbers, as BIDs */
	bool sound, counts;
	struct view wanted; /* bytes to be found in data, and whether they were; then all blocks are read */
	bool found;
	enum status status;
};

static void push(struct walk *w, struct steps *list, struct step step)
{
	struct step *rows =
		arena_grown(w->keep->source->reader.arena, list->rows, list->n, &list->room, sizeof *rows);

	if (!rows) {
		w->status = ST_NOMEM;
		return;
	}
	list->rows = rows;
	list->rows[list->n++] = step;
}

/* Whether a block is made for what it is held as. */
static bool fits(const struct block_fact *b, enum role role)
{
	bool upper = (b->state & BLOCK_IS_UPPER) != 0;

	if (!bid_is_internal((struct bid){ b->bid }))
		return role == ROLE_DATA || role == ROLE_LEAF;
	switch (role) {
	case ROLE_DATA:
		return (b->state & BLOCK_IS_TREE) != 0;
	case ROLE_LEAF_LIST:
		return b->state & BLOCK_IS_TREE && !upper;
	case ROLE_SUBNODES:
		return (b->state & BLOCK_IS_SUBNODE) != 0;
	case ROLE_SUBNODE_LIST:
		return b->state & BLOCK_IS_SUBNODE && !upper;
	case ROLE_LEAF:
		break;
	}
	return false;
}

static bool has_bytes(struct view data, struct view wanted)
{
	for (size_t i = 0; i + wanted.len <= data.len; i++)
		if (data.at[i] == wanted.at[0] && memcmp(data.at + i, wanted.at, wanted.len) == 0)
			return true;
	return false;
}

static void look_into(struct walk *w, const struct block_fact *b)
{
	const struct source *s = w->keep->source;
	struct view data;

	if (!bid_is_internal((struct bid){ b->bid }) &&
	    block_read(s->facts, b, w->keep->room, &data) == ST_OK && has_bytes(data, w->wanted))
		w->found = true;
}

/* A block that is held; those below it come later, and once. NULL when it is not sound. */
static const struct block_fact *hold(struct walk *w, uint64_t bid, enum role role)
{
	struct keep *k = w->keep;
	const struct block_fact *b = facts_block(k->source->facts, (struct bid){ bid });
	size_t i;

	if (!b || !block_is_sound(b) || bid & 1 || !fits(b, role)) {
		w->sound = false;
		return NULL;
	}
	i = (size_t)(b - k->source->facts->blocks);
	if (w->counts) {
		k->refs[i]++;
		if (k->marks[i] & MARK_KEPT)
			return b;
		k->marks[i] |= MARK_KEPT;
		k->bytes += variant_block_extent(k->source->facts->variant, b->len);
	} else if (k->marks[i] & MARK_SEEN || (k->marks[i] & MARK_SOUND && !w->wanted.len)) {
		return b;
	}
	if (w->wanted.len)
		look_into(w, b);
	k->marks[i] |= MARK_SEEN;
	push(w, &w->seen, (struct step){ b->bid, role });
	if (bid_is_internal((struct bid){ b->bid }))
		push(w, &w->waiting, (struct step){ b->bid, role });
	return b;
}

/* All leaves but the last are full, and the list says how much they hold. */
static void take_xblock(struct walk *w, const struct block_fact *b, struct view data)
{
	const struct variant *v = w->keep->source->facts->variant;
	bool upper = (b->state & BLOCK_IS_UPPER) != 0;
	uint64_t total = 0;
	struct xblock x;
	struct bid bid;

	if (!xblock_decode(data, &x) || x.n == 0 || x.n * v->id_width + XBLOCK_HEADER_LEN != data.len)
		w->sound = false;
	for (uint64_t i = 0; w->sound && i < x.n && xblock_bid_at(v, data, i, &bid); i++) {
		const struct block_fact *child = hold(w, bid.v, upper ? ROLE_LEAF_LIST : ROLE_LEAF);

		if (child && !upper && i + 1 < x.n && child->len != v->block_data_max)
			w->sound = false;
		total += child ? upper ? child->detail : child->len : 0;
	}
	w->sound = w->sound && total == x.total;
}

static void take_leaf_list(struct walk *w, struct view data, uint64_t n)
{
	uint32_t last = 0;
	struct sl_entry e;

	for (uint64_t i = 0; w->sound && i < n; i++) {
		if (!sl_entry_at(w->keep->source->facts->variant, data, i, &e) ||
		    (i > 0 && (uint32_t)e.nid <= last)) {
			w->sound = false;
			return;
		}
		last = (uint32_t)e.nid;
		keep_see(w->keep, last);
		if (e.data)
			(void)hold(w, e.data, ROLE_DATA);
		if (e.subnode)
			(void)hold(w, e.subnode, ROLE_SUBNODES);
	}
}

static void take_subnodes(struct walk *w, const struct block_fact *b, struct view data)
{
	const struct variant *v = w->keep->source->facts->variant;
	bool upper = (b->state & BLOCK_IS_UPPER) != 0;
	struct slblock sl;
	struct si_entry e;

	if (!slblock_decode(data, &sl) || sl.n == 0 ||
	    v->sl_header_len + sl.n * (upper ? v->si_entry_len : v->sl_entry_len) != data.len) {
		w->sound = false;
		return;
	}
	if (!upper) {
		take_leaf_list(w, data, sl.n);
		return;
	}
	for (uint64_t i = 0; w->sound && i < sl.n && si_entry_at(v, data, i, &e); i++) {
		const struct block_fact *child = hold(w, e.bid, ROLE_SUBNODE_LIST);

		if (child && child->detail != (uint32_t)e.nid)
			w->sound = false;
	}
}

static void take_step(struct walk *w, struct step step)
{
	const struct source *s = w->keep->source;
	const struct block_fact *b = facts_block(s->facts, (struct bid){ step.bid });
	struct view data;

	if (block_read(s->facts, b, s->reader.room, &data) != ST_OK)
		w->sound = false;
	else if (b->state & BLOCK_IS_SUBNODE)
		take_subnodes(w, b, data);
	else
		take_xblock(w, b, data);
}

static void walk(struct walk *w, uint64_t data, uint64_t subnode)
{
	const struct check_facts *facts = w->keep->source->facts;

	if (data)
		(void)hold(w, data, ROLE_DATA);
	if (subnode)
		(void)hold(w, subnode, ROLE_SUBNODES);
	while (w->sound && w->status == ST_OK && w->waiting.n > 0)
		take_step(w, w->waiting.rows[--w->waiting.n]);
	for (size_t i = 0; i < w->seen.n; i++) {
		const struct block_fact *b = facts_block(facts, (struct bid){ w->seen.rows[i].bid });
		uint8_t *mark = &w->keep->marks[b - facts->blocks];

		*mark = (uint8_t)((*mark & ~MARK_SEEN) | (w->sound ? MARK_SOUND : 0));
	}
}

enum status keep_is_sound(struct keep *keep, uint64_t data, uint64_t subnode, bool *sound_out)
{
	struct walk w = { .keep = keep, .sound = true };

	walk(&w, data, subnode);
	*sound_out = w.sound;
	return w.status;
}

enum status keep_mentions(struct keep *keep, uint64_t data, uint64_t subnode, struct view bytes,
			  bool *found_out)
{
	struct walk w = { .keep = keep, .sound = true, .wanted = bytes };

	walk(&w, data, subnode);
	*found_out = w.found;
	return w.status;
}

enum status keep_add(struct keep *keep, uint64_t data, uint64_t subnode)
{
	struct walk w = { .keep = keep, .sound = true, .counts = true };

	walk(&w, data, subnode);
	return w.status == ST_OK && !w.sound ? ST_BUG : w.status;
}

/* Blocks that lie side by side are read at once. */
struct copying {
	const struct keep *keep;
	struct ndb_out *out;
	struct extent_walk extents;
	struct extent next;
	bool has_next;
	uint8_t *run;
	enum crypt_method cipher;
};

static void advance(struct copying *c)
{
	const struct check_facts *facts = c->keep->source->facts;

	do
		c->has_next = extent_walk_next(&c->extents, &c->next);
	while (c->has_next &&
	       (!c->next.block || !(c->keep->marks[c->next.block - facts->blocks] & MARK_KEPT)));
}

static void copy_block(struct copying *c, const struct block_fact *b, uint8_t *bytes)
{
	const struct check_facts *facts = c->keep->source->facts;
	struct kept_block kept = { .bid = b->bid, .data = view_of(bytes, b->len), .form = BLOCK_PLAIN };
	uint32_t refs = c->keep->refs[b - facts->blocks] + 1;
	uint64_t extent = variant_block_extent(facts->variant, b->len);
	struct block_trailer trailer;

	if (refs > UINT16_MAX) {
		ndb_out_fail(c->out, ST_LIMIT);
		return;
	}
	if (!block_trailer_decode(facts->variant, view_of(bytes, (size_t)extent), &trailer))
		trailer = (struct block_trailer){ 0 };
	kept.refs = (uint16_t)refs;
	kept.crc = (uint32_t)trailer.crc;
	if (!bid_is_internal((struct bid){ b->bid }) && c->cipher == CRYPT_PERMUTE)
		kept.form = BLOCK_PERMUTED;
	else
		crypt_decode(c->cipher, (struct bid){ b->bid }, bytes, b->len);
	ndb_out_keep(c->out, &kept);
}

/* One run: from the next block on, as far as others lie close by. */
static enum status copy_run(struct copying *c, uint64_t *done_out)
{
	const struct check_facts *facts = c->keep->source->facts;
	struct extent_walk first = c->extents;
	struct extent one = c->next;
	uint64_t from = one.at, to = one.at + one.len;
	bool more = true;
	enum status st;

	while (more && c->has_next) {
		to = c->next.at + c->next.len;
		advance(c);
		more = c->has_next && c->next.at <= to + GAP_MAX &&
		       c->next.at + c->next.len - from <= RUN_MAX;
	}
	st = image_read(facts->image, from, c->run, (size_t)(to - from));
	for (bool goes = true; st == ST_OK && goes && one.at < to;) {
		if (one.block && c->keep->marks[one.block - facts->blocks] & MARK_KEPT)
			copy_block(c, one.block, c->run + (one.at - from));
		goes = extent_walk_next(&first, &one);
	}
	*done_out = to - from;
	return st;
}

enum status keep_write(const struct keep *keep, struct ndb_out *out, const struct keep_tick *tick)
{
	const struct check_facts *facts = keep->source->facts;
	struct copying c = { .keep = keep,
			     .out = out,
			     .cipher = (enum crypt_method)facts->header.crypt_method };
	struct arena *scratch = arena_new(2 * RUN_MAX + facts->n_blocks * sizeof(uint32_t));
	struct check_facts places = *facts;
	enum status st;

	places.n_pages = 0;
	c.run = scratch ? arena_alloc(scratch, RUN_MAX + BLOCK_EXTENT_MAX) : NULL;
	st = c.run ? extent_walk_new(scratch, &places, &c.extents) : ST_NOMEM;
	if (st == ST_OK)
		advance(&c);
	while (st == ST_OK && c.has_next && ndb_out_status(out) == ST_OK) {
		uint64_t done = 0;

		st = copy_run(&c, &done);
		if (st == ST_OK && !tick->tick(tick->context, done))
			st = ST_CANCEL;
	}
	arena_drop(&scratch);
	return st;
}
