/* This file recognises who put a certificate of its own in front of a mail server. */
#include "facts/scanners.h"

#include "facts/tables.h"

static bool words_fit(const char *words, struct str name)
{
	if (words[0] == '^')
		return str_starts_nocase(name, str_of(words + 1));
	return str_find_nocase(name, str_of(words)) != SIZE_MAX;
}

const struct scanner *scanners_find(const char *issuer_cn, const char *issuer_o)
{
	for (size_t i = 0; i < scanners_n; i++) {
		const struct scanner *row = &scanners_rows[i];

		if (words_fit(row->words, str_of(row->by_organisation ? issuer_o : issuer_cn)))
			return row;
	}
	return NULL;
}
