/* This file remembers failed logins, so that postmend never locks an account.
 *
 * Many servers lock a mailbox or an address after a few wrong passwords. So
 * one run tries a server at most twice for a user, and runs remember the
 * failures of the last hours: after LOCKOUT_FAILURES of them, the tries under way
 * among them, further ones wait until LOCKOUT_REST seconds have passed since the
 * last. A login that worked
 * clears the memory of its server and user, the run's own tries included.
 *
 * The memory holds a salt, the time of each failure and a salted hash of host
 * and user: no name and no secret. It is text, one entry a line:
 *
 *	postmend lock-out memory 1 SALT
 *	HASH SECONDS
 *
 * Bytes go in and out; files are the caller's.
 */
#ifndef POSTMEND_APP_LOCKOUT_H
#define POSTMEND_APP_LOCKOUT_H

#include "base/buf.h"
#include "base/moment.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>

enum {
	LOCKOUT_TRIES_A_RUN = 2,
	LOCKOUT_FAILURES = 3,
	LOCKOUT_REST = 15 * 60,
	LOCKOUT_MEMORY = 6 * 60 * 60, /* older failures are forgotten */
	LOCKOUT_ENTRIES_MAX = 512,
	LOCKOUT_TEXT_MAX = 64 * 1024,
	LOCKOUT_SALT_LEN = 32, /* hex digits */
	LOCKOUT_HASH_LEN = 32,
};

struct lockout_entry {
	char hash[LOCKOUT_HASH_LEN + 1];
	wall_time at;
	bool is_try; /* of this run and not yet judged: counts for the run alone */
};

struct lockout {
	char salt[LOCKOUT_SALT_LEN + 1];
	struct lockout_entry entries[LOCKOUT_ENTRIES_MAX]; /* the oldest first */
	size_t n_entries;
	wall_time now;
};

/* An empty memory with this salt (hex digits). */
void lockout_init(struct lockout *lockout, const char *salt, wall_time now);

/* Reads a memory; false when the text is none, and then *lockout is unchanged.
 * Lines that are no entries and entries too old are left out. */
[[nodiscard]] bool lockout_read(struct lockout *lockout, struct str text);

void lockout_write(const struct lockout *lockout, struct buf *out);

/* Asked before each login: true notes a try. When false, *wait_out is how many
 * seconds to wait, or 0 when this run had its tries. */
[[nodiscard]] bool lockout_may_try(struct lockout *lockout, const char *host, const char *user,
				   wall_time *wait_out);

void lockout_failed(struct lockout *lockout, const char *host, const char *user);
void lockout_worked(struct lockout *lockout, const char *host, const char *user);

#endif
