/* This file verifies the signatures of letters that came back, with the keys that the DNS has. */
#include "app/trip_signatures.h"

#include "os/digest.h"
#include "trip/signature.h"

enum { TYPE_TXT = 16 };

static bool fits(const struct signature *signature, struct view key)
{
	if (signature->kind == SIGNATURE_RSA_SHA256)
		return digest_verify_rsa(key, signature->data, signature->bytes);
	return digest_verify_ed25519(key, signature->data, signature->bytes);
}

static enum signature_verdict verify(struct arena *arena, struct drive *drive,
				     const struct signature *signature)
{
	const struct dns_facts *dns = drive_ask(drive, signature->key_name, TYPE_TXT);
	enum signature_verdict verdict = SIGNATURE_WITHOUT_KEY;

	if (!dns ||
	    (dns->outcome != DNS_ANSWERED && dns->outcome != DNS_NO_DATA && dns->outcome != DNS_NO_NAME))
		return SIGNATURE_NOT_TRIED;
	for (size_t i = 0; i < dns->n_records; i++) {
		struct view key;

		if (dns->records[i].type != TYPE_TXT ||
		    !signature_key(arena, str_of(dns->records[i].text), signature->kind, &key))
			continue;
		if (fits(signature, key))
			return SIGNATURE_FITS;
		verdict = SIGNATURE_BROKEN;
	}
	return verdict;
}

void trip_signatures_verify(struct arena *arena, struct drive *drive, struct trip_facts *trip)
{
	for (size_t i = 0; i < trip->n_fates && !drive_was_cancelled(drive); i++) {
		struct signature *signature = &trip->fates[i].signature;

		if (signature->there && signature->key_name && signature->data.len)
			signature->verdict = verify(arena, drive, signature);
	}
}
