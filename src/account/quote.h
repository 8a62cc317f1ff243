/* This file shows a word of the user's in a sentence about it, made harmless. */
#ifndef POSTMEND_ACCOUNT_QUOTE_H
#define POSTMEND_ACCOUNT_QUOTE_H

#include "base/arena.h"
#include "base/str.h"

/* The text in double quotes, control characters and bytes that are no UTF-8 as
 * \xNN, cut after 80 bytes; "" with its quotes for nothing. Never NULL: when memory ended, "the text". */
const char *quote_text(struct arena *arena, struct str text);

/* True when the text has a byte below space or DEL. */
bool quote_has_control(struct str text);

#endif
