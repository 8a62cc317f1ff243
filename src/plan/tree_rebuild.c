/* This file finds what belongs below a lost page of a tree, and builds the pages above it anew.
 *
 * Pages of the tree that are whole, that the allocation maps call used and whose
 * keys the lost page would have held are its children; where two claim the same
 * keys the one with the higher number is the newer. Whether these are all, and
 * the right ones, the count of all references says afterwards (a strict step).
 */
#include "plan/tree_rebuild.h"

#include "plan/block_scan.h"
#include "plan/page_scan.h"
#include "plan/space.h"

#include <stdlib.h>
#include <string.h>

/* A page below, by the keys it holds. */
struct child {
	uint64_t first, last;
	struct bref ref;
	uint64_t n; /* entries */
};

struct rebuild {
	struct mender *m;
	enum page_type type;
	const struct page_frame *frame;
	struct arena *scratch;
	struct child *rows; /* in the order of keys */
	size_t n;
	struct header header; /* of the draft */
	struct space space;
};

static bool read_keys(struct rebuild *r, const struct scanned_page *page, struct child *out)
{
	const struct variant *v = r->m->facts->variant;
	struct page_patient p = { .m = r->m, .type = r->type };
	struct btree_page c;

	if (!mender_read(r->m, page->ref.ib, p.bytes, v->page_len) ||
	    !btree_page_decode(v, view_of(p.bytes, v->page_len), &c) || c.n == 0 || c.entry_len == 0 ||
	    c.n * c.entry_len > v->entries_len)
		return false;
	*out = (struct child){ page_key(&p, c.entry_len, 0), page_key(&p, c.entry_len, c.n - 1), page->ref,
			       c.n };
	return out->first <= out->last;
}

/* Where a child with these keys would stand; false when another has some of them. */
static bool find_place(const struct rebuild *r, const struct child *child, size_t *at_out)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->rows[middle].last < child->first)
			low = middle + 1;
		else
			high = middle;
	}
	*at_out = low;
	return low == r->n || r->rows[low].first > child->last;
}

static void take(struct rebuild *r, const struct child *child)
{
	size_t at;

	if (!find_place(r, child, &at))
		return;
	memmove(r->rows + at + 1, r->rows + at, (r->n - at) * sizeof *r->rows);
	r->rows[at] = *child;
	r->n++;
}

static bool is_candidate(struct rebuild *r, const struct scanned_page *page, uint64_t level)
{
	return page->level == level && page->ref.bid < r->header.next_page &&
	       page->ref.ib != r->frame->ref.ib && space_is_used(&r->space, page->ref.ib);
}

/* The newest come first, so what is there already is newer. */
static bool gather(struct rebuild *r, const struct page_scan *scan, uint64_t level)
{
	int tree = r->type == PAGE_NBT ? PAGE_SCAN_NBT : PAGE_SCAN_BBT;

	r->n = 0;
	r->rows = arena_array(r->scratch, scan->n[tree] + 1, sizeof *r->rows);
	if (!r->rows)
		r->m->status = ST_NOMEM;
	for (size_t i = 0; r->rows && i < scan->n[tree]; i++) {
		const struct scanned_page *page = &scan->pages[tree][i];
		struct child child;

		if (is_candidate(r, page, level) && read_keys(r, page, &child) &&
		    (r->frame->is_root || child.first >= r->frame->low) && child.last < r->frame->high)
			take(r, &child);
	}
	return r->n > 0;
}

static void build_page(const struct rebuild *r, const struct child *rows, size_t n, uint64_t level,
		       uint8_t page[static PAGE_LEN_MAX])
{
	const struct variant *v = r->m->facts->variant;
	struct btree_page c = { .n = n, .entry_len = v->index_entry_len, .level = level };

	memset(page, 0, PAGE_LEN_MAX);
	c.n_max = v->entries_len / c.entry_len;
	for (size_t i = 0; i < n; i++) {
		struct btree_index_entry e = { .key = rows[i].first, .ref = rows[i].ref };

		field_encode(btree_index_fields(v), &e, page + i * c.entry_len);
	}
	field_encode(btree_page_fields(v), &c, page + v->entries_len);
}

static void write_page(struct rebuild *r, uint8_t *page, struct bref ref)
{
	const struct variant *v = r->m->facts->variant;

	page_seal(v, r->type, (struct ib){ ref.ib }, (struct bid){ ref.bid }, page);
	mender_write(r->m, ref.ib, view_of(page, v->page_len));
}

/* One level of new pages over the rows, which become those pages. */
static bool raise_level(struct rebuild *r, uint64_t level, size_t fit)
{
	size_t n_pages = (r->n + fit - 1) / fit, from = 0;
	uint8_t page[PAGE_LEN_MAX];

	for (size_t i = 0; i < n_pages; i++) {
		size_t n = (r->n - from) / (n_pages - i);
		struct child over = { r->rows[from].first, r->rows[from + n - 1].last, { 0, 0 }, n };

		if (!space_take_page(&r->space, &over.ref.ib))
			return false;
		over.ref.bid = r->header.next_page++;
		build_page(r, r->rows + from, n, level, page);
		write_page(r, page, over.ref);
		r->rows[i] = over;
		from += n;
	}
	r->n = n_pages;
	return true;
}

static bool build(struct rebuild *r, uint64_t level)
{
	const struct variant *v = r->m->facts->variant;
	size_t fit = v->entries_len / v->index_entry_len;
	uint8_t page[PAGE_LEN_MAX];

	while (r->n > fit)
		if (!r->frame->is_root || level >= TREE_LEVELS_MAX - 1 || !raise_level(r, level++, fit))
			return false;
	if (!r->frame->is_root && level != r->frame->level)
		return false;
	build_page(r, r->rows, r->n, level, page);
	write_page(r, page, r->frame->ref);
	/* A DList may carry the number that came next. */
	r->header.next_page++;
	space_tell(&r->space, &r->header);
	if (r->space.taken)
		mender_put_header(r->m, &r->header);
	return true;
}

/* A lost root is built over all leaves: upper pages that are left do not lead to
 * what their lost sisters led to. */
static bool find_children(struct rebuild *r, const struct page_scan *scan, uint64_t *level_out)
{
	*level_out = r->frame->is_root || r->frame->level == 0 ? 0 : r->frame->level - 1;
	return (r->frame->is_root || r->frame->level > 0) && gather(r, scan, *level_out);
}

static void write_leaf(struct rebuild *r, const struct bbt_entry *entries, size_t n, struct bref ref)
{
	const struct variant *v = r->m->facts->variant;
	struct btree_page c = { .n = n, .entry_len = v->bbt_entry_len };
	uint8_t page[PAGE_LEN_MAX] = { 0 };

	c.n_max = v->entries_len / c.entry_len;
	for (size_t i = 0; i < n; i++)
		field_encode(bbt_entry_fields(v), &entries[i], page + i * c.entry_len);
	field_encode(btree_page_fields(v), &c, page + v->entries_len);
	write_page(r, page, ref);
}

/* New leaves over blocks; they become the rows. */
static bool write_leaves(struct rebuild *r, const struct bbt_entry *entries, size_t n, size_t fit)
{
	size_t n_pages = (n + fit - 1) / fit;

	r->n = 0;
	r->rows = arena_array(r->scratch, n_pages, sizeof *r->rows);
	for (size_t from = 0; r->rows && from < n; from += fit) {
		size_t part = n - from < fit ? n - from : fit;
		struct child child = {
			entries[from].ref.bid, entries[from + part - 1].ref.bid, { 0, 0 }, part
		};

		if (!space_take_page(&r->space, &child.ref.ib))
			return false;
		child.ref.bid = r->header.next_page++;
		write_leaf(r, entries + from, part, child.ref);
		r->rows[r->n++] = child;
	}
	return r->rows != NULL;
}

/* The part of the BBT below the lost page, from the blocks themselves. */
static bool build_from_blocks(struct rebuild *r, const struct block_scan *scan)
{
	const struct variant *v = r->m->facts->variant;
	size_t from = 0, end = scan->n, fit = v->entries_len / v->bbt_entry_len;

	while (from < end && !r->frame->is_root && scan->entries[from].ref.bid < r->frame->low)
		from++;
	while (end > from && scan->entries[end - 1].ref.bid >= r->frame->high)
		end--;
	if (end == from)
		return false;
	if (end - from <= fit && (r->frame->is_root || r->frame->level == 0)) {
		write_leaf(r, scan->entries + from, end - from, r->frame->ref);
		return true;
	}
	return (r->frame->is_root || r->frame->level > 0) &&
	       write_leaves(r, scan->entries + from, end - from, fit) && build(r, 1);
}

static uint64_t count_entries(const struct rebuild *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->rows[i].n;
	return n;
}

static bool rebuild(struct rebuild *r, const struct page_scan *pages, struct block_scan *blocks)
{
	uint64_t level = 0;
	bool found = find_children(r, pages, &level);

	if (r->type == PAGE_BBT) {
		r->m->status = block_scan_run(blocks);
		if (r->m->status != ST_OK)
			return false;
	}
	/* Leaves that list fewer blocks than there are have lost sisters. */
	if (blocks->is_certain && (!found || (level == 0 && count_entries(r) < blocks->n)))
		return build_from_blocks(r, blocks);
	return found && build(r, level + 1);
}

bool tree_rebuild(struct mender *m, enum page_type type, const struct page_frame *frame)
{
	struct rebuild r = { .m = m, .type = type, .frame = frame };
	struct page_scan scan = { .image = overlay_image(m->draft), .variant = m->facts->variant };
	struct block_scan blocks = { .m = m, .space = &r.space };
	bool built = false;

	r.scratch = arena_new((size_t)256 << 20);
	scan.arena = blocks.arena = r.scratch;
	if (!r.scratch || !mender_header(m, &r.header)) {
		arena_drop(&r.scratch);
		return false;
	}
	m->status = page_scan_run(&scan);
	space_init(&r.space, m);
	if (m->status == ST_OK) {
		mender_begin(m, PLAN_REBUILD, "builds lost pages of a tree anew over what they led to");
		mender_strict(m);
		built = rebuild(&r, &scan, &blocks);
		if (!built)
			mender_abandon(m);
	}
	arena_drop(&r.scratch);
	return built;
}
