/* This file writes a contact as a card of version 3.0 (RFC 2426). */
#ifndef POSTMEND_CONTENT_ITEM_CONTACT_H
#define POSTMEND_CONTENT_ITEM_CONTACT_H

#include "base/buf.h"
#include "content/item_value.h"

/* `note` is the item's text, or NULL. */
void item_contact_put(const struct item_values *v, const char *uid, const char *note, struct buf *out);

#endif
