/* This file holds what one TLS handshake showed; "os" fills it, rules read it.
 *
 * All text lives in the arena of the conversation and is the peer's: hostile.
 */
#ifndef POSTMEND_RECORD_TLS_FACTS_H
#define POSTMEND_RECORD_TLS_FACTS_H

#include "base/moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TLS_CHAIN_MAX = 16, TLS_NAMES_MAX = 64 };

/* Why a chain was not accepted, in the words of RFC 5280 validation; the first
 * problem met from the leaf upwards. */
enum tls_verify {
	TLS_VERIFY_OK,
	TLS_VERIFY_EXPIRED,       /* notAfter of the leaf has passed */
	TLS_VERIFY_NOT_YET,       /* notBefore of the leaf is to come */
	TLS_VERIFY_CHAIN_EXPIRED, /* the same of an intermediate or root */
	TLS_VERIFY_SELF_SIGNED,   /* one certificate, its own issuer, not an anchor */
	TLS_VERIFY_UNKNOWN_ROOT,  /* the chain ends in a self-signed one that is no anchor */
	TLS_VERIFY_NO_ISSUER,     /* the issuer of the last one sent is not known: intermediate missing */
	TLS_VERIFY_REVOKED,
	TLS_VERIFY_WEAK,          /* key or signature below the security level */
	TLS_VERIFY_WRONG_PURPOSE, /* not for servers */
	TLS_VERIFY_OTHER,         /* verify_text says */
	TLS_VERIFY_NOT_REACHED,   /* the handshake ended before the certificate */
};

/* How a handshake that did not come about ended. */
enum tls_end {
	TLS_END_UP,      /* it came about */
	TLS_END_NOT_TLS, /* the peer's bytes are no TLS record */
	TLS_END_ALERT,   /* the peer sent an alert: `alert` */
	TLS_END_VERSION, /* no version in common (alert 70 or ours) */
	TLS_END_CIPHER,  /* no cipher in common, or its key is too weak */
	TLS_END_CLOSED,  /* end of stream or reset in the handshake */
	TLS_END_TIMEOUT,
	TLS_END_LIMIT, /* more bytes than a handshake may have */
	TLS_END_OTHER, /* error_text says */
};

struct tls_certificate {
	const char *subject, *issuer; /* RFC 4514 one-line, UTF-8 */
	const char *subject_cn, *issuer_cn, *issuer_o;
	const char *names[TLS_NAMES_MAX]; /* dNSName and iPAddress of subjectAltName */
	size_t n_names;
	wall_time not_before, not_after;
	const char *key_type; /* RSA, EC, Ed25519 … */
	unsigned key_bits;
	const char *signature;       /* sha256WithRSAEncryption … */
	const char *sha256;          /* of the DER, 64 hex digits */
	const char *aia_issuers_url; /* caIssuers, or NULL */
	bool is_self_issued, is_ca, has_ocsp, has_scts;
};

struct tls_facts {
	enum tls_end end;
	int alert;                         /* RFC 8446 section 6 description, -1 when none came */
	const char *error_text;            /* the library's words, NULL when up */
	uint16_t version;                  /* 0x0301 TLS 1.0 … 0x0304 TLS 1.3, 0 when not reached */
	const char *version_name, *cipher; /* NULL when not reached */
	const char *sni;                   /* the name that was asked for, NULL when none */
	struct tls_certificate chain[TLS_CHAIN_MAX]; /* as the server sent it, the leaf first */
	size_t n_chain;
	bool chain_cut;          /* it sent more than TLS_CHAIN_MAX */
	enum tls_verify verify;  /* of the chain against the anchors, names aside */
	const char *verify_text; /* the library's words */
	bool name_matches;       /* RFC 6125: the leaf is for the name asked */
	bool wants_client_certificate;
	moment took;
};

/* A connection may carry a secret only when this is true. */
static inline bool tls_is_verified(const struct tls_facts *tls)
{
	return tls && tls->end == TLS_END_UP && tls->verify == TLS_VERIFY_OK && tls->name_matches;
}

#endif
