/* This file names code pages as mail does, and turns their text into UTF-8. */
#ifndef POSTMEND_MAIL_CHARSET_H
#define POSTMEND_MAIL_CHARSET_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* The name of RFC 2978's registry, or NULL for a page that has none. */
const char *charset_name(uint32_t page);

/* The page of a name as mail has it, aliases too; 0 for one that nobody knows. */
uint32_t charset_page(struct str name);

/* Appends UTF-8; text of a page that is not known here is taken as UTF-8 where
 * it is that, else as windows-1252. */
void charset_to_utf8(uint32_t page, struct view text, struct buf *out);

/* Whether its text can be told from any other's. */
bool charset_is_known(uint32_t page);

#endif
