/* This file checks a store: passes over an image, findings to one desk.
 *
 *	struct check_facts *facts;
 *	st = check_store(arena, &image, &options, sink, &facts);
 *
 * The image is only read. Findings name the store by options->path. A status
 * other than ST_OK and ST_CANCEL is our own failure (memory); damage, however
 * bad, is findings and ST_OK.
 */
#ifndef POSTMEND_CHECK_CHECK_H
#define POSTMEND_CHECK_CHECK_H

#include "check/facts.h"
#include "finding/finding.h"

#include <stdbool.h>

/* One piece of work: `worker` says which of the runner's threads it is on, from
 * 0 to width - 1, `index` which piece. */
typedef void check_job(void *job_context, unsigned worker, size_t index);

/* Runs `n` jobs, each exactly once, in any order, at most `width` at a time and
 * never two on one worker, and returns when all are done. */
struct check_runner {
	void (*run)(void *context, size_t n, check_job *job, void *job_context);
	void *context;
	unsigned width; /* 1 to CHECK_WIDTH_MAX */
};

enum { CHECK_WIDTH_MAX = 16 };

struct check_options {
	const char *path; /* for subjects */
	bool quick;       /* headers, pages, blocks and allocation, no objects */
	struct check_runner runner;
	/* Called now and then with bytes done and to do; false cancels. May be
	 * NULL. Called from one thread at a time. */
	bool (*tick)(void *context, uint64_t done, uint64_t total);
	void *context;
};

[[nodiscard]] enum status check_store(struct arena *arena, const struct image *image,
				      const struct check_options *options, struct finding_sink *sink,
				      struct check_facts **facts_out);

/* Reads only header, trees and folders, so that single nodes can be read: blocks
 * are judged when they are read. Much faster than a check; facts->have lacks
 * FACT_DECODED when no message can be read, and FACT_NODES when nothing can. */
[[nodiscard]] enum status check_open(struct arena *arena, const struct image *image,
				     const struct check_options *options, struct finding_sink *sink,
				     struct check_facts **facts_out);

/* A runner that runs one job after the other. */
struct check_runner check_runner_serial(void);

#endif
