/* This file runs conversations, DNS questions and fetches side by side.
 *
 * It knows nothing of a protocol: it moves bytes between "os" and the machines
 * of "probe" and "settings", and it watches the deadline, the number of open
 * descriptors and Ctrl-C. Results live in the run's arena.
 */
#ifndef POSTMEND_DRIVE_DRIVE_H
#define POSTMEND_DRIVE_DRIVE_H

#include "diagnose/diagnose.h"
#include "probe/probe.h"
#include "settings/settings.h"

struct drive_options {
	const char *resolver; /* HOST[:PORT] or NULL for the system's */
	const char *ca_file;  /* replaces the system's anchors, or NULL */
	double deadline;      /* seconds, of the whole run */
	bool offline;         /* nothing is sent at all */
	bool no_third_party;
	const char *trace_file; /* NULL none; secrets appear as *** */
	/* Called from the loop when something was done; may be NULL. */
	void (*progress)(void *context, const char *what, size_t done, size_t total);
	void *context;
};

struct drive;

/* ST_USAGE with a sentence in *why_out for a CA file that is none, a resolver
 * that is no address, … */
[[nodiscard]] enum status drive_open(const struct drive_options *options, struct arena *arena,
				     struct drive **out, const char **why_out);
void drive_close(struct drive **drive);

/* Stops as soon as possible; what is there stays. Safe in a signal's callback. */
void drive_cancel(struct drive *drive);
bool drive_was_cancelled(const struct drive *drive);

/* Probes all at once. One endpoint_facts per address tried; DNS facts of the
 * names are kept too. Fills facts->endpoints, ->dns, ->path and ->now. */
[[nodiscard]] enum status drive_probe(struct drive *drive, const struct endpoint *endpoints, size_t n,
				      const struct probe_options *options, struct case_facts *facts);

/* Runs a search to its end or the deadline. */
[[nodiscard]] enum status drive_settings(struct drive *drive, const struct address *address,
					 struct settings_facts *facts_out);

/* Microseconds since drive_open(). */
moment drive_now(const struct drive *drive);

#endif
