/* This file shows the rest of "os" what a TLS context is made of. */
#ifndef POSTMEND_OS_TLS_CONTEXT_H
#define POSTMEND_OS_TLS_CONTEXT_H

#include "os/tls.h"

#include <openssl/ssl.h>

SSL_CTX *tls_context_library(struct tls_context *context);

/* Adds the system's anchors: false when it has none that can be read. */
bool tls_anchors_add(SSL_CTX *ctx);

#endif
