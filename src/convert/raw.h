/* This file carries a sound part of a damaged object byte by byte: what is whole stays as it was laid out. */
#ifndef POSTMEND_CONVERT_RAW_H
#define POSTMEND_CONVERT_RAW_H

#include "convert/carry.h"

/* True when the source has the form that is written and everything below the part is sound. */
[[nodiscard]] enum status raw_fits(struct carrier *carrier, const struct subnode *part, bool *fits_out);

/* Copies the part's data and subnodes into the new store, under the same NIDs and with new blocks. */
[[nodiscard]] enum status raw_copy(struct carrier *carrier, const struct subnode *part,
				   struct subnode_row *out);

#endif
