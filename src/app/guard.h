/* This file keeps the lock-out memory on disk and asks it before each login. */
#ifndef POSTMEND_APP_GUARD_H
#define POSTMEND_APP_GUARD_H

#include "app/lockout.h"
#include "diagnose/diagnose.h"

struct guard {
	struct arena *arena;
	struct lockout lockout;
	const char *path; /* NULL: this system has no place for it */
	const char *user;
};

/* Reads the memory. ST_IO or ST_NOMEM with a line in *why_out; a memory that is
 * no memory counts as empty. */
[[nodiscard]] enum status guard_open(struct arena *arena, const char *user, struct guard *out,
				     const char **why_out);

/* struct probe_options' may_log_in, with the guard as its context. */
bool guard_may_log_in(void *guard, const struct endpoint *endpoint);

/* Learns from logins that came out one way or the other. */
void guard_learn(struct guard *guard, const struct case_facts *facts);

/* Writes the memory (0600). */
[[nodiscard]] enum status guard_close(struct guard *guard, const char **why_out);

#endif
