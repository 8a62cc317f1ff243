/* This file writes and reads base64 (RFC 4648 section 4). */
#include "wire/base64.h"

#include "base/checked.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct str base64_write(struct arena *arena, struct view bytes)
{
	struct str none = { .at = "", .len = 0 };
	size_t groups = bytes.len / 3 + (bytes.len % 3 != 0), len;
	char *to;

	if (!checked_mul_size(groups, 4, &len))
		return none;
	to = arena_alloc(arena, len + 1);
	if (!to)
		return none;
	for (size_t i = 0; i < groups; i++) {
		size_t left = bytes.len - 3 * i;
		uint32_t value = (uint32_t)bytes.at[3 * i] << 16;

		if (left > 1)
			value |= (uint32_t)bytes.at[3 * i + 1] << 8;
		if (left > 2)
			value |= bytes.at[3 * i + 2];
		to[4 * i] = alphabet[value >> 18];
		to[4 * i + 1] = alphabet[value >> 12 & 63];
		to[4 * i + 2] = left > 1 ? alphabet[value >> 6 & 63] : '=';
		to[4 * i + 3] = left > 2 ? alphabet[value & 63] : '=';
	}
	return (struct str){ .at = to, .len = len };
}

bool base64_read(struct arena *arena, struct str text, struct view *bytes_out)
{
	struct str digits = { .at = alphabet, .len = 64 };
	uint32_t value = 0;
	size_t n = 0, pads = 0;
	uint8_t *to;

	if (text.len % 4 != 0)
		return false;
	while (pads < 2 && pads < text.len && text.at[text.len - 1 - pads] == '=')
		pads++;
	to = arena_alloc(arena, text.len / 4 * 3);
	if (!to)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		size_t digit = i < text.len - pads ? str_find_char(digits, text.at[i]) : 0;

		if (digit == SIZE_MAX)
			return false;
		value = value << 6 | (uint32_t)digit;
		if (i % 4 != 3)
			continue;
		to[n++] = (uint8_t)(value >> 16);
		to[n++] = (uint8_t)(value >> 8);
		to[n++] = (uint8_t)value;
		value = 0;
	}
	*bytes_out = view_of(to, n - pads);
	return true;
}
