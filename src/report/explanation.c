/* This file renders what "explain" knows, as text and as JSON. */
#include "report/explanation.h"

#include "report/json_out.h"
#include "report/paper.h"

#include <stdio.h>

enum { NUMBER_SIZE = 48, WHAT_LONG = 30 };

static void put_points(struct paper *paper, const char *title, const struct explain_points *points)
{
	if (points->n == 0)
		return;
	paper_mark(paper, PAPER_DIM);
	paper_add(paper, title);
	paper_mark(paper, PAPER_PLAIN);
	paper_end(paper, 2, 0);
	for (size_t i = 0; i < points->n; i++) {
		paper_add(paper, "- ");
		paper_peer(paper, str_of(points->at[i]));
		paper_end(paper, 3, 2);
	}
}

static void put_match(struct paper *paper, const struct explain_match *match)
{
	struct str what = str_of(match->what), title = str_of(match->title);
	char number[NUMBER_SIZE];

	paper_mark(paper, PAPER_BOLD);
	if (!match->title || !str_starts(title, what))
		paper_peer(paper, what);
	/* A pasted line stands for itself; a code and its title share a line. */
	if (match->title && what.len > WHAT_LONG)
		paper_end(paper, 0, 2);
	else if (match->title && !str_starts(title, what))
		paper_add(paper, "  ");
	paper_peer(paper, title);
	paper_mark(paper, PAPER_PLAIN);
	if (match->id && !str_is(str_of(match->what), match->id)) {
		paper_add(paper, "  [");
		paper_add(paper, match->id);
		paper_add(paper, "]");
	}
	if (match->count > 1) {
		snprintf(number, sizeof number, "  (%llu times)", (unsigned long long)match->count);
		paper_add(paper, number);
	}
	paper_end(paper, 0, 2);
	if (match->meaning) {
		paper_peer(paper, str_of(match->meaning));
		paper_end(paper, 2, 0);
	}
	put_points(paper, "Causes, the likeliest first", &match->causes);
	put_points(paper, "How to tell them apart", &match->tell_apart);
	put_points(paper, "What to do", &match->what_to_do);
}

void explanation_text(const struct explanation_report *report, const struct report_style *style,
		      struct buf *out)
{
	const struct explanation *explanation = report->explanation;
	struct redactor storage, *redactor = NULL;
	struct paper paper;

	if (style->redact) {
		redact_init(&storage);
		redactor = &storage;
	}
	paper_init(&paper, out, redactor, style->color, style->width);
	if (explanation->n_matches == 0) {
		paper_add(&paper, "Nothing is known of \"");
		paper_peer(&paper, str_of(report->what));
		paper_add(&paper,
			  "\". Give an error code such as 0x800CCC0F, the server's line as it stands in "
			  "the message, a finding's id, or a log file.");
		paper_end(&paper, 0, 0);
	}
	for (size_t i = 0; i < explanation->n_matches; i++) {
		if (i > 0)
			paper_gap(&paper);
		put_match(&paper, &explanation->matches[i]);
	}
	paper_fini(&paper);
}

static void write_points(struct json_out *json, const char *name, const struct explain_points *points)
{
	json_open(json, name, '[');
	for (size_t i = 0; i < points->n; i++)
		json_text(json, NULL, points->at[i]);
	json_close(json, ']');
}

static void write_match(struct json_out *json, const struct explain_match *match)
{
	json_open(json, NULL, '{');
	json_text(json, "what", match->what);
	json_text(json, "title", match->title);
	json_text(json, "meaning", match->meaning ? match->meaning : match->title);
	json_word(json, "id", match->id);
	write_points(json, "causes", &match->causes);
	write_points(json, "tell_apart", &match->tell_apart);
	write_points(json, "what_to_do", &match->what_to_do);
	json_uint(json, "count", match->count);
	json_close(json, '}');
}

static void write_empty(struct json_out *json, const char *name)
{
	json_open(json, name, '[');
	json_close(json, ']');
}

void explanation_json(const struct explanation_report *report, const struct report_style *style,
		      struct buf *out)
{
	const struct explanation *explanation = report->explanation;
	struct redactor storage, *redactor = NULL;
	struct json_out json;

	if (style->redact) {
		redact_init(&storage);
		redactor = &storage;
	}
	json_init(&json, out, redactor);
	json_open(&json, NULL, '{');
	json_word(&json, "schema", "postmend/1");
	json_word(&json, "command", "explain");
	json_word(&json, "version", report->version);
	json_word(&json, "verdict",
		  verdict_name(explanation->n_matches ? VERDICT_HEALTHY : VERDICT_UNDECIDED));
	write_empty(&json, "causes");
	write_empty(&json, "cause_keys");
	write_empty(&json, "findings");
	json_open(&json, "facts", '{');
	json_open(&json, "matches", '[');
	for (size_t i = 0; i < explanation->n_matches; i++)
		write_match(&json, &explanation->matches[i]);
	json_close(&json, ']');
	json_close(&json, '}');
	json_ms(&json, "elapsed_ms", report->elapsed);
	json_close(&json, '}');
	json_fini(&json);
}
