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

#endif
