/* This file sets up what all handshakes of a run share. */
#include "os/tls_context.h"

#include "os/file.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

enum { CA_FILE_MAX = 8 * 1024 * 1024 };

struct tls_context {
	SSL_CTX *ctx;
};

SSL_CTX *tls_context_library(struct tls_context *context)
{
	return context->ctx;
}

static enum status add_pem(SSL_CTX *ctx, struct view pem, const char **why_out)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	BIO *bio = BIO_new_mem_buf(pem.len ? (const void *)pem.at : "", (int)pem.len);
	X509 *certificate;
	size_t n = 0;

	if (!bio)
		return ST_NOMEM;
	while ((certificate = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL)) != NULL) {
		n += X509_STORE_add_cert(store, certificate) == 1;
		X509_free(certificate);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (n == 0) {
		*why_out = "it holds no certificate: expected PEM with -----BEGIN CERTIFICATE-----";
		return ST_USAGE;
	}
	/* Who names a certificate as an anchor means it, be it a root or not. */
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_PARTIAL_CHAIN);
	return ST_OK;
}

static enum status add_file(SSL_CTX *ctx, const char *path, const char **why_out)
{
	enum status status;
	struct buf pem;

	buf_init(&pem, CA_FILE_MAX);
	status = file_read(path, &pem, why_out);
	if (status == ST_OK)
		status = add_pem(ctx, buf_view(&pem), why_out);
	else if (status != ST_NOMEM)
		status = ST_USAGE;
	buf_fini(&pem);
	return status;
}

static enum status add_anchors(SSL_CTX *ctx, const char *ca_file, const char **why_out)
{
	if (ca_file)
		return add_file(ctx, ca_file, why_out);
	if (tls_anchors_add(ctx))
		return ST_OK;
	*why_out = "the system's certificates cannot be read";
	return ST_IO;
}

enum status tls_context_new(const char *ca_file, struct tls_context **out, const char **why_out)
{
	struct tls_context *context = calloc(1, sizeof *context);
	enum status status;

	*out = NULL;
	*why_out = "memory ended";
	if (!context || !(context->ctx = SSL_CTX_new(TLS_client_method()))) {
		free(context);
		return ST_NOMEM;
	}
	status = add_anchors(context->ctx, ca_file, why_out);
	if (status != ST_OK) {
		tls_context_drop(&context);
		return status;
	}
	/* As today's mail programs do, where the system does not say. */
	if (SSL_CTX_get_min_proto_version(context->ctx) == 0)
		SSL_CTX_set_min_proto_version(context->ctx, TLS1_2_VERSION);
	SSL_CTX_set_mode(context->ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
					       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_options(context->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_session_cache_mode(context->ctx, SSL_SESS_CACHE_OFF);
	*out = context;
	return ST_OK;
}

void tls_context_drop(struct tls_context **context)
{
	if (!*context)
		return;
	SSL_CTX_free((*context)->ctx);
	free(*context);
	*context = NULL;
}
