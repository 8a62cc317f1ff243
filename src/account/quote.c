/* This file shows a word of the user's in a sentence about it, made harmless. */
#include "account/quote.h"

#include <string.h>

enum { SHOWN_MAX = 80 };

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

bool quote_has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (is_control(text.at[i]))
			return true;
	return false;
}

const char *quote_text(struct arena *arena, struct str text)
{
	static const char hex[] = "0123456789abcdef";
	bool is_long = text.len > SHOWN_MAX;
	struct str shown = str_head(text, SHOWN_MAX);
	bool keep_high;
	char *out, *at;

	/* Not in the middle of a character. */
	for (size_t i = 0; is_long && i < 3 && shown.len && !str_is_utf8(shown); i++)
		shown.len--;
	keep_high = str_is_utf8(shown);
	out = at = arena_alloc(arena, shown.len * 4 + sizeof "\"\"...");
	if (!out)
		return "the text";
	*at++ = '"';
	for (size_t i = 0; i < shown.len; i++) {
		unsigned char c = (unsigned char)shown.at[i];

		if (is_control(shown.at[i]) || (c >= 0x80 && !keep_high)) {
			*at++ = '\\';
			*at++ = 'x';
			*at++ = hex[c >> 4];
			*at++ = hex[c & 15];
		} else {
			*at++ = (char)c;
		}
	}
	memcpy(at, is_long ? "...\"" : "\"", is_long ? 5 : 2);
	return out;
}
