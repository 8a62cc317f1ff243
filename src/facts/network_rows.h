/* This file holds the catalogue of network and account faults, for people who look one up. */
#ifndef POSTMEND_FACTS_NETWORK_ROWS_H
#define POSTMEND_FACTS_NETWORK_ROWS_H

#include "base/str.h"

#include <stddef.h>

struct network_row {
	const char *id; /* "N01" … "N102" */
	const char *layer, *symptom;
	const char
		*outlook_codes; /* separated by spaces, ~ in front of a code that only may come; NULL none */
	const char *evidence, *cause, *fix;
};

size_t network_rows_count(void);
const struct network_row *network_rows_at(size_t index);

/* "N29", "n29", "N029": the row, or NULL. */
const struct network_row *network_rows_find(struct str id);

#endif
