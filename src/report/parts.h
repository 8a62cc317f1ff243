/* This file holds what the three renderers share: order, choice and redaction. */
#ifndef POSTMEND_REPORT_PARTS_H
#define POSTMEND_REPORT_PARTS_H

#include "report/redact.h"
#include "report/report.h"

#include <stdbool.h>

/* Fills `storage` with what the report's user is called and returns it, or
 * returns NULL when the style asks for no redaction. */
struct redactor *parts_redactor(const struct report *report, const struct report_style *style,
				struct redactor *storage);

/* True when one of the root causes is this finding. */
bool parts_is_cause(const struct report *report, const struct finding *finding);

/* True when both findings are about the same thing. */
bool parts_same_subject(const struct finding *a, const struct finding *b);

/* True for the first of the findings about its subject: one group begins. */
bool parts_begins_group(const struct finding_sink *findings, size_t index);

/* One word and one sentence for the top. What only looked settings up is not
 * called healthy: nothing was measured. */
const char *parts_verdict_word(const struct report *report);
const char *parts_headline(const struct report *report);

/* What the reader should do next, in one sentence, and the command for it or
 * NULL. Never NULL itself. */
const char *parts_next_action(const struct report *report, const char **command_out);

/* The endpoint entries worth drawing: the chosen ones, and of a URL without a
 * chosen one the first. */
bool parts_is_drawn(const struct case_facts *facts, size_t index);

/* What an endpoint's subject is called: its URL, a domain's name, "this computer" … */
const char *parts_subject_name(const struct subject *subject);

#endif
