/* This file walks one of a store's two B-trees, page by page, without recursion. */
#include "check/tree_walk.h"

#include "check/page_set.h"
#include "check/read_window.h"
#include "pst/ndb/maps.h"

/* Keys that a page may hold: from `low` (what its parent says its first key is)
 * up to, not including, `high`. */
struct frame {
	struct bref ref;
	uint64_t from; /* where it is named: the parent's place, or the root's field in the header */
	uint64_t low, high;
	bool is_root;
	uint64_t level; /* expected; of the root any */
};

/* Depth times the fan-out of one page bounds the frames that wait. */
struct stack {
	struct frame *frames;
	size_t n, room;
};

struct walker {
	struct pass_context *pass;
	struct tree_walk *walk;
	struct arena *scratch; /* of the walk alone */
	struct page_set *seen;
	struct read_window *window;
	struct stack stack;
	uint8_t page[PAGE_LEN_MAX];
};

static bool push(struct walker *w, const struct frame *frame)
{
	struct stack *s = &w->stack;

	if (s->n == s->room)
		return false;
	s->frames[s->n++] = *frame;
	return true;
}

static const char *tree_name(const struct walker *w)
{
	return w->walk->type == PAGE_BBT ? "BBT" : "NBT";
}

/* What was found and what ought to be there. */
struct pair {
	const char *name;
	uint64_t found, expected;
};

static void report(struct walker *w, enum code code, const struct frame *f, struct pair pair)
{
	struct finding *finding = pass_report_at(w->pass, code, f->ref.ib);

	finding_evidence(finding, "tree", tree_name(w), NULL, TRUST_OURS);
	/* What is wrong with a place itself needs no other beside it. */
	if (pair.found == pair.expected)
		pass_evidence_hex(w->pass, finding, pair.name, pair.found);
	else
		pass_evidence_pair(w->pass, finding, pair.name, pair.found, pair.expected);
	w->walk->whole = false;
}

/* What is told has the place that names the page: where it leads to is nowhere. */
static void report_place(struct walker *w, const struct frame *f)
{
	struct frame holder = *f;

	holder.ref.ib = f->from;
	report(w, f->is_root ? CODE_STORE_ROOT_UNUSABLE : CODE_STORE_PAGE_PLACE_WRONG, &holder,
	       (struct pair){ "ib", f->ref.ib, w->pass->facts->image->size });
}

/* P18, P30: a page lies on the page grid, inside the store, not on a map. */
static bool place_is_possible(const struct walker *w, uint64_t at)
{
	const struct check_facts *facts = w->pass->facts;
	const struct variant *v = facts->variant;

	return at >= v->first_amap && at % v->page_len == 0 && at <= facts->image->size &&
	       v->page_len <= facts->image->size - at && !maps_is_map_page(v, at);
}

/* P26 to P29. A page whose checksum holds but whose BID is another's is an old
 * version: its entries cannot be believed. */
static bool page_is_sound(struct walker *w, const struct frame *f)
{
	const struct variant *v = w->pass->facts->variant;
	struct view page = view_of(w->page, v->page_len);
	struct ib at = { f->ref.ib };
	struct bid bid = { f->ref.bid };
	unsigned faults = page_faults(v, page, w->walk->type, at, bid);
	struct page_trailer t;

	if (!page_trailer_decode(v, page, &t))
		return false;
	if (faults & PAGE_FAULT_TYPE) {
		report(w, CODE_STORE_PAGE_TYPE_WRONG, f,
		       (struct pair){ "ptype", t.type | t.type_repeat << 8,
				      (uint64_t)w->walk->type | (uint64_t)w->walk->type << 8 });
		return false;
	}
	if (faults & PAGE_FAULT_CRC)
		report(w, CODE_STORE_PAGE_CHECKSUM_WRONG, f,
		       (struct pair){ "dwCRC", t.crc, page_crc(v, page) });
	if (faults & PAGE_FAULT_BID)
		report(w, CODE_STORE_PAGE_BID_WRONG, f, (struct pair){ "bid", t.bid, bid.v });
	else if (faults & PAGE_FAULT_SIGNATURE)
		report(w, CODE_STORE_PAGE_SIGNATURE_WRONG, f,
		       (struct pair){ "wSig", t.signature, variant_signature(at, bid) });
	return faults == 0;
}

static uint64_t entry_len(const struct walker *w, const struct btree_page *p)
{
	const struct variant *v = w->pass->facts->variant;

	if (p->level)
		return v->index_entry_len;
	return w->walk->type == PAGE_BBT ? v->bbt_entry_len : v->nbt_entry_len;
}

/* P31 to P33. */
static bool counters_are_sound(struct walker *w, const struct frame *f, const struct btree_page *p)
{
	const struct variant *v = w->pass->facts->variant;
	uint64_t len = entry_len(w, p);
	bool sound = true;

	if (p->level >= TREE_LEVELS_MAX || (!f->is_root && p->level != f->level)) {
		report(w, CODE_STORE_PAGE_LEVEL_WRONG, f,
		       (struct pair){ "cLevel", p->level, f->is_root ? TREE_LEVELS_MAX - 1 : f->level });
		sound = false;
	}
	if (p->entry_len < len) {
		report(w, CODE_STORE_PAGE_ENTRY_SIZE_WRONG, f, (struct pair){ "cbEnt", p->entry_len, len });
		return false;
	}
	if (p->n_max != v->entries_len / p->entry_len)
		report(w, CODE_STORE_PAGE_ENTRY_SIZE_WRONG, f,
		       (struct pair){ "cEntMax", p->n_max, v->entries_len / p->entry_len });
	if (p->n * p->entry_len > v->entries_len || (p->n == 0 && !f->is_root)) {
		report(w, CODE_STORE_PAGE_COUNT_WRONG, f,
		       (struct pair){ "cEnt", p->n, v->entries_len / p->entry_len });
		sound = false;
	}
	return sound;
}

/* The first bytes of every entry are its key, in a BBT with bit 0 ignored. */
static uint64_t key_at(struct walker *w, const struct btree_page *p, uint64_t i)
{
	const struct variant *v = w->pass->facts->variant;
	struct btree_index_entry entry;

	if (!btree_index_at(v, view_of(w->page, v->page_len), p->entry_len, i, &entry))
		return 0;
	return w->walk->type == PAGE_BBT ? entry.key & ~(uint64_t)1 : entry.key;
}

/* P34 to P36. False when order is lost and a look-up could miss entries. */
static bool keys_are_sound(struct walker *w, const struct frame *f, const struct btree_page *p)
{
	uint64_t last = 0;
	bool sound = true;

	for (uint64_t i = 0; i < p->n; i++) {
		uint64_t key = key_at(w, p, i);

		if (i == 0 && !f->is_root && key != f->low)
			report(w, CODE_STORE_PAGE_PARENT_KEY_WRONG, f, (struct pair){ "btkey", f->low, key });
		/* A number that stands twice in a leaf is told of by whoever takes the entries. */
		if (i > 0 && (key < last || (key == last && p->level > 0))) {
			report(w, CODE_STORE_PAGE_KEYS_UNSORTED, f, (struct pair){ "key", key, last });
			sound = false;
		}
		if (key >= f->high) {
			report(w, CODE_STORE_PAGE_KEYS_OVERLAP, f, (struct pair){ "key", key, f->high });
			sound = false;
		}
		last = key;
	}
	return sound;
}

/* Children are pushed last first, so that the walk meets them in key order. */
static enum status push_children(struct walker *w, const struct frame *f, const struct btree_page *p)
{
	const struct variant *v = w->pass->facts->variant;
	struct view page = view_of(w->page, v->page_len);

	for (uint64_t i = p->n; i-- > 0;) {
		struct btree_index_entry e;
		struct frame child = { .from = f->ref.ib, .high = f->high, .level = p->level - 1 };

		if (!btree_index_at(v, page, p->entry_len, i, &e))
			return ST_BUG;
		child.ref = e.ref;
		child.low = key_at(w, p, i);
		if (i + 1 < p->n)
			child.high = key_at(w, p, i + 1);
		if (!push(w, &child))
			return ST_BUG;
	}
	return ST_OK;
}

static enum status keep_page(struct walker *w, const struct frame *f, uint64_t level)
{
	struct page_fact fact = {
		.at = f->ref.ib,
		.bid = f->ref.bid,
		.type = (uint8_t)w->walk->type,
		.level = (uint8_t)level,
	};

	return facts_add_page(w->pass->arena, w->pass->facts, &fact);
}

static enum status visit(struct walker *w, const struct frame *f)
{
	const struct check_facts *facts = w->pass->facts;
	struct btree_page p;
	enum status st;

	if (!place_is_possible(w, f->ref.ib)) {
		report_place(w, f);
		return ST_OK;
	}
	if (!page_set_add(w->seen, f->ref.ib / facts->variant->page_len)) {
		report(w, CODE_STORE_PAGE_SHARED, f, (struct pair){ "ib", f->ref.ib, f->ref.ib });
		return ST_OK;
	}
	st = read_window_get(w->window, facts->image, f->ref.ib, w->page, facts->variant->page_len);
	if (st == ST_IO)
		report(w, CODE_STORE_FILE_UNREADABLE, f,
		       (struct pair){ "bytes", 0, facts->variant->page_len });
	if (st != ST_OK)
		return st == ST_IO ? ST_OK : st;
	if (!page_is_sound(w, f)) {
		if (f->is_root)
			report(w, CODE_STORE_ROOT_UNUSABLE, f, (struct pair){ "ib", f->ref.ib, f->ref.ib });
		return ST_OK;
	}
	if (!btree_page_decode(facts->variant, view_of(w->page, facts->variant->page_len), &p))
		return ST_BUG;
	st = keep_page(w, f, p.level);
	if (st != ST_OK || !counters_are_sound(w, f, &p) || !keys_are_sound(w, f, &p))
		return st;
	if (p.level)
		return push_children(w, f, &p);
	return w->walk->leaf(w->walk->context, view_of(w->page, facts->variant->page_len), &p, f->ref.ib);
}

/* A depth-first walk holds at most one page's children for each level. */
static enum status init(struct walker *w, struct pass_context *pass, struct tree_walk *walk)
{
	const struct variant *v = pass->facts->variant;

	*w = (struct walker){ .pass = pass, .walk = walk };
	w->stack.room = (size_t)TREE_LEVELS_MAX * (v->entries_len / v->index_entry_len) + 1;
	w->scratch = arena_new((size_t)(pass->facts->image->size / v->page_len / 8) + (1 << 20));
	if (!w->scratch)
		return ST_NOMEM;
	w->stack.frames = arena_array(w->scratch, w->stack.room, sizeof *w->stack.frames);
	w->seen = page_set_new(w->scratch, pass->facts->image->size / v->page_len + 1);
	w->window = arena_alloc(w->scratch, sizeof *w->window);
	return w->stack.frames && w->seen && w->window ? ST_OK : ST_NOMEM;
}

enum status tree_walk(struct pass_context *pass, struct tree_walk *walk)
{
	struct frame root = { .ref = walk->root, .high = UINT64_MAX, .is_root = true };
	struct walker w;
	enum status st = init(&w, pass, walk);

	root.from = pass_field_at(pass, walk->type == PAGE_BBT ? "BREFBBT.ib" : "BREFNBT.ib");
	walk->whole = true;
	if (st == ST_OK)
		(void)push(&w, &root);
	while (st == ST_OK && w.stack.n) {
		struct frame f = w.stack.frames[--w.stack.n];

		st = visit(&w, &f);
	}
	arena_drop(&w.scratch);
	return st;
}
