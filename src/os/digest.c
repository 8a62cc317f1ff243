/* This file condenses bytes with the library that is there for TLS anyway. */
#include "os/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

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

static bool verify(EVP_PKEY *key, const EVP_MD *hash, struct view data, struct view signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context && key && EVP_DigestVerifyInit(context, NULL, hash, NULL, key) == 1 &&
		    EVP_DigestVerify(context, signature.at, signature.len, data.at, data.len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return good;
}

/* RFC 6376 speaks of RSAPublicKey, and everybody publishes SubjectPublicKeyInfo. */
static EVP_PKEY *rsa_key(struct view bytes)
{
	const unsigned char *at = bytes.at;
	EVP_PKEY *key;

	if (bytes.len == 0 || bytes.len > INT_MAX)
		return NULL;
	key = d2i_PUBKEY(NULL, &at, (long)bytes.len);
	at = bytes.at;
	if (!key)
		key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)bytes.len);
	if (!key || EVP_PKEY_base_id(key) == EVP_PKEY_RSA)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

bool digest_verify_rsa(struct view key, struct view data, struct view signature)
{
	return verify(rsa_key(key), EVP_sha256(), data, signature);
}

bool digest_verify_ed25519(struct view key, struct view data, struct view signature)
{
	uint8_t hash[DIGEST_SHA256_LEN];

	if (!digest_sha256(data, hash))
		return false;
	return verify(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key.at, key.len), NULL,
		      view_of(hash, sizeof hash), signature);
}
