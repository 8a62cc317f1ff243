/* This file holds what was written out of a store: the facts of "store export". */
#ifndef POSTMEND_RECORD_EXPORT_FACTS_H
#define POSTMEND_RECORD_EXPORT_FACTS_H

#include <stdint.h>

struct export_facts {
	const char *output, *format;
	uint64_t messages;   /* that were to be written */
	uint64_t written;    /* of these */
	uint64_t incomplete; /* of these */
	uint64_t folders;    /* that had any */
};

#endif
