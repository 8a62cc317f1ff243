/* This file takes a store's header apart ([MS-PST] 2.2.2.6 HEADER, 2.2.2.5 ROOT). */
#ifndef POSTMEND_PST_NDB_HEADER_H
#define POSTMEND_PST_NDB_HEADER_H

#include "pst/ndb/field.h"
#include "pst/ndb/variant.h"

enum { HEADER_LEN_MAX = 564, HEADER_MAP_LEN = 128 };

/* A page or block reference as it stands on disk. */
struct bref {
	uint64_t bid, ib;
};

struct header {
	uint64_t magic, crc_partial, magic_client, version, version_client;
	uint64_t platform_create, platform_access;
	uint64_t next_block, next_page; /* bidNextB, bidNextP */
	uint64_t unique;                /* dwUnique */
	uint64_t file_eof, last_amap;   /* bytes */
	uint64_t amap_free, pmap_free;  /* bytes */
	struct bref nbt, bbt;           /* the roots */
	uint64_t amap_valid;            /* 0 no, 1 and 2 yes */
	uint64_t sentinel, crypt_method;
	uint64_t crc_full;                  /* Unicode only */
	uint32_t nid_marks[NID_TYPE_COUNT]; /* rgnid: the highest index given out, by NID type */
	uint8_t fmap[HEADER_MAP_LEN], fpmap[HEADER_MAP_LEN];
};

enum {
	HEADER_MAGIC = 0x4E444221,  /* "!BDN" */
	HEADER_CLIENT_PST = 0x4D53, /* "SM" */
	HEADER_CLIENT_OST = 0x4F53, /* "SO" */
	HEADER_CLIENT_PAB = 0x4241, /* "AB" */
	HEADER_SENTINEL = 0x80,
	HEADER_CRC_FROM = 8, /* both checksums start here */
	HEADER_CRC_PARTIAL_LEN = 471,
	HEADER_CRC_FULL_LEN = 516,
};

/* The rows for this variant; raw fields (rgnid, maps, reserved) are rows too. */
const struct field_table *header_fields(const struct variant *variant);

/* wVer of bytes that may be a header; 0 when there are too few. */
uint16_t header_version(struct view bytes);

/* `bytes` holds at least variant->header_len. False when it does not. Judges nothing. */
[[nodiscard]] bool header_decode(const struct variant *variant, struct view bytes, struct header *out);

/* True when bytes that the specification wants to be zero are not (P24); the first one's place. */
bool header_reserved_is_used(const struct variant *variant, struct view bytes, uint64_t *at_out);

/* Overwrites the fields of `bytes` (variant->header_len of them) and renews
 * both checksums, here and in *header; opaque bytes stay. */
void header_encode(const struct variant *variant, struct header *header, uint8_t *bytes);

/* The checksums as they ought to be; *full_out is 0 for ANSI, which has none. */
void header_checksums(const struct variant *variant, struct view bytes, uint32_t *partial_out,
		      uint32_t *full_out);

#endif
