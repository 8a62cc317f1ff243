/* This file renders what became of mends of mail programs' settings. */
#include "report/settings_change.h"

#include "report/report.h"

#include <stdio.h>

enum { SHOWN = 100, LINE_CAP = 4096, SMALL = 96 };

static const char *const outcome_words[] = {
	[SETTINGS_PLANNED] = "planned",
	[SETTINGS_NOTHING] = "nothing",
	[SETTINGS_DECLINED] = "declined",
	[SETTINGS_WRITTEN] = "written",
};

static const char *title_of(const struct settings_change *change)
{
	switch (change->outcome) {
	case SETTINGS_PLANNED:
		return change->n_steps ? "What would be written" : "Nothing of it can be written";
	case SETTINGS_NOTHING:
		return "Nothing was written";
	case SETTINGS_DECLINED:
		return "Nothing was written: you said no";
	case SETTINGS_WRITTEN:
		return "What was written";
	}
	return "";
}

/* "Port: 995 becomes 993". */
static void describe(const struct settings_step *step, struct buf *out)
{
	buf_printf(out, "%s: ", step->name);
	if (!step->fresh)
		buf_printf(out, "%s is taken out", step->old ? step->old : "what is set");
	else if (step->old)
		buf_printf(out, "%s becomes %s", step->old, step->fresh);
	else
		buf_printf(out, "%s, which was not set", step->fresh);
}

static void put_step(struct paper *paper, const struct settings_step *step)
{
	struct buf line;

	buf_init(&line, LINE_CAP);
	describe(step, &line);
	paper_peer(paper, buf_str(&line));
	paper_end(paper, 3, 2);
	buf_clear(&line);
	buf_add_text(&line, step->file);
	if (step->key)
		buf_printf(&line, ": %s", step->key);
	else if (step->line)
		buf_printf(&line, ", line %u", step->line);
	paper_mark(paper, PAPER_DIM);
	paper_peer(paper, buf_str(&line));
	paper_mark(paper, PAPER_PLAIN);
	paper_end(paper, 5, 2);
	buf_fini(&line);
}

void settings_change_text(struct paper *paper, const struct settings_change *change)
{
	char text[SMALL];

	paper_head(paper, title_of(change));
	for (size_t i = 0; i < change->n_steps && i < SHOWN; i++)
		put_step(paper, &change->steps[i]);
	if (change->n_steps > SHOWN) {
		snprintf(text, sizeof text, "… and %zu more: --json has them all.", change->n_steps - SHOWN);
		paper_line(paper, 3, text);
	}
	for (size_t i = 0; i < change->n_left && i < SHOWN; i++) {
		paper_add(paper, "left: ");
		paper_peer(paper, str_of(change->left[i].finding));
		paper_add(paper, ": ");
		paper_peer(paper, str_of(change->left[i].why));
		paper_end(paper, 3, 2);
	}
	if (change->outcome == SETTINGS_WRITTEN)
		paper_line(paper, 3, "\"postmend profile undo\" takes all of it back, byte for byte.");
}

void settings_change_html(struct page *page, const struct settings_change *change)
{
	struct buf line;

	buf_init(&line, LINE_CAP);
	page_element(page, "h2", NULL, title_of(change));
	page_markup(page, "<table>\n");
	for (size_t i = 0; i < change->n_steps && i < SHOWN; i++) {
		buf_clear(&line);
		describe(&change->steps[i], &line);
		page_markup(page, "<tr><th>");
		page_peer(page, str_of(change->steps[i].file));
		page_markup(page, "</th><td>");
		page_peer(page, buf_str(&line));
		page_markup(page, "</td></tr>\n");
	}
	for (size_t i = 0; i < change->n_left && i < SHOWN; i++)
		page_row(page, change->left[i].finding, change->left[i].why);
	page_markup(page, "</table>\n");
	buf_fini(&line);
}

static void write_step(struct json_out *json, const struct settings_step *step)
{
	json_open(json, NULL, '{');
	json_text(json, "finding", step->finding);
	json_text(json, "file", step->file);
	if (step->key)
		json_text(json, "key", step->key);
	json_text(json, "name", step->name);
	if (step->line)
		json_uint(json, "line", step->line);
	json_text(json, "found", step->old);
	json_text(json, "wanted", step->fresh);
	json_close(json, '}');
}

void settings_change_json(struct json_out *json, const struct settings_change *change)
{
	json_open(json, "mends", '{');
	json_word(json, "outcome", outcome_words[change->outcome]);
	json_text(json, "journal", change->journal);
	json_open(json, "steps", '[');
	for (size_t i = 0; i < change->n_steps; i++)
		write_step(json, &change->steps[i]);
	json_close(json, ']');
	json_open(json, "left", '[');
	for (size_t i = 0; i < change->n_left; i++) {
		json_open(json, NULL, '{');
		json_text(json, "finding", change->left[i].finding);
		json_text(json, "file", change->left[i].file);
		json_text(json, "why", change->left[i].why);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

void report_settings_undone(const char *const *paths, size_t n, const char *version, bool json,
			    struct buf *out)
{
	struct json_out document;
	struct paper paper;

	if (!json) {
		paper_init(&paper, out, NULL, false, 0);
		for (size_t i = 0; i < n; i++) {
			paper_add(&paper, "As it was before, byte for byte: ");
			paper_peer(&paper, str_of(paths[i]));
			paper_end(&paper, 0, 0);
		}
		paper_fini(&paper);
		return;
	}
	json_init(&document, out, NULL);
	json_open(&document, NULL, '{');
	json_word(&document, "schema", "postmend/1");
	json_word(&document, "command", "profile undo");
	json_word(&document, "version", version);
	json_open(&document, "facts", '{');
	json_word(&document, "outcome", "taken-back");
	json_open(&document, "files", '[');
	for (size_t i = 0; i < n; i++)
		json_text(&document, NULL, paths[i]);
	json_close(&document, ']');
	json_close(&document, '}');
	json_close(&document, '}');
	json_fini(&document);
}
