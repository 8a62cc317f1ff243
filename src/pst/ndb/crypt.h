/* This file encodes and decodes the data of external blocks ([MS-PST] 5.1, 5.2).
 *
 * It hides nothing from anybody: no key is secret. Internal blocks, padding and
 * trailers are never encoded.
 */
#ifndef POSTMEND_PST_NDB_CRYPT_H
#define POSTMEND_PST_NDB_CRYPT_H

#include "pst/ndb/ids.h"

#include <stddef.h>
#include <stdint.h>

/* bCryptMethod of the header. CRYPT_WIP is real encryption by the system. */
enum crypt_method { CRYPT_NONE = 0x00, CRYPT_PERMUTE = 0x01, CRYPT_CYCLIC = 0x02, CRYPT_WIP = 0x10 };

void crypt_permute_encode(uint8_t *bytes, size_t len);
void crypt_permute_decode(uint8_t *bytes, size_t len);

/* Encodes and decodes: it is its own inverse. */
void crypt_cyclic(uint8_t *bytes, size_t len, struct bid bid);

/* What the method asks for; leaves internal blocks alone, and CRYPT_WIP too. */
void crypt_decode(enum crypt_method method, struct bid bid, uint8_t *bytes, size_t len);
void crypt_encode(enum crypt_method method, struct bid bid, uint8_t *bytes, size_t len);

#endif
