/* This file shows the parts of "drive" what a run is made of. */
#ifndef POSTMEND_DRIVE_RUN_H
#define POSTMEND_DRIVE_RUN_H

#include "drive/drive.h"
#include "drive/slots.h"
#include "drive/trace.h"
#include "os/dns.h"
#include "os/loop.h"
#include "os/tls.h"

struct questions;

struct drive {
	struct drive_options options;
	struct arena *arena;
	struct loop *loop;
	struct dns *dns; /* NULL when offline */
	struct questions *questions;
	struct tls_context *tls;
	struct trace *trace;
	struct slots slots;
	moment deadline;
	struct path_facts path; /* of the probes before, when wildcard_tested */
	int64_t clock_off;      /* ours minus that of a server met so far */
	bool clock_tested;
	bool cancelled;
	bool stopping;           /* nothing new begins */
	const char *via_address; /* of the proxy, see via.h */
};

/* The earlier of now + length and the run's deadline. */
moment run_until(const struct drive *drive, moment length);

/* Runs the loop until `until` at the latest, or Ctrl-C; true when somebody
 * stopped it before. */
bool run_wait(struct drive *drive, moment until);

#endif
