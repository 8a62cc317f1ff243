/* This file says where a value of a mail program's settings stands. */
#ifndef POSTMEND_CLIENT_PLACE_H
#define POSTMEND_CLIENT_PLACE_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a value stands, within its account's or profile's source. All NULL and 0:
 * it stands nowhere, the program's default holds. */
struct client_place {
	const char *key, *value; /* a registry key from the hive's root, and the value's name */
	unsigned line;           /* of a file, from 1 */
	const char *file;        /* another one than the source, or NULL */
};

struct client_text {
	const char *text; /* NULL: not set */
	struct client_place place;
};

struct client_number {
	uint32_t number;
	bool is_set;
	struct client_place place;
};

#endif
