/* This file proves what a damaged page of a tree must have been. */
#include "plan/page_mend.h"

#include <string.h>

static struct view bytes_of(const struct page_patient *p)
{
	return view_of(p->bytes, p->m->facts->variant->page_len);
}

static const struct variant *variant(const struct page_patient *p)
{
	return p->m->facts->variant;
}

uint64_t page_key(const struct page_patient *p, uint64_t entry_len, uint64_t i)
{
	struct btree_index_entry e;

	if (!btree_index_at(variant(p), bytes_of(p), entry_len, i, &e))
		return 0;
	return p->type == PAGE_BBT ? e.key & ~UINT64_C(1) : e.key;
}

static uint64_t entry_len(const struct page_patient *p, uint64_t level)
{
	const struct variant *v = variant(p);

	if (level)
		return v->index_entry_len;
	return p->type == PAGE_BBT ? v->bbt_entry_len : v->nbt_entry_len;
}

static bool counters_hold(const struct page_patient *p, const struct page_frame *f,
			  const struct btree_page *c)
{
	return c->level < TREE_LEVELS_MAX && (f->is_root || c->level == f->level) &&
	       c->entry_len >= entry_len(p, c->level) && c->n_max == variant(p)->entries_len / c->entry_len &&
	       c->n * c->entry_len <= variant(p)->entries_len && (c->n > 0 || f->is_root);
}

/* How many entries from the first on have keys in order and in their bounds. */
static uint64_t count_in_order(const struct page_patient *p, const struct page_frame *f, uint64_t len)
{
	uint64_t last = 0, i = 0, most = variant(p)->entries_len / len;

	for (; i < most; i++) {
		uint64_t key = page_key(p, len, i);

		if ((i > 0 && key <= last) || key >= f->high || key == 0)
			break;
		last = key;
	}
	return i;
}

static bool keys_hold(const struct page_patient *p, const struct page_frame *f, const struct btree_page *c)
{
	return count_in_order(p, f, c->entry_len) >= c->n;
}

/* What the trailer says of the page's identity. */
static unsigned trailer_faults(const struct page_patient *p, const struct page_frame *f)
{
	return page_faults(variant(p), bytes_of(p), p->type, (struct ib){ f->ref.ib },
			   (struct bid){ f->ref.bid });
}

static bool crc_holds(const struct page_patient *p)
{
	struct page_trailer t;

	return page_trailer_decode(variant(p), bytes_of(p), &t) && t.crc == page_crc(variant(p), bytes_of(p));
}

static void seal(struct page_patient *p, const struct page_frame *f)
{
	page_seal(variant(p), p->type, (struct ib){ f->ref.ib }, (struct bid){ f->ref.bid }, p->bytes);
}

static bool decode(struct page_patient *p)
{
	return btree_page_decode(variant(p), bytes_of(p), &p->counters);
}

static bool is_sound(struct page_patient *p, const struct page_frame *f)
{
	return decode(p) && counters_hold(p, f, &p->counters) && keys_hold(p, f, &p->counters);
}

/* The content is whole and the trailer is not. A page whose number and
 * signature agree on another number is an older version: a write was lost. */
static bool mend_trailer(struct page_patient *p, const struct page_frame *f)
{
	unsigned faults = trailer_faults(p, f);
	struct page_trailer t;

	if (faults & PAGE_FAULT_CRC || !is_sound(p, f) || !page_trailer_decode(variant(p), bytes_of(p), &t))
		return false;
	if (faults & PAGE_FAULT_BID && faults & PAGE_FAULT_SIGNATURE)
		return false;
	if (faults & PAGE_FAULT_TYPE && (t.type == PAGE_AMAP || t.type == PAGE_PMAP))
		return false;
	seal(p, f);
	return true;
}

static void put_counters(struct page_patient *p, const struct btree_page *c)
{
	field_encode(btree_page_fields(variant(p)), c, p->bytes + variant(p)->entries_len);
}

/* All counters but the number of entries follow from the parent; the checksum
 * tells that number. */
static bool mend_counters(struct page_patient *p, const struct page_frame *f)
{
	struct btree_page as_it_was, c;

	if (!decode(p))
		return false;
	as_it_was = p->counters;
	for (uint64_t level = f->is_root ? 0 : f->level; level < (f->is_root ? 4 : f->level + 1); level++) {
		c = (struct btree_page){ .level = level, .entry_len = entry_len(p, level) };
		c.n_max = variant(p)->entries_len / c.entry_len;
		for (c.n = 1; c.n <= c.n_max; c.n++) {
			put_counters(p, &c);
			if (crc_holds(p) && is_sound(p, f))
				return true;
		}
	}
	put_counters(p, &as_it_was);
	return false;
}

/* A CRC-32 knows a single bit among so few. */
static bool mend_bit(struct page_patient *p, const struct page_frame *f)
{
	for (size_t bit = 0; bit < (size_t)variant(p)->page_crc_len * 8; bit++) {
		uint8_t mask = (uint8_t)(1U << bit % 8);

		p->bytes[bit / 8] ^= mask;
		if (crc_holds(p) && is_sound(p, f))
			return true;
		p->bytes[bit / 8] ^= mask;
	}
	return false;
}

/* A block's own trailer confirms its entry. */
static bool block_confirms(const struct page_patient *p, const struct bbt_entry *e)
{
	const struct variant *v = variant(p);
	uint8_t trailer[32];
	struct block_trailer t;
	uint64_t len;

	if (e->len == 0 || e->len > v->block_data_max || e->ref.ib % v->block_align || e->refs == 0)
		return false;
	len = variant_block_extent(v, (uint32_t)e->len);
	return mender_read(p->m, e->ref.ib + len - v->block_trailer_len, trailer, v->block_trailer_len) &&
	       block_trailer_decode(v, view_of(trailer, v->block_trailer_len), &t) && t.bid == e->ref.bid &&
	       t.len == e->len &&
	       t.signature == variant_signature((struct ib){ e->ref.ib }, (struct bid){ e->ref.bid });
}

static bool child_confirms(const struct page_patient *p, const struct btree_index_entry *e)
{
	const struct variant *v = variant(p);
	uint8_t page[PAGE_LEN_MAX];
	struct page_trailer t;

	return e->ref.ib % v->page_len == 0 && mender_read(p->m, e->ref.ib, page, v->page_len) &&
	       page_trailer_decode(v, view_of(page, v->page_len), &t) && t.bid == e->ref.bid &&
	       t.signature == variant_signature((struct ib){ e->ref.ib }, (struct bid){ e->ref.bid });
}

static bool entry_is_confirmed(const struct page_patient *p, const struct btree_page *c, uint64_t i)
{
	const struct variant *v = variant(p);
	struct btree_index_entry index;
	struct bbt_entry block;
	struct nbt_entry node;

	if (c->level)
		return btree_index_at(v, bytes_of(p), c->entry_len, i, &index) && child_confirms(p, &index);
	if (p->type == PAGE_BBT)
		return bbt_entry_at(v, bytes_of(p), c->entry_len, i, &block) && block_confirms(p, &block);
	/* Nodes are confirmed by the counts of all references, once they are made. */
	return nbt_entry_at(v, bytes_of(p), c->entry_len, i, &node) && node.nid <= UINT32_MAX;
}

static bool entries_are_confirmed(const struct page_patient *p)
{
	for (uint64_t i = 0; i < p->counters.n; i++)
		if (!entry_is_confirmed(p, &p->counters, i))
			return false;
	return true;
}

/* The page is the one its parent means, and what it says is said elsewhere too. */
static bool prove(struct page_patient *p, const struct page_frame *f)
{
	unsigned faults = trailer_faults(p, f);
	struct btree_page c;

	if (faults & (PAGE_FAULT_TYPE | PAGE_FAULT_SIGNATURE | PAGE_FAULT_BID) || !decode(p))
		return false;
	if (!counters_hold(p, f, &p->counters)) {
		c = p->counters;
		c.level = f->is_root ? c.level : f->level;
		if (c.level >= TREE_LEVELS_MAX)
			return false;
		c.entry_len = entry_len(p, c.level);
		c.n_max = variant(p)->entries_len / c.entry_len;
		if (c.n == 0 || c.n > count_in_order(p, f, c.entry_len))
			c.n = count_in_order(p, f, c.entry_len);
		put_counters(p, &c);
	}
	if (!is_sound(p, f) || !entries_are_confirmed(p))
		return false;
	seal(p, f);
	return true;
}

enum page_state page_mend(struct page_patient *p, const struct page_frame *f)
{
	uint8_t as_it_was[PAGE_LEN_MAX];

	if (trailer_faults(p, f) == 0 && is_sound(p, f))
		return PAGE_SOUND;
	memcpy(as_it_was, p->bytes, sizeof as_it_was);
	if (mend_trailer(p, f))
		return PAGE_MENDED;
	/* Only a page that is certainly the right one is worth the search. */
	if (!(trailer_faults(p, f) & (PAGE_FAULT_TYPE | PAGE_FAULT_SIGNATURE | PAGE_FAULT_BID)) &&
	    trailer_faults(p, f) & PAGE_FAULT_CRC && (mend_counters(p, f) || mend_bit(p, f)))
		return PAGE_MENDED;
	memcpy(p->bytes, as_it_was, sizeof as_it_was);
	if (prove(p, f))
		return PAGE_PROVED;
	memcpy(p->bytes, as_it_was, sizeof as_it_was);
	return PAGE_LOST;
}
