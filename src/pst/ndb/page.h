/* This file takes pages apart: trailers and B-tree pages ([MS-PST] 2.2.2.7). */
#ifndef POSTMEND_PST_NDB_PAGE_H
#define POSTMEND_PST_NDB_PAGE_H

#include "pst/ndb/field.h"
#include "pst/ndb/header.h"
#include "pst/ndb/variant.h"

enum { PAGE_LEN_MAX = 4096 };

enum page_type {
	PAGE_BBT = 0x80,
	PAGE_NBT = 0x81,
	PAGE_FMAP = 0x82,
	PAGE_PMAP = 0x83,
	PAGE_AMAP = 0x84,
	PAGE_FPMAP = 0x85,
	PAGE_DLIST = 0x86,
};

struct page_trailer {
	uint64_t type, type_repeat, signature, crc, bid;
};

/* Offsets count from the start of the trailer. */
const struct field_table *page_trailer_fields(const struct variant *variant);

/* `page` is variant->page_len bytes. */
[[nodiscard]] bool page_trailer_decode(const struct variant *variant, struct view page,
				       struct page_trailer *out);
uint32_t page_crc(const struct variant *variant, struct view page);

/* What a trailer may be wrong in; bits, so that evidence names all. */
enum page_fault {
	PAGE_FAULT_TYPE = 1 << 0,
	PAGE_FAULT_CRC = 1 << 1,
	PAGE_FAULT_SIGNATURE = 1 << 2,
	PAGE_FAULT_BID = 1 << 3,
};

/* Judges a page read from `at` that ought to be of `type` with `bid`; map pages
 * carry their own offset as BID and no signature. 0 when all is right. */
unsigned page_faults(const struct variant *variant, struct view page, enum page_type type, struct ib at,
		     struct bid bid);

/* Writes a whole trailer with its checksum. */
void page_seal(const struct variant *variant, enum page_type type, struct ib at, struct bid bid,
	       uint8_t *page);

/* BTPAGE counters (2.2.2.7.7.1). */
struct btree_page {
	uint64_t n, n_max, entry_len, level;
};

const struct field_table *btree_page_fields(const struct variant *variant);
[[nodiscard]] bool btree_page_decode(const struct variant *variant, struct view page, struct btree_page *out);

/* The entries of a BTPAGE; offsets count from the entry's start. */
struct btree_index_entry {
	uint64_t key;
	struct bref ref;
};

struct bbt_entry {
	struct bref ref;
	uint64_t len;          /* cb: bytes stored */
	uint64_t len_inflated; /* 4K only; 0 elsewhere */
	uint64_t refs;         /* cRef */
};

struct nbt_entry {
	uint64_t nid, data, subnode, parent; /* nid is 8 bytes on disk in Unicode */
};

const struct field_table *btree_index_fields(const struct variant *variant);
const struct field_table *bbt_entry_fields(const struct variant *variant);
const struct field_table *nbt_entry_fields(const struct variant *variant);

/* Entry `i` of a page whose counters say `entry_len`; false outside the page. */
[[nodiscard]] bool btree_index_at(const struct variant *variant, struct view page, uint64_t entry_len,
				  uint64_t i, struct btree_index_entry *out);
[[nodiscard]] bool bbt_entry_at(const struct variant *variant, struct view page, uint64_t entry_len,
				uint64_t i, struct bbt_entry *out);
[[nodiscard]] bool nbt_entry_at(const struct variant *variant, struct view page, uint64_t entry_len,
				uint64_t i, struct nbt_entry *out);

#endif
