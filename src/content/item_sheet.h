/* This file holds all properties of an item that is asked for many of them: its tree is walked once. */
#ifndef POSTMEND_CONTENT_ITEM_SHEET_H
#define POSTMEND_CONTENT_ITEM_SHEET_H

#include "check/item_read.h"

struct sheet_row {
	struct property property;
	struct view value; /* inline: the four bytes of the record; in the heap: there; in a subnode: empty */
};

struct item_sheet {
	const struct item *item;
	struct sheet_row *rows;
	size_t n, room;
	bool failed; /* memory ended: what is not here is asked of the item */
};

/* The rows lie in the arena of the item's reader. */
void item_sheet_fill(const struct item *item, struct item_sheet *out);

/* As item_property_head(), item_property_long() and item_integer(). */
[[nodiscard]] bool item_sheet_head(const struct item_sheet *sheet, uint16_t id, struct property *property_out,
				   struct view *value_out);
[[nodiscard]] bool item_sheet_long(const struct item_sheet *sheet, uint16_t id, size_t max,
				   struct property *property_out, struct view *value_out);
[[nodiscard]] bool item_sheet_integer(const struct item_sheet *sheet, uint16_t id, uint32_t *out);

/* Text in UTF-8 of at most `max` characters; NULL when there is none. */
const char *item_sheet_text(const struct item_sheet *sheet, uint16_t id, size_t max);

#endif
