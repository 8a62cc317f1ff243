/* This file plants faults of the header, and of the file as a whole. */
#include "planted.h"

#include "base/checked.h"
#include "pst/ndb/crypt.h"
#include "pst/ndb/maps.h"

enum { BDN = 0x4E444221 };

static void magic(struct plant *p)
{
	plant_header_set(p, "dwMagic", plant_pick(p, BDN ^ 0x100, BDN));
}

static void client(struct plant *p)
{
	plant_header_set(p, "wMagicClient", plant_pick(p, 0x1234, HEADER_CLIENT_OST));
}

static void version(struct plant *p)
{
	uint64_t twin = p->v->kind == VARIANT_ANSI ? 15 : p->v->kind == VARIANT_UNICODE ? 20 : 36;

	plant_header_set(p, "wVer", plant_pick(p, 17, twin));
}

static void version_client(struct plant *p)
{
	plant_header_set(p, "wVerClient", plant_pick(p, 20, 12));
}

static void platform_create(struct plant *p)
{
	plant_header_set(p, "bPlatformCreate", plant_pick(p, 2, 1));
}

static void platform_access(struct plant *p)
{
	plant_header_set(p, "bPlatformAccess", plant_pick(p, 0, 1));
}

static void checksum(struct plant *p)
{
	uint64_t delta = plant_pick(p, 1, 0);

	plant_set(p, header_fields(p->v), "dwCRCPartial", 0, plant_header(p, "dwCRCPartial") ^ delta);
	if (p->v->kind != VARIANT_ANSI)
		plant_set(p, header_fields(p->v), "dwCRCFull", 0, plant_header(p, "dwCRCFull") ^ delta << 7);
}

/* A number in the first sector is new, the checksum of the second is old. */
static void torn(struct plant *p)
{
	uint64_t full = plant_header(p, "dwCRCFull");

	plant_header_set(p, "dwUnique", plant_header(p, "dwUnique") + 1);
	if (p->wrong)
		plant_set(p, header_fields(p->v), "dwCRCFull", 0, full);
}

static void torn_partial(struct plant *p)
{
	plant_set(p, header_fields(p->v), "dwCRCPartial", 0,
		  plant_header(p, "dwCRCPartial") ^ plant_pick(p, 0x80000000, 0));
}

static void sentinel(struct plant *p)
{
	plant_header_set(p, "bSentinel", plant_pick(p, 0x81, 0x80));
}

static void cipher_unknown(struct plant *p)
{
	plant_header_set(p, "bCryptMethod", plant_pick(p, 3, CRYPT_PERMUTE));
}

static void cipher_other(struct plant *p)
{
	plant_header_set(p, "bCryptMethod", plant_pick(p, CRYPT_CYCLIC, CRYPT_PERMUTE));
}

static void cipher_of_cyclic(struct plant *p)
{
	plant_header_set(p, "bCryptMethod", plant_pick(p, CRYPT_NONE, CRYPT_CYCLIC));
}

static void cipher_of_plain(struct plant *p)
{
	plant_header_set(p, "bCryptMethod", plant_pick(p, CRYPT_PERMUTE, CRYPT_NONE));
}

static void cipher_of_windows(struct plant *p)
{
	plant_header_set(p, "bCryptMethod", plant_pick(p, CRYPT_WIP, CRYPT_PERMUTE));
}

static void cut(struct plant *p)
{
	p->size -= plant_pick(p, 1, 0);
}

static void tail(struct plant *p)
{
	p->size += plant_pick(p, 1, 0);
}

/* The store ends in the middle of a section, as its header says; what is behind is called used. */
static void odd_size(struct plant *p)
{
	uint64_t len = p->v->page_len;

	if (!p->wrong)
		return;
	p->size -= len;
	plant_header_set(p, "ibFileEof", p->size);
	plant_map_bits(p, p->size, len, true);
	plant_header_set(p, "cbAMapFree", plant_header(p, "cbAMapFree") - len);
}

static void last_map(struct plant *p)
{
	plant_header_set(p, "ibAMapLast",
			 plant_header(p, "ibAMapLast") + plant_pick(p, p->v->amap_interval, 0));
}

static void free_total(struct plant *p)
{
	plant_header_set(p, "cbAMapFree",
			 plant_header(p, "cbAMapFree") + plant_pick(p, p->v->block_align, 0));
}

static void page_total(struct plant *p)
{
	plant_header_set(p, "cbPMapFree", plant_header(p, "cbPMapFree") + plant_pick(p, 512, 0));
}

static void map_flag(struct plant *p)
{
	plant_header_set(p, "fAMapValid", plant_pick(p, 3, 1));
}

static void maps_in_doubt(struct plant *p)
{
	plant_header_set(p, "fAMapValid", plant_pick(p, 0, 2));
}

/* Some programs flip the flag and leave the checksums as they are. */
static void maps_in_doubt_stale(struct plant *p)
{
	plant_set(p, header_fields(p->v), "fAMapValid", 0, plant_pick(p, 0, 2));
}

static void root_bbt(struct plant *p)
{
	plant_header_set(p, "BREFBBT.ib", plant_header(p, "BREFBBT.ib") + plant_pick(p, 8, 0));
}

static void root_nbt(struct plant *p)
{
	plant_header_set(p, "BREFNBT.ib", plant_pick(p, 0, plant_header(p, "BREFNBT.ib")));
}

static void roots_swapped(struct plant *p)
{
	static const char *const names[][2] = { { "BREFNBT.ib", "BREFBBT.ib" },
						{ "BREFNBT.bid", "BREFBBT.bid" } };

	for (size_t i = 0; p->wrong && i < COUNT_OF(names); i++) {
		uint64_t nbt = plant_header(p, names[i][0]);

		plant_header_set(p, names[i][0], plant_header(p, names[i][1]));
		plant_header_set(p, names[i][1], nbt);
	}
}

static void next_block(struct plant *p)
{
	uint64_t top = p->facts->blocks[p->facts->n_blocks - 1].bid & ~UINT64_C(3);

	plant_header_set(p, "bidNextB", plant_pick(p, top, top + 4));
}

static void next_block_odd(struct plant *p)
{
	plant_header_set(p, "bidNextB", plant_header(p, "bidNextB") + plant_pick(p, 2, 4));
}

static void next_page(struct plant *p)
{
	uint64_t top = 0;

	for (size_t i = 0; i < p->facts->n_pages; i++)
		if (p->facts->pages[i].bid > top)
			top = p->facts->pages[i].bid;
	plant_header_set(p, "bidNextP", plant_pick(p, top - 1, top + 100));
}

static void node_mark(struct plant *p)
{
	uint64_t at = plant_header_at(p, "rgnid") + 4 * (uint64_t)NID_TYPE_NORMAL_MESSAGE;

	field_put(p->bytes + at, 4,
		  p->facts->nid_tops[NID_TYPE_NORMAL_MESSAGE] - (uint32_t)plant_pick(p, 1, 0));
	plant_header_seal(p);
}

/* The highest attachment is a subnode, and no node says so. */
static void subnode_mark(struct plant *p)
{
	uint64_t at = plant_header_at(p, "rgnid") + 4 * (uint64_t)NID_TYPE_ATTACHMENT;

	field_put(p->bytes + at, 4, p->facts->nid_tops[NID_TYPE_ATTACHMENT] - (uint32_t)plant_pick(p, 1, 0));
	plant_header_seal(p);
}

static void unique(struct plant *p)
{
	plant_header_set(p, "dwUnique", plant_pick(p, 2, plant_header(p, "dwUnique") + 1));
}

static void reserved(struct plant *p)
{
	p->bytes[p->v->kind == VARIANT_ANSI ? 470 : 253] = (uint8_t)plant_pick(p, 1, 0);
	plant_header_seal(p);
}

static void not_a_store(struct plant *p)
{
	static const char page[] = "<!DOCTYPE html><html><body>Sign in</body></html>";

	if (!p->wrong)
		return;
	memset(p->bytes, ' ', p->size);
	memcpy(p->bytes, page, sizeof page - 1);
}

static void empty(struct plant *p)
{
	p->size = plant_pick(p, 0, p->size);
}

static void near_limit(struct plant *p)
{
	p->size = plant_pick(p, UINT64_C(1840) << 20, p->size);
}

static void refused(struct plant *p)
{
	uint32_t nid = plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, 0, 0);

	if (p->wrong)
		p->refused_at = plant_block(p, plant_node(p, nid).data).ref.ib + 3;
}

static void refused_page(struct plant *p)
{
	if (p->wrong)
		p->refused_at = plant_page(p, PAGE_NBT, 0, -1);
}

static const struct planted_row rows[] = {
	FAULT("a bit of dwMagic", HEADER_MAGIC_WRONG, ALL, SMALL, magic, "dwMagic"),
	FAULT("wMagicClient", HEADER_CLIENT_WRONG, ALL, SMALL, client, "wMagicClient"),
	FAULT_WITH("wVer 17", HEADER_VERSION_UNKNOWN, ALL, SMALL, version, "wVer",
		   CODE_STORE_CHECK_INCOMPLETE),
	FAULT("wVerClient 20", HEADER_CLIENT_VERSION_ODD, ALL, SMALL, version_client, "wVerClient"),
	FAULT("bPlatformCreate 2", HEADER_PLATFORM_ODD, ALL, SMALL, platform_create, "bPlatform"),
	FAULT("bPlatformAccess 0", HEADER_PLATFORM_ODD, ALL, SMALL, platform_access, "bPlatform"),
	FAULT("both checksums", HEADER_CHECKSUM_WRONG, ALL, SMALL, checksum, "dwCRCPartial"),
	FAULT("dwUnique new, dwCRCFull old", HEADER_TORN, WIDE, SMALL, torn, "dwCRCFull"),
	FAULT("dwCRCPartial", HEADER_TORN, WIDE, SMALL, torn_partial, "dwCRCPartial"),
	FAULT("bSentinel 0x81", HEADER_SENTINEL_WRONG, ALL, SMALL, sentinel, "bSentinel"),
	FAULT("bCryptMethod 3", HEADER_CIPHER_WRONG, ALL, SMALL, cipher_unknown, "bCryptMethod"),
	FAULT("another cipher than the blocks'", HEADER_CIPHER_WRONG, ALL, SMALL, cipher_other,
	      "bCryptMethod"),
	FAULT("none where blocks are cyclic", HEADER_CIPHER_WRONG, ALL, CYCLIC, cipher_of_cyclic,
	      "bCryptMethod"),
	FAULT("permute where blocks are not encoded", HEADER_CIPHER_WRONG, ALL, PLAIN, cipher_of_plain,
	      "bCryptMethod"),
	FAULT("a byte less", FILE_CUT, ALL, SMALL, cut, "bytes"),
	FAULT("a byte more", FILE_TAIL, ALL, SMALL, tail, "bytes"),
	FAULT("an end within a section", FILE_SIZE_ODD, ALL, SMALL, odd_size, "ibFileEof"),
	FAULT("ibAMapLast", HEADER_LAST_MAP_WRONG, ALL, SMALL, last_map, "ibAMapLast"),
	FAULT("cbAMapFree", HEADER_FREE_TOTAL_WRONG, ALL, SMALL, free_total, "cbAMapFree"),
	FAULT("cbPMapFree", HEADER_PAGE_TOTAL_ODD, 512, SMALL, page_total, "cbPMapFree"),
	FAULT("fAMapValid 3", HEADER_MAP_FLAG_WRONG, ALL, SMALL, map_flag, "fAMapValid"),
	FAULT("fAMapValid 0", HEADER_MAPS_IN_DOUBT, ALL, SMALL, maps_in_doubt, NULL),
	FAULT("fAMapValid 0, checksums old", HEADER_MAPS_IN_DOUBT, ALL, SMALL, maps_in_doubt_stale, NULL),
	FAULT("BREFBBT.ib between pages", ROOT_UNUSABLE, ALL, SMALL, root_bbt, "ib"),
	FAULT("BREFNBT.ib 0", ROOT_UNUSABLE, ALL, SMALL, root_nbt, "ib"),
	FAULT("BREFNBT and BREFBBT", ROOTS_SWAPPED, ALL, SMALL, roots_swapped, "BREFNBT.ib"),
	FAULT("bidNextB of the last block", BLOCK_COUNTER_LOW, ALL, SMALL, next_block, "bidNextB"),
	FAULT("bidNextB no multiple of 4", BLOCK_COUNTER_LOW, ALL, SMALL, next_block_odd, "bidNextB"),
	FAULT("bidNextP below the last page's", PAGE_COUNTER_LOW, ALL, SMALL, next_page, "bidNextP"),
	FAULT("rgnid of messages", NODE_MARK_LOW, ALL, SMALL, node_mark, "rgnid"),
	FAULT("rgnid of attachments", NODE_MARK_LOW, ALL, SMALL, subnode_mark, "rgnid"),
	FAULT("dwUnique 2", UNIQUE_COUNTER_LOW, ALL, SMALL, unique, "dwUnique"),
	FAULT("a reserved byte", HEADER_RESERVED_USED, ALL, SMALL, reserved, NULL),
	FAULT("a web page", FILE_NOT_A_STORE, ALL, SMALL, not_a_store, "it_is"),
	FAULT("an empty file", FILE_NOT_A_STORE, ALL, SMALL, empty, "it_is"),
	FAULT("a message's sector", FILE_UNREADABLE, ALL, SMALL, refused, "bid"),
	FAULT("the sector of a page", FILE_UNREADABLE, ALL, SMALL, refused_page, "tree"),
	FAULT_WITH("1840 MiB", FILE_NEAR_LIMIT, ANSI, SMALL, near_limit, "bytes", CODE_STORE_FILE_TAIL),
	FAULT("Windows' protection", CHECK_INCOMPLETE, ALL, SMALL, cipher_of_windows, "pass"),
};

const struct planted_part planted_header = { "header", rows, COUNT_OF(rows), true };
