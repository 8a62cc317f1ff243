/* This file renders a search for the add-in that breaks a mail program. */
#include "report/bisect.h"

#include <stdio.h>

enum { SHOWN = 40, SMALL = 64 };

static void put_names(struct json_out *json, const char *name, const char *const *names, size_t n)
{
	json_open(json, name, '[');
	for (size_t i = 0; i < n; i++)
		json_text(json, NULL, names[i]);
	json_close(json, ']');
}

void bisect_json(struct json_out *json, const struct bisect_facts *facts)
{
	json_open(json, "bisect", '{');
	json_text(json, "culprit", facts->culprit);
	json_bool(json, "undecided", facts->is_undecided);
	put_names(json, "add_ins", facts->addins, facts->n_addins);
	json_open(json, "starts", '[');
	for (size_t i = 0; i < facts->n_starts; i++) {
		json_open(json, NULL, '{');
		json_word(json, "verdict", facts->starts[i].verdict);
		put_names(json, "on", facts->starts[i].on, facts->starts[i].n_on);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

void bisect_text(struct paper *paper, const struct bisect_facts *facts)
{
	char text[SMALL];

	paper_head(paper, "The starts");
	for (size_t i = 0; i < facts->n_starts && i < SHOWN; i++) {
		snprintf(text, sizeof text, "%zu. with %zu of %zu add-ins: %s", i + 1, facts->starts[i].n_on,
			 facts->n_addins, facts->starts[i].verdict);
		paper_line(paper, 3, text);
	}
	paper_line(paper, 3, "All add-ins are switched as they were.");
}
