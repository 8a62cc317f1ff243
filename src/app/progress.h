/* This file shows how far long work is: a bar with the rate and the time left. */
#ifndef POSTMEND_APP_PROGRESS_H
#define POSTMEND_APP_PROGRESS_H

#include "base/moment.h"
#include "os/clock.h"

#include <stdbool.h>
#include <stdint.h>

enum { PROGRESS_LINE_SIZE = 160 };

struct progress {
	struct clock clock;
	moment shown; /* when it was drawn last */
	bool shows;   /* there is a terminal to draw on */
	bool drawn;
};

/* Draws on standard error when that is a terminal and `wanted`. */
void progress_start(struct progress *progress, bool wanted);

/* Bytes done and to do; draws at most ten times a second. */
void progress_tick(struct progress *progress, uint64_t done, uint64_t total);
void progress_end(struct progress *progress);

/* The line as it is drawn, at most `width` columns: pure, for progress_tick and its tests. */
const char *progress_line(char line[PROGRESS_LINE_SIZE], unsigned width, uint64_t done, uint64_t total,
			  moment elapsed);

#endif
