/* This file writes down what stands in a certificate. */
#ifndef POSTMEND_OS_TLS_CERTIFICATE_H
#define POSTMEND_OS_TLS_CERTIFICATE_H

#include "base/arena.h"
#include "record/tls_facts.h"

#include <openssl/x509.h>

/* Text is cut at TLS_TEXT_MAX characters and never holds a NUL; fields that the
 * certificate lacks, or that memory did not suffice for, are NULL. */
enum { TLS_TEXT_MAX = 1024 };
void tls_certificate_read(struct arena *arena, X509 *certificate, struct tls_certificate *out);

#endif
