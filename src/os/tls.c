/* This file is TLS as bytes in and bytes out, by OpenSSL on memory BIOs. */
#include "os/tls.h"

#include "os/tcp.h"
#include "os/tls_certificate.h"
#include "os/tls_context.h"

#include <limits.h>
#include <openssl/ct.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum {
	RECORD_ALERT = 21, /* RFC 8446 section 5.1 */
	RECORD_HANDSHAKE = 22,
	ALERT_CLOSE_NOTIFY = 0, /* RFC 8446 section 6 */
	ALERT_HANDSHAKE_FAILURE = 40,
	ALERT_PROTOCOL_VERSION = 70,
	ALERT_INSUFFICIENT_SECURITY = 71,
	DEPTH_NONE = INT_MAX,
};

struct tls {
	SSL *ssl;
	BIO *in, *out; /* the SSL's own */
	struct arena *arena;
	struct tls_facts *facts;
	const char *name;
	bool name_is_address;
	enum tls_state state;
	size_t n_fed;
	bool not_tls;
	int problem_depth; /* of facts->verify; DEPTH_NONE while there is none */
};

/* One problem of RFC 5280 validation in the library's numbers and in ours. */
static const struct {
	int x509_v_err;
	enum tls_verify leaf, above;
} verify_rows[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, TLS_VERIFY_EXPIRED, TLS_VERIFY_CHAIN_EXPIRED },
	{ X509_V_ERR_CERT_NOT_YET_VALID, TLS_VERIFY_NOT_YET, TLS_VERIFY_CHAIN_EXPIRED },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, TLS_VERIFY_SELF_SIGNED, TLS_VERIFY_SELF_SIGNED },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, TLS_VERIFY_UNKNOWN_ROOT, TLS_VERIFY_UNKNOWN_ROOT },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, TLS_VERIFY_NO_ISSUER, TLS_VERIFY_NO_ISSUER },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, TLS_VERIFY_NO_ISSUER, TLS_VERIFY_NO_ISSUER },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, TLS_VERIFY_NO_ISSUER, TLS_VERIFY_NO_ISSUER },
	{ X509_V_ERR_CERT_REVOKED, TLS_VERIFY_REVOKED, TLS_VERIFY_REVOKED },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, TLS_VERIFY_WEAK, TLS_VERIFY_WEAK },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, TLS_VERIFY_WEAK, TLS_VERIFY_WEAK },
	{ X509_V_ERR_CA_MD_TOO_WEAK, TLS_VERIFY_WEAK, TLS_VERIFY_WEAK },
	{ X509_V_ERR_INVALID_PURPOSE, TLS_VERIFY_WRONG_PURPOSE, TLS_VERIFY_WRONG_PURPOSE },
};

/* How the library says that a handshake cannot be, in our words. */
static const struct {
	int reason;
	enum tls_end end;
} end_rows[] = {
	{ SSL_R_UNSUPPORTED_PROTOCOL, TLS_END_VERSION },
	{ SSL_R_WRONG_SSL_VERSION, TLS_END_VERSION },
	{ SSL_R_VERSION_TOO_LOW, TLS_END_VERSION },
	{ SSL_R_VERSION_TOO_HIGH, TLS_END_VERSION },
	{ SSL_R_BAD_PROTOCOL_VERSION_NUMBER, TLS_END_VERSION },
	{ SSL_R_WRONG_VERSION_NUMBER, TLS_END_VERSION },
	{ SSL_R_DH_KEY_TOO_SMALL, TLS_END_CIPHER },
	{ SSL_R_EE_KEY_TOO_SMALL, TLS_END_CIPHER },
	{ SSL_R_CA_KEY_TOO_SMALL, TLS_END_CIPHER },
	{ SSL_R_CA_MD_TOO_WEAK, TLS_END_CIPHER },
	{ SSL_R_WRONG_CIPHER_RETURNED, TLS_END_CIPHER },
	{ SSL_R_UNKNOWN_CIPHER_RETURNED, TLS_END_CIPHER },
	{ SSL_R_WRONG_SIGNATURE_TYPE, TLS_END_CIPHER },
	{ SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, TLS_END_CIPHER },
	{ SSL_R_EXCESSIVE_MESSAGE_SIZE, TLS_END_LIMIT },
};

static enum tls_verify verify_of(int x509_v_err, int depth)
{
	for (size_t i = 0; i < sizeof verify_rows / sizeof verify_rows[0]; i++)
		if (verify_rows[i].x509_v_err == x509_v_err)
			return depth == 0 ? verify_rows[i].leaf : verify_rows[i].above;
	return TLS_VERIFY_OTHER;
}

/* Called for each certificate and for each problem; goes on after every one,
 * so that all are seen. Kept is the problem nearest to the leaf, and of several
 * at one certificate the one that enum tls_verify names first: an expired
 * self-signed certificate is first of all expired. */
static int on_verify(int fine, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	int depth = X509_STORE_CTX_get_error_depth(store), error = X509_STORE_CTX_get_error(store);
	struct tls *tls = SSL_get_app_data(ssl);
	struct tls_facts *facts = tls->facts;
	enum tls_verify problem;

	if (facts->verify == TLS_VERIFY_NOT_REACHED) {
		facts->verify = TLS_VERIFY_OK;
		facts->verify_text = X509_verify_cert_error_string(X509_V_OK);
	}
	if (fine)
		return 1;
	problem = verify_of(error, depth);
	if (depth < tls->problem_depth || (depth == tls->problem_depth && problem < facts->verify)) {
		tls->problem_depth = depth;
		facts->verify = problem;
		facts->verify_text = X509_verify_cert_error_string(error);
	}
	return 1;
}

static void on_info(const SSL *ssl, int where, int value)
{
	struct tls *tls = SSL_get_app_data(ssl);
	int description = value & 0xff;

	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && description != ALERT_CLOSE_NOTIFY)
		tls->facts->alert = description;
}

/* The server asks for a client's certificate: noted, and none is given. */
static int on_client_certificate(SSL *ssl, void *context)
{
	struct tls *tls = context;

	(void)ssl;
	tls->facts->wants_client_certificate = true;
	return 1;
}

static bool set_name(struct tls *tls, bool ask)
{
	int family;

	tls->name_is_address = tcp_is_address(tls->name, &family);
	if (tls->name_is_address || !ask)
		return true;
	tls->facts->sni = tls->name;
	/* SSL_set_tlsext_host_name() as a call: the macro casts const away in a way that clang refuses. */
	return SSL_ctrl(tls->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
			(void *)(uintptr_t)tls->name) == 1;
}

struct tls *tls_new(struct tls_context *context, struct arena *arena, const char *name, bool ask)
{
	struct tls *tls = calloc(1, sizeof *tls);

	if (!tls)
		return NULL;
	tls->arena = arena;
	tls->problem_depth = DEPTH_NONE;
	tls->facts = arena_alloc(arena, sizeof *tls->facts);
	tls->name = arena_strdup(arena, name);
	tls->ssl = SSL_new(tls_context_library(context));
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	if (!tls->facts || !tls->name || !tls->ssl || !tls->in || !tls->out) {
		BIO_free(tls->in);
		BIO_free(tls->out);
		SSL_free(tls->ssl);
		free(tls);
		return NULL;
	}
	tls->facts->alert = -1;
	tls->facts->end = TLS_END_OTHER;
	tls->facts->verify = TLS_VERIFY_NOT_REACHED;
	BIO_set_mem_eof_return(tls->in, -1);
	BIO_set_mem_eof_return(tls->out, -1);
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	SSL_set_app_data(tls->ssl, tls);
	SSL_set_verify(tls->ssl, SSL_VERIFY_PEER, on_verify);
	SSL_set_info_callback(tls->ssl, on_info);
	SSL_set_cert_cb(tls->ssl, on_client_certificate, tls);
	SSL_set_connect_state(tls->ssl);
	/* Only to see whether any are sent; none are believed. */
	(void)SSL_enable_ct(tls->ssl, SSL_CT_VALIDATION_PERMISSIVE);
	if (!set_name(tls, ask))
		tls_drop(&tls);
	return tls;
}

void tls_drop(struct tls **tls)
{
	if (!*tls)
		return;
	SSL_free((*tls)->ssl);
	free(*tls);
	*tls = NULL;
}

/* A server's first record is a handshake or an alert, of version 3.x. Told
 * from the first bytes alone, so that a plain greeting needs no fifth byte. */
static bool starts_as_tls(const struct tls *tls, struct view bytes)
{
	if (tls->n_fed == 0 && bytes.at[0] != RECORD_HANDSHAKE && bytes.at[0] != RECORD_ALERT)
		return false;
	return tls->n_fed > 1 || tls->n_fed + bytes.len < 2 || bytes.at[1 - tls->n_fed] == 3;
}

void tls_feed(struct tls *tls, struct view bytes)
{
	if (bytes.len == 0 || tls->state == TLS_STATE_FAILED)
		return;
	if (tls->state == TLS_STATE_HANDSHAKE && !starts_as_tls(tls, bytes))
		tls->not_tls = true;
	tls->n_fed += bytes.len;
	if (!tls->not_tls)
		BIO_write(tls->in, bytes.at, bytes.len < INT_MAX ? (int)bytes.len : INT_MAX);
}

static bool leaf_is_for(const struct tls *tls, X509 *leaf)
{
	if (tls->name_is_address)
		return X509_check_ip_asc(leaf, tls->name, 0) == 1;
	return X509_check_host(leaf, tls->name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

static void note_chain(struct tls *tls)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(tls->ssl);
	const STACK_OF(SCT) * scts;
	int n = chain ? sk_X509_num(chain) : 0;

	tls->facts->chain_cut = n > TLS_CHAIN_MAX;
	for (int i = 0; i < n && i < TLS_CHAIN_MAX; i++)
		tls_certificate_read(tls->arena, sk_X509_value(chain, i), &tls->facts->chain[i]);
	tls->facts->n_chain = (size_t)(n < TLS_CHAIN_MAX ? n : TLS_CHAIN_MAX);
	if (n == 0)
		return;
	tls->facts->name_matches = leaf_is_for(tls, sk_X509_value(chain, 0));
	if (tls->state != TLS_STATE_UP)
		return;
	scts = SSL_get0_peer_scts(tls->ssl);
	if (scts && sk_SCT_num(scts) > 0)
		tls->facts->chain[0].has_scts = true;
}

/* Fills what is known by now, whether the handshake came about or not. */
static void complete(struct tls *tls, enum tls_end end)
{
	struct tls_facts *facts = tls->facts;
	const SSL_CIPHER *cipher = SSL_get_current_cipher(tls->ssl);

	tls->state = end == TLS_END_UP ? TLS_STATE_UP : TLS_STATE_FAILED;
	facts->end = end;
	if (end == TLS_END_UP || cipher) {
		facts->version = (uint16_t)SSL_version(tls->ssl);
		facts->version_name = SSL_get_version(tls->ssl);
	}
	if (cipher)
		facts->cipher = SSL_CIPHER_get_name(cipher);
	note_chain(tls);
	ERR_clear_error();
}

static enum tls_end end_of_alert(const struct tls *tls)
{
	switch (tls->facts->alert) {
	case ALERT_PROTOCOL_VERSION:
		return TLS_END_VERSION;
	case ALERT_INSUFFICIENT_SECURITY:
		return TLS_END_CIPHER;
	case ALERT_HANDSHAKE_FAILURE:
		/* Before the server's hello it is all a server has to say "nothing
		 * in common"; later it is about something else. */
		return SSL_get_peer_cert_chain(tls->ssl) || tls->facts->wants_client_certificate
			       ? TLS_END_ALERT
			       : TLS_END_CIPHER;
	default:
		return TLS_END_ALERT;
	}
}

static void fail(struct tls *tls)
{
	unsigned long error = ERR_peek_error();
	enum tls_end end = TLS_END_OTHER;
	const char *words = ERR_reason_error_string(error);

	tls->facts->error_text = words ? words : "the handshake failed";
	if (tls->facts->alert >= 0) {
		end = end_of_alert(tls);
	} else if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
		for (size_t i = 0; i < sizeof end_rows / sizeof end_rows[0]; i++)
			if (end_rows[i].reason == ERR_GET_REASON(error))
				end = end_rows[i].end;
	}
	complete(tls, end);
}

static enum tls_state fail_with(struct tls *tls, enum tls_end end, const char *words)
{
	tls->facts->error_text = words;
	complete(tls, end);
	return tls->state;
}

enum tls_state tls_handshake(struct tls *tls)
{
	int result, wish;

	if (tls->state != TLS_STATE_HANDSHAKE)
		return tls->state;
	if (tls->not_tls)
		return fail_with(tls, TLS_END_NOT_TLS, "the server's bytes are no TLS");
	if (tls->n_fed > TLS_HANDSHAKE_MAX)
		return fail_with(tls, TLS_END_LIMIT, "the handshake is longer than 256 KiB");
	ERR_clear_error();
	result = SSL_do_handshake(tls->ssl);
	wish = SSL_get_error(tls->ssl, result);
	if (result == 1)
		complete(tls, TLS_END_UP);
	else if (wish != SSL_ERROR_WANT_READ && wish != SSL_ERROR_WANT_WRITE)
		fail(tls);
	return tls->state;
}

void tls_give_up(struct tls *tls, enum tls_end end)
{
	static const char *const words[] = {
		[TLS_END_CLOSED] = "the connection ended in the handshake",
		[TLS_END_TIMEOUT] = "no answer to the handshake",
	};

	if (tls->state == TLS_STATE_HANDSHAKE)
		fail_with(tls, end, end == TLS_END_CLOSED || end == TLS_END_TIMEOUT ? words[end] : NULL);
}

struct view tls_to_send(struct tls *tls)
{
	char *at;
	long len = BIO_get_mem_data(tls->out, &at);

	return view_of(at, len > 0 ? (size_t)len : 0);
}

void tls_sent(struct tls *tls, size_t n)
{
	char gone[4096];

	while (n > 0) {
		int part = BIO_read(tls->out, gone, n < sizeof gone ? (int)n : (int)sizeof gone);

		if (part <= 0)
			return;
		n -= (size_t)part;
	}
}

bool tls_write(struct tls *tls, struct view plain)
{
	while (tls->state == TLS_STATE_UP && plain.len) {
		size_t n = 0;

		ERR_clear_error();
		if (SSL_write_ex(tls->ssl, plain.at, plain.len, &n) != 1)
			return false;
		plain = view_of(plain.at + n, plain.len - n);
	}
	return plain.len == 0;
}

size_t tls_read(struct tls *tls, uint8_t *room, size_t len, bool *ended_out)
{
	size_t n = 0;
	int wish;

	*ended_out = false;
	if (tls->state != TLS_STATE_UP)
		return 0;
	ERR_clear_error();
	if (SSL_read_ex(tls->ssl, room, len, &n) == 1)
		return n;
	wish = SSL_get_error(tls->ssl, 0);
	*ended_out = wish != SSL_ERROR_WANT_READ && wish != SSL_ERROR_WANT_WRITE;
	ERR_clear_error();
	return 0;
}

void tls_say_end(struct tls *tls)
{
	if (tls->state == TLS_STATE_UP)
		(void)SSL_shutdown(tls->ssl);
	ERR_clear_error();
}

struct tls_facts *tls_result(struct tls *tls)
{
	return tls->facts;
}
