/* This file says what an error code, a server's line, a finding or a phrase means, without any network.
 *
 * What it is given may be hostile (a log, a server's words): it is only
 * searched and quoted, and quoted text is marked for the renderers.
 */
#ifndef POSTMEND_DIAGNOSE_EXPLAIN_H
#define POSTMEND_DIAGNOSE_EXPLAIN_H

#include "base/arena.h"
#include "base/status.h"
#include "finding/finding.h"

#include <stddef.h>

enum { EXPLAIN_MATCHES_MAX = 8, EXPLAIN_POINTS_MAX = 12, EXPLAIN_TEXT_MAX = 4096 };

struct explain_points {
	const char *at[EXPLAIN_POINTS_MAX];
	size_t n;
};

struct explain_match {
	const char *what;  /* the code, the id, or the line that was found */
	enum trust trust;  /* of `what`: a line of a log is TRUST_PEER */
	const char *title; /* one line, or NULL */
	const char *meaning;
	const char *id; /* the finding of this meaning, or NULL */
	struct explain_points causes, tell_apart, what_to_do;
	size_t count; /* of lines of a log that say this; 1 otherwise */
};

struct explanation {
	struct explain_match matches[EXPLAIN_MATCHES_MAX]; /* the best first */
	size_t n_matches;                                  /* 0: nothing is known of it */
};

/* WHAT is a finding's id, a row of the fault catalogue (N29), an Outlook code
 * in any form, a server's line as it was pasted, or words of an error. Text
 * beyond EXPLAIN_TEXT_MAX is not read. ST_NOMEM when memory ended. */
[[nodiscard]] enum status explain(struct arena *arena, struct str what, struct explanation *out);

/* The content of a mail program's log: codes and refusals in its lines, the
 * most frequent first. */
[[nodiscard]] enum status explain_log(struct arena *arena, struct str content, struct explanation *out);

#endif
