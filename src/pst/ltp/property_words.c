/* This file names types of properties in words. */
#include "pst/ltp/property_words.h"

#include "base/checked.h"
#include "base/names.h"

/* Of two types with one word the wide text comes first. */
static const struct name_row types[] = {
	{ PTYP_INTEGER_16, "integer16" },
	{ PTYP_INTEGER_32, "integer32" },
	{ PTYP_FLOATING_32, "float32" },
	{ PTYP_FLOATING_64, "float64" },
	{ PTYP_CURRENCY, "currency" },
	{ PTYP_FLOATING_TIME, "floating-time" },
	{ PTYP_ERROR, "error" },
	{ PTYP_BOOLEAN, "boolean" },
	{ PTYP_OBJECT, "object" },
	{ PTYP_INTEGER_64, "integer64" },
	{ PTYP_STRING, "string" },
	{ PTYP_STRING_8, "string" },
	{ PTYP_TIME, "time" },
	{ PTYP_GUID, "guid" },
	{ PTYP_SERVER_ID, "server-id" },
	{ PTYP_RESTRICTION, "restriction" },
	{ PTYP_RULE_ACTION, "rule-action" },
	{ PTYP_BINARY, "binary" },
	{ PTYP_MULTIPLE | PTYP_INTEGER_16, "integer16-list" },
	{ PTYP_MULTIPLE | PTYP_INTEGER_32, "integer32-list" },
	{ PTYP_MULTIPLE | PTYP_FLOATING_32, "float32-list" },
	{ PTYP_MULTIPLE | PTYP_FLOATING_64, "float64-list" },
	{ PTYP_MULTIPLE | PTYP_CURRENCY, "currency-list" },
	{ PTYP_MULTIPLE | PTYP_FLOATING_TIME, "floating-time-list" },
	{ PTYP_MULTIPLE | PTYP_INTEGER_64, "integer64-list" },
	{ PTYP_MULTIPLE | PTYP_STRING, "string-list" },
	{ PTYP_MULTIPLE | PTYP_STRING_8, "string-list" },
	{ PTYP_MULTIPLE | PTYP_TIME, "time-list" },
	{ PTYP_MULTIPLE | PTYP_GUID, "guid-list" },
	{ PTYP_MULTIPLE | PTYP_BINARY, "binary-list" },
};

const char *property_type_word(uint16_t type)
{
	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (types[i].value == type)
			return types[i].name;
	return NULL;
}

bool property_type_of_word(struct str word, uint16_t *out)
{
	int value = 0;

	if (!name_find(types, COUNT_OF(types), word, &value))
		return false;
	*out = (uint16_t)value;
	return true;
}
