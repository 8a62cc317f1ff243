/* This file turns enum values into the field's words and back (tables, not switches). */
#ifndef POSTMEND_BASE_NAMES_H
#define POSTMEND_BASE_NAMES_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct name_row {
	int value;
	const char *name;
};

/* A table is `static const struct name_row []`; n is COUNT_OF it. */
const char *name_of(const struct name_row *table, size_t n, int value); /* "unknown" when absent */
[[nodiscard]] bool name_find(const struct name_row *table, size_t n, struct str name, int *out);

#endif
