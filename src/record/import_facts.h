/* This file holds what was written into a new store: the facts of "store import". */
#ifndef POSTMEND_RECORD_IMPORT_FACTS_H
#define POSTMEND_RECORD_IMPORT_FACTS_H

#include <stdint.h>

struct import_facts {
	const char *output; /* NULL when nothing was written */
	uint64_t files;     /* that were read */
	uint64_t skipped;   /* that are no mail or could not be read */
	uint64_t messages, associated, folders;
	uint64_t defects;    /* places of messages that are against the rules */
	uint64_t incomplete; /* messages of which something could not be taken over */
	uint64_t bytes;      /* of the store */
};

#endif
