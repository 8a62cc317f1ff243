/* This file takes pages apart: trailers and B-tree pages. */
#include "pst/ndb/page.h"

#include "base/checked.h"
#include "pst/ndb/crc.h"

#include <string.h>

#define ROW(type, name, at, width, member, section)                                              \
	{                                                                                        \
		name, at, width, (uint16_t)offsetof(struct type, member), FIELD_CHECKED, section \
	}
#define TABLE(name, rows)                  \
	{                                  \
		name, rows, COUNT_OF(rows) \
	}

static const struct field trailer_ansi[] = {
	ROW(page_trailer, "ptype", 0, 1, type, "2.2.2.7.1"),
	ROW(page_trailer, "ptypeRepeat", 1, 1, type_repeat, "2.2.2.7.1"),
	ROW(page_trailer, "wSig", 2, 2, signature, "2.2.2.7.1"),
	ROW(page_trailer, "bid", 4, 4, bid, "2.2.2.7.1"),
	ROW(page_trailer, "dwCRC", 8, 4, crc, "2.2.2.7.1"),
};
static const struct field trailer_unicode[] = {
	ROW(page_trailer, "ptype", 0, 1, type, "2.2.2.7.1"),
	ROW(page_trailer, "ptypeRepeat", 1, 1, type_repeat, "2.2.2.7.1"),
	ROW(page_trailer, "wSig", 2, 2, signature, "2.2.2.7.1"),
	ROW(page_trailer, "dwCRC", 4, 4, crc, "2.2.2.7.1"),
	ROW(page_trailer, "bid", 8, 8, bid, "2.2.2.7.1"),
};

/* The counters' offsets count from the end of the entries. */
static const struct field btree_512[] = {
	ROW(btree_page, "cEnt", 0, 1, n, "2.2.2.7.7.1"),
	ROW(btree_page, "cEntMax", 1, 1, n_max, "2.2.2.7.7.1"),
	ROW(btree_page, "cbEnt", 2, 1, entry_len, "2.2.2.7.7.1"),
	ROW(btree_page, "cLevel", 3, 1, level, "2.2.2.7.7.1"),
};
static const struct field btree_4k[] = {
	ROW(btree_page, "cEnt", 0, 2, n, "2.2.2.7.7.1"),
	ROW(btree_page, "cEntMax", 2, 2, n_max, "2.2.2.7.7.1"),
	ROW(btree_page, "cbEnt", 4, 1, entry_len, "2.2.2.7.7.1"),
	ROW(btree_page, "cLevel", 5, 1, level, "2.2.2.7.7.1"),
};

static const struct field index_ansi[] = {
	ROW(btree_index_entry, "btkey", 0, 4, key, "2.2.2.7.7.2"),
	ROW(btree_index_entry, "BREF.bid", 4, 4, ref.bid, "2.2.2.7.7.2"),
	ROW(btree_index_entry, "BREF.ib", 8, 4, ref.ib, "2.2.2.7.7.2"),
};
static const struct field index_unicode[] = {
	ROW(btree_index_entry, "btkey", 0, 8, key, "2.2.2.7.7.2"),
	ROW(btree_index_entry, "BREF.bid", 8, 8, ref.bid, "2.2.2.7.7.2"),
	ROW(btree_index_entry, "BREF.ib", 16, 8, ref.ib, "2.2.2.7.7.2"),
};

static const struct field bbt_ansi[] = {
	ROW(bbt_entry, "BREF.bid", 0, 4, ref.bid, "2.2.2.7.7.3"),
	ROW(bbt_entry, "BREF.ib", 4, 4, ref.ib, "2.2.2.7.7.3"),
	ROW(bbt_entry, "cb", 8, 2, len, "2.2.2.7.7.3"),
	ROW(bbt_entry, "cRef", 10, 2, refs, "2.2.2.7.7.3"),
};
static const struct field bbt_unicode[] = {
	ROW(bbt_entry, "BREF.bid", 0, 8, ref.bid, "2.2.2.7.7.3"),
	ROW(bbt_entry, "BREF.ib", 8, 8, ref.ib, "2.2.2.7.7.3"),
	ROW(bbt_entry, "cb", 16, 2, len, "2.2.2.7.7.3"),
	ROW(bbt_entry, "cRef", 18, 2, refs, "2.2.2.7.7.3"),
};
static const struct field bbt_4k[] = {
	ROW(bbt_entry, "BREF.bid", 0, 8, ref.bid, "2.2.2.7.7.3"),
	ROW(bbt_entry, "BREF.ib", 8, 8, ref.ib, "2.2.2.7.7.3"),
	ROW(bbt_entry, "cbStored", 16, 2, len, "2.2.2.7.7.3"),
	ROW(bbt_entry, "cbInflated", 18, 2, len_inflated, "2.2.2.7.7.3"),
	ROW(bbt_entry, "cRef", 20, 2, refs, "2.2.2.7.7.3"),
};

static const struct field nbt_ansi[] = {
	ROW(nbt_entry, "nid", 0, 4, nid, "2.2.2.7.7.4"),
	ROW(nbt_entry, "bidData", 4, 4, data, "2.2.2.7.7.4"),
	ROW(nbt_entry, "bidSub", 8, 4, subnode, "2.2.2.7.7.4"),
	ROW(nbt_entry, "nidParent", 12, 4, parent, "2.2.2.7.7.4"),
};
static const struct field nbt_unicode[] = {
	ROW(nbt_entry, "nid", 0, 8, nid, "2.2.2.7.7.4"),
	ROW(nbt_entry, "bidData", 8, 8, data, "2.2.2.7.7.4"),
	ROW(nbt_entry, "bidSub", 16, 8, subnode, "2.2.2.7.7.4"),
	ROW(nbt_entry, "nidParent", 24, 4, parent, "2.2.2.7.7.4"),
};

static const struct field_table trailer_tables[VARIANT_COUNT] = {
	TABLE("PAGETRAILER", trailer_ansi),
	TABLE("PAGETRAILER", trailer_unicode),
	TABLE("PAGETRAILER", trailer_unicode),
};
static const struct field_table btree_tables[VARIANT_COUNT] = {
	TABLE("BTPAGE", btree_512),
	TABLE("BTPAGE", btree_512),
	TABLE("BTPAGE", btree_4k),
};
static const struct field_table index_tables[VARIANT_COUNT] = {
	TABLE("BTENTRY", index_ansi),
	TABLE("BTENTRY", index_unicode),
	TABLE("BTENTRY", index_unicode),
};
static const struct field_table bbt_tables[VARIANT_COUNT] = {
	TABLE("BBTENTRY", bbt_ansi),
	TABLE("BBTENTRY", bbt_unicode),
	TABLE("BBTENTRY", bbt_4k),
};
static const struct field_table nbt_tables[VARIANT_COUNT] = {
	TABLE("NBTENTRY", nbt_ansi),
	TABLE("NBTENTRY", nbt_unicode),
	TABLE("NBTENTRY", nbt_unicode),
};

const struct field_table *page_trailer_fields(const struct variant *variant)
{
	return &trailer_tables[variant->kind];
}

const struct field_table *btree_page_fields(const struct variant *variant)
{
	return &btree_tables[variant->kind];
}

const struct field_table *btree_index_fields(const struct variant *variant)
{
	return &index_tables[variant->kind];
}

const struct field_table *bbt_entry_fields(const struct variant *variant)
{
	return &bbt_tables[variant->kind];
}

const struct field_table *nbt_entry_fields(const struct variant *variant)
{
	return &nbt_tables[variant->kind];
}

static struct view trailer_of(const struct variant *variant, struct view page)
{
	return field_part(page, (uint64_t)variant->page_len - variant->page_trailer_len,
			  variant->page_trailer_len);
}

bool page_trailer_decode(const struct variant *variant, struct view page, struct page_trailer *out)
{
	*out = (struct page_trailer){ 0 };
	return field_decode(page_trailer_fields(variant), trailer_of(variant, page), out);
}

uint32_t page_crc(const struct variant *variant, struct view page)
{
	return pst_crc(field_part(page, 0, variant->page_crc_len));
}

static bool is_map(enum page_type type)
{
	return type == PAGE_AMAP || type == PAGE_PMAP || type == PAGE_FMAP || type == PAGE_FPMAP;
}

unsigned page_faults(const struct variant *variant, struct view page, enum page_type type, struct ib at,
		     struct bid bid)
{
	struct page_trailer t;
	unsigned faults = 0;

	if (!page_trailer_decode(variant, page, &t))
		return PAGE_FAULT_TYPE | PAGE_FAULT_CRC | PAGE_FAULT_SIGNATURE | PAGE_FAULT_BID;
	if (is_map(type))
		bid = (struct bid){ at.v };
	if (t.type != (uint64_t)type || t.type_repeat != t.type)
		faults |= PAGE_FAULT_TYPE;
	if (t.crc != page_crc(variant, page))
		faults |= PAGE_FAULT_CRC;
	if (t.signature != (is_map(type) ? 0 : variant_signature(at, bid)))
		faults |= PAGE_FAULT_SIGNATURE;
	if (t.bid != bid.v)
		faults |= PAGE_FAULT_BID;
	return faults;
}

void page_seal(const struct variant *variant, enum page_type type, struct ib at, struct bid bid,
	       uint8_t *page)
{
	struct page_trailer t = { .type = (uint64_t)type, .type_repeat = (uint64_t)type };

	t.bid = is_map(type) ? at.v : bid.v;
	t.signature = is_map(type) ? 0 : variant_signature(at, bid);
	t.crc = page_crc(variant, view_of(page, variant->page_len));
	field_encode(page_trailer_fields(variant), &t, page + variant->page_len - variant->page_trailer_len);
}

bool btree_page_decode(const struct variant *variant, struct view page, struct btree_page *out)
{
	uint64_t len = (uint64_t)variant->page_len - variant->page_trailer_len - variant->entries_len;

	*out = (struct btree_page){ 0 };
	return field_decode(btree_page_fields(variant), field_part(page, variant->entries_len, len), out);
}

/* An entry lies wholly in the entries' area or is none. */
static struct view entry_of(const struct variant *variant, struct view page, uint64_t entry_len, uint64_t i)
{
	if (i >= variant->entries_len || entry_len == 0 || (i + 1) * entry_len > variant->entries_len)
		return view_of(NULL, 0);
	return field_part(page, i * entry_len, entry_len);
}

bool btree_index_at(const struct variant *variant, struct view page, uint64_t entry_len, uint64_t i,
		    struct btree_index_entry *out)
{
	*out = (struct btree_index_entry){ 0 };
	return field_decode(btree_index_fields(variant), entry_of(variant, page, entry_len, i), out);
}

bool bbt_entry_at(const struct variant *variant, struct view page, uint64_t entry_len, uint64_t i,
		  struct bbt_entry *out)
{
	*out = (struct bbt_entry){ 0 };
	return field_decode(bbt_entry_fields(variant), entry_of(variant, page, entry_len, i), out);
}

bool nbt_entry_at(const struct variant *variant, struct view page, uint64_t entry_len, uint64_t i,
		  struct nbt_entry *out)
{
	*out = (struct nbt_entry){ 0 };
	return field_decode(nbt_entry_fields(variant), entry_of(variant, page, entry_len, i), out);
}
