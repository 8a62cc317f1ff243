/* This file turns text of a store into UTF-8. */
#ifndef POSTMEND_PST_MSG_TEXT_H
#define POSTMEND_PST_MSG_TEXT_H

#include "base/arena.h"

/* At most `max` characters of a string property's bytes: type 0x001F is UTF-16LE,
 * 0x001E is taken as windows-1252 where it is no UTF-8, because its code page is
 * not known here. What is not valid becomes U+FFFD. NULL when memory ended. */
[[nodiscard]] char *text_of(struct arena *arena, uint16_t type, struct view bytes, size_t max);

/* The same for PidTagSubject, without the two characters in front that say
 * where its prefix ends ([MS-PST] 2.5.3.1.1.1). */
[[nodiscard]] char *text_of_subject(struct arena *arena, uint16_t type, struct view bytes, size_t max);

#endif
