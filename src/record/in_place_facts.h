/* This file holds what a repair in place means to write, or has written: the facts of "store repair
 * --in-place".
 *
 * Texts live in the arena of the run.
 */
#ifndef POSTMEND_RECORD_IN_PLACE_FACTS_H
#define POSTMEND_RECORD_IN_PLACE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct in_place_range {
	uint64_t at, len;
	uint32_t old_crc, new_crc;
};

struct in_place_step {
	unsigned id, needs; /* needs: 0 for none */
	const char *kind;   /* "lossless", "lossy", "rebuild" */
	const char *text;   /* one sentence about what it does, in lower case and without a full stop */
	const char *const *answers; /* ids of findings */
	size_t n_answers;
	uint64_t findings, n_ranges, bytes;
	const struct in_place_range *ranges; /* the first of them */
	size_t n_shown;
};

enum in_place_outcome {
	IN_PLACE_PLANNED,  /* nothing was written: --plan */
	IN_PLACE_NOTHING,  /* there was nothing that can be mended in place */
	IN_PLACE_DECLINED, /* the user said no */
	IN_PLACE_WRITTEN,
	IN_PLACE_RESUMED, /* a repair that was interrupted was carried out */
	IN_PLACE_REFUSED, /* such a store is never written in place: see refusal */
};

struct in_place_facts {
	enum in_place_outcome outcome;
	const char *path, *refusal;
	const char *journal; /* where the old bytes are; NULL when there is none */
	const struct in_place_step *steps;
	size_t n_steps;
	unsigned n_rejected; /* steps that were tried on paper and did not hold */
};

#endif
