/* This file finds the one of many that breaks something, by switching halves of them off and on.
 *
 * The first try is with all off: if that is bad, none of them is to blame. Then
 * each good or bad try halves those that may be: 1 + ceil(log2 n) tries in all.
 * A try that cannot be judged is made again with others. When several are to
 * blame, each of them alone, one of them is found.
 *
 *	halving_init(&h, n);
 *	while (halving_next(&h, is_on) == HALVING_TRY)
 *		halving_answer(&h, try(is_on));
 */
#ifndef POSTMEND_CLIENT_HALVING_H
#define POSTMEND_CLIENT_HALVING_H

#include <stdbool.h>
#include <stddef.h>

enum { HALVING_MAX = 1024 };

enum halving_verdict { HALVING_GOOD, HALVING_BAD, HALVING_SKIP };
enum halving_state { HALVING_TRY, HALVING_FOUND, HALVING_NONE, HALVING_UNDECIDED };

struct halving {
	size_t order[HALVING_MAX]; /* those that may be are order[0 … n_left - 1] */
	size_t n, n_left, n_skips;
	bool is_first_over, is_none;
};

/* n is at most HALVING_MAX. */
void halving_init(struct halving *h, size_t n);

/* What to try next: is_on is h->n long. */
enum halving_state halving_next(const struct halving *h, bool *is_on);
void halving_answer(struct halving *h, enum halving_verdict verdict);

/* The one, once it was found. */
size_t halving_found(const struct halving *h);

#endif
