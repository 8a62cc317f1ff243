/* This file renders a report as one page that needs nothing else. */
#include "report/addin_list.h"
#include "report/in_place.h"
#include "report/items.h"
#include "report/mend_parts.h"
#include "report/page.h"
#include "report/parts.h"
#include "report/profiles.h"
#include "report/settings_change.h"
#include "report/store_parts.h"
#include "report/words.h"

#include <string.h>

/* A way of more steps is drawn with smaller words. */
enum { DRAWN_ENDPOINTS = 40, SHOWN_FINDINGS = 400, WAY_LONG = 7, LABEL_SIZE = 64 };

static const char *const verdict_signs[] = {
	[VERDICT_HEALTHY] = "<path d='m15 25 7 7 12-15'/>",
	[VERDICT_TROUBLE] = "<path d='M24 13v14M24 34v.5'/>",
	[VERDICT_UNDECIDED] = "<path d='M18 19a6 6 0 1 1 8 6c-2 1-2 2-2 4M24 34v.5'/>",
};

static void put_meta(struct page *page, const struct report *report)
{
	char took[WORDS_DURATION_SIZE], now[WORDS_TIME_SIZE];

	page_markup(page, "<p class=\"meta\">");
	if (report->facts && report->facts->address) {
		page_text(page, report->facts->address);
		page_markup(page, " · ");
	}
	if (report->facts && report->facts->now) {
		words_time(report->facts->now, now);
		/* 2026-12-31T23:59:59Z, for people */
		page_printf(page, "%.10s %.5s UTC", now, now + 11);
		page_markup(page, " · ");
	}
	page_printf(page, "took %s", words_duration(report->elapsed, took));
	if (report->cancelled)
		page_text(page, " · stopped before the end: this is what was found so far");
	page_markup(page, "</p>");
}

static void put_verdict(struct page *page, const struct report *report)
{
	const struct diagnosis *diagnosis = report->diagnosis;

	page_markup(page, "<header class=\"card verdict ");
	page_markup(page, verdict_name(diagnosis->verdict));
	page_markup(page, "\"><svg viewBox='0 0 48 48' fill='none' stroke='currentColor' stroke-width='4' "
			  "stroke-linecap='round' stroke-linejoin='round' aria-hidden='true'>"
			  "<circle cx='24' cy='24' r='21'/>");
	page_markup(page, verdict_signs[diagnosis->verdict]);
	page_markup(page, "</svg><div>");
	page_element(page, "div", "word", parts_verdict_word(report));
	page_element(page, "h1", NULL, parts_headline(report));
	put_meta(page, report);
	page_markup(page, "</div></header>\n");
}

static void put_next(struct page *page, const struct report *report)
{
	const char *command;
	const char *action = parts_next_action(report, &command);

	page_markup(page, "<section class=\"card next\">");
	page_element(page, "div", "label", "What to do next");
	page_element(page, "p", NULL, action);
	if (command) {
		page_markup(page, "<p>");
		page_element(page, "code", NULL, command);
		page_markup(page, "</p>");
	}
	page_markup(page, "</section>\n");
}

static void put_node(struct page *page, const char *class, const char *title, const char *below)
{
	page_markup(page, "<li class=\"");
	page_markup(page, class);
	page_markup(page, "\">");
	page_element(page, "b", NULL, title);
	page_element(page, "span", "ms", below);
	page_markup(page, "</li>\n");
}

/* What stands at the end of the way: how far the user asked to go. */
static const char *goal_of(const struct endpoint_facts *facts)
{
	if (facts->login == LOGIN_NOT_ASKED)
		return "Mail server";
	return facts->endpoint.protocol == PROTOCOL_SMTP ? "Outgoing mail" : "Your mail";
}

static const struct step *failed_step(const struct endpoint_facts *facts)
{
	for (size_t i = 0; i < facts->n_steps; i++)
		if (!facts->steps[i].ok)
			return &facts->steps[i];
	return NULL;
}

/* A conversation may go on behind a failed step, but never with a secret. */
static const char *how_far(const struct endpoint_facts *facts, const struct step *failed)
{
	if (!failed)
		return "reached";
	for (const struct step *step = failed + 1; step < facts->steps + facts->n_steps; step++)
		if (step->ok && step->name != STEP_LOGOUT)
			return "not safely";
	return "not reached";
}

static void put_way(struct page *page, const struct endpoint_facts *facts)
{
	const struct step *failed = failed_step(facts);
	char took[WORDS_DURATION_SIZE];

	page_markup(page, "<section class=\"card\">");
	page_element(page, "h3", "mono", facts->url);
	if (facts->address)
		page_element(page, "span", "meta", facts->address);
	page_markup(page, facts->n_steps > WAY_LONG ? "<ol class=\"way long\">\n" : "<ol class=\"way\">\n");
	put_node(page, "end", "This computer", NULL);
	for (size_t i = 0; i < facts->n_steps; i++) {
		const struct step *step = &facts->steps[i];

		if (step->name != STEP_LOGOUT)
			put_node(page, step->ok ? "ok" : "bad", words_step(step->name),
				 words_duration(step->took, took));
	}
	put_node(page, failed ? "later" : "end", goal_of(facts), how_far(facts, failed));
	page_markup(page, "</ol>");
	if (failed) {
		page_markup(page, "<p class=\"why\">");
		page_printf(page, "%s: ", words_step(failed->name));
		page_peer(page,
			  str_of(failed->error_text ? failed->error_text : step_error_text(failed->error)));
		page_markup(page, "</p>");
	}
	page_markup(page, "</section>\n");
}

static void put_ways(struct page *page, const struct case_facts *facts)
{
	size_t n = 0;

	if (!facts || facts->n_endpoints == 0)
		return;
	page_element(page, "h2", NULL, "The way from this computer to the mailbox");
	for (size_t i = 0; i < facts->n_endpoints; i++)
		if (parts_is_drawn(facts, i) && ++n <= DRAWN_ENDPOINTS)
			put_way(page, facts->endpoints[i]);
	if (n > DRAWN_ENDPOINTS) {
		page_markup(page, "<p class=\"meta\">");
		page_printf(page, "… and %zu more.", n - DRAWN_ENDPOINTS);
		page_markup(page, "</p>");
	}
}

static void put_subject(struct page *page, const struct subject *subject)
{
	page_markup(page, "<p class=\"meta\">at <span class=\"mono\">");
	page_text(page, parts_subject_name(subject));
	if (subject->kind == SUBJECT_ENDPOINT && subject->address)
		page_printf(page, " (%s)", subject->address);
	page_markup(page, "</span></p>");
}

/* not_after, for people */
static void put_label(struct page *page, const char *name)
{
	char label[LABEL_SIZE] = "";

	for (size_t i = 0; name[i] && i + 1 < sizeof label; i++)
		label[i] = name[i] == '_' ? ' ' : name[i];
	page_element(page, "th", NULL, label);
}

static void put_evidence(struct page *page, const struct finding *finding)
{
	if (finding->n_evidence == 0)
		return;
	page_markup(page, "<table>");
	for (size_t i = 0; i < finding->n_evidence; i++) {
		const struct evidence *one = &finding->evidence[i];

		page_markup(page, "<tr>");
		put_label(page, one->name);
		page_markup(page, "<td class=\"mono\">");
		page_peer(page, str_of(one->found));
		page_markup(page, "</td><td class=\"meta\">");
		if (one->expected) {
			page_markup(page, "expected: ");
			page_text(page, one->expected);
		}
		page_markup(page, "</td></tr>\n");
	}
	page_markup(page, "</table>");
}

static void put_title(struct page *page, const struct finding *finding, size_t number)
{
	const struct catalogue_row *row = catalogue_row(finding->code);

	page_markup(page, "<h3>");
	if (number)
		page_printf(page, "%zu. ", number);
	page_text(page, row->title);
	page_markup(page, "</h3><p>");
	page_markup(page, "<span class=\"tag ");
	page_markup(page, severity_name(finding->severity));
	page_markup(page, "\">");
	page_text(page, severity_name(finding->severity));
	page_markup(page, "</span> ");
	page_element(page, "code", NULL, row->slug);
	if (finding->certainty == CERTAINTY_INFERRED)
		page_element(page, "span", "meta", " inferred");
	if (finding->count > 1)
		page_printf(page, " (%llu times)", (unsigned long long)finding->count);
	page_markup(page, "</p>");
}

static void put_mend(struct page *page, const struct finding *finding)
{
	page_markup(page, "<p class=\"mend\"><b>Mend it:</b> ");
	page_text(page, finding->remedy_text);
	page_markup(page, "</p>");
	if (finding->remedy_command) {
		page_markup(page, "<p>");
		page_element(page, "code", NULL, finding->remedy_command);
		page_markup(page, "</p>");
	}
}

static void put_excluded(struct page *page, const struct diagnosis *diagnosis)
{
	if (diagnosis->n_excluded == 0)
		return;
	page_markup(page, "<details class=\"card\"><summary>Why not something else</summary><table>");
	for (size_t i = 0; i < diagnosis->n_excluded; i++) {
		const struct excluded *one = &diagnosis->excluded[i];

		page_markup(page, "<tr><td>");
		page_text(page, catalogue_row(one->code)->title);
		page_markup(page, "</td><td>");
		page_text(page, one->why);
		page_markup(page, "</td></tr>\n");
	}
	page_markup(page, "</table></details>\n");
}

static void put_causes(struct page *page, const struct report *report)
{
	const struct diagnosis *diagnosis = report->diagnosis;
	size_t n = diagnosis->n_causes;

	if (n > 0)
		page_element(page, "h2", NULL,
			     n == 1 ? "The cause" : "The causes, in the order to mend them");
	for (size_t i = 0; i < n; i++) {
		page_markup(page, "<article class=\"card cause\">");
		put_title(page, diagnosis->causes[i], n > 1 ? i + 1 : 0);
		put_subject(page, &diagnosis->causes[i]->subject);
		put_evidence(page, diagnosis->causes[i]);
		put_mend(page, diagnosis->causes[i]);
		page_markup(page, "</article>\n");
	}
	put_excluded(page, diagnosis);
}

static void put_group(struct page *page, const struct report *report, size_t first, size_t *n_shown)
{
	const struct finding_sink *sink = report->findings;
	bool is_open = false;

	for (size_t i = first; i < finding_count(sink); i++) {
		const struct finding *finding = finding_at(sink, i);

		if (!parts_same_subject(finding, finding_at(sink, first)) ||
		    parts_is_cause(report, finding) || ++*n_shown > SHOWN_FINDINGS)
			continue;
		if (!is_open) {
			page_markup(page, "<section class=\"card\">");
			put_subject(page, &finding->subject);
		}
		is_open = true;
		page_markup(page, "<div class=\"item\">");
		put_title(page, finding, 0);
		put_evidence(page, finding);
		if (!finding->because_of && finding->severity >= SEVERITY_ADVICE)
			put_mend(page, finding);
		page_markup(page, "</div>");
	}
	if (is_open)
		page_markup(page, "</section>\n");
}

static void put_findings(struct page *page, const struct report *report)
{
	size_t n_shown = 0;

	if (!report->findings || finding_count(report->findings) <= report->diagnosis->n_causes)
		return;
	page_element(page, "h2", NULL, report->diagnosis->n_causes ? "Also found" : "Found");
	for (size_t i = 0; i < finding_count(report->findings); i++)
		if (parts_begins_group(report->findings, i))
			put_group(page, report, i, &n_shown);
	if (n_shown > SHOWN_FINDINGS) {
		page_markup(page, "<p class=\"meta\">");
		page_printf(page, "… and %zu more.", n_shown - SHOWN_FINDINGS);
		page_markup(page, "</p>");
	}
}

void report_html(const struct report *report, const struct report_style *style, struct buf *out)
{
	struct redactor storage;
	struct page page;

	page_init(&page, out, parts_redactor(report, style, &storage));
	page_markup(&page, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
			   "<meta http-equiv=\"Content-Security-Policy\" "
			   "content=\"default-src 'none';style-src 'unsafe-inline'\">\n"
			   "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	page_text(&page, parts_headline(report));
	page_markup(&page, "</title>\n<style>\n");
	page_markup(&page, page_style);
	page_markup(&page, "</style>\n</head>\n<body><main>\n");
	put_verdict(&page, report);
	put_next(&page, report);
	put_ways(&page, report->facts);
	if (report->clients && strcmp(report->command, "profile add-ins") == 0)
		addin_list_html(&page, report->clients);
	else if (report->clients)
		profiles_html(&page, report->clients);
	if (report->changed)
		settings_change_html(&page, report->changed);
	if (report->mend)
		mend_html(&page, report);
	if (report->items) {
		items_html(&page, report->items);
	} else if (report->stores) {
		store_html(&page, report);
		if (report->in_place)
			in_place_html(&page, report->in_place);
	} else {
		put_causes(&page, report);
		put_findings(&page, report);
	}
	page_details(&page, report);
	page_markup(&page, "<footer>");
	page_printf(&page, "Made by postmend %s (%s). This page runs no scripts and loads nothing.",
		    report->version, report->command);
	page_markup(&page, "</footer>\n</main></body>\n</html>\n");
	page_fini(&page);
}
