/* This file writes one property of an item as JSON. */
#include "content/property_json.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/names.h"
#include "base/unicode.h"
#include "mail/charset.h"
#include "pst/ltp/property_words.h"
#include "pst/msg/tags.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_CAP = 256 << 20, NUMBER_SIZE = 48, TICKS_A_SECOND = 10000000, GUID_LEN = 16 };

/* 1 January 1601 to 1 January 10000. */
#define TICKS_MAX UINT64_C(2650467744000000000)

static void put_guid(struct mail_sink *sink, const uint8_t g[static GUID_LEN])
{
	char text[NUMBER_SIZE];

	snprintf(text, sizeof text,
		 "\"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x\"", g[3], g[2], g[1],
		 g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13], g[14], g[15]);
	mail_put_text(sink, text);
}

static void put_name(const struct property_json *to, const struct named_row *name)
{
	char number[NUMBER_SIZE];

	mail_put_text(to->sink, ",\"name\":{");
	if (name->has_set) {
		mail_put_text(to->sink, "\"set\":");
		put_guid(to->sink, name->set);
		mail_put_text(to->sink, ",");
	}
	if (name->is_text) {
		mail_put_text(to->sink, "\"text\":");
		json_text_put(to->sink, str_of(name->text));
	} else {
		snprintf(number, sizeof number, "\"number\":%u", (unsigned)name->number);
		mail_put_text(to->sink, number);
	}
	mail_put_text(to->sink, "}");
}

void property_json_open(const struct property_json *to, uint16_t id, uint16_t type)
{
	const struct named_row *name = id >= TAG_NAMED_FIRST ? named_table_find(to->names, id) : NULL;
	const struct tag_row *row = tag_row(id);
	const char *word = property_type_word(type);

	mail_put_text(to->sink, "{\"id\":");
	json_text_put_hex(to->sink, id, 4);
	mail_put_text(to->sink, ",\"type\":");
	if (word)
		json_text_put(to->sink, str_of(word));
	else
		json_text_put_hex(to->sink, type, 4);
	if (name)
		put_name(to, name);
	else if (row && row->name)
		mail_put_text(to->sink, ",\"is\":\""), mail_put_text(to->sink, row->name),
			mail_put_text(to->sink, "\"");
	mail_put_text(to->sink, ",");
}

/* UTF-16LE that says nothing else when it is read back: pairs are whole, no half a character at the end. */
static bool put_utf16(struct arena *arena, struct view value, struct str *out)
{
	char *text = arena_alloc(arena, value.len / 2 * 3 + 1);
	struct cursor c = cursor_of(value);
	size_t len = 0;

	if (!text || value.len % 2)
		return false;
	while (cursor_left(&c)) {
		uint32_t unit = cursor_u16le(&c);

		if (unit >= 0xD800 && unit < 0xDC00) {
			uint32_t low = cursor_u16le(&c);

			if (low < 0xDC00 || low > 0xDFFF)
				return false;
			unit = 0x10000 + ((unit - 0xD800) << 10 | (low - 0xDC00));
		} else if (unit >= 0xDC00 && unit < 0xE000) {
			return false;
		}
		len += unicode_put(text + len, unit);
	}
	*out = (struct str){ text, len };
	return cursor_ok(&c);
}

/* True and UTF-8, or false for what must go as bytes. */
static bool text_of_value(const struct property_json *to, uint16_t type, struct view value, struct str *out)
{
	struct buf utf8;
	const char *copy;

	if (type == PTYP_STRING)
		return put_utf16(to->arena, value, out);
	buf_init(&utf8, TEXT_CAP);
	charset_to_utf8(to->page, value, &utf8);
	copy = arena_copy(to->arena, utf8.at, utf8.len);
	*out = (struct str){ copy, utf8.len };
	if (buf_failed(&utf8))
		copy = NULL;
	buf_fini(&utf8);
	return copy != NULL;
}

static void put_text(const struct property_json *to, uint16_t type, struct view value)
{
	struct str text;

	if (text_of_value(to, type, value, &text)) {
		mail_put_text(to->sink, "\"value\":");
		json_text_put(to->sink, text);
	} else {
		mail_put_text(to->sink, "\"utf16\":");
		json_text_put_base64(to->sink, value);
	}
}

/* Count, offsets and values lie as they are written everywhere; false for any other layout. */
static bool list_element(struct view value, uint32_t n, uint32_t i, struct view *out)
{
	struct cursor c = cursor_of(value);
	uint32_t from, to;

	cursor_seek(&c, 4 + (size_t)4 * i);
	from = cursor_u32le(&c);
	to = i + 1 < n ? cursor_u32le(&c) : (uint32_t)value.len;
	if (!cursor_ok(&c) || to < from || to > value.len || (i == 0 && from != 4 + 4 * n))
		return false;
	cursor_seek(&c, from);
	*out = cursor_take(&c, to - from);
	return cursor_ok(&c);
}

static bool is_list(struct view value, uint32_t *n_out)
{
	struct cursor c = cursor_of(value);
	struct view one;
	uint32_t n = cursor_u32le(&c);

	*n_out = n;
	if (!cursor_ok(&c) || n > (value.len - 4) / 4)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!list_element(value, n, i, &one))
			return false;
	return n > 0 || value.len == 4;
}

static bool put_texts(const struct property_json *to, uint16_t type, struct view value)
{
	struct str text;
	struct view one;
	uint32_t n;

	if (!is_list(value, &n))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!list_element(value, n, i, &one) || !text_of_value(to, type, one, &text))
			return false;
	mail_put_text(to->sink, "\"values\":[");
	for (uint32_t i = 0; i < n; i++) {
		mail_put_text(to->sink, i ? "," : "");
		if (list_element(value, n, i, &one) && text_of_value(to, type, one, &text))
			json_text_put(to->sink, text);
	}
	mail_put_text(to->sink, "]");
	return true;
}

static bool put_binaries(const struct property_json *to, struct view value)
{
	struct view one;
	uint32_t n;

	if (!is_list(value, &n))
		return false;
	mail_put_text(to->sink, "\"values\":[");
	for (uint32_t i = 0; i < n; i++) {
		mail_put_text(to->sink, i ? "," : "");
		if (list_element(value, n, i, &one))
			json_text_put_base64(to->sink, one);
	}
	mail_put_text(to->sink, "]");
	return true;
}

static void put_time(struct mail_sink *sink, uint64_t ticks)
{
	char text[NUMBER_SIZE], date[CALENDAR_SIZE];

	if (ticks >= TICKS_MAX) {
		snprintf(text, sizeof text, "\"value\":\"%llu\"", (unsigned long long)ticks);
	} else {
		calendar_print_iso(calendar_of_filetime(ticks), date);
		date[CALENDAR_SIZE - 1] = '\0';
		snprintf(text, sizeof text, "\"value\":\"%.19s.%07lluZ\"", date,
			 (unsigned long long)(ticks % TICKS_A_SECOND));
	}
	mail_put_text(sink, text);
}

static void put_float(struct mail_sink *sink, uint64_t bits, int len)
{
	char text[NUMBER_SIZE];

	snprintf(text, sizeof text, "\"bits\":\"%0*llX\"", len * 2, (unsigned long long)bits);
	mail_put_text(sink, text);
}

/* A value of a fixed length of at most 8 bytes. */
static void put_fixed(struct mail_sink *sink, uint16_t type, uint64_t value, int len)
{
	char text[NUMBER_SIZE];

	switch (type) {
	case PTYP_TIME:
		put_time(sink, value);
		return;
	case PTYP_FLOATING_32:
	case PTYP_FLOATING_64:
	case PTYP_FLOATING_TIME:
		put_float(sink, value, len);
		return;
	case PTYP_BOOLEAN:
		snprintf(text, sizeof text, value < 2 ? "\"value\":%s" : "\"value\":%s%llu",
			 value == 1   ? "true"
			 : value == 0 ? "false"
				      : "",
			 (unsigned long long)value);
		break;
	case PTYP_INTEGER_16:
		snprintf(text, sizeof text, "\"value\":%d", (int)(int16_t)value);
		break;
	case PTYP_INTEGER_32:
		snprintf(text, sizeof text, "\"value\":%ld", (long)(int32_t)value);
		break;
	default:
		/* As text, because readers of JSON take numbers for doubles. */
		snprintf(text, sizeof text, "\"value\":\"%lld\"", (long long)value);
		break;
	}
	mail_put_text(sink, text);
}

static bool put_known(const struct property_json *to, uint16_t type, struct view value)
{
	int len = property_type_len(type);
	struct cursor c = cursor_of(value);
	uint64_t number = 0;

	if (type == PTYP_STRING || type == PTYP_STRING_8) {
		put_text(to, type, value);
		return true;
	}
	if (type == (PTYP_MULTIPLE | PTYP_STRING) || type == (PTYP_MULTIPLE | PTYP_STRING_8))
		return put_texts(to, (uint16_t)(type - PTYP_MULTIPLE), value);
	if (type == (PTYP_MULTIPLE | PTYP_BINARY))
		return put_binaries(to, value);
	if (type == PTYP_GUID && value.len == GUID_LEN) {
		mail_put_text(to->sink, "\"value\":");
		put_guid(to->sink, value.at);
		return true;
	}
	if ((type & PTYP_MULTIPLE) || len <= 0 || len > 8 || value.len < (size_t)len)
		return false;
	for (int i = 0; i < len; i++)
		number |= (uint64_t)cursor_u8(&c) << 8 * i;
	put_fixed(to->sink, type, number, len);
	return true;
}

void property_json_value(const struct property_json *to, uint16_t type, struct view value)
{
	if (put_known(to, type, value))
		return;
	mail_put_text(to->sink, "\"base64\":");
	json_text_put_base64(to->sink, value);
}
