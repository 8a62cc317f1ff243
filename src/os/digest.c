/* This file condenses bytes with the library that is there for TLS anyway. */
#include "os/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <limits.h>

bool digest_sha256(struct view bytes, uint8_t out[DIGEST_SHA256_LEN])
{
	unsigned len = 0;

	return EVP_Digest(bytes.at, bytes.len, out, &len, EVP_sha256(), NULL) == 1 &&
	       len == DIGEST_SHA256_LEN;
}

enum status digest_hmac_sha256(struct view key, struct view bytes, uint8_t out[DIGEST_SHA256_LEN])
{
	unsigned len = DIGEST_SHA256_LEN;

	if (key.len > INT_MAX || !HMAC(EVP_sha256(), key.at, (int)key.len, bytes.at, bytes.len, out, &len))
		return ST_BUG;
	return len == DIGEST_SHA256_LEN ? ST_OK : ST_BUG;
}
