/* This file lists the named properties of made stores, and tells the writer of their names. */
#ifndef POSTMEND_TESTS_MAKERS_NAMED_H
#define POSTMEND_TESTS_MAKERS_NAMED_H

#include "write/names_out.h"

enum named {
	NAMED_KEYWORDS,
	NAMED_CONTACT_EMAIL,
	NAMED_START,
	NAMED_END,
	NAMED_LOCATION,
	NAMED_BUSY,
	NAMED_REMINDER,
	NAMED_FIXED, /* from here on those that were made up, by number */
};

/* Its tag, with the type of the usual ones. */
uint32_t named_tag(enum named named);
/* The tag of made-up property i: numbers and texts in turn. */
uint32_t named_made_tag(uint64_t i);

/* Gives them their numbers. */
void named_fill(struct names_out *names, uint64_t n_made);

#endif
