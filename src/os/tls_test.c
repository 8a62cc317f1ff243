/* This file tests TLS handshakes in memory, against servers that this file sets up with certificates of its
 * own making. */
#include "os/tls.h"

#include "os/file.h"
#include "os/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <uv.h>

enum { DAY = 86400, CHAIN_LONG = 20 };

struct identity {
	X509 *certificate;
	EVP_PKEY *key;
};

struct order {
	const char *cn, *alt; /* alt: subjectAltName in the library's notation, or NULL */
	bool ca;
	long from, until; /* days from now */
	unsigned rsa_bits;
};

static struct identity root, intermediate, stranger;
static char ca_file[1200];

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	assert_non_null(extension);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

/* Signed by `by`, or by itself when that is NULL. */
static struct identity make(const struct order *order, const struct identity *by)
{
	struct identity made = { X509_new(),
				 order->rsa_bits ? EVP_RSA_gen(order->rsa_bits) : EVP_EC_gen("P-256") };
	X509 *issuer = by ? by->certificate : made.certificate;
	static long serial = 1;

	X509_set_version(made.certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), serial++);
	X509_gmtime_adj(X509_getm_notBefore(made.certificate), order->from * DAY);
	X509_gmtime_adj(X509_getm_notAfter(made.certificate), order->until * DAY);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(made.certificate), "O", MBSTRING_UTF8,
				   (const unsigned char *)"Test", -1, -1, 0);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(made.certificate), "CN", MBSTRING_UTF8,
				   (const unsigned char *)order->cn, -1, -1, 0);
	X509_set_issuer_name(made.certificate, X509_get_subject_name(issuer));
	X509_set_pubkey(made.certificate, made.key);
	if (order->ca)
		add_extension(made.certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
	if (order->alt)
		add_extension(made.certificate, issuer, NID_subject_alt_name, order->alt);
	add_extension(made.certificate, issuer, NID_subject_key_identifier, "hash");
	assert_true(X509_sign(made.certificate, by ? by->key : made.key, EVP_sha256()) > 0);
	return made;
}

static void drop(struct identity *identity)
{
	X509_free(identity->certificate);
	EVP_PKEY_free(identity->key);
}

struct server {
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *in, *out;
};

static struct server server_new(const struct identity *identity)
{
	struct server server = { .ctx = SSL_CTX_new(TLS_server_method()) };

	SSL_CTX_set_security_level(server.ctx, 0);
	assert_int_equal(SSL_CTX_use_certificate(server.ctx, identity->certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(server.ctx, identity->key), 1);
	return server;
}

static void server_start(struct server *server)
{
	server->ssl = SSL_new(server->ctx);
	server->in = BIO_new(BIO_s_mem());
	server->out = BIO_new(BIO_s_mem());
	SSL_set_bio(server->ssl, server->in, server->out);
	SSL_set_accept_state(server->ssl);
}

static void server_drop(struct server *server)
{
	SSL_free(server->ssl);
	SSL_CTX_free(server->ctx);
}

/* Carries what the server has to say, in pieces, until nothing more moves. */
static enum tls_state shake(struct tls *tls, struct server *server, size_t piece)
{
	enum tls_state state = tls_handshake(tls);

	for (int round = 0; round < 10; round++) {
		struct view said = tls_to_send(tls);
		char *at;
		long len;

		BIO_write(server->in, said.at, (int)said.len);
		tls_sent(tls, said.len);
		SSL_do_handshake(server->ssl);
		ERR_clear_error();
		len = BIO_get_mem_data(server->out, &at);
		for (size_t done = 0; len > 0 && done < (size_t)len; done += piece) {
			size_t part = (size_t)len - done < piece ? (size_t)len - done : piece;

			tls_feed(tls, view_of(at + done, part));
			state = tls_handshake(tls);
		}
		(void)BIO_reset(server->out);
	}
	return state;
}

static const struct row {
	const char *name;
	struct order order;
	enum { BY_INTERMEDIATE, BY_STRANGER, BY_ITSELF } by;
	enum { SEND_LEAF, SEND_CHAIN, SEND_ROOT } send;
	const char *asked;
	enum tls_verify verify;
	bool matches;
} rows[] = {
	{ "good",
	  { "h", "DNS:mail.test", false, -1, 9, 0 },
	  BY_INTERMEDIATE,
	  SEND_CHAIN,
	  "mail.test",
	  TLS_VERIFY_OK,
	  true },
	{ "good, with root",
	  { "h", "DNS:mail.test", false, -1, 9, 0 },
	  BY_INTERMEDIATE,
	  SEND_ROOT,
	  "mail.test",
	  TLS_VERIFY_OK,
	  true },
	{ "wildcard",
	  { "h", "DNS:*.mail.test", false, -1, 9, 0 },
	  BY_INTERMEDIATE,
	  SEND_CHAIN,
	  "in.mail.test",
	  TLS_VERIFY_OK,
	  true },
	{ "wildcard too deep",
	  { "h", "DNS:*.mail.test", false, -1, 9, 0 },
	  BY_INTERMEDIATE,
	  SEND_CHAIN,
	  "a.in.mail.test",
	  TLS_VERIFY_OK,
	  false },
	{ "address",
	  { "h", "IP:192.0.2.1", false, -1, 9, 0 },
	  BY_INTERMEDIATE,
	  SEND_CHAIN,
	  "192.0.2.1",
	  TLS_VERIFY_OK,
	  true },
	{ "other address",
	  { "h", "IP:192.0.2.1", false, -1, 9, 0 },
	  BY_INTERMEDIATE,
	  SEND_CHAIN,
	  "192.0.2.2",
	  TLS_VERIFY_OK,
	  false },
	{ "other host",
	  { "h", "DNS:web.test", false, -1, 9, 0 },
	  BY_INTERMEDIATE,
	  SEND_CHAIN,
	  "mail.test",
	  TLS_VERIFY_OK,
	  false },
	{ "expired",
	  { "h", "DNS:mail.test", false, -9, -1, 0 },
	  BY_INTERMEDIATE,
	  SEND_CHAIN,
	  "mail.test",
	  TLS_VERIFY_EXPIRED,
	  true },
	{ "to come",
	  { "h", "DNS:mail.test", false, 1, 9, 0 },
	  BY_INTERMEDIATE,
	  SEND_CHAIN,
	  "mail.test",
	  TLS_VERIFY_NOT_YET,
	  true },
	{ "self-signed",
	  { "mail.test", "DNS:mail.test", false, -1, 9, 0 },
	  BY_ITSELF,
	  SEND_LEAF,
	  "mail.test",
	  TLS_VERIFY_SELF_SIGNED,
	  true },
	{ "self-signed, expired",
	  { "mail.test", "DNS:mail.test", false, -9, -1, 0 },
	  BY_ITSELF,
	  SEND_LEAF,
	  "mail.test",
	  TLS_VERIFY_EXPIRED,
	  true },
	{ "intermediate missing",
	  { "h", "DNS:mail.test", false, -1, 9, 0 },
	  BY_INTERMEDIATE,
	  SEND_LEAF,
	  "mail.test",
	  TLS_VERIFY_NO_ISSUER,
	  true },
	{ "unknown root",
	  { "h", "DNS:mail.test", false, -1, 9, 0 },
	  BY_STRANGER,
	  SEND_ROOT,
	  "mail.test",
	  TLS_VERIFY_UNKNOWN_ROOT,
	  true },
	{ "unknown root not sent",
	  { "h", "DNS:mail.test", false, -1, 9, 0 },
	  BY_STRANGER,
	  SEND_LEAF,
	  "mail.test",
	  TLS_VERIFY_NO_ISSUER,
	  true },
	{ "weak key",
	  { "h", "DNS:mail.test", false, -1, 9, 1024 },
	  BY_INTERMEDIATE,
	  SEND_CHAIN,
	  "mail.test",
	  TLS_VERIFY_WEAK,
	  true },
};

static struct tls_context *context_new(void)
{
	struct tls_context *context;
	const char *why;

	assert_int_equal(tls_context_new(ca_file, &context, &why), ST_OK);
	return context;
}

static void test_row(const struct row *row, size_t piece)
{
	const struct identity *by = row->by == BY_STRANGER ? &stranger
				    : row->by == BY_ITSELF ? NULL
							   : &intermediate;
	struct identity leaf = make(&row->order, by);
	struct server server = server_new(&leaf);
	struct tls_context *context = context_new();
	struct arena *arena = arena_new(1 << 20);
	struct tls *tls = tls_new(context, arena, row->asked, true);
	struct tls_facts *facts;

	if (row->send != SEND_LEAF && by)
		SSL_CTX_add1_chain_cert(server.ctx, by->certificate);
	if (row->send == SEND_ROOT && row->by == BY_INTERMEDIATE)
		SSL_CTX_add1_chain_cert(server.ctx, root.certificate);
	SSL_CTX_set_mode(server.ctx, SSL_MODE_NO_AUTO_CHAIN);
	server_start(&server);
	if (shake(tls, &server, piece) != TLS_STATE_UP)
		fail_msg("%s: %s", row->name, tls_result(tls)->error_text);
	facts = tls_result(tls);
	if (facts->verify != row->verify || facts->name_matches != row->matches)
		fail_msg("%s: verify %d (%s), matches %d", row->name, facts->verify, facts->verify_text,
			 facts->name_matches);
	assert_int_equal(tls_is_verified(facts), row->verify == TLS_VERIFY_OK && row->matches);
	assert_int_equal(facts->n_chain, row->send == SEND_LEAF || !by                   ? 1
					 : row->send == SEND_ROOT && by == &intermediate ? 3
											 : 2);
	assert_string_equal(facts->chain[0].key_type, row->order.rsa_bits ? "RSA" : "EC");
	assert_int_equal(strlen(facts->chain[0].sha256), 64);
	tls_drop(&tls);
	tls_context_drop(&context);
	arena_drop(&arena);
	server_drop(&server);
	drop(&leaf);
}

static void chains_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		test_row(&rows[i], SIZE_MAX / 2);
	test_row(&rows[0], 1);
}

/* One handshake with a good certificate after `prepare` had its way. */
static struct tls_facts *meet(struct arena *arena, void (*prepare)(struct server *server), bool *late_end_out)
{
	const struct order order = { "h", "DNS:mail.test", false, -1, 9, 0 };
	struct identity leaf = make(&order, &intermediate);
	struct server server = server_new(&leaf);
	struct tls_context *context = context_new();
	struct tls *tls = tls_new(context, arena, "mail.test", true);
	struct tls_facts *facts = tls_result(tls);
	uint8_t room[64];

	SSL_CTX_add1_chain_cert(server.ctx, intermediate.certificate);
	prepare(&server);
	server_start(&server);
	shake(tls, &server, SIZE_MAX / 2);
	*late_end_out = false;
	if (facts->end == TLS_END_UP)
		tls_read(tls, room, sizeof room, late_end_out);
	tls_drop(&tls);
	tls_context_drop(&context);
	server_drop(&server);
	drop(&leaf);
	return facts;
}

static void old_version(struct server *server)
{
	SSL_CTX_set_min_proto_version(server->ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(server->ctx, TLS1_VERSION);
}

static void no_cipher(struct server *server)
{
	SSL_CTX_set_max_proto_version(server->ctx, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(server->ctx, "NULL");
}

static void client_wanted(struct server *server)
{
	SSL_CTX_set_verify(server->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

static void client_wanted_12(struct server *server)
{
	SSL_CTX_set_max_proto_version(server->ctx, TLS1_2_VERSION);
	client_wanted(server);
}

static void long_chain(struct server *server)
{
	for (int i = 0; i < CHAIN_LONG; i++)
		SSL_CTX_add1_chain_cert(server->ctx, stranger.certificate);
}

static void huge_chain(struct server *server)
{
	for (int i = 0; i < 1000; i++)
		SSL_CTX_add1_chain_cert(server->ctx, stranger.certificate);
}

static void handshakes_that_fail_say_how(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	const struct tls_facts *facts;
	bool late;

	(void)state;
	facts = meet(arena, old_version, &late);
	assert_int_equal(facts->end, TLS_END_VERSION);
	assert_int_equal(facts->verify, TLS_VERIFY_NOT_REACHED);
	facts = meet(arena, no_cipher, &late);
	assert_int_equal(facts->end, TLS_END_CIPHER);
	facts = meet(arena, client_wanted_12, &late);
	assert_int_equal(facts->end, TLS_END_ALERT);
	assert_true(facts->wants_client_certificate);
	assert_int_equal(facts->n_chain, 2);
	assert_int_equal(facts->verify, TLS_VERIFY_OK);
	facts = meet(arena, client_wanted, &late);
	assert_int_equal(facts->end, TLS_END_UP);
	assert_true(facts->wants_client_certificate && late);
	assert_int_equal(facts->alert, 116);
	arena_drop(&arena);
}

static void long_chains_cost_little(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	const struct tls_facts *facts;
	bool late;

	(void)state;
	facts = meet(arena, long_chain, &late);
	assert_int_equal(facts->end, TLS_END_UP);
	assert_true(facts->chain_cut);
	assert_int_equal(facts->n_chain, TLS_CHAIN_MAX);
	facts = meet(arena, huge_chain, &late);
	assert_int_equal(facts->end, TLS_END_LIMIT);
	assert_true(arena_used(arena) < 128 * 1024);
	arena_drop(&arena);
}

static void other_bytes_are_no_tls(void **state)
{
	static const struct {
		const char *name, *bytes;
		enum tls_state expected;
	} answers[] = {
		{ "greeting", "220 mail.test\r\n", TLS_STATE_FAILED },
		{ "one byte of a greeting", "*", TLS_STATE_FAILED },
		{ "HTTP", "HTTP/1.0 400 Bad Request\r\n", TLS_STATE_FAILED },
		{ "half a record", "\x16\x03\x03", TLS_STATE_HANDSHAKE },
		{ "wrong major version", "\x16\x7f", TLS_STATE_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct tls_context *context = context_new();
		struct arena *arena = arena_new(1 << 20);
		struct tls *tls = tls_new(context, arena, "mail.test", true);

		assert_int_equal(tls_handshake(tls), TLS_STATE_HANDSHAKE);
		tls_feed(tls, view_of(answers[i].bytes, strlen(answers[i].bytes)));
		assert_int_equal(tls_handshake(tls), answers[i].expected);
		if (answers[i].expected == TLS_STATE_FAILED)
			assert_int_equal(tls_result(tls)->end, TLS_END_NOT_TLS);
		tls_give_up(tls, TLS_END_TIMEOUT);
		assert_int_equal(tls_result(tls)->end,
				 answers[i].expected == TLS_STATE_FAILED ? TLS_END_NOT_TLS : TLS_END_TIMEOUT);
		tls_drop(&tls);
		tls_context_drop(&context);
		arena_drop(&arena);
	}
}

static void anchors_must_be_certificates(void **state)
{
	struct tls_context *context;
	const char *why;

	(void)state;
	assert_int_equal(tls_context_new("/nowhere/at/all", &context, &why), ST_USAGE);
	assert_null(context);
	assert_int_equal(file_write(ca_file, view_of("hello\n", 6), true, &why), ST_OK);
	assert_int_equal(tls_context_new(ca_file, &context, &why), ST_USAGE);
	assert_non_null(strstr(why, "PEM"));
	assert_int_equal(tls_context_new(NULL, &context, &why), ST_OK);
	tls_context_drop(&context);
}

static int set_up(void **state)
{
	const struct order root_order = { "Test Root", NULL, true, -90, 90, 0 },
			   middle_order = { "Test Intermediate", NULL, true, -90, 90, 0 },
			   stranger_order = { "Stranger Root", NULL, true, -90, 90, 0 };
	size_t len = 1024;
	const char *why;
	BIO *pem = BIO_new(BIO_s_mem());
	char *at;
	long n;

	(void)state;
	root = make(&root_order, NULL);
	intermediate = make(&middle_order, &root);
	stranger = make(&stranger_order, NULL);
	if (uv_os_tmpdir(ca_file, &len) != 0 || random_letters(ca_file + len + 1, 12) != ST_OK)
		return -1;
	ca_file[len] = '/';
	PEM_write_bio_X509(pem, root.certificate);
	n = BIO_get_mem_data(pem, &at);
	if (file_write(ca_file, view_of(at, (size_t)n), true, &why) != ST_OK)
		return -1;
	return BIO_free(pem) == 1 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	drop(&root);
	drop(&intermediate);
	drop(&stranger);
	return remove(ca_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_are_judged),
		cmocka_unit_test(handshakes_that_fail_say_how),
		cmocka_unit_test(long_chains_cost_little),
		cmocka_unit_test(other_bytes_are_no_tls),
		cmocka_unit_test(anchors_must_be_certificates),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
