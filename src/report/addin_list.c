/* This file renders Outlook's add-ins. */
#include "report/addin_list.h"

#include "client/addins.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN = 200, COLUMN = 9, TIME_SIZE = 48 };

static const char *file_word(enum machine_file state)
{
	return state == MACHINE_FILE_PRESENT ? "present" : state == MACHINE_FILE_MISSING ? "missing" : NULL;
}

static void put_line(struct paper *paper, const char *label, const char *text)
{
	if (!text)
		return;
	paper_add(paper, label);
	paper_pad(paper, COLUMN);
	paper_peer(paper, str_of(text));
	paper_end(paper, 5, COLUMN);
}

static void put_addin(struct paper *paper, const struct client_found *found,
		      const struct machine_addin *addin)
{
	const struct machine *m = found->machine;
	char text[TIME_SIZE];

	paper_mark(paper, PAPER_BOLD);
	paper_peer(paper, str_of(addin->prog_id));
	paper_mark(paper, PAPER_PLAIN);
	paper_add(paper, "  ");
	paper_add(paper, addins_state_name(addin));
	paper_add(paper, "  (");
	paper_add(paper, addins_view_name(addin->view));
	paper_add(paper, ")");
	paper_end(paper, 3, 2);
	put_line(paper, "name", addin->name.text);
	put_line(paper, addin->state == MACHINE_FILE_MISSING ? "file gone" : "file", addin->file);
	if (addin->load_ms.is_set) {
		snprintf(text, sizeof text, "%u ms at the last start", (unsigned)addin->load_ms.number);
		put_line(paper, "loaded in", text);
	}
	for (size_t i = 0; i < m->n_notes; i++)
		if (addins_note_is_about(&m->notes[i], addin))
			put_line(paper, "noted", addins_note_name(&m->notes[i]));
	put_line(paper, "stands in", addin->source);
}

void addin_list_text(struct paper *paper, const struct client_found *found)
{
	const struct machine *m = found->machine;

	paper_gap(paper);
	for (size_t i = 0; i < m->n_addins && i < SHOWN; i++)
		put_addin(paper, found, &m->addins[i]);
	if (m->n_addins > SHOWN)
		paper_line(paper, 1, "… and more: --json has them all.");
}

void addin_list_html(struct page *page, const struct client_found *found)
{
	const struct machine *m = found->machine;

	if (m->n_addins)
		page_element(page, "h2", NULL, "Add-ins of Outlook");
	for (size_t i = 0; i < m->n_addins && i < SHOWN; i++) {
		const struct machine_addin *addin = &m->addins[i];

		page_markup(page, "<h3>");
		page_peer(page, str_of(addin->prog_id));
		page_markup(page, "</h3>\n<table>\n");
		page_row(page, "name", addin->name.text);
		page_row(page, "state", addins_state_name(addin));
		page_row(page, "registered", addins_view_name(addin->view));
		page_row(page, "file", addin->file);
		for (size_t n = 0; n < m->n_notes; n++)
			if (addins_note_is_about(&m->notes[n], addin))
				page_row(page, "noted", addins_note_name(&m->notes[n]));
		page_row(page, "stands in", addin->source);
		page_markup(page, "</table>\n");
	}
}

static void write_place(struct json_out *json, const struct client_place *place)
{
	json_open(json, "where", '{');
	json_text(json, "key", place->key);
	if (place->value)
		json_text(json, "value", place->value);
	json_close(json, '}');
}

static void write_addin(struct json_out *json, const struct client_found *found,
			const struct machine_addin *addin)
{
	const struct machine *m = found->machine;

	json_open(json, NULL, '{');
	json_text(json, "prog_id", addin->prog_id);
	json_text(json, "name", addin->name.text);
	json_word(json, "view", addins_view_name(addin->view));
	if (addin->load.is_set)
		json_uint(json, "load_behavior", addin->load.number);
	else
		json_nothing(json, "load_behavior");
	if (addin->load_ms.is_set)
		json_uint(json, "load_ms", addin->load_ms.number);
	else
		json_nothing(json, "load_ms");
	json_text(json, "state", addins_state_name(addin));
	json_text(json, "file", addin->file);
	json_text(json, "file_is", file_word(addin->state));
	json_text(json, "manifest", addin->manifest.text);
	json_open(json, "noted", '[');
	for (size_t i = 0; i < m->n_notes; i++)
		if (addins_note_is_about(&m->notes[i], addin))
			json_text(json, NULL, addins_note_name(&m->notes[i]));
	json_close(json, ']');
	json_text(json, "source", addin->source);
	write_place(json, &addin->place);
	json_close(json, '}');
}

void addin_list_json(struct json_out *json, const struct client_found *found)
{
	const struct machine *m = found->machine;

	json_open(json, "add_ins", '[');
	for (size_t i = 0; i < m->n_addins; i++)
		write_addin(json, found, &m->addins[i]);
	json_close(json, ']');
	json_open(json, "notes", '[');
	for (size_t i = 0; i < m->n_notes; i++) {
		const struct machine_note *note = &m->notes[i];

		json_open(json, NULL, '{');
		json_text(json, "what", addins_note_name(note));
		json_text(json, "text", note->text);
		json_uint(json, "number", note->number);
		json_text(json, "source", note->source);
		write_place(json, &note->place);
		json_close(json, '}');
	}
	json_close(json, ']');
}
