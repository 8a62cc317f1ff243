/* This file is the face of the lab: practice servers on loopback that misbehave as asked.
 *
 * Every fault of lab_list() can be planted, alone or with others, each on a
 * door of its own; beside each stands a healthy control. Behind all of them is
 * one healthy practice mailbox, anna@practice.example: a DNS server that knows
 * the domain, an IMAP server, a submission server and autoconfig over HTTPS.
 * With `mailbox` the faults are planted into that mailbox itself.
 *
 * Nothing listens outside loopback. Mail is taken and forgotten.
 */
#ifndef POSTMEND_LAB_LAB_H
#define POSTMEND_LAB_LAB_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_options {
	/* "slug", "slug/variant", "slug@door", "all" for every row, "healthy" for
	 * the controls alone; no word at all is "healthy". */
	const char *const *faults;
	size_t n_faults;
	const char *address;    /* 127.0.0.0/8 or ::1; NULL: 127.0.0.1 */
	uint16_t port_base;     /* ports from here on; 0, and behind 65535: the system chooses */
	double seconds;         /* ends by itself; 0: on Ctrl-C or a polite end alone */
	const char *ca_file;    /* the practice root is written there (PEM), replacing a file; or NULL */
	const char *ready_file; /* the ready text is written there too; or NULL */
	const char *user;       /* NULL: anna */
	const char *password;   /* NULL: secret; it is the bearer token too */
	bool mailbox;           /* plant into the practice mailbox */
	bool json;              /* the ready text is one line of JSON */
	/* Called once, when every door is open. */
	void (*on_ready)(void *context, struct str text);
	void *context;
};

/* Runs until told to stop. ST_USAGE for words that name no fault or do not go
 * together, ST_IO for ports or files that cannot be had: *why_out is a sentence
 * in the arena. */
[[nodiscard]] enum status lab_run(const struct lab_options *options, struct arena *arena,
				  const char **why_out);

/* What --list prints: every fault, its doors and what a client must do to meet
 * it, then what loopback cannot show. */
void lab_list(struct buf *out, bool json);

#endif
