/* This file proposes steps for a header: what its checksums prove, and what the rest of the store tells.
 *
 * Invariants P1-P3, P6-P9, P11, P16, P18, P19. A checksum is renewed over fields
 * that it cannot prove only when the whole store agrees with them.
 */
#include "plan/mender.h"
#include "plan/page_scan.h"

#include "base/checked.h"
#include "pst/ndb/crypt.h"
#include "pst/ndb/maps.h"

#include <string.h>

/* Numbers left out behind those that are known to be in use. */
enum { GAP_NUMBERS = 1024 };

struct candidate {
	const struct variant *v;
	uint8_t bytes[HEADER_LEN_MAX];
};

/* The stored checksums fit the bytes. */
static bool fits(const struct candidate *c)
{
	struct header h;
	uint32_t partial, full;

	if (!header_decode(c->v, view_of(c->bytes, c->v->header_len), &h))
		return false;
	header_checksums(c->v, view_of(c->bytes, c->v->header_len), &partial, &full);
	return h.crc_partial == partial && h.crc_full == full;
}

/* A CRC-32 knows every single bit among so few. */
static bool fix_one_bit(struct candidate *c)
{
	for (size_t bit = (size_t)HEADER_CRC_FROM * 8; bit < (size_t)c->v->header_len * 8; bit++) {
		uint8_t mask = (uint8_t)(1U << bit % 8);

		c->bytes[bit / 8] ^= mask;
		if (fits(c))
			return true;
		c->bytes[bit / 8] ^= mask;
	}
	return false;
}

static void put_fields(struct candidate *c, const struct header *h)
{
	field_encode(header_fields(c->v), h, c->bytes);
}

static uint64_t last_map_of(const struct variant *v, uint64_t eof)
{
	uint64_t n = maps_sections(v, eof);

	return n ? maps_section_at(v, n - 1) : 0;
}

/* Fields whose values follow from others; each alone and all together. */
enum derived_field {
	FIELD_VERSION,
	FIELD_CLIENT,
	FIELD_END,
	FIELD_LAST_MAP,
	FIELD_FLAG,
	FIELD_SENTINEL,
	DERIVED_FIELDS
};

static void derive(const struct mender *m, enum derived_field field, struct header *h)
{
	const struct variant *v = m->facts->variant;
	uint64_t size = m->facts->image->size;

	switch (field) {
	case FIELD_VERSION:
		h->version = v->kind == VARIANT_ANSI ? 14 : 23;
		break;
	case FIELD_CLIENT:
		h->magic_client = h->version_client == 12 ? HEADER_CLIENT_OST : HEADER_CLIENT_PST;
		break;
	case FIELD_END:
		h->file_eof = size;
		break;
	case FIELD_LAST_MAP:
		h->last_amap = last_map_of(v, h->file_eof);
		break;
	case FIELD_FLAG:
		h->amap_valid = 2;
		break;
	case FIELD_SENTINEL:
	case DERIVED_FIELDS:
		h->sentinel = HEADER_SENTINEL;
		break;
	}
}

static bool fix_derived(const struct mender *m, struct candidate *c)
{
	uint8_t as_it_was[HEADER_LEN_MAX];

	memcpy(as_it_was, c->bytes, sizeof as_it_was);
	for (unsigned set = 1; set < 1U << DERIVED_FIELDS; set++) {
		struct header h;

		memcpy(c->bytes, as_it_was, sizeof as_it_was);
		if (!header_decode(c->v, view_of(c->bytes, c->v->header_len), &h))
			return false;
		for (unsigned field = 0; field < DERIVED_FIELDS; field++)
			if (set & 1U << field)
				derive(m, (enum derived_field)field, &h);
		put_fields(c, &h);
		if (fits(c))
			return true;
	}
	memcpy(c->bytes, as_it_was, sizeof as_it_was);
	return false;
}

/* P18 where the header's own checksum knows the right references: a page of the
 * tree that carries the root's number, or the newest ones in turn. */
static bool fix_roots(struct mender *m, struct candidate *c)
{
	struct page_scan scan = { .arena = m->arena, .image = overlay_image(m->draft), .variant = c->v };
	struct header h, tried;

	if (!header_decode(c->v, view_of(c->bytes, c->v->header_len), &h))
		return false;
	m->status = page_scan_run(&scan);
	if (m->status != ST_OK)
		return false;
	for (size_t i = 0; i < scan.n[PAGE_SCAN_NBT] + 1; i++) {
		tried = h;
		if (i)
			tried.nbt = scan.pages[PAGE_SCAN_NBT][i - 1].ref;
		for (size_t k = 0; k < scan.n[PAGE_SCAN_BBT] + 1; k++) {
			if (k)
				tried.bbt = scan.pages[PAGE_SCAN_BBT][k - 1].ref;
			/* Numbers that stand as the header has them are tried in all places. */
			if (i > PAGE_SCAN_NEWEST && tried.nbt.bid != h.nbt.bid)
				break;
			if (k > PAGE_SCAN_NEWEST && tried.bbt.bid != h.bbt.bid)
				continue;
			put_fields(c, &tried);
			if (fits(c))
				return true;
		}
	}
	put_fields(c, &h);
	return false;
}

static void answer_checksums(struct mender *m)
{
	mender_answer(m, CODE_STORE_HEADER_CHECKSUM_WRONG);
	mender_answer(m, CODE_STORE_HEADER_TORN);
}

static bool header_bytes(struct mender *m, const struct variant *v, struct candidate *c)
{
	*c = (struct candidate){ .v = v };
	return mender_read(m, 0, c->bytes, v->header_len);
}

static uint64_t top_block(const struct check_facts *facts)
{
	return facts->n_blocks ? facts->blocks[facts->n_blocks - 1].bid : 0;
}

/* P6, P7 where the bytes cannot be proved by themselves: all that follows from
 * the store is set, and the rest must agree with the store. */
static void renew(struct mender *m)
{
	struct header h;

	if (!mender_header(m, &h))
		return;
	mender_begin(m, PLAN_LOSSLESS,
		     "renews the header's checksums: its fields agree with the whole store");
	mender_strict(m);
	answer_checksums(m);
	derive(m, FIELD_SENTINEL, &h);
	if (h.magic_client != HEADER_CLIENT_PST && h.magic_client != HEADER_CLIENT_OST &&
	    h.magic_client != HEADER_CLIENT_PAB)
		derive(m, FIELD_CLIENT, &h);
	if (maps_section_at(m->facts->variant, maps_sections(m->facts->variant, m->facts->image->size)) ==
	    m->facts->image->size)
		derive(m, FIELD_END, &h);
	derive(m, FIELD_LAST_MAP, &h);
	if (h.amap_valid > 2)
		h.amap_valid = 0;
	if (h.next_block <= top_block(m->facts) || h.next_block & 3)
		h.next_block = (top_block(m->facts) & ~UINT64_C(3)) + 4 * GAP_NUMBERS;
	if (h.crypt_method != m->facts->header.crypt_method)
		h.crypt_method = m->facts->header.crypt_method;
	mender_answer(m, CODE_STORE_HEADER_SENTINEL_WRONG);
	mender_answer(m, CODE_STORE_HEADER_CLIENT_WRONG);
	mender_answer(m, CODE_STORE_HEADER_LAST_MAP_WRONG);
	mender_answer(m, CODE_STORE_HEADER_MAP_FLAG_WRONG);
	mender_put_header(m, &h);
}

static void trust(struct mender *m)
{
	struct candidate c;

	if (!header_bytes(m, m->facts->variant, &c))
		return;
	if (!fix_one_bit(&c) && !fix_derived(m, &c) && !fix_roots(m, &c)) {
		renew(m);
		return;
	}
	mender_begin(m, PLAN_LOSSLESS, "writes the one value into the header that its checksums fit");
	answer_checksums(m);
	mender_answer(m, CODE_STORE_ROOT_UNUSABLE);
	mender_write(m, 0, view_of(c.bytes, c.v->header_len));
}

/* P3: the checksum covers the version. */
static void find_version(struct mender *m)
{
	static const uint16_t versions[] = { 23, 14, 15, 21, 20, 22 };

	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		const struct variant *v = variant_of_version(versions[i]);
		struct candidate c;
		struct header h;

		if (!header_bytes(m, v, &c) || !header_decode(v, view_of(c.bytes, v->header_len), &h))
			continue;
		h.version = versions[i];
		put_fields(&c, &h);
		if (!fits(&c))
			continue;
		mender_begin(m, PLAN_LOSSLESS, "writes the version into the header that its checksums fit");
		mender_answer(m, CODE_STORE_HEADER_VERSION_UNKNOWN);
		mender_write(m, 0, view_of(c.bytes, v->header_len));
		return;
	}
}

/* P1: the checksums leave the first bytes out. */
static void set_magic(struct mender *m)
{
	uint8_t bytes[4];

	field_put(bytes, sizeof bytes, HEADER_MAGIC);
	mender_begin(m, PLAN_LOSSLESS, "writes the first four bytes that every Outlook store has");
	mender_answer(m, CODE_STORE_HEADER_MAGIC_WRONG);
	mender_write(m, 0, view_of(bytes, sizeof bytes));
}

struct field_fix {
	enum code code;
	const char *text;
	void (*fix)(const struct mender *m, struct header *h);
};

static void fix_client(const struct mender *m, struct header *h)
{
	derive(m, FIELD_CLIENT, h);
}

static void fix_sentinel(const struct mender *m, struct header *h)
{
	derive(m, FIELD_SENTINEL, h);
}

/* The pass over ciphers left in its facts what the objects are written in. */
static void fix_cipher(const struct mender *m, struct header *h)
{
	h->crypt_method = m->facts->header.crypt_method;
}

static void fix_swap(const struct mender *m, struct header *h)
{
	struct bref nbt = h->nbt;

	(void)m;
	h->nbt = h->bbt;
	h->bbt = nbt;
}

/* P11: the file grew by whole sections and the header does not know. */
static void fix_end(const struct mender *m, struct header *h)
{
	derive(m, FIELD_END, h);
	derive(m, FIELD_LAST_MAP, h);
}

static const struct field_fix field_fixes[] = {
	{ CODE_STORE_HEADER_CLIENT_WRONG, "sets the header's word for the program the store belongs to",
	  fix_client },
	{ CODE_STORE_HEADER_SENTINEL_WRONG, "sets the header's sentinel byte", fix_sentinel },
	{ CODE_STORE_HEADER_CIPHER_WRONG,
	  "sets the header's cipher to the one that the objects are written in", fix_cipher },
	{ CODE_STORE_ROOTS_SWAPPED, "swaps the header's references to the two trees", fix_swap },
	{ CODE_STORE_FILE_TAIL, "sets the header's end of the store to the end of the file", fix_end },
};

static bool is_possible(const struct mender *m, const struct field_fix *fix)
{
	const struct variant *v = m->facts->variant;
	uint64_t size = m->facts->image->size;

	if (fix->code == CODE_STORE_HEADER_CIPHER_WRONG)
		return m->facts->header.crypt_method <= CRYPT_CYCLIC;
	/* Less than a section is no growth of a store but somebody's tail. */
	if (fix->code == CODE_STORE_FILE_TAIL)
		return maps_section_at(v, maps_sections(v, size)) == size;
	return true;
}

static void set_fields(struct mender *m)
{
	for (size_t i = 0; i < COUNT_OF(field_fixes); i++) {
		const struct field_fix *fix = &field_fixes[i];
		struct header h;

		if (!mender_has(m, fix->code) || !is_possible(m, fix) || !mender_header(m, &h))
			continue;
		mender_begin(m, PLAN_LOSSLESS, fix->text);
		mender_answer(m, fix->code);
		if (fix->code == CODE_STORE_FILE_TAIL)
			mender_answer(m, CODE_STORE_HEADER_LAST_MAP_WRONG);
		fix->fix(m, &h);
		mender_put_header(m, &h);
	}
}

void mend_header(struct mender *m)
{
	if (!m->facts->variant) {
		find_version(m);
	} else if (!m->facts->header_trusted) {
		trust(m);
	} else {
		if (mender_has(m, CODE_STORE_HEADER_MAGIC_WRONG))
			set_magic(m);
		set_fields(m);
	}
}
