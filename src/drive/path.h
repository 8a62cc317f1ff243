/* This file tests the way to the Internet apart from any server: the resolver. */
#ifndef POSTMEND_DRIVE_PATH_H
#define POSTMEND_DRIVE_PATH_H

#include "drive/run.h"

enum { PATH_NAMES = 2 };

struct path {
	struct drive *drive;
	void (*on_done)(void *context);
	void *context;

	const struct dns_facts *answers[PATH_NAMES];
	size_t n_left;
};

/* Asks for names of random letters, which nobody has. The fields above the
 * empty line are set; calls on_done once, perhaps at once. */
void path_begin(struct path *path);

bool path_is_done(const struct path *path);

/* What is known by now; kept, so that a run's next probes need not ask again. */
void path_facts(const struct path *path, struct path_facts *facts_out);

#endif
