/* This file reads a message's DKIM signature (RFC 6376, RFC 8463): does its body hash fit, and which bytes
 * were signed.
 *
 * The body hash needs no key: one that does not fit proves that the body was altered after it was signed.
 * Whether the signature itself fits is for whoever can ask the DNS for the key (signature_key) and knows the
 * mathematics.
 */
#ifndef POSTMEND_TRIP_SIGNATURE_H
#define POSTMEND_TRIP_SIGNATURE_H

#include "base/arena.h"
#include "trip/fate.h"

/* Fills fate->signature by the first signature that is of a kind we know; `sent` is the letter as it went
 * out. */
void signature_check(struct arena *arena, struct view message, struct view sent, fate_hash_fn *hash,
		     struct letter_fate *fate);

/* The key out of a TXT record at signature.key_name (RFC 6376 section 3.6.1): false when there is none in it,
 * or one of another kind, or one that was taken back. */
[[nodiscard]] bool signature_key(struct arena *arena, struct str record, enum signature_kind kind,
				 struct view *key_out);

#endif
