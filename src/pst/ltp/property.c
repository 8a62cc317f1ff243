/* This file reads property contexts and judges single values. */
#include "pst/ltp/property.h"

#include "base/checked.h"
#include "base/cursor.h"

static const struct {
	uint16_t type;
	uint8_t len; /* 0: variable */
} types[] = {
	/* The most frequent first. */
	{ PTYP_INTEGER_32, 4 },  { PTYP_STRING, 0 },      { PTYP_BINARY, 0 },        { PTYP_TIME, 8 },
	{ PTYP_BOOLEAN, 1 },     { PTYP_STRING_8, 0 },    { PTYP_INTEGER_16, 2 },    { PTYP_INTEGER_64, 8 },
	{ PTYP_OBJECT, 0 },      { PTYP_FLOATING_64, 8 }, { PTYP_GUID, 16 },         { PTYP_FLOATING_32, 4 },
	{ PTYP_CURRENCY, 8 },    { PTYP_ERROR, 4 },       { PTYP_FLOATING_TIME, 8 }, { PTYP_SERVER_ID, 0 },
	{ PTYP_RESTRICTION, 0 }, { PTYP_RULE_ACTION, 0 },
};

int property_type_len(uint16_t type)
{
	uint16_t single = type & (uint16_t)~PTYP_MULTIPLE;

	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (types[i].type == single)
			return types[i].len;
	return -1;
}

bool property_is_inline(const struct property *property)
{
	int len = property_type_len(property->type);

	return !(property->type & PTYP_MULTIPLE) && len > 0 && len <= 4;
}

bool property_decode(struct view key, struct view data, struct property *out)
{
	struct cursor k = cursor_of(key), d = cursor_of(data);

	out->id = cursor_u16le(&k);
	out->type = cursor_u16le(&d);
	out->value = cursor_u32le(&d);
	return cursor_done(&k) && cursor_done(&d);
}

/* Four units at once: whether one of them is a surrogate (0xD800 to 0xDFFF). */
static bool has_surrogate(uint64_t units)
{
	uint64_t off = (units & UINT64_C(0xF800F800F800F800)) ^ UINT64_C(0xD800D800D800D800);

	return ((off - UINT64_C(0x0001000100010001)) & ~off & UINT64_C(0x8000800080008000)) != 0;
}

/* Surrogates come in pairs (RFC 2781). */
static bool is_utf16(struct view text)
{
	struct cursor c = cursor_of(text), ahead = c;

	while (cursor_left(&ahead) >= 8 && !has_surrogate(cursor_u64le(&ahead)))
		c = ahead;
	while (cursor_left(&c) >= 2) {
		uint16_t unit = cursor_u16le(&c);

		if (unit >= 0xDC00 && unit <= 0xDFFF)
			return false;
		if (unit < 0xD800 || unit > 0xDBFF)
			continue;
		unit = cursor_u16le(&c);
		if (unit < 0xDC00 || unit > 0xDFFF)
			return false;
	}
	return cursor_done(&c);
}

/* Count, then that many ascending offsets, then the values (2.3.3.4.2). */
static bool offsets_hold(struct view value)
{
	struct cursor c = cursor_of(value);
	uint64_t n = cursor_u32le(&c), last = 4 + 4 * n;

	if (n == 0)
		return true;
	for (uint64_t i = 0; i < n && cursor_ok(&c); i++) {
		uint64_t offset = cursor_u32le(&c);

		if (offset < last || offset > value.len || (i == 0 && offset != last))
			return false;
		last = offset;
	}
	return cursor_ok(&c);
}

unsigned property_value_faults(uint16_t type, struct view value)
{
	int len = property_type_len(type);

	if (len < 0)
		return VALUE_FAULT_LEN;
	if (type & PTYP_MULTIPLE) {
		if (len > 0)
			return value.len % (size_t)len ? VALUE_FAULT_LEN : 0;
		return value.len == 0 || offsets_hold(value) ? 0 : VALUE_FAULT_LAYOUT;
	}
	if (len > 0 && value.len != (size_t)len)
		return VALUE_FAULT_LEN;
	if (type == PTYP_OBJECT && value.len != OBJECT_VALUE_LEN)
		return VALUE_FAULT_LEN;
	if (type == PTYP_STRING && !is_utf16(value))
		return VALUE_FAULT_TEXT;
	return 0;
}
