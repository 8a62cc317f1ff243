/* This file holds what is remembered of the last time that all was well, between runs.
 *
 * Rows of text: whose it is (an endpoint's URL, or a domain), what it is, and the value. Values came from
 * servers and are hostile; none is a secret.
 */
#ifndef POSTMEND_RECORD_MEMORY_FACTS_H
#define POSTMEND_RECORD_MEMORY_FACTS_H

#include "base/moment.h"

#include <stddef.h>

enum { REMEMBERED_MAX = 512, REMEMBERED_VALUE_MAX = 2048 };

struct remembered {
	const char *subject, *name, *value;
	wall_time since, seen; /* first and last seen with this value */
};

struct memory_facts {
	struct remembered *rows; /* of one subject and name, at most one */
	size_t n;
};

#endif
