/* This file reads the properties of an item as what they mean. */
#include "content/item_value.h"

#include "base/buf.h"
#include "base/calendar.h"
#include "base/checked.h"
#include "content/named.h"
#include "mail/charset.h"
#include "pst/msg/tags.h"
#include "pst/msg/text.h"

#include <string.h>

enum { TEXT_MAX = 64 << 10, BYTES_MAX = 1 << 20, NO_TIME = 0 };

#define NAMED_SET_MEETING                                                                                 \
	{                                                                                                 \
		0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, \
			0x05                                                                              \
	}

static const struct {
	uint8_t set[16];
	uint32_t number;
} wanted[] = {
#define X(name, set, number) { NAMED_SET_##set, number },
	ITEM_NAMES(X)
#undef X
};

void item_names_find(const struct named_table *table, struct item_names *out)
{
	*out = (struct item_names){ { 0 } };
	for (size_t i = 0; i < table->n; i++) {
		const struct named_row *row = &table->rows[i];

		if (row->is_text || !row->has_set)
			continue;
		for (size_t k = 0; k < COUNT_OF(wanted); k++)
			if (row->number == wanted[k].number &&
			    memcmp(row->set, wanted[k].set, sizeof row->set) == 0)
				out->ids[k] = row->id;
	}
}

const char *item_value_text(const struct item_values *v, uint16_t id)
{
	struct property p;
	struct view value;
	struct buf utf8;
	const char *text;

	if (id == 0 || !item_property_long(v->item, id, TEXT_MAX, &p, &value))
		return NULL;
	if (p.type == PTYP_STRING)
		return text_of(v->arena, p.type, value, TEXT_MAX);
	if (p.type != PTYP_STRING_8)
		return NULL;
	buf_init(&utf8, 4 * TEXT_MAX);
	charset_to_utf8(v->page, value, &utf8);
	text = arena_text(v->arena, buf_str(&utf8));
	buf_fini(&utf8);
	return text;
}

bool item_value_time(const struct item_values *v, uint16_t id, wall_time *out)
{
	struct property p;
	struct view value;
	struct cursor c;
	uint64_t filetime;

	if (id == 0 || !item_property(v->item, id, &p, &value) || p.type != PTYP_TIME)
		return false;
	c = cursor_of(value);
	filetime = cursor_u64le(&c);
	*out = calendar_of_filetime(filetime);
	/* Outlook's "none" is the year 4501. */
	return cursor_ok(&c) && filetime != NO_TIME && calendar_of(*out).year < 4501;
}

uint32_t item_value_number(const struct item_values *v, uint16_t id, uint32_t otherwise)
{
	uint32_t number;

	return id && item_integer(v->item, id, &number) ? number : otherwise;
}

struct view item_value_bytes(const struct item_values *v, uint16_t id)
{
	struct property p;
	struct view value;

	if (id && item_property_long(v->item, id, BYTES_MAX, &p, &value) && p.type == PTYP_BINARY)
		return value;
	return view_of(NULL, 0);
}

uint32_t item_value_embedded(const struct item *attachment)
{
	uint32_t method = 0;
	struct property p;
	struct view value;
	struct cursor c;

	if (!item_integer(attachment, TAG_ATTACH_METHOD, &method) || method != ATTACH_EMBEDDED ||
	    !item_property_head(attachment, TAG_ATTACH_DATA, &p, &value) || p.type != PTYP_OBJECT)
		return 0;
	c = cursor_of(value);
	return cursor_u32le(&c);
}
