/* This file renders what a look into a store has listed. */
#include "report/items.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "finding/catalogue.h"
#include "report/words.h"

#include <stdio.h>
#include <string.h>

/* For people; JSON has them all. */
enum { SHOWN_MAX = 200, LINE_SIZE = 160, NODE_SIZE = 24 };

static const char *title_of(const char *id)
{
	const struct catalogue_row *row = catalogue_find(str_of(id));

	return row ? row->title : id;
}

static void put_head(struct paper *paper, const struct listed_item *item)
{
	char text[CALENDAR_SIZE], size[WORDS_DURATION_SIZE], line[LINE_SIZE];

	paper_mark(paper, PAPER_BOLD);
	paper_add(paper, item->state);
	paper_mark(paper, PAPER_PLAIN);
	paper_pad(paper, 14);
	/* What mail is called is its owner's business. */
	if (item->subject && !paper->redactor) {
		paper_add(paper, "\"");
		paper_peer(paper, str_of(item->subject));
		paper_add(paper, "\" ");
	}
	paper_mark(paper, PAPER_DIM);
	if (item->has_time) {
		calendar_print(item->time, text);
		paper_add(paper, text);
		paper_add(paper, "  ");
	}
	if (item->size) {
		paper_add(paper, words_bytes(item->size, size));
		paper_add(paper, "  ");
	}
	if (item->nid) {
		snprintf(line, sizeof line, "node 0x%X", (unsigned)item->nid);
		paper_add(paper, line);
		if (item->part) {
			snprintf(line, sizeof line, ".%u", (unsigned)item->part);
			paper_add(paper, line);
		}
	}
	if (item->other) {
		snprintf(line, sizeof line, " of 0x%X", (unsigned)item->other);
		paper_add(paper, line);
	}
	if (item->folder && !paper->redactor) {
		paper_add(paper, " in ");
		paper_peer(paper, str_of(item->folder));
	}
	paper_mark(paper, PAPER_PLAIN);
	paper_end(paper, 1, 15);
}

/* What is done with it, as it was or as it would be. */
static const char *words_of(const struct listed_item *item)
{
	static const struct {
		const char *action, *done, *planned;
	} rows[] = {
		{ "release", "is a draft again", "would be a draft again" },
		{ "remove", "is out of the store", "would be taken out of the store" },
		{ "move", "was moved", "would be moved" },
		{ "disable", "is switched off", "would be switched off" },
		{ "set-aside", "was set aside", "would be set aside" },
	};

	for (size_t i = 0; item->action && i < COUNT_OF(rows); i++)
		if (strcmp(item->action, rows[i].action) == 0)
			return item->is_written ? rows[i].done : rows[i].planned;
	return NULL;
}

static void put_action(struct paper *paper, const struct listed_item *item)
{
	const char *words = words_of(item);

	if (!words)
		return;
	paper_mark(paper, PAPER_BOLD);
	paper_add(paper, words);
	paper_mark(paper, PAPER_PLAIN);
	if (item->to && !paper->redactor) {
		paper_add(paper, ": ");
		paper_peer(paper, str_of(item->to));
	}
	paper_end(paper, 15, 2);
}

static void put_item(struct paper *paper, const struct listed_item *item)
{
	put_head(paper, item);
	if (item->tells && !paper->redactor) {
		paper_peer(paper, str_of(item->tells));
		paper_end(paper, 15, 2);
	}
	put_action(paper, item);
	for (size_t i = 0; i < item->n_why; i++) {
		paper_mark(paper, PAPER_YELLOW);
		paper_add(paper, "- ");
		paper_mark(paper, PAPER_PLAIN);
		paper_add(paper, title_of(item->why[i]));
		paper_add(paper, "  [");
		paper_add(paper, item->why[i]);
		paper_add(paper, "]");
		paper_end(paper, 15, 2);
	}
}

void items_text(struct paper *paper, const struct item_list *list)
{
	char text[LINE_SIZE];

	paper_gap(paper);
	for (size_t i = 0; i < list->n && i < SHOWN_MAX; i++)
		put_item(paper, &list->items[i]);
	if (list->n <= SHOWN_MAX)
		return;
	snprintf(text, sizeof text, "… and %zu more: --json has them all.", list->n - SHOWN_MAX);
	paper_line(paper, 1, text);
}

static void put_row(struct page *page, const struct listed_item *item)
{
	char time[CALENDAR_SIZE] = "", size[WORDS_DURATION_SIZE];

	if (item->has_time)
		calendar_print(item->time, time);
	page_markup(page, "<tr><td>");
	page_text(page, item->state);
	page_markup(page, "<br><span class=\"meta mono\">");
	if (item->nid)
		page_printf(page, "0x%X", (unsigned)item->nid);
	page_markup(page, "</span></td><td>");
	if (!page->redactor && item->subject)
		page_peer(page, str_of(item->subject));
	page_markup(page, "<br><span class=\"meta\">");
	page_text(page, time);
	page_markup(page, " ");
	page_text(page, words_bytes(item->size, size));
	page_markup(page, " ");
	if (!page->redactor && item->folder)
		page_peer(page, str_of(item->folder));
	page_markup(page, "</span>");
	if (!page->redactor && item->tells) {
		page_markup(page, "<br>");
		page_peer(page, str_of(item->tells));
	}
	if (words_of(item)) {
		page_markup(page, "<br>");
		page_text(page, words_of(item));
	}
	for (size_t i = 0; i < item->n_why; i++) {
		page_markup(page, "<br><span class=\"meta\">");
		page_text(page, title_of(item->why[i]));
		page_markup(page, "</span>");
	}
	page_markup(page, "</td></tr>\n");
}

void items_html(struct page *page, const struct item_list *list)
{
	page_markup(page, "<section class=\"card\"><table>\n");
	for (size_t i = 0; i < list->n && i < SHOWN_MAX; i++)
		put_row(page, &list->items[i]);
	page_markup(page, "</table>");
	if (list->n > SHOWN_MAX) {
		page_markup(page, "<p class=\"meta\">");
		page_printf(page, "… and %zu more.", list->n - SHOWN_MAX);
		page_markup(page, "</p>");
	}
	page_markup(page, "</section>\n");
}

static void write_node(struct json_out *json, const char *name, uint32_t nid)
{
	char text[NODE_SIZE];

	snprintf(text, sizeof text, "0x%X", (unsigned)nid);
	json_word(json, name, nid ? text : NULL);
}

static void write_item(struct json_out *json, const struct listed_item *item)
{
	bool hides = json->redactor != NULL;
	char time[CALENDAR_SIZE];

	if (item->has_time)
		calendar_print_iso(item->time, time);
	json_open(json, NULL, '{');
	write_node(json, "node", item->nid);
	json_text(json, "folder", hides && item->folder ? "hidden" : item->folder);
	json_text(json, "class", item->class);
	json_text(json, "subject", hides && item->subject ? "hidden" : item->subject);
	json_word(json, "time", item->has_time ? time : NULL);
	json_uint(json, "size", item->size);
	json_word(json, "state", item->state);
	if (item->tells)
		json_text(json, "tells", hides ? "hidden" : item->tells);
	if (item->other)
		write_node(json, "double_of", item->other);
	if (item->part)
		json_uint(json, "rule", item->part);
	if (item->action) {
		json_open(json, "change", '{');
		json_word(json, "action", item->action);
		json_text(json, "to", hides && item->to ? "hidden" : item->to);
		json_bool(json, "written", item->is_written);
		json_close(json, '}');
	}
	json_open(json, "why", '[');
	for (size_t i = 0; i < item->n_why; i++)
		json_word(json, NULL, item->why[i]);
	json_close(json, ']');
	json_close(json, '}');
}

void items_json(struct json_out *json, const struct item_list *list)
{
	json_open(json, "items", '[');
	for (size_t i = 0; i < list->n; i++)
		write_item(json, &list->items[i]);
	json_close(json, ']');
}
