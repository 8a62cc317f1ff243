/* This file searches titles, symptoms and pages of the findings for the words of an error. */
#ifndef POSTMEND_DIAGNOSE_PHRASES_H
#define POSTMEND_DIAGNOSE_PHRASES_H

#include "base/str.h"
#include "facts/network_rows.h"
#include "finding/catalogue.h"

#include <stddef.h>

enum { PHRASES_MAX = 5 };

/* The findings that fit best, the best first; 0 when too few words fit any. */
size_t phrases_search(struct str text, enum code out[static PHRASES_MAX]);

/* The row of the fault catalogue that fits best: it also has faults that no
 * finding names. NULL when too few words fit any. */
const struct network_row *phrases_search_row(struct str text);

#endif
