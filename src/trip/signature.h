/* This file holds the body hash of a message's signatures (DKIM, RFC 6376) against its body as it came.
 *
 * That needs no key: a hash that does not fit proves that the body was altered after it was signed.
 */
#ifndef POSTMEND_TRIP_SIGNATURE_H
#define POSTMEND_TRIP_SIGNATURE_H

#include "base/arena.h"
#include "trip/fate.h"

/* Sets fate->has_signature and signature_holds by the first signature with SHA-256. */
void signature_check(struct arena *arena, struct view message, fate_hash_fn *hash, struct letter_fate *fate);

#endif
