/* This file computes the CRC of [MS-PST] 5.3 with libdeflate's. */
#include "pst/ndb/crc.h"

#include <libdeflate.h>

/* libdeflate inverts before and after, as zlib does; inverting once more on
 * both sides leaves the plain remainder that stores hold. */
uint32_t pst_crc_more(uint32_t crc, struct view bytes)
{
	return ~libdeflate_crc32(~crc, bytes.at, bytes.len);
}

uint32_t pst_crc(struct view bytes)
{
	return pst_crc_more(0, bytes);
}
