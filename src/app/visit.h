/* This file is the part that the network commands share: open, measure, judge, tell. */
#ifndef POSTMEND_APP_VISIT_H
#define POSTMEND_APP_VISIT_H

#include "app/guard.h"
#include "app/run.h"
#include "app/secrets.h"
#include "drive/drive.h"

struct visit {
	struct run *run;
	struct drive *drive;
	struct secrets secrets;
	struct guard guard;
	bool has_guard, shows_progress;
	struct firewall_reading *firewall; /* from the first probe to the judging */
	const char *user;                  /* --user, or what the command knows better; NULL when neither */
	struct probe_options probe;
	struct case_facts facts;
	double seconds; /* of the whole run */
};

/* What a command asks of its visit. */
struct visit_needs {
	const char *user;  /* where --user is not given, or NULL */
	double deadline;   /* seconds, where --deadline is not given */
	size_t bytes_max;  /* of one conversation; 0 is the usual bound */
	bool tls_versions; /* also find out which TLS versions servers take */
};

/* Reads secrets and opens the drive; nothing is sent yet. 0, or the exit code
 * after saying why not. visit_close() is due in both cases. */
[[nodiscard]] int visit_open(struct visit *visit, struct run *run, const struct visit_needs *needs);
void visit_close(struct visit *visit);

/* Searches for the address's servers: fills visit->facts.settings. */
[[nodiscard]] enum status visit_settings(struct visit *visit, const struct address *address);

/* Probes the endpoints and adds what was measured to visit->facts. */
[[nodiscard]] enum status visit_probe(struct visit *visit, const struct endpoint *endpoints, size_t n);

/* Judges the facts into these; 0, or the exit code after saying why not. */
[[nodiscard]] int visit_judge(struct visit *visit, struct finding_sink *sink, struct diagnosis *out);

/* Judges the facts and prints the report; returns the exit code. */
int visit_report(struct visit *visit, const char *command);

#endif
