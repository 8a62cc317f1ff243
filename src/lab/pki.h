/* This file makes the practice certificates: a root, what it issues, and every
 * kind of certificate that clients should refuse. All in memory, on demand.
 *
 * The keys live as long as the program: nobody should trust the root longer
 * than a practice lasts (its certificate is good for two days).
 */
#ifndef POSTMEND_LAB_PKI_H
#define POSTMEND_LAB_PKI_H

#include "base/buf.h"
#include "base/moment.h"
#include "lab/behaviour.h"

#include <openssl/ssl.h>

enum { PKI_SENT_MAX = 4, PKI_HUGE_REPEAT = 170 };

/* What a server shows: its key, its certificate and those it sends behind. The
 * last one is sent `repeat_last` times more. */
struct pki_identity {
	EVP_PKEY *key;
	X509 *leaf;
	X509 *sent[PKI_SENT_MAX];
	size_t n_sent, repeat_last;
};

struct pki;

/* Certificates are for the domain, its hosts, localhost and the addresses
 * 127.0.0.1, ::1 and `address`. NULL when OpenSSL refused. */
[[nodiscard]] struct pki *pki_new(const char *domain, const char *address, wall_time now);
void pki_drop(struct pki **pki);

/* Owned by the pki; NULL when OpenSSL refused. */
[[nodiscard]] const struct pki_identity *pki_identity(struct pki *pki, enum pki_chain chain);

/* The root that clients may trust. */
[[nodiscard]] X509 *pki_root(struct pki *pki);
[[nodiscard]] bool pki_root_pem(struct pki *pki, struct buf *out);

#endif
