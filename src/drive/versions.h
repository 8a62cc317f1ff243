/* This file finds out which versions of TLS a server takes, by hellos that lead nowhere.
 *
 * One short connection for each version, two at a time, so that a server which
 * counts connections is not alarmed. What the conversation itself or the answer
 * to another hello has shown is not asked again. Where TLS comes after STARTTLS a machine of "probe" leads up
 * to it. Nothing secret is near.
 */
#ifndef POSTMEND_DRIVE_VERSIONS_H
#define POSTMEND_DRIVE_VERSIONS_H

#include "drive/run.h"

struct versions;

struct versions_target {
	struct endpoint_facts *facts; /* its endpoint and address are tried, its versions filled */
	const struct probe_options *options;
};

struct versions_events {
	void *context;
	void (*on_over)(void *context); /* once, not from within versions_new() */
};

/* NULL when memory ended; then nothing is called. */
[[nodiscard]] struct versions *versions_new(struct drive *drive, const struct versions_target *target,
					    const struct versions_events *events);

/* Also in the middle. */
void versions_drop(struct versions **at);

#endif
