/* This file computes the CRC of [MS-PST] 5.3. */
#ifndef POSTMEND_PST_NDB_CRC_H
#define POSTMEND_PST_NDB_CRC_H

#include "base/view.h"

#include <stdint.h>

/* Reflected CRC-32 (0xEDB88320), initial value 0, no final inversion:
 * "123456789" gives 0x2DFD2D88. */
uint32_t pst_crc(struct view bytes);

/* The same over bytes that come in parts; start with 0. */
uint32_t pst_crc_more(uint32_t crc, struct view bytes);

#endif
