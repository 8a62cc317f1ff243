/* This file tests that every static library works, and not only links: tools/windows-libs builds it against a
   fresh prefix and runs it under Wine. What only a miscompiled library gets wrong is looked at more closely:
   OpenSSL's assembler by handshakes, the digests and the random numbers of libgsasl by a login against
   itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ares.h>
#include <cmocka.h>
#include <expat.h>
#include <gsasl.h>
#include <jansson.h>
#include <libdeflate.h>
#include <libpsl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <uv.h>

static int failures;

static void check(int right, const char *what)
{
	if (right)
		return;
	printf("FAILED: %s\n", what);
	failures++;
}

/* OpenSSL */

static X509 *self_signed(EVP_PKEY *key)
{
	X509 *cert = X509_new();
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -60);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
				   (const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_sign(cert, key, EVP_sha256());
	return cert;
}

/* Both ends in one process over a pair of memory BIOs; the client verifies the server's certificate. */
static int handshake(EVP_PKEY *key, int version, const char *groups)
{
	X509 *cert = self_signed(key);
	SSL_CTX *server_context = SSL_CTX_new(TLS_server_method());
	SSL_CTX *client_context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_use_certificate(server_context, cert);
	SSL_CTX_use_PrivateKey(server_context, key);
	SSL_CTX_set_min_proto_version(client_context, version);
	SSL_CTX_set_max_proto_version(client_context, version);
	if (version < TLS1_2_VERSION) {
		/* what it takes to talk to an old server at all */
		SSL_CTX_set_security_level(client_context, 0);
		SSL_CTX_set_security_level(server_context, 0);
	}
	SSL_CTX_set1_groups_list(client_context, groups);
	SSL_CTX_set_verify(client_context, SSL_VERIFY_PEER, NULL);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(client_context), cert);

	SSL *server = SSL_new(server_context), *client = SSL_new(client_context);
	BIO *at_server, *at_client;
	BIO_new_bio_pair(&at_server, 0, &at_client, 0);
	SSL_set_bio(server, at_server, at_server);
	SSL_set_bio(client, at_client, at_client);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	SSL_set1_host(client, "localhost");

	int done = 0;
	for (int round = 0; round < 20 && !done; round++) {
		int a = SSL_do_handshake(client), b = SSL_do_handshake(server);
		done = a == 1 && b == 1;
	}
	char text[8] = "";
	done = done && SSL_write(client, "hello", 5) == 5 && SSL_read(server, text, sizeof text) == 5 &&
	       memcmp(text, "hello", 5) == 0;
	if (done)
		printf("  %s %s %s\n", SSL_get_version(client), SSL_get_cipher(client), groups);
	else
		ERR_print_errors_fp(stdout);
	SSL_free(client);
	SSL_free(server);
	SSL_CTX_free(client_context);
	SSL_CTX_free(server_context);
	X509_free(cert);
	return done;
}

static void try_openssl(void)
{
	printf("%s\n", OpenSSL_version(OPENSSL_VERSION));
	unsigned char digest[EVP_MAX_MD_SIZE];
	size_t length = 0;
	check(EVP_Q_digest(NULL, "SHA256", NULL, "abc", 3, digest, &length) && length == 32 &&
		      memcmp(digest, "\xba\x78\x16\xbf\x8f\x01\xcf\xea", 8) == 0,
	      "SHA-256 of abc");
	EVP_PKEY *p256 = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(2048);
	check(handshake(p256, TLS1_3_VERSION, "X25519"), "TLS 1.3 handshake, ECDSA");
	check(handshake(p256, TLS1_2_VERSION, "P-256"), "TLS 1.2 handshake, ECDSA");
	check(handshake(rsa, TLS1_3_VERSION, "P-384"), "TLS 1.3 handshake, RSA");
	check(handshake(rsa, TLS1_2_VERSION, "X25519"), "TLS 1.2 handshake, RSA");
	check(handshake(rsa, TLS1_VERSION, "P-256"), "TLS 1.0 handshake, RSA");
	EVP_PKEY_free(p256);
	EVP_PKEY_free(rsa);
}

/* c-ares */

static void try_cares(void)
{
	printf("c-ares %s\n", ares_version(NULL));
	check(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS, "ares_library_init");
	ares_channel channel;
	struct ares_options options = { .flags = ARES_FLAG_NOSEARCH };
	int status = ares_init_options(&channel, &options, ARES_OPT_FLAGS);
	check(status == ARES_SUCCESS, ares_strerror(status));
	if (status == ARES_SUCCESS) {
		check(ares_set_servers_ports_csv(channel, "127.0.0.1:5353,[::1]:5353") == ARES_SUCCESS,
		      "ares_set_servers_ports_csv");
		struct ares_addr_port_node *node = NULL;
		check(ares_get_servers_ports(channel, &node) == ARES_SUCCESS && node &&
			      node->udp_port == 5353 && node->next && node->next->family == AF_INET6,
		      "ares_get_servers_ports");
		ares_free_data(node);
		ares_destroy(channel);
	}
	ares_library_cleanup();
}

/* libuv */

static void on_timer(uv_timer_t *timer)
{
	*(int *)timer->data += 1;
	uv_close((uv_handle_t *)timer, NULL);
}

static void try_uv(void)
{
	printf("libuv %s\n", uv_version_string());
	int fired = 0;
	uv_loop_t loop;
	uv_timer_t timer;
	check(uv_version() == UV_VERSION_HEX && uv_loop_init(&loop) == 0, "uv_loop_init");
	uv_timer_init(&loop, &timer);
	timer.data = &fired;
	uv_timer_start(&timer, on_timer, 1, 0);
	check(uv_run(&loop, UV_RUN_DEFAULT) == 0 && fired == 1, "a timer of libuv");
	check(uv_loop_close(&loop) == 0, "uv_loop_close");
}

/* libdeflate, expat, jansson */

static void try_deflate(void)
{
	printf("libdeflate %s\n", LIBDEFLATE_VERSION_STRING);
	check(libdeflate_crc32(0, "123456789", 9) == 0xcbf43926, "CRC-32 of 123456789");
	static char long_text[4096], back[4096], packed[4096];
	memset(long_text, 'x', sizeof long_text);
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(9);
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t size = libdeflate_zlib_compress(c, long_text, sizeof long_text, packed, sizeof packed);
	check(size > 0 &&
		      libdeflate_zlib_decompress(d, packed, size, back, sizeof back, NULL) ==
			      LIBDEFLATE_SUCCESS &&
		      memcmp(long_text, back, sizeof back) == 0,
	      "zlib there and back");
	libdeflate_free_compressor(c);
	libdeflate_free_decompressor(d);
}

struct text {
	char bytes[64];
	size_t len;
};

static void XMLCALL on_text(void *buffer, const XML_Char *text, int length)
{
	struct text *all = buffer;
	size_t len = (size_t)length < sizeof all->bytes - 1 - all->len ? (size_t)length
								       : sizeof all->bytes - 1 - all->len;

	memcpy(all->bytes + all->len, text, len);
	all->len += len;
}

static void try_expat(void)
{
	printf("%s\n", XML_ExpatVersion());
	static const char document[] = "<!DOCTYPE d [<!ENTITY who 'world'>]><d a='1'>hello, &who;</d>";
	struct text text = { 0 };
	XML_Parser parser = XML_ParserCreate(NULL);
	XML_SetUserData(parser, &text);
	XML_SetCharacterDataHandler(parser, on_text);
	check(XML_Parse(parser, document, (int)strlen(document), 1) == XML_STATUS_OK &&
		      strcmp(text.bytes, "hello, world") == 0,
	      "an XML document");
	XML_ParserFree(parser);

	int guarded = 0;
	for (const XML_Feature *f = XML_GetFeatureList(); f->feature != XML_FEATURE_END; f++)
		guarded |= f->feature ==
			   XML_FEATURE_BILLION_LAUGHS_ATTACK_PROTECTION_MAXIMUM_AMPLIFICATION_DEFAULT;
	check(guarded, "the guard against entity bombs");
}

static void try_jansson(void)
{
	printf("jansson %s\n", jansson_version_str());
	json_error_t error;
	json_t *root = json_loads("{\"n\": 9007199254740993, \"r\": 0.5, \"s\": \"\\u00e9\"}", 0, &error);
	char *text = root ? json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	check(text && strcmp(text, "{\"n\":9007199254740993,\"r\":0.5,\"s\":\"\xc3\xa9\"}") == 0,
	      "JSON there and back");
	free(text);
	json_decref(root);
}

/* libgsasl */

static int on_property(Gsasl *context, Gsasl_session *session, Gsasl_property property)
{
	(void)context;
	switch (property) {
	case GSASL_AUTHID:
		return gsasl_property_set(session, GSASL_AUTHID, "anna");
	case GSASL_PASSWORD:
		return gsasl_property_set(session, GSASL_PASSWORD,
					  "s\xc3\xa9"
					  "cret");
	default:
		return GSASL_NO_CALLBACK;
	}
}

/* A whole login, client and server in one process; the client's first message is copied to first. */
static int login(Gsasl *context, const char *mechanism, char *first, size_t size)
{
	Gsasl_session *client, *server;
	if (gsasl_client_start(context, mechanism, &client) != GSASL_OK ||
	    gsasl_server_start(context, mechanism, &server) != GSASL_OK)
		return 0;
	char *message = NULL, *answer = NULL;
	int at_client = gsasl_step64(client, NULL, &message), at_server = GSASL_NEEDS_MORE, good;
	char *plain = NULL;
	size_t length = 0;
	if (at_client == GSASL_NEEDS_MORE &&
	    gsasl_base64_from(message, strlen(message), &plain, &length) == GSASL_OK)
		snprintf(first, size, "%.*s", (int)length, plain);
	gsasl_free(plain);
	while (at_client == GSASL_NEEDS_MORE) {
		at_server = gsasl_step64(server, message, &answer);
		gsasl_free(message);
		message = NULL;
		if (at_server != GSASL_OK && at_server != GSASL_NEEDS_MORE)
			break;
		at_client = gsasl_step64(client, answer, &message);
		gsasl_free(answer);
		answer = NULL;
	}
	gsasl_free(message);
	good = at_client == GSASL_OK && at_server == GSASL_OK;
	if (!good)
		printf("  %s: client %s, server %s\n", mechanism, gsasl_strerror_name(at_client),
		       gsasl_strerror_name(at_server));
	gsasl_finish(client);
	gsasl_finish(server);
	return good;
}

static int on_cram(Gsasl *context, Gsasl_session *session, Gsasl_property property)
{
	(void)context;
	return gsasl_property_set(session, property, property == GSASL_AUTHID ? "tim" : "tanstaaftanstaaf");
}

static void try_gsasl(void)
{
	printf("libgsasl %s\n", gsasl_check_version(NULL));
	Gsasl *context;
	check(gsasl_init(&context) == GSASL_OK, "gsasl_init");

	char *mechanisms = NULL;
	gsasl_client_mechlist(context, &mechanisms);
	printf("  %s\n", mechanisms);
	for (const char **name =
		     (const char *[]){ "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", NULL };
	     *name; name++)
		check(gsasl_client_support_p(context, *name), *name);
	gsasl_free(mechanisms);

	/* A nonce that repeats would mean that the random numbers are none. */
	gsasl_callback_set(context, on_property);
	char one[200] = "", two[200] = "", sha1[200] = "";
	check(login(context, "SCRAM-SHA-256", one, sizeof one), "SCRAM-SHA-256");
	check(login(context, "SCRAM-SHA-256", two, sizeof two), "SCRAM-SHA-256 again");
	check(login(context, "SCRAM-SHA-1", sha1, sizeof sha1), "SCRAM-SHA-1");
	printf("  %s\n", one);
	check(strncmp(one, "n,,n=anna,r=", 12) == 0 && strlen(one) > 28 && strcmp(one, two) != 0,
	      "SCRAM's first message");

	/* RFC 2195's example */
	gsasl_callback_set(context, on_cram);
	static const char challenge[] = "<1896.697170952@postoffice.reston.mci.net>";
	char *answer = NULL;
	size_t length = 0;
	Gsasl_session *session;
	check(gsasl_client_start(context, "CRAM-MD5", &session) == GSASL_OK &&
		      gsasl_step(session, challenge, strlen(challenge), &answer, &length) == GSASL_OK &&
		      length == 36 && memcmp(answer, "tim b913a602c7eda7a495b4e6e7334d3890", 36) == 0,
	      "CRAM-MD5");
	gsasl_free(answer);
	gsasl_finish(session);

	/* RFC 4013's examples: a soft hyphen goes, a compatibility character is folded, a control is refused
	 */
	char *prepared = NULL;
	check(gsasl_saslprep("I\xc2\xadX", 0, &prepared, NULL) == GSASL_OK && strcmp(prepared, "IX") == 0,
	      "SASLprep, mapped");
	gsasl_free(prepared);
	check(gsasl_saslprep("\xc2\xaa", 0, &prepared, NULL) == GSASL_OK && strcmp(prepared, "a") == 0,
	      "SASLprep, normalised");
	gsasl_free(prepared);
	check(gsasl_saslprep("\x07", 0, &prepared, NULL) != GSASL_OK, "SASLprep, refused");
	gsasl_done(context);
}

/* libpsl */

static void try_psl(void)
{
	const psl_ctx_t *list = psl_builtin();
	printf("libpsl %s, %d suffixes\n", psl_get_version(), list ? psl_suffix_count(list) : 0);
	check(list != NULL, "psl_builtin");
	static const struct {
		const char *name, *wanted;
	} cases[] = {
		{ "a.b.co.uk", "b.co.uk" },
		{ "www.example.com", "example.com" },
		{ "co.uk", NULL },
		{ "a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn" },
		{ "a.b.\xe5\x85\xac\xe5\x8f\xb8.cn", "b.\xe5\x85\xac\xe5\x8f\xb8.cn" },
	};
	for (size_t i = 0; list && i < sizeof cases / sizeof *cases; i++) {
		const char *got = psl_registrable_domain(list, cases[i].name);
		check(got && cases[i].wanted ? strcmp(got, cases[i].wanted) == 0 : got == cases[i].wanted,
		      cases[i].name);
	}
}

/* cmocka */

static void adds_up(void **state)
{
	(void)state;
	assert_int_equal(2 + 2, 4);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	try_openssl();
	try_cares();
	try_uv();
	try_deflate();
	try_expat();
	try_jansson();
	try_gsasl();
	try_psl();
	const struct CMUnitTest tests[] = { cmocka_unit_test(adds_up) };
	check(cmocka_run_group_tests(tests, NULL, NULL) == 0, "cmocka");
	if (failures)
		printf("%d failed\n", failures);
	return failures ? 1 : 0;
}
