/* This file shakes hands as badly as it is told. */
#include "lab/tls_server.h"

#include "base/checked.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdlib.h>

#define LEVEL_0 ":@SECLEVEL=0"

/* Versions and ciphers of each manner; 0 and NULL: the library's own. */
static const struct manner {
	int min, max;
	const char *ciphers;
	bool weak_dh, wants_client;
} manners[] = {
	[TLS_HEALTHY] = { TLS1_2_VERSION, TLS1_3_VERSION, NULL, false, false },
	[TLS_SILENT] = { TLS1_2_VERSION, TLS1_3_VERSION, NULL, false, false },
	[TLS_CUT] = { TLS1_2_VERSION, TLS1_3_VERSION, NULL, false, false },
	[TLS_ALERTS] = { TLS1_2_VERSION, TLS1_3_VERSION, NULL, false, false },
	[TLS_ONLY_1_0] = { TLS1_VERSION, TLS1_VERSION, "ALL" LEVEL_0, false, false },
	[TLS_ONLY_1_3] = { TLS1_3_VERSION, TLS1_3_VERSION, NULL, false, false },
	[TLS_OLD_TOO] = { TLS1_VERSION, TLS1_3_VERSION, "ALL" LEVEL_0, false, false },
	[TLS_WEAK_DH] = { TLS1_2_VERSION, TLS1_2_VERSION,
			  "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-SHA" LEVEL_0, true, false },
	[TLS_WANTS_CLIENT] = { TLS1_2_VERSION, TLS1_3_VERSION, NULL, false, true },
	[TLS_WANTS_CLIENT_BY_12] = { TLS1_2_VERSION, TLS1_2_VERSION, NULL, false, true },
};

struct tls_server_setup {
	SSL_CTX *ssl;
};

struct tls_server {
	SSL *ssl;
	BIO *from_wire, *to_wire; /* owned by ssl */
	bool ended;
};

/* The Oakley group 2 of RFC 2409 section 6.2. */
static EVP_PKEY *weak_group(void)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	BIGNUM *prime = BN_get_rfc2409_prime_1024(NULL);
	BIGNUM *generator = BN_new();
	OSSL_PARAM *parameters = NULL;
	EVP_PKEY *group = NULL;

	if (builder && context && prime && generator && BN_set_word(generator, 2) &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_P, prime) &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_G, generator))
		parameters = OSSL_PARAM_BLD_to_param(builder);
	if (parameters && EVP_PKEY_fromdata_init(context) == 1 &&
	    EVP_PKEY_fromdata(context, &group, EVP_PKEY_KEY_PARAMETERS, parameters) != 1)
		group = NULL;
	OSSL_PARAM_free(parameters);
	BN_free(generator);
	BN_free(prime);
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_BLD_free(builder);
	return group;
}

static bool set_weak_group(SSL_CTX *ssl)
{
	EVP_PKEY *group = weak_group();

	if (group && SSL_CTX_set0_tmp_dh_pkey(ssl, group) == 1)
		return true;
	EVP_PKEY_free(group);
	return false;
}

/* Names the root in the CertificateRequest and insists. */
static bool want_client(SSL_CTX *ssl, struct pki *pki)
{
	X509 *root = pki_root(pki);

	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return root && SSL_CTX_add_client_CA(ssl, root) == 1;
}

static bool show_identity(SSL_CTX *ssl, const struct pki_identity *identity)
{
	size_t n = identity->n_sent ? identity->n_sent + identity->repeat_last : 0;

	if (SSL_CTX_use_certificate(ssl, identity->leaf) != 1 ||
	    SSL_CTX_use_PrivateKey(ssl, identity->key) != 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		X509 *above = identity->sent[i < identity->n_sent ? i : identity->n_sent - 1];

		if (SSL_CTX_add1_chain_cert(ssl, above) != 1)
			return false;
	}
	/* What is not listed is not sent, not even when it is known. */
	SSL_CTX_set_mode(ssl, SSL_MODE_NO_AUTO_CHAIN);
	return true;
}

static bool set_up(SSL_CTX *ssl, struct pki *pki, enum tls_manner manner, enum pki_chain chain)
{
	const struct manner *way = &manners[manner];
	const struct pki_identity *identity = pki_identity(pki, chain);
	bool weak = way->ciphers || chain == PKI_WEAK_KEY;

	if (weak)
		SSL_CTX_set_security_level(ssl, 0);
	SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	return identity && SSL_CTX_set_min_proto_version(ssl, way->min) == 1 &&
	       SSL_CTX_set_max_proto_version(ssl, way->max) == 1 &&
	       (!way->ciphers || SSL_CTX_set_cipher_list(ssl, way->ciphers) == 1) &&
	       show_identity(ssl, identity) && (!way->weak_dh || set_weak_group(ssl)) &&
	       (!way->wants_client || want_client(ssl, pki));
}

struct tls_server_setup *tls_server_setup_new(struct pki *pki, enum tls_manner manner, enum pki_chain chain)
{
	struct tls_server_setup *setup = calloc(1, sizeof(*setup));

	if (!setup)
		return NULL;
	setup->ssl = SSL_CTX_new(TLS_server_method());
	if (!setup->ssl || !set_up(setup->ssl, pki, manner, chain))
		tls_server_setup_drop(&setup);
	ERR_clear_error();
	return setup;
}

void tls_server_setup_drop(struct tls_server_setup **setup)
{
	if (!*setup)
		return;
	SSL_CTX_free((*setup)->ssl);
	free(*setup);
	*setup = NULL;
}

struct tls_server *tls_server_new(struct tls_server_setup *setup)
{
	struct tls_server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	server->ssl = SSL_new(setup->ssl);
	server->from_wire = BIO_new(BIO_s_mem());
	server->to_wire = BIO_new(BIO_s_mem());
	if (!server->ssl || !server->from_wire || !server->to_wire) {
		BIO_free(server->from_wire);
		BIO_free(server->to_wire);
		SSL_free(server->ssl);
		free(server);
		return NULL;
	}
	SSL_set_bio(server->ssl, server->from_wire, server->to_wire);
	SSL_set_accept_state(server->ssl);
	return server;
}

void tls_server_drop(struct tls_server **server)
{
	if (!*server)
		return;
	SSL_free((*server)->ssl);
	free(*server);
	*server = NULL;
}

static void flush(struct tls_server *server, struct buf *wire)
{
	char *bytes = NULL;
	long len = BIO_get_mem_data(server->to_wire, &bytes);

	if (len > 0)
		buf_add(wire, view_of(bytes, (size_t)len));
	(void)BIO_reset(server->to_wire);
}

enum tls_server_state tls_server_feed(struct tls_server *server, struct view bytes, struct buf *plain,
				      struct buf *wire)
{
	uint8_t room[4096];
	int got = 0;

	if (server->ended)
		return TLS_SERVER_ENDED;
	if (bytes.len > INT32_MAX ||
	    (bytes.len && BIO_write(server->from_wire, bytes.at, (int)bytes.len) <= 0))
		server->ended = true;
	while (!server->ended && (got = SSL_read(server->ssl, room, sizeof(room))) > 0)
		buf_add(plain, view_of(room, (size_t)got));
	if (!server->ended && SSL_get_error(server->ssl, got) != SSL_ERROR_WANT_READ)
		server->ended = true;
	flush(server, wire);
	ERR_clear_error();
	if (server->ended)
		return TLS_SERVER_ENDED;
	return SSL_is_init_finished(server->ssl) ? TLS_SERVER_UP : TLS_SERVER_HANDSHAKE;
}

void tls_server_write(struct tls_server *server, struct view plain, struct buf *wire)
{
	if (server->ended || plain.len == 0 || plain.len > INT32_MAX)
		return;
	if (SSL_write(server->ssl, plain.at, (int)plain.len) <= 0)
		server->ended = true;
	flush(server, wire);
	ERR_clear_error();
}

void tls_server_close(struct tls_server *server, struct buf *wire)
{
	if (!server->ended && SSL_is_init_finished(server->ssl))
		(void)SSL_shutdown(server->ssl);
	flush(server, wire);
	ERR_clear_error();
}
