/* This file finds the error codes of Outlook in the forms in which people copy them. */
#include "facts/outlook_codes.h"

#include "facts/tables.h"

const struct outlook_code *outlook_codes_get(uint32_t code)
{
	size_t low = 0, high = outlook_codes_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (outlook_codes_rows[middle].code == code)
			return &outlook_codes_rows[middle];
		if (outlook_codes_rows[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool is_wrapping(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '(' || c == ')' || c == '.' ||
	       c == ':' || c == ',' || c == '\'' || c == '"';
}

static struct str unwrapped(struct str text)
{
	while (text.len > 0 && is_wrapping(text.at[0]))
		text = str_skip(text, 1);
	while (text.len > 0 && is_wrapping(text.at[text.len - 1]))
		text.len--;
	return text;
}

static bool hex_value(struct str digits, uint32_t *out)
{
	uint32_t value = 0;

	if (digits.len != 8)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		char c = str_lower_char(digits.at[i]);
		bool letter = c >= 'a' && c <= 'f';

		if (!letter && !str_is_digit(c))
			return false;
		value = value << 4 | (uint32_t)(letter ? c - 'a' + 10 : c - '0');
	}
	*out = value;
	return true;
}

/* Decimal as logs print it: unsigned, or the same bits as a negative number. */
static bool decimal_value(struct str digits, uint32_t *out)
{
	bool negative = str_starts(digits, STR("-"));
	uint64_t value;

	if (!str_to_u64(negative ? str_skip(digits, 1) : digits, UINT32_MAX, &value))
		return false;
	*out = negative ? (uint32_t)(0 - value) : (uint32_t)value;
	return true;
}

const struct outlook_code *outlook_codes_find(struct str text)
{
	uint32_t code;

	text = unwrapped(text);
	if (str_starts_nocase(text, STR("0x")) && hex_value(str_skip(text, 2), &code))
		return outlook_codes_get(code);
	if (hex_value(text, &code) && outlook_codes_get(code))
		return outlook_codes_get(code);
	if (decimal_value(text, &code))
		return outlook_codes_get(code);
	for (size_t i = 0; i < outlook_codes_n; i++)
		if (outlook_codes_rows[i].symbol && str_is_nocase(text, outlook_codes_rows[i].symbol))
			return &outlook_codes_rows[i];
	return NULL;
}
