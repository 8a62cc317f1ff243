/* This file asks a server by hand whether it takes one certain version of TLS.
 *
 *	record      = type(1) version(2) length(2) fragment          RFC 8446 section 5.1
 *	handshake   = type(1) length(3) body                         section 4
 *	ServerHello = version(2) random(32) session cipher(2)
 *	              compression(1) [extensions]                    section 4.1.3
 */
#include "wire/tls_hello.h"

#include "account/ip.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/names.h"

#include <string.h>

enum {
	RECORD_ALERT = 21,
	ALERT_LEVEL_WARNING = 1,
	ALERT_CLOSE_NOTIFY = 0,
	RECORD_HANDSHAKE = 22,
	RECORD_LEN_MAX = (1 << 14) + 2048,
	HANDSHAKE_CLIENT_HELLO = 1,
	HANDSHAKE_SERVER_HELLO = 2,
	HELLO_LEN_MAX = 4096, /* of a ServerHello; real ones have about 100 octets */
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_GROUPS = 10,
	EXTENSION_POINT_FORMATS = 11,
	EXTENSION_SIGNATURES = 13,
	EXTENSION_VERSIONS = 43,
	EXTENSION_KEY_SHARE = 51,
	GROUP_X25519 = 29,
};

/* Names as in the registry of IANA. Weak ones are offered too: a server that
 * takes them must show it. */
static const struct name_row ciphers13[] = {
	{ 0x1301, "TLS_AES_128_GCM_SHA256" },
	{ 0x1302, "TLS_AES_256_GCM_SHA384" },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256" },
	{ 0x1304, "TLS_AES_128_CCM_SHA256" },
};

static const struct name_row ciphers12[] = {
	{ 0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
	{ 0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
	{ 0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0x009F, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xCCAA, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" },
	{ 0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384" },
	{ 0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x006B, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256" },
	{ 0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256" },
};

static const struct name_row ciphers_old[] = {
	{ 0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" },
	{ 0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" },
	{ 0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" },
	{ 0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA" },
	{ 0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA" },
	{ 0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA" },
	{ 0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA" },
	{ 0x0045, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA" },
	{ 0x0088, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA" },
	{ 0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA" },
	{ 0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA" },
	{ 0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA" },
	{ 0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA" },
	{ 0x0096, "TLS_RSA_WITH_SEED_CBC_SHA" },
	{ 0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA" },
	{ 0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA" },
};

static const struct name_row ciphers_weak[] = {
	{ 0xC007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA" },
	{ 0xC011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA" },
	{ 0x0005, "TLS_RSA_WITH_RC4_128_SHA" },
	{ 0x0004, "TLS_RSA_WITH_RC4_128_MD5" },
	{ 0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA" },
	{ 0x0009, "TLS_RSA_WITH_DES_CBC_SHA" },
	{ 0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA" },
	{ 0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA" },
	{ 0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5" },
	{ 0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5" },
	{ 0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA" },
	{ 0x0002, "TLS_RSA_WITH_NULL_SHA" },
	{ 0x0001, "TLS_RSA_WITH_NULL_MD5" },
};

static const struct cipher_table {
	const struct name_row *rows;
	size_t n;
	uint16_t from, to; /* versions that know them */
} cipher_tables[] = {
	{ ciphers13, COUNT_OF(ciphers13), TLS_HELLO_TLS13, TLS_HELLO_TLS13 },
	{ ciphers12, COUNT_OF(ciphers12), TLS_HELLO_TLS12, TLS_HELLO_TLS12 },
	{ ciphers_old, COUNT_OF(ciphers_old), TLS_HELLO_SSL3, TLS_HELLO_TLS12 },
	{ ciphers_weak, COUNT_OF(ciphers_weak), TLS_HELLO_SSL3, TLS_HELLO_TLS12 },
};

static const uint16_t groups[] = { GROUP_X25519, 23, 24, 25 }; /* and secp256r1, 384, 521 */

/* RFC 8446 section 4.2.3, from strong to SHA-1. */
static const uint16_t signatures[] = { 0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401,
				       0x0501, 0x0601, 0x0301, 0x0303, 0x0203, 0x0201, 0x0202 };

static void add_u16(struct buf *out, size_t value)
{
	buf_add_byte(out, (uint8_t)(value >> 8));
	buf_add_byte(out, (uint8_t)value);
}

/* A vector whose length, of `width` octets, is filled in by close_vector(). */
static size_t open_vector(struct buf *out, size_t width)
{
	for (size_t i = 0; i < width; i++)
		buf_add_byte(out, 0);
	return out->len;
}

static void close_vector(struct buf *out, size_t start, size_t width)
{
	size_t len = out->len - start;

	for (size_t i = 0; !buf_failed(out) && i < width; i++)
		out->at[start - 1 - i] = (uint8_t)(len >> (8 * i));
}

static void add_u16_list(struct buf *out, uint16_t extension, const uint16_t *values, size_t n)
{
	add_u16(out, extension);
	add_u16(out, 2 * n + 2);
	add_u16(out, 2 * n);
	for (size_t i = 0; i < n; i++)
		add_u16(out, values[i]);
}

static void add_server_name(struct buf *out, const char *name)
{
	struct str sni = str_of(name);
	struct ip ip;

	if (sni.len == 0 || ip_parse(sni, &ip))
		return;
	add_u16(out, EXTENSION_SERVER_NAME);
	add_u16(out, sni.len + 5);
	add_u16(out, sni.len + 3);
	buf_add_byte(out, 0); /* host_name */
	add_u16(out, sni.len);
	buf_add_str(out, sni);
}

/* Section 4.2.1 and 4.2.8. The key is random: nobody will compute with it. */
static void add_version13(struct buf *out, const uint8_t key[static 32])
{
	add_u16(out, EXTENSION_VERSIONS);
	add_u16(out, 3);
	buf_add_byte(out, 2);
	add_u16(out, TLS_HELLO_TLS13);
	add_u16(out, EXTENSION_KEY_SHARE);
	add_u16(out, 32 + 6);
	add_u16(out, 32 + 4);
	add_u16(out, GROUP_X25519);
	add_u16(out, 32);
	buf_add(out, view_of(key, 32));
}

static void add_ciphers(struct buf *out, uint16_t version)
{
	size_t start = open_vector(out, 2);

	for (size_t t = 0; t < COUNT_OF(cipher_tables); t++) {
		const struct cipher_table *table = &cipher_tables[t];

		for (size_t i = 0; version >= table->from && version <= table->to && i < table->n; i++)
			add_u16(out, (size_t)table->rows[i].value);
	}
	add_u16(out, 0x00FF); /* RFC 5746: secure renegotiation is understood */
	close_vector(out, start, 2);
}

static void add_extensions(struct buf *out, uint16_t version, const char *sni, const uint8_t key[static 32])
{
	size_t start = open_vector(out, 2);

	add_server_name(out, sni);
	add_u16_list(out, EXTENSION_GROUPS, groups, COUNT_OF(groups));
	if (version < TLS_HELLO_TLS13) {
		add_u16(out, EXTENSION_POINT_FORMATS);
		add_u16(out, 2);
		add_u16(out, 0x0100); /* one format: uncompressed */
	}
	if (version >= TLS_HELLO_TLS12)
		add_u16_list(out, EXTENSION_SIGNATURES, signatures, COUNT_OF(signatures));
	if (version == TLS_HELLO_TLS13)
		add_version13(out, key);
	close_vector(out, start, 2);
}

void tls_hello_write(struct buf *out, uint16_t version, const char *sni,
		     const uint8_t random[static TLS_HELLO_RANDOM_LEN])
{
	bool is_13 = version == TLS_HELLO_TLS13;
	size_t record, hello;

	buf_add_byte(out, RECORD_HANDSHAKE);
	add_u16(out, version == TLS_HELLO_SSL3 ? TLS_HELLO_SSL3 : TLS_HELLO_TLS10);
	record = open_vector(out, 2);
	buf_add_byte(out, HANDSHAKE_CLIENT_HELLO);
	hello = open_vector(out, 3);
	add_u16(out, is_13 ? TLS_HELLO_TLS12 : version);
	buf_add(out, view_of(random, 32));
	/* A session id of 32 octets is what middleboxes expect around TLS 1.3. */
	buf_add_byte(out, is_13 ? 32 : 0);
	buf_add(out, view_of(random + 32, is_13 ? 32 : 0));
	add_ciphers(out, version);
	add_u16(out, 0x0100); /* one compression: none */
	if (version != TLS_HELLO_SSL3)
		add_extensions(out, version, sni, random + 64);
	close_vector(out, hello, 3);
	close_vector(out, record, 2);
}

void tls_hello_reply_init(struct tls_hello_reply *reply)
{
	memset(reply, 0, sizeof *reply);
}

static enum tls_hello_answer read_server_hello(struct tls_hello_reply *reply, struct cursor *c)
{
	struct cursor extensions;

	reply->version = cursor_u16be(c);
	cursor_skip(c, 32);
	cursor_skip(c, cursor_u8(c));
	reply->cipher = cursor_u16be(c);
	cursor_skip(c, 1);
	if (!cursor_ok(c) || reply->version >> 8 != 3)
		return TLS_HELLO_BAD;
	if (cursor_left(c) == 0)
		return TLS_HELLO_SERVER;
	extensions = cursor_sub(c, cursor_u16be(c));
	while (cursor_ok(&extensions) && cursor_left(&extensions)) {
		uint16_t type = cursor_u16be(&extensions);
		struct cursor body = cursor_sub(&extensions, cursor_u16be(&extensions));

		if (type == EXTENSION_VERSIONS)
			reply->version = cursor_u16be(&body);
		if (!cursor_ok(&body))
			return TLS_HELLO_BAD;
	}
	return cursor_ok(&extensions) && cursor_done(c) ? TLS_HELLO_SERVER : TLS_HELLO_BAD;
}

/* The handshake octets that the records have brought so far. */
struct gathered {
	uint8_t bytes[HELLO_LEN_MAX + 4];
	size_t len;
};

static enum tls_hello_answer read_handshake(struct tls_hello_reply *reply, const struct gathered *got)
{
	struct cursor c = cursor_of(view_of(got->bytes, got->len));
	uint8_t type = cursor_u8(&c);
	uint32_t len = cursor_u24be(&c);
	struct cursor body;

	if (got->len >= 1 && type != HANDSHAKE_SERVER_HELLO)
		return TLS_HELLO_BAD;
	if (got->len < 4)
		return TLS_HELLO_MORE;
	if (len > HELLO_LEN_MAX)
		return TLS_HELLO_BAD;
	if (len > cursor_left(&c))
		return TLS_HELLO_MORE;
	body = cursor_sub(&c, len);
	return read_server_hello(reply, &body);
}

static void gather(struct gathered *got, struct view part)
{
	size_t n = sizeof got->bytes - got->len;

	if (part.len < n)
		n = part.len;
	if (n)
		memcpy(got->bytes + got->len, part.at, n);
	got->len += n;
}

/* True when the first bytes cannot begin a record of TLS. */
static bool is_not_tls(const struct tls_hello_reply *reply)
{
	if (reply->len >= 1 && reply->bytes[0] != RECORD_HANDSHAKE && reply->bytes[0] != RECORD_ALERT)
		return true;
	return (reply->len >= 2 && reply->bytes[1] != 3) || (reply->len >= 3 && reply->bytes[2] > 4);
}

static enum tls_hello_answer read_records(struct tls_hello_reply *reply)
{
	struct cursor c = cursor_of(view_of(reply->bytes, reply->len));
	struct gathered got = { .len = 0 };

	if (is_not_tls(reply))
		return TLS_HELLO_NOT_TLS;
	while (cursor_left(&c) >= 5) {
		uint8_t type = cursor_u8(&c);
		uint8_t major = cursor_u8(&c);
		uint16_t len;
		struct view part;
		enum tls_hello_answer answer;

		cursor_skip(&c, 1);
		len = cursor_u16be(&c);
		if (major != 3 || len == 0 || len > RECORD_LEN_MAX)
			return TLS_HELLO_BAD;
		part = cursor_take(&c, len < cursor_left(&c) ? len : cursor_left(&c));
		if (type == RECORD_ALERT && part.len >= 2) {
			/* "I do not know this name" is a warning, and the hello follows. */
			if (part.at[0] == ALERT_LEVEL_WARNING && part.at[1] != ALERT_CLOSE_NOTIFY)
				continue;
			reply->alert = part.at[1];
			return got.len ? TLS_HELLO_BAD : TLS_HELLO_ALERT;
		}
		if (type == RECORD_ALERT)
			break;
		if (type != RECORD_HANDSHAKE)
			return TLS_HELLO_BAD;
		gather(&got, part);
		answer = read_handshake(reply, &got);
		if (answer != TLS_HELLO_MORE)
			return answer;
	}
	return reply->len < sizeof reply->bytes ? TLS_HELLO_MORE : TLS_HELLO_BAD;
}

enum tls_hello_answer tls_hello_reply_add(struct tls_hello_reply *reply, struct view bytes)
{
	size_t room = sizeof reply->bytes - reply->len;
	size_t n = bytes.len < room ? bytes.len : room;

	if (reply->answer != TLS_HELLO_MORE || n == 0)
		return reply->answer;
	memcpy(reply->bytes + reply->len, bytes.at, n);
	reply->len += n;
	reply->answer = read_records(reply);
	return reply->answer;
}

const char *tls_hello_cipher_name(uint16_t cipher)
{
	for (size_t t = 0; t < COUNT_OF(cipher_tables); t++)
		for (size_t i = 0; i < cipher_tables[t].n; i++)
			if (cipher_tables[t].rows[i].value == cipher)
				return cipher_tables[t].rows[i].name;
	return "unknown";
}

bool tls_hello_cipher_is_weak(uint16_t cipher)
{
	for (size_t i = 0; i < COUNT_OF(ciphers_weak); i++)
		if (ciphers_weak[i].value == cipher)
			return true;
	return false;
}
