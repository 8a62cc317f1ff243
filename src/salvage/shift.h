/* This file puts a store's end back to its place when bytes came in or went missing before it.
 *
 * Everything behind such a spot lies at the wrong place, and a store knows its
 * parts by their places. Seen through an image that moves the end back it is
 * a store again.
 */
#ifndef POSTMEND_SALVAGE_SHIFT_H
#define POSTMEND_SALVAGE_SHIFT_H

#include "salvage/work.h"

/* Sets *found_out and exchanges work->image when the end of the store was
 * moved; what was swept before is then of no use. */
[[nodiscard]] enum status shift_undo(struct salvage_work *work, bool *found_out);

#endif
