/* This file recognises virus scanners that take part in mail by their services and add-ins. */
#include "facts/scanner_hooks.h"

#include "facts/tables.h"

const struct scanner_hook *scanner_hooks_service(struct str name)
{
	for (size_t i = 0; i < scanner_hooks_n; i++)
		for (size_t w = 0; w < SCANNER_HOOK_WORDS_MAX && scanner_hooks_rows[i].words[w]; w++)
			if (!scanner_hooks_rows[i].is_addin &&
			    str_is_nocase(name, scanner_hooks_rows[i].words[w]))
				return &scanner_hooks_rows[i];
	return NULL;
}

const struct scanner_hook *scanner_hooks_addin(struct str text)
{
	for (size_t i = 0; i < scanner_hooks_n; i++)
		for (size_t w = 0; w < SCANNER_HOOK_WORDS_MAX && scanner_hooks_rows[i].words[w]; w++)
			if (scanner_hooks_rows[i].is_addin &&
			    str_find_nocase(text, str_of(scanner_hooks_rows[i].words[w])) != SIZE_MAX)
				return &scanner_hooks_rows[i];
	return NULL;
}
