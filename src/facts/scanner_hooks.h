/* This file recognises virus scanners that take part in mail by their services and add-ins
 * (data/scanner-hooks.tsv). */
#ifndef POSTMEND_FACTS_SCANNER_HOOKS_H
#define POSTMEND_FACTS_SCANNER_HOOKS_H

#include "base/str.h"

#include <stdbool.h>

enum { SCANNER_HOOK_WORDS_MAX = 4 };

struct scanner_hook {
	const char *product;
	bool is_addin;
	const char *words[SCANNER_HOOK_WORDS_MAX]; /* NULL behind the last */
	const char *where;                         /* the mail part is switched off */
};

/* By a service's name; by a text that an add-in shows, its class or its file. NULL: nobody known. */
const struct scanner_hook *scanner_hooks_service(struct str name);
const struct scanner_hook *scanner_hooks_addin(struct str text);

#endif
