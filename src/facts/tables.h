/* This file declares the tables that tools/gen-codes.py makes from data/; only this room reads them. */
#ifndef POSTMEND_FACTS_TABLES_H
#define POSTMEND_FACTS_TABLES_H

#include "facts/answers.h"
#include "facts/bad_builds.h"
#include "facts/network_rows.h"
#include "facts/outlook_codes.h"
#include "facts/scanner_hooks.h"
#include "facts/scanners.h"

#include <stddef.h>
#include <stdint.h>

/* Sorted by code. */
extern const struct outlook_code outlook_codes_rows[];
extern const size_t outlook_codes_n;

/* See the head of data/answers.tsv. Sets are bits; 0 is anything; texts are NULL for anything. */
struct answer_row {
	unsigned protocols, stages;
	const char *code, *enhanced, *response;
	const char *words; /* NULL: a row of what the standards say */
	enum answer_meaning meaning;
	uint64_t refines; /* ANSWER_BIT of the meanings that the words may refine */
	enum answer_meaning also[ANSWER_ALSO_MAX];
	unsigned n_also;
	const char *provider, *note;
};
extern const struct answer_row answers_rows[];
extern const size_t answers_n;

extern const struct scanner scanners_rows[];
extern const size_t scanners_n;

extern const struct scanner_hook scanner_hooks_rows[];
extern const size_t scanner_hooks_n;

extern const struct bad_build bad_builds_table[];
extern const size_t bad_builds_n;

extern const struct network_row network_rows_rows[];
extern const size_t network_rows_n;

#endif
