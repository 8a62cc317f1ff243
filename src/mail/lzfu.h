/* This file unpacks compressed RTF ([MS-OXRTFCP]). */
#ifndef POSTMEND_MAIL_LZFU_H
#define POSTMEND_MAIL_LZFU_H

#include "base/buf.h"

enum { LZFU_MAX = 64 << 20 };

/* Appends the RTF to `out`, whose cap bounds it. False when the bytes are no
 * compressed RTF or are cut; what could be unpacked is there then. */
[[nodiscard]] bool lzfu_unpack(struct view packed, struct buf *out);

#endif
