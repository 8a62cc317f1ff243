/* This file says what an internal block is: a list of data blocks, or of subnodes. */
#ifndef POSTMEND_CHECK_BLOCK_KIND_H
#define POSTMEND_CHECK_BLOCK_KIND_H

#include "check/facts.h"

/* Notes in an internal block's state and detail what later readers ask of it
 * without reading it again. `data` is inflated. False when it is neither kind (P54). */
[[nodiscard]] bool block_kind_note(const struct variant *variant, struct block_fact *block, struct view data);

#endif
