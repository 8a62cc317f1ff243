/* This file declares the tables that tools/gen-facts.py makes from data/; only this room reads them. */
#ifndef POSTMEND_FACTS_PROVIDERS_TABLES_H
#define POSTMEND_FACTS_PROVIDERS_TABLES_H

#include "facts/moves.h"
#include "facts/providers.h"

struct provider_domain {
	const char *domain;
	uint16_t provider; /* index into providers_rows */
};

/* All sorted by their first member, in the order of its bytes. */
extern const struct provider providers_rows[];
extern const size_t providers_n;
extern const struct provider_domain providers_domains[];
extern const size_t providers_domains_n;
extern const struct move moves_rows[];
extern const size_t moves_n;

/* How a text compares with a row's key, letters of the text made small:
 * negative, 0 or positive as in memcmp(). */
int providers_compare(struct str text, const char *key);

#endif
