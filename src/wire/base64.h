/* This file writes and reads base64 (RFC 4648 section 4). */
#ifndef POSTMEND_WIRE_BASE64_H
#define POSTMEND_WIRE_BASE64_H

#include "base/arena.h"
#include "base/str.h"
#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>

/* NUL-terminated text in the arena; at is "" when memory ended. */
struct str base64_write(struct arena *arena, struct view bytes);

/* Strict: whole groups of four, padding only at the end, nothing else. False
 * also when memory ended (the arena knows). */
[[nodiscard]] bool base64_read(struct arena *arena, struct str text, struct view *bytes_out);

#endif
