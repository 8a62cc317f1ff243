/* This file keeps the memory of what was there when all was well in the user's state directory (0600). */
#ifndef POSTMEND_APP_REMEMBER_H
#define POSTMEND_APP_REMEMBER_H

#include "app/memory.h"
#include "app/run.h"

struct remember {
	const char *path; /* NULL where the system names no place */
	struct memory_facts memory;
	bool leave_alone; /* a later version wrote it */
};

/* Reads it where there is one. A damaged one is told and set aside, under a name of its own. */
void remember_open(struct run *run, struct remember *out);

/* Takes over what is well now, and writes. The exit code: 0, or EXIT_FAILED after saying why. */
[[nodiscard]] int remember_keep(struct run *run, struct remember *remember, const struct memory_facts *now);

#endif
