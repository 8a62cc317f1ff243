/* This file holds everything in which the kinds of store differ, as data.
 *
 * ANSI stores (wVer 14, 15), Unicode stores (20 to 23) and Unicode stores with
 * 4 KiB pages (36 and, protected by Windows, 37). No other file tests a version.
 */
#ifndef POSTMEND_PST_NDB_VARIANT_H
#define POSTMEND_PST_NDB_VARIANT_H

#include "pst/ndb/ids.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum variant_kind { VARIANT_ANSI, VARIANT_UNICODE, VARIANT_UNICODE_4K, VARIANT_COUNT };

struct variant {
	enum variant_kind kind;
	const char *name;    /* "ansi", "unicode", "unicode-4k" */
	uint8_t id_width;    /* bytes of a BID or IB */
	uint16_t header_len; /* bytes of the header */
	uint16_t page_len;   /* bytes of a page, also its alignment */
	uint8_t page_trailer_len;
	uint16_t page_crc_len; /* bytes from the page's start that its CRC covers */
	uint16_t entries_len;  /* bytes for BTPAGE entries; its counters follow */
	uint8_t index_entry_len, bbt_entry_len, nbt_entry_len;
	uint16_t block_align; /* also the AMap's granularity */
	uint8_t block_trailer_len;
	uint16_t block_data_max;  /* most data bytes in one block */
	uint64_t first_amap;      /* offset of the first AMap page */
	uint64_t amap_interval;   /* bytes that one AMap covers */
	uint16_t amap_bytes;      /* bytes of its bitmap */
	uint8_t amap_bits_at;     /* where in the page they start */
	uint64_t dlist;           /* offset of the DList page */
	bool has_pmap, has_fpmap; /* legacy map pages */
	bool may_compress;        /* blocks may be zlib streams */
	uint8_t hid_index_bits;   /* of a HID: 5 type bits, these, the rest names the block */
	uint16_t xblock_max;      /* most BIDs in an XBLOCK that fit */
	uint8_t sl_header_len, sl_entry_len, si_entry_len;
	uint8_t string_type_low; /* 0x1E or 0x1F: what its property contexts mostly hold */
};

const struct variant *variant_of(enum variant_kind kind);

/* The variant of a header's wVer, or NULL when the version is not known (invariant P3). */
const struct variant *variant_of_version(uint16_t version);

/* On-disk bytes of a block with `len` data bytes: trailer and padding included. */
uint64_t variant_block_extent(const struct variant *variant, uint32_t len);

/* [MS-PST] 5.5: ties a page or block to its place. */
uint16_t variant_signature(struct ib ib, struct bid bid);

/* Parts of a HID; the index counts from 1. */
uint32_t variant_hid_block(const struct variant *variant, struct hid hid);
uint32_t variant_hid_index(const struct variant *variant, struct hid hid);

#endif
