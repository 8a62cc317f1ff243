/* This file takes blocks apart: trailers, data trees and subnode trees ([MS-PST] 2.2.2.8). */
#ifndef POSTMEND_PST_NDB_BLOCK_H
#define POSTMEND_PST_NDB_BLOCK_H

#include "pst/ndb/crypt.h"
#include "pst/ndb/field.h"
#include "pst/ndb/variant.h"

/* The largest extent of a block in any variant, trailer and padding included. */
enum { BLOCK_EXTENT_MAX = 65536 };

struct block_trailer {
	uint64_t len, signature, crc, bid;
	uint64_t len_inflated; /* 4K only */
};

/* Offsets count from the start of the trailer. */
const struct field_table *block_trailer_fields(const struct variant *variant);

/* `extent` is variant_block_extent() bytes as they lie on disk. */
[[nodiscard]] bool block_trailer_decode(const struct variant *variant, struct view extent,
					struct block_trailer *out);

enum block_fault {
	BLOCK_FAULT_LEN = 1 << 0,
	BLOCK_FAULT_SIGNATURE = 1 << 1,
	BLOCK_FAULT_CRC = 1 << 2,
	BLOCK_FAULT_BID = 1 << 3,
	BLOCK_FAULT_INFLATED = 1 << 4,
};

/* What a block table says of a block, to be compared with its extent. */
struct block_place {
	struct bid bid;
	struct ib at;
	uint32_t len, len_inflated;
};

/* 0 when trailer and content are what the table says. */
unsigned block_faults(const struct variant *variant, struct view extent, const struct block_place *place);

/* Writes the trailer at the end of an extent whose first `len` bytes are the
 * stored data. */
void block_seal(const struct variant *variant, const struct block_place *place, uint8_t *extent);
/* The same where the CRC of the stored data is known. */
void block_seal_with(const struct variant *variant, const struct block_place *place, uint32_t crc,
		     uint8_t *extent);

/* The data of a stored block: itself, or inflated into `to` where the variant
 * compresses and the two lengths differ. Empty when the stream is damaged. */
struct view block_inflate(const struct variant *variant, struct view stored, uint32_t len_inflated,
			  uint8_t to[static BLOCK_EXTENT_MAX]);

enum { BTYPE_XBLOCK = 0x01, BTYPE_SLBLOCK = 0x02 };

/* XBLOCK and XXBLOCK (2.2.2.8.3.2); level 1 and 2. */
struct xblock {
	uint64_t type, level, n, total; /* total: bytes of all leaves */
};

/* SLBLOCK and SIBLOCK (2.2.2.8.3.3); level 0 and 1. */
struct slblock {
	uint64_t type, level, n;
};

struct sl_entry {
	uint64_t nid, data, subnode; /* the upper half of nid is junk in real files: mask it */
};

struct si_entry {
	uint64_t nid, bid;
};

const struct field_table *xblock_fields(void);
const struct field_table *slblock_fields(void);
const struct field_table *sl_entry_fields(const struct variant *variant);
const struct field_table *si_entry_fields(const struct variant *variant);

/* `data` is the block's data without trailer. False when too short. */
[[nodiscard]] bool xblock_decode(struct view data, struct xblock *out);
[[nodiscard]] bool slblock_decode(struct view data, struct slblock *out);

/* Entry i, false outside the data. */
[[nodiscard]] bool xblock_bid_at(const struct variant *variant, struct view data, uint64_t i,
				 struct bid *out);
[[nodiscard]] bool sl_entry_at(const struct variant *variant, struct view data, uint64_t i,
			       struct sl_entry *out);
[[nodiscard]] bool si_entry_at(const struct variant *variant, struct view data, uint64_t i,
			       struct si_entry *out);

enum { XBLOCK_HEADER_LEN = 8 };

#endif
