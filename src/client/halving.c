/* This file finds the one of many that breaks something, by switching halves of them off and on. */
#include "client/halving.h"

#include <string.h>

void halving_init(struct halving *h, size_t n)
{
	*h = (struct halving){ .n = n, .n_left = n };
	for (size_t i = 0; i < n; i++)
		h->order[i] = i;
}

static enum halving_state state_of(const struct halving *h)
{
	if (h->is_none || h->n == 0)
		return HALVING_NONE;
	if (h->is_first_over && h->n_left == 1)
		return HALVING_FOUND;
	/* Every other choice of the same size was tried, or three starts with nothing. */
	if (h->n_skips >= (h->is_first_over ? h->n_left : 3))
		return HALVING_UNDECIDED;
	return HALVING_TRY;
}

enum halving_state halving_next(const struct halving *h, bool *is_on)
{
	enum halving_state state = state_of(h);

	memset(is_on, 0, h->n * sizeof *is_on);
	if (state == HALVING_TRY && h->is_first_over)
		for (size_t i = 0; i < h->n_left / 2; i++)
			is_on[h->order[i]] = true;
	return state;
}

void halving_answer(struct halving *h, enum halving_verdict verdict)
{
	size_t half = h->n_left / 2, first = h->order[0];

	if (verdict == HALVING_SKIP) {
		/* The same number of others. */
		memmove(h->order, h->order + 1, (h->n_left - 1) * sizeof h->order[0]);
		h->order[h->n_left - 1] = first;
		h->n_skips++;
		return;
	}
	h->n_skips = 0;
	if (!h->is_first_over) {
		h->is_first_over = true;
		h->is_none = verdict == HALVING_BAD;
		return;
	}
	if (verdict == HALVING_GOOD)
		memmove(h->order, h->order + half, (h->n_left - half) * sizeof h->order[0]);
	h->n_left = verdict == HALVING_GOOD ? h->n_left - half : half;
}

size_t halving_found(const struct halving *h)
{
	return h->order[0];
}
