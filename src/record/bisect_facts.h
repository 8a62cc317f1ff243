/* This file holds a search for the add-in that breaks a mail program. */
#ifndef POSTMEND_RECORD_BISECT_FACTS_H
#define POSTMEND_RECORD_BISECT_FACTS_H

#include <stdbool.h>
#include <stddef.h>

/* One start of the program. */
struct bisect_start {
	const char *verdict;   /* "good", "bad", "skip" */
	const char *const *on; /* the add-ins that were on */
	size_t n_on;
};

struct bisect_facts {
	const char *const *addins; /* all that load */
	const struct bisect_start *starts;
	const char *culprit; /* NULL: none was found */
	size_t n_addins, n_starts;
	bool is_undecided; /* too many starts could not be judged */
};

#endif
