/* This file reads text in encodings of mail that no code page of Windows covers by itself: those that switch
 * between character sets, and the Unix form of Japanese.
 */
#ifndef POSTMEND_MAIL_CHARSET_SHIFT_H
#define POSTMEND_MAIL_CHARSET_SHIFT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* ISO-2022-JP (50220 to 50222, RFC 1468), ISO-2022-KR (50225, RFC 1557), EUC-JP (51932), HZ (52936,
 * RFC 1843), UTF-7 (65000, RFC 2152). */
bool charset_shift_has(uint32_t page);

/* Whether text in it is ASCII by its bytes, so that it must not be taken for UTF-8. */
bool charset_shift_is_ascii(uint32_t page);

/* As UTF-8; what has no meaning becomes U+FFFD. The page is one that charset_shift_has(). */
void charset_shift_to_utf8(uint32_t page, struct view text, struct buf *out);

#endif
