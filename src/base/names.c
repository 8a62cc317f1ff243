/* This file turns enum values into the field's words and back. */
#include "base/names.h"

const char *name_of(const struct name_row *table, size_t n, int value)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].value == value)
			return table[i].name;
	return "unknown";
}

bool name_find(const struct name_row *table, size_t n, struct str name, int *out)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_is_nocase(name, table[i].name))
			continue;
		*out = table[i].value;
		return true;
	}
	return false;
}
