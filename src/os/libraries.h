/* This file names the outside libraries that this program runs with. */
#ifndef POSTMEND_OS_LIBRARIES_H
#define POSTMEND_OS_LIBRARIES_H

#include <stddef.h>

struct library {
	const char *name, *version; /* of the one that is loaded, where it tells */
};

enum { LIBRARIES_COUNT = 8 };

void libraries_list(struct library out[LIBRARIES_COUNT]);

#endif
