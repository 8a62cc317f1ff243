/* This file is the face of repairs in place: from what a check found to ordered steps.
 *
 *	st = plan_store(arena, &image, &options, &plan);
 *
 * A plan is made on paper: each step was laid over the store and all passes of
 * the check were run again. A step stays in the plan only when what it answers
 * is gone and nothing of warning or worse is new. Nothing here writes.
 */
#ifndef POSTMEND_PLAN_PLAN_H
#define POSTMEND_PLAN_PLAN_H

#include "check/check.h"
#include "plan/edit.h"

enum plan_class {
	PLAN_LOSSLESS, /* derived data is made again from what it is derived from */
	PLAN_LOSSY,    /* something that cannot be had any more is given up */
	PLAN_REBUILD,  /* a structure is built anew from what is sound */
};

/* "lossless", "lossy", "rebuild". */
const char *plan_class_name(enum plan_class class);

/* Bytes that a step changes: checksums (CRC-32) of what stands there before the
 * plan and of what the whole plan leaves there. */
struct plan_range {
	uint64_t at, len;
	uint32_t old_crc, new_crc;
};

enum { PLAN_RANGES_SHOWN = 16, PLAN_ANSWERS_MAX = 8 };

struct plan_step {
	unsigned id;    /* from 1, in the order in which they are done */
	unsigned needs; /* the id of the last step that must be done before; 0 none */
	enum plan_class class;
	const char *text; /* one sentence */
	enum code answers[PLAN_ANSWERS_MAX];
	size_t n_answers;
	uint64_t n_findings; /* that it mends */
	uint64_t n_ranges, bytes;
	struct plan_range ranges[PLAN_RANGES_SHOWN]; /* the first of them */
};

struct plan {
	const struct plan_step *steps;
	size_t n_steps;
	unsigned n_rejected; /* steps that were tried and did not hold */
	bool is_refused;     /* stores of this kind are never written */
	const char *refusal; /* why, in one sentence */

	/* Before and after, on paper. */
	struct finding_sink *before, *after;
	struct check_facts *facts_before, *facts_after;
	struct edit_list edits;
};

struct plan_options {
	struct check_options check; /* quick is ignored: a plan looks at everything */
	size_t check_cap;           /* bytes that one check may take */
	/* Told before each check on paper; may be NULL. */
	void (*stage)(void *context, const char *what);
	void *context;
};

/* All memory is the arena's but for that of checks under way. ST_CANCEL as a
 * check; ST_IO when the store cannot be read where it must be. */
[[nodiscard]] enum status plan_store(struct arena *arena, const struct image *image,
				     const struct plan_options *options, struct plan *out);

#endif
