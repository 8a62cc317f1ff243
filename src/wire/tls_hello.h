/* This file asks a server by hand whether it takes one certain version of TLS.
 *
 * The library that protects real conversations does not speak the oldest
 * versions any more, so this hello is made of bytes. It never leads to a
 * connection: after the answer the caller hangs up, and no secret is near.
 */
#ifndef POSTMEND_WIRE_TLS_HELLO_H
#define POSTMEND_WIRE_TLS_HELLO_H

#include "base/buf.h"
#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	TLS_HELLO_SSL3 = 0x0300,
	TLS_HELLO_TLS10 = 0x0301,
	TLS_HELLO_TLS11 = 0x0302,
	TLS_HELLO_TLS12 = 0x0303,
	TLS_HELLO_TLS13 = 0x0304,
	TLS_HELLO_RANDOM_LEN = 96,
	TLS_HELLO_REPLY_MAX = 8 * 1024, /* octets of the answer that are looked at */
};

/* Appends a ClientHello that offers `version` alone, with a broad list of
 * ciphers and `sni` in it (NULL or an address: none; SSL 3 has no extensions).
 * `random` comes from the system and is used for nothing else. */
void tls_hello_write(struct buf *out, uint16_t version, const char *sni,
		     const uint8_t random[static TLS_HELLO_RANDOM_LEN]);

enum tls_hello_answer {
	TLS_HELLO_MORE,    /* not enough bytes yet */
	TLS_HELLO_SERVER,  /* a ServerHello or HelloRetryRequest: version and cipher are set */
	TLS_HELLO_ALERT,   /* alert is set */
	TLS_HELLO_NOT_TLS, /* the first bytes are no TLS record */
	TLS_HELLO_BAD,     /* TLS records that make no sense, or more than is looked at */
};

struct tls_hello_reply {
	enum tls_hello_answer answer;
	uint16_t version; /* that the server chose */
	uint16_t cipher;
	uint8_t alert; /* RFC 8446 section 6: 40 handshake_failure, 70 protocol_version … */
	uint8_t bytes[TLS_HELLO_REPLY_MAX];
	size_t len;
};

void tls_hello_reply_init(struct tls_hello_reply *reply);

/* Takes bytes as they come; what comes after the answer is ignored. */
enum tls_hello_answer tls_hello_reply_add(struct tls_hello_reply *reply, struct view bytes);

/* The IANA name of a cipher suite of our list, or "unknown". */
const char *tls_hello_cipher_name(uint16_t cipher);

/* Without forward use today: no encryption, export keys, RC4, single DES or
 * anonymous (RFC 7525, RFC 7465). */
bool tls_hello_cipher_is_weak(uint16_t cipher);

#endif
