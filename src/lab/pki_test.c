/* This file lets OpenSSL's own client judge every certificate and every handshake of the lab. */
#include "base/checked.h"
#include "lab/pki.h"
#include "lab/tls_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <openssl/err.h>

#define HOST "mail.practice.example"

static struct pki *pki;

/* What a client that trusts the root says of a chain: X509_V_... */
static const struct {
	const char *name;
	enum pki_chain chain;
	long expect;
} chains[] = {
	{ "good", PKI_GOOD, X509_V_OK },
	{ "good rsa", PKI_RSA, X509_V_OK },
	{ "expired", PKI_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED },
	{ "not yet", PKI_NOT_YET_VALID, X509_V_ERR_CERT_NOT_YET_VALID },
	{ "wrong host", PKI_WRONG_HOST, X509_V_ERR_HOSTNAME_MISMATCH },
	{ "self signed", PKI_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
	{ "unknown root", PKI_UNKNOWN_ROOT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN },
	{ "no intermediate", PKI_NO_INTERMEDIATE, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
	{ "intermediate expired", PKI_CHAIN_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED },
	{ "weak key", PKI_WEAK_KEY, X509_V_ERR_EE_KEY_TOO_SMALL },
	{ "wrong purpose", PKI_WRONG_PURPOSE, X509_V_ERR_INVALID_PURPOSE },
	{ "unknown extension", PKI_UNKNOWN_EXTENSION, X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION },
	{ "antivirus", PKI_ANTIVIRUS, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN },
	{ "gateway", PKI_GATEWAY, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN },
};

struct client {
	SSL_CTX *context;
	SSL *ssl;
	BIO *in, *out;
};

static void client_open(struct client *client, int min, int max, bool verify)
{
	client->context = SSL_CTX_new(TLS_client_method());
	assert_non_null(client->context);
	assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(client->context), pki_root(pki)), 1);
	SSL_CTX_set_security_level(client->context, verify ? 2 : 0);
	SSL_CTX_set_max_cert_list(client->context, 32 * 1024 * 1024);
	SSL_CTX_set_min_proto_version(client->context, min);
	SSL_CTX_set_max_proto_version(client->context, max);
	client->ssl = SSL_new(client->context);
	client->in = BIO_new(BIO_s_mem());
	client->out = BIO_new(BIO_s_mem());
	SSL_set_bio(client->ssl, client->in, client->out);
	SSL_set_connect_state(client->ssl);
	assert_int_equal(SSL_set1_host(client->ssl, HOST), 1);
	SSL_set_verify(client->ssl, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
}

static void client_close(struct client *client)
{
	SSL_free(client->ssl);
	SSL_CTX_free(client->context);
	ERR_clear_error();
}

/* Moves bytes until both sides are quiet; the server's bytes in pieces. */
static enum tls_server_state run(struct client *client, struct tls_server *server, size_t piece)
{
	enum tls_server_state state = TLS_SERVER_HANDSHAKE;
	struct buf plain, wire;

	buf_init(&plain, 1 << 16);
	buf_init(&wire, 32 << 20);
	for (int round = 0; round < 8; round++) {
		char *bytes;
		char nothing[1];
		long len;

		(void)SSL_read(client->ssl, nothing, 1);
		len = BIO_get_mem_data(client->out, &bytes);
		for (long at = 0; at < len; at += (long)piece) {
			size_t n = (size_t)(len - at) < piece ? (size_t)(len - at) : piece;

			state = tls_server_feed(server, view_of(bytes + at, n), &plain, &wire);
		}
		(void)BIO_reset(client->out);
		if (wire.len)
			assert_int_equal(BIO_write(client->in, wire.at, (int)wire.len), (int)wire.len);
		buf_clear(&wire);
	}
	buf_fini(&plain);
	buf_fini(&wire);
	return state;
}

static void test_chains(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(chains); i++) {
		struct tls_server_setup *context = tls_server_setup_new(pki, TLS_HEALTHY, chains[i].chain);
		struct tls_server *server;
		struct client client;

		assert_non_null(context);
		server = tls_server_new(context);
		assert_non_null(server);
		client_open(&client, TLS1_2_VERSION, TLS1_3_VERSION, true);
		run(&client, server, i % 2 ? 1 : 1 << 20);
		if (SSL_get_verify_result(client.ssl) != chains[i].expect)
			fail_msg("%s: %ld", chains[i].name, SSL_get_verify_result(client.ssl));
		client_close(&client);
		tls_server_drop(&server);
		tls_server_setup_drop(&context);
	}
}

static const struct {
	const char *name;
	enum tls_manner manner;
	int version; /* the client's only one */
	bool verify; /* strictly */
	bool up;
} handshakes[] = {
	{ "healthy 1.2", TLS_HEALTHY, TLS1_2_VERSION, true, true },
	{ "healthy 1.3", TLS_HEALTHY, TLS1_3_VERSION, true, true },
	{ "healthy 1.1", TLS_HEALTHY, TLS1_1_VERSION, false, false },
	{ "old 1.0", TLS_ONLY_1_0, TLS1_VERSION, false, true },
	{ "old 1.2", TLS_ONLY_1_0, TLS1_2_VERSION, true, false },
	{ "old too 1.0", TLS_OLD_TOO, TLS1_VERSION, false, true },
	{ "old too 1.3", TLS_OLD_TOO, TLS1_3_VERSION, true, true },
	{ "new 1.2", TLS_ONLY_1_3, TLS1_2_VERSION, true, false },
	{ "new 1.3", TLS_ONLY_1_3, TLS1_3_VERSION, true, true },
	{ "weak group, careless client", TLS_WEAK_DH, TLS1_2_VERSION, false, true },
	{ "weak group, careful client", TLS_WEAK_DH, TLS1_2_VERSION, true, false },
	{ "client wanted 1.2", TLS_WANTS_CLIENT, TLS1_2_VERSION, true, false },
	{ "client wanted 1.3", TLS_WANTS_CLIENT, TLS1_3_VERSION, true, false },
};

static void test_handshakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(handshakes); i++) {
		enum pki_chain chain = handshakes[i].manner == TLS_WEAK_DH ? PKI_RSA : PKI_GOOD;
		struct tls_server_setup *context = tls_server_setup_new(pki, handshakes[i].manner, chain);
		struct tls_server *server;
		struct client client;

		assert_non_null(context);
		server = tls_server_new(context);
		assert_non_null(server);
		client_open(&client, handshakes[i].version, handshakes[i].version, handshakes[i].verify);
		if ((run(&client, server, 1 << 20) == TLS_SERVER_UP) != handshakes[i].up)
			fail_msg("%s", handshakes[i].name);
		client_close(&client);
		tls_server_drop(&server);
		tls_server_setup_drop(&context);
	}
}

static void test_huge_chain_is_huge(void **state)
{
	struct tls_server_setup *context = tls_server_setup_new(pki, TLS_HEALTHY, PKI_HUGE);
	struct tls_server *server;
	struct client client;

	(void)state;
	assert_non_null(context);
	server = tls_server_new(context);
	assert_non_null(server);
	client_open(&client, TLS1_3_VERSION, TLS1_3_VERSION, false);
	assert_int_equal(run(&client, server, 1 << 20), TLS_SERVER_UP);
	assert_true(sk_X509_num(SSL_get_peer_cert_chain(client.ssl)) > PKI_HUGE_REPEAT);
	client_close(&client);
	tls_server_drop(&server);
	tls_server_setup_drop(&context);
}

static void test_noise_ends(void **state)
{
	struct tls_server_setup *context = tls_server_setup_new(pki, TLS_HEALTHY, PKI_GOOD);
	struct tls_server *server;
	struct buf plain, wire;

	(void)state;
	assert_non_null(context);
	server = tls_server_new(context);
	assert_non_null(server);
	buf_init(&plain, 1024);
	buf_init(&wire, 1024);
	assert_int_equal(tls_server_feed(server, view_of("EHLO me.example\r\n", 17), &plain, &wire),
			 TLS_SERVER_ENDED);
	assert_int_equal(plain.len, 0);
	assert_int_equal(tls_server_feed(server, view_of("more", 4), &plain, &wire), TLS_SERVER_ENDED);
	buf_fini(&plain);
	buf_fini(&wire);
	tls_server_drop(&server);
	tls_server_setup_drop(&context);
}

static void test_root_is_pem(void **state)
{
	struct buf pem;

	(void)state;
	buf_init(&pem, 1 << 16);
	assert_true(pki_root_pem(pki, &pem));
	assert_true(str_starts(buf_str(&pem), STR("-----BEGIN CERTIFICATE-----\n")));
	buf_fini(&pem);
}

static int set_up(void **state)
{
	(void)state;
	pki = pki_new("practice.example", "127.0.0.1", (wall_time)time(NULL));
	return pki ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	pki_drop(&pki);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_handshakes),
		cmocka_unit_test(test_huge_chain_is_huge),
		cmocka_unit_test(test_noise_ends),
		cmocka_unit_test(test_root_is_pem),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
