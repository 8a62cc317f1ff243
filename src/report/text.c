/* This file renders a report for people who read it on a terminal. */
#include "report/addin_list.h"
#include "report/bisect.h"
#include "report/in_place.h"
#include "report/items.h"
#include "report/mend_parts.h"
#include "report/paper.h"
#include "report/parts.h"
#include "report/profiles.h"
#include "report/settings_change.h"
#include "report/store_parts.h"
#include "report/words.h"

#include <stdio.h>
#include <string.h>

/* More than these are counted and left to JSON. */
enum { SHOWN_ENDPOINTS = 24, SHOWN_FINDINGS = 60, SHOWN_OPINIONS = 12, COUNT_SIZE = 96 };

static void put_verdict(struct paper *paper, const struct report *report)
{
	static const enum paper_mark marks[] = {
		[VERDICT_HEALTHY] = PAPER_GREEN,
		[VERDICT_TROUBLE] = PAPER_RED,
		[VERDICT_UNDECIDED] = PAPER_YELLOW,
	};
	const char *word = parts_verdict_word(report);
	char loud[COUNT_SIZE] = "";

	paper_mark(paper, PAPER_BOLD);
	paper_mark(paper, marks[report->diagnosis->verdict]);
	for (size_t i = 0; word[i] && i + 1 < sizeof loud; i++)
		loud[i] = word[i] >= 'a' && word[i] <= 'z' ? (char)(word[i] - 'a' + 'A') : word[i];
	paper_add(paper, loud);
	paper_mark(paper, PAPER_PLAIN);
	paper_add(paper, "  ");
	paper_add(paper, parts_headline(report));
	paper_end(paper, 0, (unsigned)strlen(word) + 2);
	if (report->cancelled)
		paper_line(paper, 0, "Stopped before the end: this is what was found so far.");
}

static void put_subject(struct paper *paper, const struct subject *subject)
{
	paper_add(paper, parts_subject_name(subject));
	if (subject->kind == SUBJECT_ENDPOINT && subject->address) {
		paper_add(paper, " (");
		paper_add(paper, subject->address);
		paper_add(paper, ")");
	}
}

static void put_evidence(struct paper *paper, const struct finding *finding, unsigned indent)
{
	for (size_t i = 0; i < finding->n_evidence; i++) {
		const struct evidence *one = &finding->evidence[i];

		paper_mark(paper, PAPER_DIM);
		paper_add(paper, one->name);
		paper_mark(paper, PAPER_PLAIN);
		paper_pad(paper, 16);
		paper_peer(paper, str_of(one->found));
		if (one->expected) {
			paper_add(paper, "  (expected: ");
			paper_add(paper, one->expected);
			paper_add(paper, ")");
		}
		paper_end(paper, indent, 16);
	}
}

static void put_causes(struct paper *paper, const struct report *report)
{
	const struct diagnosis *diagnosis = report->diagnosis;
	char number[COUNT_SIZE];

	if (diagnosis->n_causes == 0)
		return;
	paper_head(paper, diagnosis->n_causes == 1 ? "The cause" : "The causes, in the order to mend them");
	for (size_t i = 0; i < diagnosis->n_causes; i++) {
		const struct finding *cause = diagnosis->causes[i];
		const struct catalogue_row *row = catalogue_row(cause->code);

		snprintf(number, sizeof number, "%zu. ", i + 1);
		paper_add(paper, number);
		paper_mark(paper, PAPER_BOLD);
		paper_add(paper, row->title);
		paper_mark(paper, PAPER_PLAIN);
		paper_add(paper, "  [");
		paper_add(paper, row->slug);
		paper_add(paper, cause->certainty == CERTAINTY_INFERRED ? ", inferred]" : "]");
		paper_end(paper, 1, 3);
		paper_add(paper, "at ");
		put_subject(paper, &cause->subject);
		paper_end(paper, 4, 3);
		put_evidence(paper, cause, 4);
		if (i == 0) /* its remedy is the next action, at the end */
			continue;
		paper_mark(paper, PAPER_GREEN);
		paper_add(paper, "Mend it: ");
		paper_mark(paper, PAPER_PLAIN);
		paper_add(paper, cause->remedy_text);
		paper_end(paper, 4, 3);
	}
}

static void put_excluded(struct paper *paper, const struct diagnosis *diagnosis)
{
	if (diagnosis->n_excluded == 0)
		return;
	paper_head(paper, "Why not something else");
	for (size_t i = 0; i < diagnosis->n_excluded; i++) {
		paper_add(paper, "- ");
		paper_add(paper, catalogue_row(diagnosis->excluded[i].code)->title);
		paper_add(paper, ": ");
		paper_add(paper, diagnosis->excluded[i].why);
		paper_end(paper, 1, 2);
	}
}

static enum paper_mark severity_mark(enum severity severity)
{
	if (severity >= SEVERITY_FAULT)
		return PAPER_RED;
	return severity == SEVERITY_WARNING ? PAPER_YELLOW : PAPER_DIM;
}

static void put_finding(struct paper *paper, const struct finding *finding)
{
	const struct catalogue_row *row = catalogue_row(finding->code);
	char text[COUNT_SIZE];

	paper_mark(paper, severity_mark(finding->severity));
	paper_add(paper, severity_name(finding->severity));
	paper_mark(paper, PAPER_PLAIN);
	paper_pad(paper, 9);
	paper_add(paper, row->title);
	paper_add(paper, "  [");
	paper_add(paper, row->slug);
	paper_add(paper, "]");
	if (finding->count > 1) {
		snprintf(text, sizeof text, " (%llu times)", (unsigned long long)finding->count);
		paper_add(paper, text);
	}
	paper_end(paper, 3, 9);
	put_evidence(paper, finding, 12);
	if (finding->because_of) {
		size_t id_len = strcspn(finding->because_of, "@");

		paper_add(paper, "follows from ");
		paper_peer(paper, str_head(str_of(finding->because_of), id_len));
		paper_end(paper, 12, 2);
	} else if (finding->severity >= SEVERITY_ADVICE && finding->remedy_text) {
		paper_line(paper, 12, finding->remedy_text);
	}
}

/* A note that is true of many subjects is told once, below. */
static size_t count_note(const struct finding_sink *sink, size_t index)
{
	const struct finding *note = finding_at(sink, index);
	size_t n = 0;

	for (size_t i = 0; note->severity == SEVERITY_NOTE && i < finding_count(sink); i++)
		n += finding_at(sink, i)->code == note->code;
	return n;
}

static void put_common_notes(struct paper *paper, const struct finding_sink *sink)
{
	for (size_t i = 0; i < finding_count(sink); i++) {
		const struct finding *note = finding_at(sink, i);
		size_t n = count_note(sink, i);
		bool is_first = n > 1;
		char text[COUNT_SIZE];

		for (size_t j = 0; j < i && is_first; j++)
			is_first = finding_at(sink, j)->code != note->code;
		if (!is_first)
			continue;
		snprintf(text, sizeof text, "]  (at %zu places)", n);
		paper_add(paper, "note");
		paper_pad(paper, 9);
		paper_add(paper, catalogue_row(note->code)->title);
		paper_add(paper, "  [");
		paper_add(paper, catalogue_row(note->code)->slug);
		paper_add(paper, text);
		paper_end(paper, 3, 9);
	}
}

/* All findings about one subject, causes left out: they stand further up. */
static void put_group(struct paper *paper, const struct report *report, size_t first, size_t *n_shown)
{
	const struct finding_sink *sink = report->findings;
	bool has_title = false;

	for (size_t i = first; i < finding_count(sink); i++) {
		const struct finding *finding = finding_at(sink, i);

		if (!parts_same_subject(finding, finding_at(sink, first)) ||
		    parts_is_cause(report, finding) || count_note(sink, i) > 1)
			continue;
		if (++*n_shown > SHOWN_FINDINGS)
			continue;
		if (!has_title) {
			put_subject(paper, &finding->subject);
			paper_end(paper, 1, 2);
		}
		has_title = true;
		put_finding(paper, finding);
	}
}

static void put_findings(struct paper *paper, const struct report *report)
{
	size_t n_shown = 0, n_causes = report->diagnosis->n_causes;
	char text[COUNT_SIZE];

	if (!report->findings || finding_count(report->findings) <= n_causes)
		return;
	paper_head(paper, n_causes ? "Also found" : "Found");
	for (size_t i = 0; i < finding_count(report->findings); i++)
		if (parts_begins_group(report->findings, i))
			put_group(paper, report, i, &n_shown);
	put_common_notes(paper, report->findings);
	if (n_shown > SHOWN_FINDINGS) {
		snprintf(text, sizeof text, "… and %zu more: --json has them all.", n_shown - SHOWN_FINDINGS);
		paper_line(paper, 1, text);
	}
}

static void put_step(struct paper *paper, const struct step *step)
{
	char took[WORDS_DURATION_SIZE];

	paper_add(paper, words_step(step->name));
	paper_add(paper, " ");
	if (step->ok) {
		paper_add(paper, words_duration(step->took, took));
		return;
	}
	paper_mark(paper, PAPER_RED);
	paper_add(paper, "FAILED");
	paper_mark(paper, PAPER_PLAIN);
	paper_add(paper, " after ");
	paper_add(paper, words_duration(step->took, took));
	paper_add(paper, ": ");
	paper_peer(paper, str_of(step->error_text ? step->error_text : step_error_text(step->error)));
}

static void put_way(struct paper *paper, const struct endpoint_facts *facts)
{
	const char *separator = "";

	paper_add(paper, facts->url);
	if (facts->address) {
		paper_add(paper, "  ");
		paper_add(paper, facts->address);
	}
	paper_end(paper, 1, 2);
	for (size_t i = 0; i < facts->n_steps; i++) {
		/* A polite goodbye is no part of the way. */
		if (facts->steps[i].name == STEP_LOGOUT)
			continue;
		paper_add(paper, separator);
		put_step(paper, &facts->steps[i]);
		separator = " > ";
	}
	paper_end(paper, 3, 2);
}

static void put_ways(struct paper *paper, const struct case_facts *facts)
{
	size_t n_shown = 0;
	char text[COUNT_SIZE];

	if (!facts || facts->n_endpoints == 0)
		return;
	paper_head(paper, "The way from this computer to the mailbox");
	for (size_t i = 0; i < facts->n_endpoints; i++)
		if (parts_is_drawn(facts, i) && ++n_shown <= SHOWN_ENDPOINTS)
			put_way(paper, facts->endpoints[i]);
	if (n_shown > SHOWN_ENDPOINTS) {
		snprintf(text, sizeof text, "… and %zu more: --json has them all.",
			 n_shown - SHOWN_ENDPOINTS);
		paper_line(paper, 1, text);
	}
}

static void put_authentication(struct paper *paper, uint32_t bits)
{
	const char *separator = "";

	for (uint32_t bit = 1; bit <= AUTHENTICATION_NONE; bit <<= 1) {
		if (!(bits & bit))
			continue;
		paper_add(paper, separator);
		paper_add(paper, authentication_name((enum authentication)bit));
		separator = " or ";
	}
}

static void put_door(struct paper *paper, const struct endpoint *endpoint)
{
	char port[16];

	paper_add(paper, endpoint->host);
	snprintf(port, sizeof port, " port %u ", endpoint->port);
	paper_add(paper, port);
	paper_add(paper, security_name(endpoint->security));
}

static bool same_door(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && a->security == b->security && strcmp(a->host, b->host) == 0;
}

static void put_server(struct paper *paper, const struct server_settings *server)
{
	paper_mark(paper, PAPER_BOLD);
	paper_add(paper, protocol_name(server->endpoint.protocol));
	paper_mark(paper, PAPER_PLAIN);
	paper_pad(paper, 6);
	put_door(paper, &server->endpoint);
	paper_add(paper, "  (from ");
	paper_add(paper, source_name(server->source));
	paper_add(paper, ")");
	paper_end(paper, 1, 6);
	if (server->user_name || server->authentication) {
		paper_add(paper, "user name ");
		paper_add(paper, server->user_name ? server->user_name : "not told");
		if (server->authentication)
			paper_add(paper, ", log in with ");
		put_authentication(paper, server->authentication);
		paper_end(paper, 7, 2);
	}
	if (server->caution) {
		paper_add(paper, "with care: ");
		paper_add(paper, server->caution);
		paper_end(paper, 7, 2);
	}
	for (size_t i = 0; !server->agree && i < server->n_opinions && i < SHOWN_OPINIONS; i++) {
		const struct opinion *other = server->opinions[i];

		if (same_door(&other->endpoint, &server->endpoint) || other->source == SOURCE_GUESS)
			continue;
		paper_add(paper, "but ");
		paper_add(paper, source_name(other->source));
		paper_add(paper, " says ");
		put_door(paper, &other->endpoint);
		paper_end(paper, 7, 2);
	}
}

static void put_settings(struct paper *paper, const struct report *report)
{
	const struct settings_facts *settings = report->facts ? report->facts->settings : NULL;

	if (!settings)
		return;
	paper_head(paper, "The right settings");
	if (settings->n_servers == 0)
		paper_line(paper, 1, "No source names a server for this address.");
	for (size_t i = 0; i < settings->n_servers; i++)
		put_server(paper, &settings->servers[i]);
	for (size_t i = 0; i < settings->n_not_offered; i++) {
		paper_add(paper, protocol_name(settings->not_offered[i].protocol));
		paper_pad(paper, 6);
		paper_add(paper, "is not offered, says ");
		paper_add(paper, settings->not_offered[i].where);
		paper_end(paper, 1, 6);
	}
	if (settings->moved_what) {
		paper_add(paper, "Known of this domain: ");
		paper_add(paper, settings->moved_what);
		paper_add(paper, ".");
		paper_end(paper, 1, 1);
	}
	if (settings->provider_hint)
		paper_line(paper, 1, settings->provider_hint);
}

static void put_next(struct paper *paper, const struct report *report)
{
	const char *command;
	const char *action = parts_next_action(report, &command);

	paper_gap(paper);
	paper_mark(paper, PAPER_BOLD);
	paper_add(paper, "NEXT  ");
	paper_mark(paper, PAPER_PLAIN);
	paper_add(paper, action);
	paper_end(paper, 0, 6);
	if (report->n_stores > 1 && report->diagnosis->n_causes)
		paper_line(paper, 6, report->diagnosis->causes[0]->subject.path);
	if (command)
		paper_line(paper, 6, command);
}

void report_text(const struct report *report, const struct report_style *style, struct buf *out)
{
	struct redactor storage;
	struct paper paper;

	if (style->quiet && report_exit_code(report) == 0)
		return;
	paper_init(&paper, out, parts_redactor(report, style, &storage), style->color, style->width);
	put_verdict(&paper, report);
	if (strcmp(report->command, "settings") == 0)
		put_settings(&paper, report);
	if (report->clients && strcmp(report->command, "profile list") == 0)
		profiles_text(&paper, report->clients);
	if (report->clients && strcmp(report->command, "profile add-ins") == 0)
		addin_list_text(&paper, report->clients);
	if (report->bisect)
		bisect_text(&paper, report->bisect);
	if (report->changed)
		settings_change_text(&paper, report->changed);
	if (report->mend)
		mend_text(&paper, report);
	if (report->items)
		items_text(&paper, report->items);
	if (report->stores && !report->items) {
		store_text(&paper, report);
		if (report->in_place)
			in_place_text(&paper, report->in_place);
	} else if (!report->items || report->clients) {
		put_causes(&paper, report);
		put_excluded(&paper, report->diagnosis);
		put_findings(&paper, report);
	}
	put_ways(&paper, report->facts);
	if (strcmp(report->command, "settings") != 0)
		put_settings(&paper, report);
	put_next(&paper, report);
	paper_fini(&paper);
}
