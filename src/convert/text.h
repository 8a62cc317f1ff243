/* This file turns values of 8-bit text into values of UTF-16. */
#ifndef POSTMEND_CONVERT_TEXT_H
#define POSTMEND_CONVERT_TEXT_H

#include "base/arena.h"
#include "base/code_page.h"
#include "base/view.h"

/* True for types 0x001E and 0x101E. */
bool text_is_narrow(uint16_t type);

/* The type of the same in UTF-16. */
uint16_t text_wide_type(uint16_t type);

struct text_widened {
	struct view value;
	uint64_t lost; /* characters that had no meaning in the page and became U+FFFD */
};

/* `value` is of a narrow type, single or multiple, and its layout holds. False when memory ended. */
[[nodiscard]] bool text_widen(struct arena *arena, const struct code_page *page, uint16_t type,
			      struct view value, struct text_widened *out);

/* UTF-16LE that is sound, out of some that is not. False when memory ended. */
[[nodiscard]] bool text_mend(struct arena *arena, struct view value, struct text_widened *out);

/* UTF-16LE of UTF-8. at NULL when memory ended. */
struct view text_from_utf8(struct arena *arena, const char *text);

#endif
