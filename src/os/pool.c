/* This file runs pieces of work on as many threads as the machine has cores. */
#include "os/pool.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

struct pool {
	void (*job)(void *context, unsigned worker, size_t index);
	void *context;
	size_t n;
	atomic_size_t next;
};

struct worker {
	struct pool *pool;
	unsigned number;
	uv_thread_t thread;
	bool started;
};

unsigned pool_width(void)
{
	unsigned n = uv_available_parallelism();

	return n < 1 ? 1 : n > POOL_WIDTH_MAX ? POOL_WIDTH_MAX : n;
}

static void work(void *context)
{
	struct worker *w = context;
	size_t i;

	while ((i = atomic_fetch_add(&w->pool->next, 1)) < w->pool->n)
		w->pool->job(w->pool->context, w->number, i);
}

void pool_run(unsigned width, size_t n, void (*job)(void *context, unsigned worker, size_t index),
	      void *context)
{
	struct pool pool = { .job = job, .context = context, .n = n };
	struct worker workers[POOL_WIDTH_MAX];

	if (width < 1 || width > POOL_WIDTH_MAX)
		width = width < 1 ? 1 : POOL_WIDTH_MAX;
	for (unsigned i = 0; i < width; i++)
		workers[i] = (struct worker){ .pool = &pool, .number = i };
	for (unsigned i = 1; i < width; i++)
		workers[i].started = uv_thread_create(&workers[i].thread, work, &workers[i]) == 0;
	work(&workers[0]);
	for (unsigned i = 1; i < width; i++)
		if (workers[i].started)
			uv_thread_join(&workers[i].thread);
}
