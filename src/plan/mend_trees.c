/* This file proposes steps for the pages of the two trees: trailers, checksums, counters, keys of parents.
 *
 * Invariants P26-P29, P31-P35. The walk is the check's, from the roots down,
 * over the draft: what is mended above makes what is below it reachable.
 */
#include "plan/tree_rebuild.h"

#include "check/page_set.h"
#include "pst/ndb/maps.h"

struct tree_mend {
	struct mender *m;
	struct arena *scratch;
	struct page_set *seen;
	const struct page_frame **stack;
	size_t n, room;
	struct page_patient patient;
};

static const enum code page_codes[] = {
	CODE_STORE_PAGE_TYPE_WRONG,  CODE_STORE_PAGE_CHECKSUM_WRONG,   CODE_STORE_PAGE_SIGNATURE_WRONG,
	CODE_STORE_PAGE_BID_WRONG,   CODE_STORE_PAGE_ENTRY_SIZE_WRONG, CODE_STORE_PAGE_COUNT_WRONG,
	CODE_STORE_PAGE_LEVEL_WRONG, CODE_STORE_PAGE_KEYS_UNSORTED,    CODE_STORE_PAGE_KEYS_OVERLAP,
	CODE_STORE_ROOT_UNUSABLE,
};

static void answer_page(struct mender *m, uint64_t at)
{
	for (size_t i = 0; i < sizeof page_codes / sizeof page_codes[0]; i++)
		mender_answer_at(m, page_codes[i], at);
}

static bool is_told_of(const struct mender *m, uint64_t at)
{
	for (size_t i = 0; i < finding_count(m->findings); i++) {
		const struct finding *f = finding_at(m->findings, i);

		for (size_t k = 0; k < sizeof page_codes / sizeof page_codes[0]; k++)
			if (f->code == page_codes[k] && f->subject.has_offset && f->subject.offset == at)
				return true;
	}
	return false;
}

static bool push(struct tree_mend *t, const struct page_frame *frame)
{
	struct page_frame *copy = arena_copy(t->scratch, frame, sizeof *frame);

	if (!copy)
		t->m->status = ST_NOMEM;
	if (!copy || t->n == t->room)
		return false;
	t->stack[t->n++] = copy;
	return true;
}

static bool is_possible(const struct tree_mend *t, uint64_t at)
{
	const struct check_facts *facts = t->m->facts;
	const struct variant *v = facts->variant;

	return at >= v->first_amap && at % v->page_len == 0 && at <= facts->image->size &&
	       v->page_len <= facts->image->size - at && !maps_is_map_page(v, at);
}

static bool is_key_told_of(const struct mender *m, uint64_t at)
{
	for (size_t i = 0; i < finding_count(m->findings); i++) {
		const struct finding *f = finding_at(m->findings, i);

		if (f->code == CODE_STORE_PAGE_PARENT_KEY_WRONG && f->subject.offset == at)
			return true;
	}
	return false;
}

/* P35: the parent's entry takes the page's first key, and so on upwards while
 * that entry is its page's first. Keys between neighbours keep their order. */
static void mend_parent_key(struct tree_mend *t, const struct page_frame *f, uint64_t key)
{
	const struct variant *v = t->m->facts->variant;
	uint8_t page[PAGE_LEN_MAX];
	struct btree_page counters;
	struct btree_index_entry e;

	if (is_key_told_of(t->m, f->ref.ib) || t->m->n_steps == 0)
		mender_begin(t->m, PLAN_LOSSLESS, "writes a page's first key into the page above it");
	mender_answer_at(t->m, CODE_STORE_PAGE_PARENT_KEY_WRONG, f->ref.ib);
	for (; f->up; f = f->up) {
		const struct page_frame *up = f->up;

		if (!mender_read(t->m, up->ref.ib, page, v->page_len) ||
		    !btree_page_decode(v, view_of(page, v->page_len), &counters) ||
		    !btree_index_at(v, view_of(page, v->page_len), counters.entry_len, f->index, &e))
			return;
		e.key = key;
		field_encode(btree_index_fields(v), &e, page + f->index * counters.entry_len);
		page_seal(v, t->patient.type, (struct ib){ up->ref.ib }, (struct bid){ up->ref.bid }, page);
		mender_write(t->m, up->ref.ib, view_of(page, v->page_len));
		if (f->index > 0)
			return;
	}
}

/* Last first, so that they are met in the order of keys. */
static void push_children(struct tree_mend *t, const struct page_frame *f)
{
	struct page_patient *p = &t->patient;
	const struct variant *v = t->m->facts->variant;
	const struct btree_page *c = &p->counters;

	for (uint64_t i = c->n; i-- > 0;) {
		struct btree_index_entry e;
		struct page_frame child = { .high = f->high, .level = c->level - 1, .up = f, .index = i };

		if (!btree_index_at(v, view_of(p->bytes, v->page_len), c->entry_len, i, &e))
			return;
		child.ref = e.ref;
		child.low = page_key(p, c->entry_len, i);
		if (i + 1 < c->n)
			child.high = page_key(p, c->entry_len, i + 1);
		if (!push(t, &child))
			return;
	}
}

static void write_page(struct tree_mend *t, const struct page_frame *f, enum page_state state)
{
	struct mender *m = t->m;

	/* What nobody could see before belongs to the step that uncovered it. */
	if (is_told_of(m, f->ref.ib) || m->n_steps == 0)
		mender_begin(
			m, PLAN_LOSSLESS,
			state == PAGE_MENDED
				? "restores pages of a tree to what their checksums or their places prove"
				: "renews checksums of pages whose entries the rest of the store confirms");
	/* Blocks confirm a BBT's entries one by one; nodes are confirmed by all counts together. */
	if (state == PAGE_PROVED && t->patient.type == PAGE_NBT)
		mender_strict(m);
	answer_page(m, f->ref.ib);
	mender_write(m, f->ref.ib, view_of(t->patient.bytes, m->facts->variant->page_len));
}

static void visit(struct tree_mend *t, const struct page_frame *f)
{
	struct mender *m = t->m;
	const struct variant *v = m->facts->variant;
	struct page_patient *p = &t->patient;
	enum page_state state;

	if (!is_possible(t, f->ref.ib) || !page_set_add(t->seen, f->ref.ib / v->page_len) ||
	    !mender_read(m, f->ref.ib, p->bytes, v->page_len))
		return;
	state = page_mend(p, f);
	if (state == PAGE_LOST) {
		if (tree_rebuild(m, p->type, f))
			answer_page(m, f->ref.ib);
		return;
	}
	if (state != PAGE_SOUND)
		write_page(t, f, state);
	if (!f->is_root && p->counters.n && page_key(p, p->counters.entry_len, 0) != f->low)
		mend_parent_key(t, f, page_key(p, p->counters.entry_len, 0));
	if (p->counters.level)
		push_children(t, f);
}

static void mend_tree(struct mender *m, enum page_type type, struct bref root)
{
	const struct variant *v = m->facts->variant;
	size_t pages = (size_t)(m->facts->image->size / v->page_len) + 1;
	struct page_frame first = { .ref = root, .high = UINT64_MAX, .is_root = true };
	struct tree_mend t = { .m = m };

	t.scratch = arena_new(pages * (sizeof first + 1) + (1 << 20));
	t.room = (size_t)TREE_LEVELS_MAX * (v->entries_len / v->index_entry_len) + 1;
	t.stack = t.scratch ? arena_array(t.scratch, t.room, sizeof(struct page_frame *)) : NULL;
	t.seen = t.scratch ? page_set_new(t.scratch, pages) : NULL;
	t.patient.m = m;
	t.patient.type = type;
	if (!t.stack || !t.seen)
		m->status = ST_NOMEM;
	else
		(void)push(&t, &first);
	while (m->status == ST_OK && t.n)
		visit(&t, t.stack[--t.n]);
	arena_drop(&t.scratch);
}

static bool is_troubled(const struct mender *m)
{
	for (size_t i = 0; i < sizeof page_codes / sizeof page_codes[0]; i++)
		if (mender_has(m, page_codes[i]))
			return true;
	return mender_has(m, CODE_STORE_PAGE_PARENT_KEY_WRONG);
}

void mend_trees(struct mender *m)
{
	struct header h;

	if (!m->facts->header_trusted || !is_troubled(m) || !mender_header(m, &h))
		return;
	mend_tree(m, PAGE_BBT, h.bbt);
	mend_tree(m, PAGE_NBT, h.nbt);
}
