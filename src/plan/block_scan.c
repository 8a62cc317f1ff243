/* This file finds every block that a store's bytes hold and its maps call used.
 *
 * A block says itself what it is: its trailer has number, length, signature for
 * its place and the checksum of its content. At every slot's end one XOR tells
 * what is none; what is left must have a right checksum.
 */
#include "plan/block_scan.h"

#include "pst/ndb/crc.h"
#include "pst/ndb/maps.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 20 };

static enum status add(struct block_scan *s, const struct bbt_entry *entry)
{
	struct bbt_entry *rows;

	if (s->n == BLOCK_SCAN_MAX)
		return ST_LIMIT;
	rows = arena_grown(s->arena, s->entries, s->n, &s->room, sizeof *rows);
	if (!rows)
		return ST_NOMEM;
	s->entries = rows;
	s->entries[s->n++] = *entry;
	return ST_OK;
}

/* What ends at `end`, by its trailer alone. */
static bool may_be_block(const struct block_scan *s, struct view trailer, uint64_t end, struct bbt_entry *out)
{
	const struct variant *v = s->m->facts->variant;
	struct block_trailer t;
	uint64_t len;

	if (!block_trailer_decode(v, trailer, &t) || t.len == 0 || t.len > v->block_data_max || t.bid < 4)
		return false;
	len = variant_block_extent(v, (uint32_t)t.len);
	if (len > end - v->first_amap)
		return false;
	*out = (struct bbt_entry){ .ref = { t.bid, end - len }, .len = t.len, .refs = 1 };
	return t.signature == variant_signature((struct ib){ end - len }, (struct bid){ t.bid });
}

static bool is_block(struct block_scan *s, const struct bbt_entry *e)
{
	const struct variant *v = s->m->facts->variant;
	struct block_place place = { { e->ref.bid }, { e->ref.ib }, (uint32_t)e->len, 0 };
	size_t len = (size_t)variant_block_extent(v, (uint32_t)e->len);
	uint8_t extent[BLOCK_EXTENT_MAX];

	return e->ref.ib >= v->first_amap && mender_read(s->m, e->ref.ib, extent, len) &&
	       block_faults(v, view_of(extent, len), &place) == 0 && space_is_taken(s->space, e->ref.ib, len);
}

static enum status sweep(struct block_scan *s, uint8_t *room)
{
	const struct variant *v = s->m->facts->variant;
	const struct image *image = overlay_image(s->m->draft);
	enum status st = ST_OK;

	for (uint64_t at = v->first_amap; st == ST_OK && at < image->size; at += CHUNK) {
		size_t len = image->size - at < CHUNK ? (size_t)(image->size - at) : CHUNK;

		if (image_read(image, at, room, len) != ST_OK)
			continue;
		for (size_t end = v->block_align; st == ST_OK && end <= len; end += v->block_align) {
			struct view trailer =
				view_of(room + end - v->block_trailer_len, v->block_trailer_len);
			struct bbt_entry entry;

			if (may_be_block(s, trailer, at + end, &entry) && is_block(s, &entry))
				st = add(s, &entry);
		}
	}
	return st;
}

static int compare(const void *a, const void *b)
{
	const struct bbt_entry *x = a, *y = b;

	return (x->ref.bid > y->ref.bid) - (x->ref.bid < y->ref.bid);
}

static void hold(struct block_scan *s, uint64_t bid)
{
	struct bbt_entry key = { .ref = { bid & ~UINT64_C(1), 0 } };
	struct bbt_entry *found = s->n ? bsearch(&key, s->entries, s->n, sizeof key, compare) : NULL;

	if (found)
		found->refs++;
}

static void hold_from_lists(struct block_scan *s, struct view data)
{
	const struct variant *v = s->m->facts->variant;
	struct sl_entry sl;
	struct si_entry si;
	struct slblock head;
	struct bid bid;
	struct xblock x;

	if (xblock_decode(data, &x) && x.type == BTYPE_XBLOCK)
		for (uint64_t i = 0; i < x.n && xblock_bid_at(v, data, i, &bid); i++)
			hold(s, bid.v);
	else if (slblock_decode(data, &head) && head.type == BTYPE_SLBLOCK && head.level == 0)
		for (uint64_t i = 0; i < head.n && sl_entry_at(v, data, i, &sl); i++) {
			hold(s, sl.data);
			hold(s, sl.subnode);
		}
	else if (head.type == BTYPE_SLBLOCK)
		for (uint64_t i = 0; i < head.n && si_entry_at(v, data, i, &si); i++)
			hold(s, si.bid);
}

/* cRef: one for the entry itself, one for each holder. */
static void count_holders(struct block_scan *s)
{
	const struct check_facts *facts = s->m->facts;
	uint8_t data[BLOCK_EXTENT_MAX];

	for (size_t i = 0; i < facts->n_nodes; i++) {
		if (facts->nodes[i].data)
			hold(s, facts->nodes[i].data);
		if (facts->nodes[i].subnode)
			hold(s, facts->nodes[i].subnode);
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct bbt_entry *e = &s->entries[i];

		if (bid_is_internal((struct bid){ e->ref.bid }) &&
		    mender_read(s->m, e->ref.ib, data, (size_t)e->len))
			hold_from_lists(s, view_of(data, (size_t)e->len));
	}
}

enum status block_scan_run(struct block_scan *s)
{
	uint8_t *room = arena_alloc(s->arena, CHUNK);
	enum status st = room ? sweep(s, room) : ST_NOMEM;

	if (st != ST_OK)
		return st;
	if (s->n)
		qsort(s->entries, s->n, sizeof *s->entries, compare);
	s->is_certain = s->m->facts->nbt_whole;
	for (size_t i = 1; i < s->n; i++)
		s->is_certain = s->is_certain && s->entries[i].ref.bid != s->entries[i - 1].ref.bid;
	if (s->is_certain)
		count_holders(s);
	return s->m->status;
}
