/* This file tells what was opened: to people as text, to programs as one line of JSON. */
#ifndef POSTMEND_LAB_READY_H
#define POSTMEND_LAB_READY_H

#include "lab/world.h"

/* Appends the text with its last line feed; false when memory ended or a name
 * is no UTF-8. */
[[nodiscard]] bool ready_text(const struct world *world, struct buf *out);
[[nodiscard]] bool ready_json(const struct world *world, struct buf *out);

#endif
