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

static void cipher_none(struct plant *p)
{
	plant_header_set(p, "bCryptMethod", plant_pick(p, 3, CRYPT_PERMUTE));
}

static void cipher_other(struct plant *p)
{
	plant_header_set(p, "bCryptMethod", plant_pick(p, CRYPT_CYCLIC, CRYPT_PERMUTE));
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
	uint64_t last = plant_header(p, "ibAMapLast"), n = 0;

	if (!p->wrong)
		return;
	p->size -= p->v->page_len;
	plant_header_set(p, "ibFileEof", p->size);
	for (uint64_t at = p->size; at < p->size + p->v->page_len; at += p->v->block_align)
		n += p->v->block_align;
	plant_map_bits(p, last + p->v->amap_interval - n, n, true);
	plant_header_set(p, "cbAMapFree", plant_header(p, "cbAMapFree") - n);
}

static void last_map(struct plant *p)
{
	plant_header_set(p, "ibAMapLast",
			 plant_header(p, "ibAMapLast") + plant_pick(p, p->v->amap_interval, 0));
}

static void free_total(struct plant *p)
{
	plant_header_set(p, "cbAMapFree", plant_header(p, "cbAMapFree") + plant_pick(p, p->v->block_align, 0));
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
	{ "a bit of dwMagic", CODE_STORE_HEADER_MAGIC_WRONG, IN_ALL, STORE_SMALL, magic, "dwMagic", false, { 0 } },
	{ "wMagicClient", CODE_STORE_HEADER_CLIENT_WRONG, IN_ALL, STORE_SMALL, client, "wMagicClient", false,
	  { 0 } },
	{ "wVer 17", CODE_STORE_HEADER_VERSION_UNKNOWN, IN_ALL, STORE_SMALL, version, "wVer", false,
	  { CODE_STORE_CHECK_INCOMPLETE } },
	{ "wVerClient 20", CODE_STORE_HEADER_CLIENT_VERSION_ODD, IN_ALL, STORE_SMALL, version_client,
	  "wVerClient", false, { 0 } },
	{ "bPlatformCreate 2", CODE_STORE_HEADER_PLATFORM_ODD, IN_ALL, STORE_SMALL, platform_create,
	  "bPlatform", false, { 0 } },
	{ "bPlatformAccess 0", CODE_STORE_HEADER_PLATFORM_ODD, IN_ALL, STORE_SMALL, platform_access,
	  "bPlatform", false, { 0 } },
	{ "both checksums", CODE_STORE_HEADER_CHECKSUM_WRONG, IN_ALL, STORE_SMALL, checksum, "dwCRCPartial",
	  false, { 0 } },
	{ "dwUnique new, dwCRCFull old", CODE_STORE_HEADER_TORN, IN_WIDE, STORE_SMALL, torn, "dwCRCFull", false,
	  { 0 } },
	{ "dwCRCPartial", CODE_STORE_HEADER_TORN, IN_WIDE, STORE_SMALL, torn_partial, "dwCRCPartial", false,
	  { 0 } },
	{ "bSentinel 0x81", CODE_STORE_HEADER_SENTINEL_WRONG, IN_ALL, STORE_SMALL, sentinel, "bSentinel", false,
	  { 0 } },
	{ "bCryptMethod 3", CODE_STORE_HEADER_CIPHER_WRONG, IN_ALL, STORE_SMALL, cipher_none, "bCryptMethod",
	  false, { 0 } },
	{ "another cipher than the blocks'", CODE_STORE_HEADER_CIPHER_WRONG, IN_ALL, STORE_SMALL, cipher_other,
	  "bCryptMethod", false, { 0 } },
	{ "a byte less", CODE_STORE_FILE_CUT, IN_ALL, STORE_SMALL, cut, "bytes", false, { 0 } },
	{ "a byte more", CODE_STORE_FILE_TAIL, IN_ALL, STORE_SMALL, tail, "bytes", false, { 0 } },
	{ "an end within a section", CODE_STORE_FILE_SIZE_ODD, IN_ALL, STORE_SMALL, odd_size, "ibFileEof",
	  false, { 0 } },
	{ "ibAMapLast", CODE_STORE_HEADER_LAST_MAP_WRONG, IN_ALL, STORE_SMALL, last_map, "ibAMapLast", false,
	  { 0 } },
	{ "cbAMapFree", CODE_STORE_HEADER_FREE_TOTAL_WRONG, IN_ALL, STORE_SMALL, free_total, "cbAMapFree",
	  false, { 0 } },
	{ "cbPMapFree", CODE_STORE_HEADER_PAGE_TOTAL_ODD, IN_512, STORE_SMALL, page_total, "cbPMapFree", false,
	  { 0 } },
	{ "fAMapValid 3", CODE_STORE_HEADER_MAP_FLAG_WRONG, IN_ALL, STORE_SMALL, map_flag, "fAMapValid", false,
	  { 0 } },
	{ "fAMapValid 0", CODE_STORE_HEADER_MAPS_IN_DOUBT, IN_ALL, STORE_SMALL, maps_in_doubt, NULL, false,
	  { 0 } },
	{ "fAMapValid 0, checksums old", CODE_STORE_HEADER_MAPS_IN_DOUBT, IN_ALL, STORE_SMALL,
	  maps_in_doubt_stale, NULL, false, { 0 } },
	{ "BREFBBT.ib between pages", CODE_STORE_ROOT_UNUSABLE, IN_ALL, STORE_SMALL, root_bbt, "ib", false,
	  { 0 } },
	{ "BREFNBT.ib 0", CODE_STORE_ROOT_UNUSABLE, IN_ALL, STORE_SMALL, root_nbt, "ib", false, { 0 } },
	{ "BREFNBT and BREFBBT", CODE_STORE_ROOTS_SWAPPED, IN_ALL, STORE_SMALL, roots_swapped, "BREFNBT.ib",
	  false, { 0 } },
	{ "bidNextB of the last block", CODE_STORE_BLOCK_COUNTER_LOW, IN_ALL, STORE_SMALL, next_block,
	  "bidNextB", false, { 0 } },
	{ "bidNextB no multiple of 4", CODE_STORE_BLOCK_COUNTER_LOW, IN_ALL, STORE_SMALL, next_block_odd,
	  "bidNextB", false, { 0 } },
	{ "bidNextP below the last page's", CODE_STORE_PAGE_COUNTER_LOW, IN_ALL, STORE_SMALL, next_page,
	  "bidNextP", false, { 0 } },
	{ "rgnid of messages", CODE_STORE_NODE_MARK_LOW, IN_ALL, STORE_SMALL, node_mark, "rgnid", false,
	  { 0 } },
	{ "rgnid of attachments", CODE_STORE_NODE_MARK_LOW, IN_ALL, STORE_SMALL, subnode_mark, "rgnid", false,
	  { 0 } },
	{ "dwUnique 2", CODE_STORE_UNIQUE_COUNTER_LOW, IN_ALL, STORE_SMALL, unique, "dwUnique", false, { 0 } },
	{ "a reserved byte", CODE_STORE_HEADER_RESERVED_USED, IN_ALL, STORE_SMALL, reserved, NULL, false,
	  { 0 } },
	{ "a web page", CODE_STORE_FILE_NOT_A_STORE, IN_ALL, STORE_SMALL, not_a_store, "it_is", false, { 0 } },
	{ "an empty file", CODE_STORE_FILE_NOT_A_STORE, IN_ALL, STORE_SMALL, empty, "it_is", false, { 0 } },
	{ "a message's sector", CODE_STORE_FILE_UNREADABLE, IN_ALL, STORE_SMALL, refused, "bid", false, { 0 } },
	{ "the sector of a page", CODE_STORE_FILE_UNREADABLE, IN_ALL, STORE_SMALL, refused_page, "tree", false,
	  { 0 } },
	{ "1840 MiB", CODE_STORE_FILE_NEAR_LIMIT, IN_ANSI, STORE_SMALL, near_limit, "bytes", false,
	  { CODE_STORE_FILE_TAIL } },
	{ "Windows' protection", CODE_STORE_CHECK_INCOMPLETE, IN_ALL, STORE_SMALL, cipher_of_windows, "pass",
	  false, { 0 } },
};

const struct planted_part planted_header = { "header", rows, COUNT_OF(rows) };
