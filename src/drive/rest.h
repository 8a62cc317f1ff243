/* This file lets connections rest for different lengths, all at once, to find out whether the way forgets
 * them. */
#ifndef POSTMEND_DRIVE_REST_H
#define POSTMEND_DRIVE_REST_H

#include "drive/run.h"

struct rest;

struct rest_events {
	void *context;
	void (*on_over)(void *context); /* once, not from within rest_new() */
};

/* Fills facts->rest; lengths up to drive->options.rest. NULL when memory ended; then nothing is called. */
[[nodiscard]] struct rest *rest_new(struct drive *drive, struct endpoint_facts *facts,
				    const struct probe_options *user, const struct rest_events *events);

/* Also in the middle. */
void rest_drop(struct rest **at);

#endif
