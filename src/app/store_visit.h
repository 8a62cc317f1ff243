/* This file checks one file after the other and keeps what is worth telling. */
#ifndef POSTMEND_APP_STORE_VISIT_H
#define POSTMEND_APP_STORE_VISIT_H

#include "app/progress.h"
#include "app/run.h"
#include "check/check.h"
#include "check/facts.h"
#include "finding/finding.h"
#include "record/store_facts.h"

struct store_visit {
	struct run *run;
	struct finding_sink *findings; /* of all files */
	struct store_facts *stores;
	size_t n;
	bool cancelled;
	struct progress progress;
	uint64_t size;      /* bytes of the file at hand */
	double from, share; /* of the progress: where the work at hand begins, and how much of it there is */
	struct clock clock;
	const char *command; /* NULL: "store check" */
	const struct in_place_facts *in_place;
};

/* How a store of this size is checked by this visit: with its progress and
 * Ctrl-C, on all cores. The setup lives as long as its options are used. */
struct store_check_setup {
	struct check_runner runner;
	struct check_options options;
	size_t arena_cap; /* bytes that one check may take */
};
void store_visit_setup(struct store_visit *visit, const char *path, uint64_t size,
		       struct store_check_setup *setup);

/* Room for `n` files; Ctrl-C is noticed from here on. */
[[nodiscard]] enum status store_visit_open(struct store_visit *visit, struct run *run, size_t n);

/* Checks one file and adds its facts and findings. A file that cannot be opened
 * is told on standard error and stands in the facts. ST_CANCEL after Ctrl-C. */
[[nodiscard]] enum status store_visit_check(struct store_visit *visit, const char *path);

/* What facts of a check, or of a picture, say of a store; texts live in the arena. */
void store_visit_fill(struct arena *arena, const struct check_facts *facts, struct store_facts *out);

/* Says on standard error why a store cannot be opened, and what shows it meanwhile when somebody has it
 * locked. */
void store_visit_complain(struct arena *arena, const char *path, const char *why);

/* Judges and prints; returns the exit code. */
int store_visit_report(struct store_visit *visit);

/* How much an arena may take for the facts of a store of this size: so that a
 * crafted one ends as a refusal and not as an exhausted machine. */
size_t store_visit_arena_cap(uint64_t size);

#endif
