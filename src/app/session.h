/* This file is the part that the network commands share: open, measure, judge, tell. */
#ifndef POSTMEND_APP_SESSION_H
#define POSTMEND_APP_SESSION_H

#include "app/guard.h"
#include "app/run.h"
#include "app/secrets.h"
#include "drive/drive.h"

enum { SESSION_STEP_SECONDS = 10 };

struct session {
	struct run *run;
	struct drive *drive;
	struct secrets secrets;
	struct guard guard;
	bool has_guard, shows_progress;
	const char *user; /* --user, or what the command knows better; NULL when neither */
	struct probe_options probe;
	struct case_facts facts;
};

/* Reads secrets and opens the drive; nothing is sent yet. 0, or the exit code
 * after saying why not. session_close() is due in both cases. */
[[nodiscard]] int session_open(struct session *session, struct run *run, const char *user,
			       double default_deadline);
void session_close(struct session *session);

/* Probes the endpoints and adds what was measured to session->facts. */
[[nodiscard]] enum status session_probe(struct session *session, const struct endpoint *endpoints, size_t n);

/* Judges the facts and prints the report; returns the exit code. */
int session_report(struct session *session, const char *command);

#endif
