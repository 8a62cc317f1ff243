/* This file is the pass over the header and the root in it.
 *
 * Tests: P1-P17, P24, P25; P18 and P19 are the trees' to judge.
 * Gathers: the variant and the header's fields.
 * Relies on: nothing.
 */
#include "check/pass.h"

#include "base/checked.h"
#include "pst/ndb/crypt.h"
#include "pst/ndb/maps.h"

#include <string.h>

/* Where an ANSI store ends for good, and from where on Outlook warns (bytes). */
#define ANSI_LIMIT UINT64_C(0x80000000)
#define ANSI_WARN  UINT64_C(0x73000000)

/* wVer stands here in every version. */
enum { VERSION_AT = 10 };

static void check_identity(struct pass_context *pass, const struct header *h)
{
	bool known_client = h->magic_client == HEADER_CLIENT_PST || h->magic_client == HEADER_CLIENT_OST ||
			    h->magic_client == HEADER_CLIENT_PAB;

	if (h->magic != HEADER_MAGIC)
		pass_evidence_pair(pass, pass_report_field(pass, CODE_STORE_HEADER_MAGIC_WRONG, "dwMagic"),
				   "dwMagic", h->magic, HEADER_MAGIC);
	if (!known_client)
		pass_evidence_pair(pass,
				   pass_report_field(pass, CODE_STORE_HEADER_CLIENT_WRONG, "wMagicClient"),
				   "wMagicClient", h->magic_client, HEADER_CLIENT_PST);
	if (h->version_client != 19 && h->version_client != 12)
		pass_evidence_hex(pass,
				  pass_report_field(pass, CODE_STORE_HEADER_CLIENT_VERSION_ODD, "wVerClient"),
				  "wVerClient", h->version_client);
	if (h->platform_create != 1 || h->platform_access != 1)
		pass_evidence_hex(pass,
				  pass_report_field(pass, CODE_STORE_HEADER_PLATFORM_ODD, "bPlatformCreate"),
				  "bPlatform", h->platform_create | h->platform_access << 8);
}

/* A writer may flip fAMapValid without renewing the checksums: then the header
 * is in doubt, not broken. */
static bool fits_with_another_flag(const struct variant *v, const uint8_t *bytes, const struct header *h)
{
	static const uint64_t flags[] = { 0, 1, 2 };

	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		uint8_t copy[HEADER_LEN_MAX];
		struct header tried = *h;

		memcpy(copy, bytes, v->header_len);
		tried.amap_valid = flags[i];
		header_encode(v, &tried, copy);
		if (tried.crc_partial == h->crc_partial && tried.crc_full == h->crc_full)
			return true;
	}
	return false;
}

/* P6 and P7: which of the two checksums hold tells a torn write from rot. */
static void check_checksums(struct pass_context *pass, const uint8_t *bytes)
{
	struct check_facts *facts = pass->facts;
	const struct variant *v = facts->variant;
	const struct header *h = &facts->header;
	uint32_t partial, full;
	bool partial_ok, full_ok;
	struct finding *f;

	header_checksums(v, view_of(bytes, v->header_len), &partial, &full);
	partial_ok = h->crc_partial == partial;
	full_ok = h->crc_full == full || v->kind == VARIANT_ANSI;
	facts->header_trusted = partial_ok && full_ok;
	if (facts->header_trusted)
		return;
	if (fits_with_another_flag(v, bytes, h)) {
		facts->header_trusted = true;
		f = pass_report_field(pass, CODE_STORE_HEADER_MAPS_IN_DOUBT, "fAMapValid");
		pass_evidence_hex(pass, f, "fAMapValid", h->amap_valid);
		return;
	}
	f = pass_report_field(pass,
			      v->kind != VARIANT_ANSI && partial_ok != full_ok
				      ? CODE_STORE_HEADER_TORN
				      : CODE_STORE_HEADER_CHECKSUM_WRONG,
			      partial_ok ? "dwCRCFull" : "dwCRCPartial");
	pass_evidence_pair(pass, f, "dwCRCPartial", h->crc_partial, partial);
	if (v->kind != VARIANT_ANSI)
		pass_evidence_pair(pass, f, "dwCRCFull", h->crc_full, full);
}

static void check_values(struct pass_context *pass, const struct header *h)
{
	if (h->sentinel != HEADER_SENTINEL)
		pass_evidence_pair(pass,
				   pass_report_field(pass, CODE_STORE_HEADER_SENTINEL_WRONG, "bSentinel"),
				   "bSentinel", h->sentinel, HEADER_SENTINEL);
	if (h->crypt_method > CRYPT_CYCLIC && h->crypt_method != CRYPT_WIP)
		pass_evidence_hex(pass,
				  pass_report_field(pass, CODE_STORE_HEADER_CIPHER_WRONG, "bCryptMethod"),
				  "bCryptMethod", h->crypt_method);
	if (h->amap_valid > 2)
		pass_evidence_hex(pass,
				  pass_report_field(pass, CODE_STORE_HEADER_MAP_FLAG_WRONG, "fAMapValid"),
				  "fAMapValid", h->amap_valid);
	else if (h->amap_valid == 0)
		(void)pass_report_field(pass, CODE_STORE_HEADER_MAPS_IN_DOUBT, "fAMapValid");
}

static void check_size(struct pass_context *pass, const struct header *h)
{
	const struct variant *v = pass->facts->variant;
	uint64_t size = pass->facts->image->size;
	uint64_t sections = maps_sections(v, h->file_eof);
	uint64_t last = sections ? maps_section_at(v, sections - 1) : 0;

	if (h->file_eof > size)
		pass_evidence_pair(pass, pass_report_at(pass, CODE_STORE_FILE_CUT, size), "bytes", size,
				   h->file_eof);
	if (h->file_eof < size)
		pass_evidence_pair(pass, pass_report_at(pass, CODE_STORE_FILE_TAIL, h->file_eof), "bytes",
				   size, h->file_eof);
	if (sections == 0 || maps_section_at(v, sections) != h->file_eof)
		pass_evidence_hex(pass, pass_report_field(pass, CODE_STORE_FILE_SIZE_ODD, "ibFileEof"),
				  "ibFileEof", h->file_eof);
	if (h->last_amap != last)
		pass_evidence_pair(pass,
				   pass_report_field(pass, CODE_STORE_HEADER_LAST_MAP_WRONG, "ibAMapLast"),
				   "ibAMapLast", h->last_amap, last);
	if (v->kind == VARIANT_ANSI && size >= ANSI_WARN)
		pass_evidence_pair(pass, pass_report_at(pass, CODE_STORE_FILE_NEAR_LIMIT, size), "bytes",
				   size, ANSI_LIMIT);
}

enum status pass_header(struct pass_context *pass)
{
	struct check_facts *facts = pass->facts;
	uint8_t bytes[HEADER_LEN_MAX] = { 0 };
	size_t len = facts->image->size < sizeof bytes ? (size_t)facts->image->size : sizeof bytes;
	enum status st = image_read(facts->image, 0, bytes, len);
	uint16_t version = header_version(view_of(bytes, sizeof bytes));
	uint64_t used_at;

	if (st == ST_IO)
		(void)pass_report_at(pass, CODE_STORE_FILE_UNREADABLE, 0);
	else if (st != ST_OK)
		return st;
	facts->variant = variant_of_version(version);
	if (!facts->variant || len < facts->variant->header_len) {
		pass_evidence_hex(pass, pass_report_at(pass, CODE_STORE_HEADER_VERSION_UNKNOWN, VERSION_AT),
				  "wVer", version);
		return ST_OK;
	}
	if (!header_decode(facts->variant, view_of(bytes, facts->variant->header_len), &facts->header))
		return ST_BUG;
	check_identity(pass, &facts->header);
	check_checksums(pass, bytes);
	check_values(pass, &facts->header);
	if (header_reserved_is_used(facts->variant, view_of(bytes, facts->variant->header_len), &used_at))
		(void)pass_report_at(pass, CODE_STORE_HEADER_RESERVED_USED, used_at);
	check_size(pass, &facts->header);
	facts->have |= FACT_VARIANT | FACT_HEADER;
	return ST_OK;
}
