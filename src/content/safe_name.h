/* This file makes names of files out of a store's words that are harmless on every system.
 *
 * No separators and drives, nothing that a device of Windows is called, no
 * control or direction marks, no dot in front, no blank or dot behind, few bytes.
 */
#ifndef POSTMEND_CONTENT_SAFE_NAME_H
#define POSTMEND_CONTENT_SAFE_NAME_H

#include "base/buf.h"

enum { SAFE_NAME_MAX = 60 }; /* bytes, before what makes it unique */

/* Appends at most SAFE_NAME_MAX + 1 bytes; `otherwise` when nothing harmless is left. */
void safe_name_put(struct buf *out, const char *text, const char *otherwise);

#endif
