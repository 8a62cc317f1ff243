/* This file names types of properties in words, as lines of JSON have them. */
#ifndef POSTMEND_PST_LTP_PROPERTY_WORDS_H
#define POSTMEND_PST_LTP_PROPERTY_WORDS_H

#include "base/str.h"
#include "pst/ltp/property.h"

/* NULL for a type that nobody knows. Text of both widths is "string". */
const char *property_type_word(uint16_t type);

/* The type of a word; of text the wide one. */
[[nodiscard]] bool property_type_of_word(struct str word, uint16_t *out);

#endif
