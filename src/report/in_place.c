/* This file renders a repair in place: what was, or would be, written and how it is taken back. */
#include "report/in_place.h"

#include "report/report.h"

#include <stdio.h>

enum { SHOWN_STEPS = 24, LINE_SIZE = 256 };

static const char *const outcome_words[] = {
	[IN_PLACE_PLANNED] = "planned", [IN_PLACE_NOTHING] = "nothing", [IN_PLACE_DECLINED] = "declined",
	[IN_PLACE_WRITTEN] = "written", [IN_PLACE_RESUMED] = "resumed", [IN_PLACE_REFUSED] = "refused",
};

static bool is_done(const struct in_place_facts *facts)
{
	return facts->outcome == IN_PLACE_WRITTEN || facts->outcome == IN_PLACE_RESUMED;
}

static const char *title_of(const struct in_place_facts *facts)
{
	switch (facts->outcome) {
	case IN_PLACE_PLANNED:
		return facts->n_steps ? "What a repair in place would do" : "Nothing can be mended in place";
	case IN_PLACE_NOTHING:
		return "Nothing was written: there is nothing that can be mended in place";
	case IN_PLACE_DECLINED:
		return "Nothing was written: you said no";
	case IN_PLACE_WRITTEN:
		return "What was mended in place";
	case IN_PLACE_RESUMED:
		return "A repair that was interrupted was carried out";
	case IN_PLACE_REFUSED:
		return "Nothing was written";
	}
	return "";
}

static void describe(const struct in_place_step *step, char text[LINE_SIZE])
{
	snprintf(text, LINE_SIZE, "%u. %s (%llu findings, %llu bytes in %llu places)", step->id, step->text,
		 (unsigned long long)step->findings, (unsigned long long)step->bytes,
		 (unsigned long long)step->n_ranges);
}

static void json_step(struct json_out *json, const struct in_place_step *step)
{
	json_open(json, NULL, '{');
	json_uint(json, "id", step->id);
	json_open(json, "needs", '[');
	if (step->needs)
		json_uint(json, NULL, step->needs);
	json_close(json, ']');
	json_word(json, "class", step->kind);
	json_word(json, "text", step->text);
	json_open(json, "answers", '[');
	for (size_t i = 0; i < step->n_answers; i++)
		json_word(json, NULL, step->answers[i]);
	json_close(json, ']');
	json_uint(json, "findings", step->findings);
	json_uint(json, "bytes", step->bytes);
	json_uint(json, "places", step->n_ranges);
	json_open(json, "ranges", '[');
	for (size_t i = 0; i < step->n_shown; i++) {
		json_open(json, NULL, '{');
		json_uint(json, "at", step->ranges[i].at);
		json_uint(json, "bytes", step->ranges[i].len);
		json_uint(json, "crc_before", step->ranges[i].old_crc);
		json_uint(json, "crc_after", step->ranges[i].new_crc);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

void in_place_json(struct json_out *json, const struct in_place_facts *facts, const struct store_facts *store)
{
	json_text(json, "output", is_done(facts) ? facts->path : NULL);
	json_uint(json, "messages", store->messages);
	json_uint(json, "kept", store->messages);
	json_uint(json, "recovered", 0);
	json_uint(json, "marked_damaged", 0);
	json_uint(json, "lost", 0);
	json_open(json, "in_place", '{');
	json_word(json, "outcome", outcome_words[facts->outcome]);
	json_word(json, "refusal", facts->refusal);
	json_text(json, "journal", facts->journal);
	json_uint(json, "rejected", facts->n_rejected);
	json_open(json, "steps", '[');
	for (size_t i = 0; i < facts->n_steps; i++)
		json_step(json, &facts->steps[i]);
	json_close(json, ']');
	json_close(json, '}');
}

void in_place_text(struct paper *paper, const struct in_place_facts *facts)
{
	char text[LINE_SIZE];

	paper_head(paper, title_of(facts));
	if (facts->refusal)
		paper_line(paper, 3, facts->refusal);
	for (size_t i = 0; i < facts->n_steps && i < SHOWN_STEPS; i++) {
		describe(&facts->steps[i], text);
		paper_line(paper, 3, text);
	}
	if (facts->n_steps > SHOWN_STEPS) {
		snprintf(text, sizeof text, "… and %zu more: --json has them all.",
			 facts->n_steps - SHOWN_STEPS);
		paper_line(paper, 3, text);
	}
	if (is_done(facts) && facts->journal) {
		paper_add(paper, "The old bytes are in ");
		paper_add(paper, facts->journal);
		paper_add(paper, "; as long as nobody changes the store, this takes all of it back:");
		paper_end(paper, 3, 2);
		paper_add(paper, "postmend store undo ");
		paper_add(paper, facts->path);
		paper_end(paper, 6, 2);
	}
}

void in_place_html(struct page *page, const struct in_place_facts *facts)
{
	char text[LINE_SIZE];

	page_element(page, "h2", NULL, title_of(facts));
	if (facts->refusal)
		page_element(page, "p", NULL, facts->refusal);
	for (size_t i = 0; i < facts->n_steps; i++) {
		describe(&facts->steps[i], text);
		page_element(page, "p", NULL, text);
	}
	if (is_done(facts) && facts->journal)
		page_element(page, "p", "mono", facts->journal);
}

void report_undone(const char *path, const char *version, bool json, struct buf *out)
{
	struct json_out document;
	struct paper paper;

	if (!json) {
		paper_init(&paper, out, NULL, false, 0);
		paper_add(&paper, "The store is as it was before the repair, byte for byte: ");
		paper_add(&paper, path);
		paper_end(&paper, 0, 0);
		paper_fini(&paper);
		return;
	}
	json_init(&document, out, NULL);
	json_open(&document, NULL, '{');
	json_word(&document, "schema", "postmend/1");
	json_word(&document, "command", "store undo");
	json_word(&document, "version", version);
	json_open(&document, "facts", '{');
	json_text(&document, "output", path);
	json_word(&document, "outcome", "taken-back");
	json_close(&document, '}');
	json_close(&document, '}');
	json_fini(&document);
}
