/* This file reads calendar items and tasks as what calendars take, and contacts as cards.
 */
#ifndef POSTMEND_CONTENT_ITEM_CARD_H
#define POSTMEND_CONTENT_ITEM_CARD_H

#include "base/buf.h"
#include "content/item_value.h"

enum item_card { ITEM_CARD_NONE, ITEM_CARD_CALENDAR, ITEM_CARD_CONTACT };

/* Whether items of this class may be one; false for mail. */
bool item_card_may_be(const char *class);

/* What an item is, and appends it: a VCALENDAR (RFC 5545) or a VCARD of
 * version 3.0 (RFC 2426). Memory is the reader's arena, which the caller clears. */
enum item_card item_card_put(const struct node_reader *reader, const struct node_fact *node,
			     const struct item_names *names, struct buf *out);

/* ".ics" or ".vcf". */
const char *item_card_ending(enum item_card card);

#endif
