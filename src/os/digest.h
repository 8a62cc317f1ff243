/* This file condenses bytes, so that a file can recognise what it does not hold. */
#ifndef POSTMEND_OS_DIGEST_H
#define POSTMEND_OS_DIGEST_H

#include "base/status.h"
#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

enum { DIGEST_SHA256_LEN = 32 };

/* SHA-256 of the bytes; false when the library refused. */
[[nodiscard]] bool digest_sha256(struct view bytes, uint8_t out[DIGEST_SHA256_LEN]);

/* HMAC-SHA-256 (RFC 2104) of the bytes under a key. ST_BUG when the library refused. */
[[nodiscard]] enum status digest_hmac_sha256(struct view key, struct view bytes,
					     uint8_t out[DIGEST_SHA256_LEN]);

/* Whether a signature fits the data: RSA with PKCS#1 v1.5 over SHA-256, key as SubjectPublicKeyInfo or
 * RSAPublicKey; or Ed25519 over the SHA-256 of the data, key as 32 bytes (RFC 8463). False also for a key
 * that is none. */
[[nodiscard]] bool digest_verify_rsa(struct view key, struct view data, struct view signature);
[[nodiscard]] bool digest_verify_ed25519(struct view key, struct view data, struct view signature);

#endif
