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
	double deadline;      /* seconds, of the whole run from drive_open() on; 0 is 10 */
	size_t bytes_max;     /* of a conversation, where it is not 0: messages are fetched */
	bool offline;         /* nothing is sent at all */
	bool no_third_party;
	bool versions; /* find out which TLS versions each server takes, by hellos of our own;
			* where no handshake came about for want of one, it is done anyway */
	double rest; /* seconds that connections are left to rest, to find out whether the way forgets them; 0
			not */
	/* A second point of view, where it is not NULL: by somebody else (via.h), from another address
	 * of this computer. */
	const char *via, *from;
	uint16_t https_port;    /* for tests on one computer: discovery asks this port; 0 is 443 */
	const char *trace_file; /* NULL none; JSON lines; secrets appear as *** */
	/* Called from the loop when something was done; may be NULL. */
	void (*progress)(void *context, const char *what, size_t done, size_t total);
	void *context;
};

/* Whether the words are a way for `via`. */
bool drive_knows_via(const char *words);

struct drive;

/* A conversation ends when this much came from its server; one address tried
 * holds at most DRIVE_MEMORY_MAX of the run's arena. */
enum { DRIVE_BYTES_MAX = 512 * 1024, DRIVE_MEMORY_MAX = 224 * 1024 };

/* ST_USAGE with a sentence in *why_out for a CA file that is none, a resolver
 * that is no address, … */
[[nodiscard]] enum status drive_open(const struct drive_options *options, struct arena *arena,
				     struct drive **out, const char **why_out);
void drive_close(struct drive **at);

/* Stops as soon as possible; what is there stays. To be called from `progress`;
 * Ctrl-C does it by itself while a search or a probe runs. */
void drive_cancel(struct drive *drive);
bool drive_was_cancelled(const struct drive *drive);

/* Probes all at once, as many as descriptors allow. Both address families are
 * tried side by side; the first that connects carries the conversation and is
 * `chosen`, the other only shows whether it connects. At most four addresses of
 * a name are tried. One endpoint_facts per address tried, DNS facts of the
 * names too: fills facts->endpoints, ->dns, ->path and ->now. In `options` a
 * deadline of 0 is the run's, and a step_timeout of 0 a sensible one. Ctrl-C
 * cancels. ST_CANCEL when it did: the facts are filled as far as they go. */
[[nodiscard]] enum status drive_probe(struct drive *drive, const struct endpoint *endpoints, size_t n,
				      const struct probe_options *options, struct case_facts *facts);

/* Lets time pass, or Ctrl-C. */
void drive_pause(struct drive *drive, moment length);

/* Runs a search to its end, or for three fifths of the time left: probes may
 * follow. ST_CANCEL as above. */
[[nodiscard]] enum status drive_settings(struct drive *drive, const struct address *address,
					 struct settings_facts *facts_out);

/* One question to the DNS: what came in a few seconds, never NULL unless memory ended. */
[[nodiscard]] const struct dns_facts *drive_ask(struct drive *drive, const char *name, uint16_t type);

/* Reads the rules of this computer's own firewall while other things are done, where the system has one that
 * this user may read: NULL otherwise. Sends nothing. What was begun must be ended; the end waits, and has
 * NULL for NULL. */
struct firewall_reading;
[[nodiscard]] struct firewall_reading *drive_firewall_begin(void);
const struct firewall_facts *drive_firewall_end(struct firewall_reading **at, struct arena *arena);

/* Microseconds since drive_open(). */
moment drive_now(const struct drive *drive);

#endif
