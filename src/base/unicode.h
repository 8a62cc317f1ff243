/* This file turns UTF-16 and single bytes into UTF-8, and UTF-8 into UTF-16.
 *
 * Texts end at their first NUL character, as those of stores do. What is not
 * valid becomes U+FFFD.
 */
#ifndef POSTMEND_BASE_UNICODE_H
#define POSTMEND_BASE_UNICODE_H

#include "base/arena.h"
#include "base/cursor.h"
#include "base/str.h"

#include <stdbool.h>

enum { UNICODE_REPLACEMENT = 0xFFFD, UNICODE_UTF8_MAX = 4 };

/* Writes one character and returns how many bytes that were, 1 to 4; surrogates
 * and what is beyond U+10FFFF become U+FFFD. */
size_t unicode_put(char to[UNICODE_UTF8_MAX], uint32_t character);

/* At most `max` characters. NULL when memory ended. */
[[nodiscard]] char *unicode_from_utf16(struct arena *arena, struct view bytes, size_t max);

/* UTF-16LE with a NUL at its end. False when the text is no UTF-8 or memory ended. */
[[nodiscard]] bool unicode_to_utf16(struct arena *arena, struct str text, struct view *out);

/* At most `max` bytes of text whose code page is not known: as they are when
 * they are UTF-8, else as windows-1252. NULL when memory ended. */
[[nodiscard]] char *unicode_from_bytes(struct arena *arena, struct view bytes, size_t max);

#endif
