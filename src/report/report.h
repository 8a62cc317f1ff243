/* This file renders what was found: as text, as JSON, as one HTML page.
 *
 * Renderers are pure: facts and findings in, bytes out. Text that came from a
 * peer is escaped here and nowhere else: no control character, no escape
 * sequence, no bidirectional override and no markup of a peer ever reaches a
 * terminal, JSON or HTML unescaped.
 */
#ifndef POSTMEND_REPORT_REPORT_H
#define POSTMEND_REPORT_REPORT_H

#include "base/buf.h"
#include "client/account.h"
#include "diagnose/diagnose.h"
#include "finding/finding.h"
#include "record/bisect_facts.h"
#include "record/export_facts.h"
#include "record/import_facts.h"
#include "record/in_place_facts.h"
#include "record/item_list.h"
#include "record/mend_facts.h"
#include "record/settings_change.h"
#include "record/store_facts.h"

#include <stdbool.h>

/* What a command wants reported. NULL where a command has no such part. */
struct report {
	const char *command; /* "probe", "settings", "diagnose", "store check" …: decides which facts JSON
				holds */
	const char *version;
	const struct finding_sink *findings;
	const struct diagnosis *diagnosis;
	const struct case_facts *facts;
	const struct store_facts
		*stores; /* of "store check"; of "store repair" and "store convert" the source */
	size_t n_stores;
	const struct client_found *clients;    /* of "profile list" and "profile check" */
	const struct settings_change *changed; /* of "profile check --fix" */
	const struct bisect_facts *bisect;     /* of "profile add-ins bisect" */
	const struct in_place_facts *in_place; /* of "store repair --in-place", beside one store */
	const struct mend_facts *mend;         /* of these two: what became of it */
	const struct export_facts *exported;   /* of "store export" */
	const struct import_facts *imported;   /* of "store import" */
	const struct item_list *items;         /* of the looks into a store, beside its facts */
	moment elapsed;
	bool cancelled;            /* the user stopped it: what was found so far */
	const char *user_name;     /* of --user, to be redacted, or NULL */
	const char *computer_name; /* of this computer, to be redacted, or NULL */
};

struct report_style {
	bool color;     /* ANSI sequences for a terminal */
	unsigned width; /* columns; 0 and more than 80 are 80 */
	bool quiet;     /* text: nothing when healthy */
	bool redact;    /* local parts of addresses, user names, this computer's name, private IP addresses */
};

/* Each appends to `out` and fails only by buf_failed(out). */
void report_text(const struct report *report, const struct report_style *style, struct buf *out);
void report_json(const struct report *report, const struct report_style *style, struct buf *out);
void report_html(const struct report *report, const struct report_style *style, struct buf *out);

/* What "store undo" says when it is done: one line, or a JSON document. */
void report_undone(const char *path, const char *version, bool json, struct buf *out);

/* The same of "profile undo". */
void report_settings_undone(const char *const *paths, size_t n, const char *version, bool json,
			    struct buf *out);

/* The exit code of docs/SCHEMA.md for this report: 0, 4, 36 … */
int report_exit_code(const struct report *report);

#endif
