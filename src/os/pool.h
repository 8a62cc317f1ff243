/* This file runs pieces of work on as many threads as the machine has cores. */
#ifndef POSTMEND_OS_POOL_H
#define POSTMEND_OS_POOL_H

#include <stddef.h>

enum { POOL_WIDTH_MAX = 16 };

/* Threads worth having, 1 to POOL_WIDTH_MAX. */
unsigned pool_width(void);

/* Calls job(context, worker, index) for each index below n once, on `width`
 * threads of which the caller's is worker 0, and returns when all are done.
 * Where a thread cannot be had its share falls to the others. */
void pool_run(unsigned width, size_t n, void (*job)(void *context, unsigned worker, size_t index),
	      void *context);

#endif
