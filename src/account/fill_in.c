/* This file fills an address into a pattern. */
#include "account/fill_in.h"

#include "account/quote.h"
#include "base/checked.h"

#include <string.h>

enum { FILLED_MAX = 512 };

/* The value of the field at the start of the text and its length, or NULL. */
static const char *find_field(struct str text, const struct address *address, size_t *len_out)
{
	const struct {
		struct str name;
		const char *value;
	} fields[] = {
		{ STR("%EMAILADDRESS%"), address->whole },
		{ STR("%EMAILLOCALPART%"), address->local },
		{ STR("%EMAILDOMAIN%"), address->domain },
	};

	for (size_t i = 0; i < COUNT_OF(fields); i++)
		if (str_starts(text, fields[i].name)) {
			*len_out = fields[i].name.len;
			return fields[i].value;
		}
	return NULL;
}

const char *fill_in_address(struct arena *arena, struct str pattern, const struct address *address)
{
	char text[FILLED_MAX];
	size_t len = 0;

	if (pattern.len == 0 || quote_has_control(pattern))
		return NULL;
	while (pattern.len) {
		struct str part = str_head(pattern, 1);
		size_t consumed = 1;
		const char *value = find_field(pattern, address, &consumed);

		if (value)
			part = str_of(value);
		else if (pattern.at[0] == '%')
			return NULL;
		if (part.len > sizeof text - len)
			return NULL;
		if (part.len)
			memcpy(text + len, part.at, part.len);
		len += part.len;
		pattern = str_skip(pattern, consumed);
	}
	return arena_text(arena, (struct str){ .at = text, .len = len });
}
