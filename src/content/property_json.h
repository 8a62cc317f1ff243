/* This file writes one property of an item as JSON. */
#ifndef POSTMEND_CONTENT_PROPERTY_JSON_H
#define POSTMEND_CONTENT_PROPERTY_JSON_H

#include "content/named_table.h"
#include "mail/json_text.h"

struct property_json {
	struct mail_sink *sink;
	struct arena *arena;
	const struct named_table *names;
	uint32_t page; /* of text of 8 bits */
};

/* {"id":…,"type":…,"name":…, and the value is to follow, "}" too. */
void property_json_open(const struct property_json *to, uint16_t id, uint16_t type);

/* "value":…, "base64":… of bytes that are all there. */
void property_json_value(const struct property_json *to, uint16_t type, struct view value);

#endif
