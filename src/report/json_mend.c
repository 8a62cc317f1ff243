/* This file writes the facts about a store that was read into a new one as JSON. */
#include "report/json_facts.h"

static void write_outputs(struct json_out *json, const struct mend_facts *m)
{
	if (m->n_outputs && !m->is_plan && !m->failed)
		json_text(json, "output", m->outputs[0]);
	else
		json_nothing(json, "output");
	json_open(json, "outputs", '[');
	for (size_t i = 0; i < m->n_outputs && !m->is_plan && !m->failed; i++)
		json_text(json, NULL, m->outputs[i]);
	json_close(json, ']');
}

void json_facts_mend(struct json_out *json, const struct mend_facts *m)
{
	json_text(json, "path", m->path);
	write_outputs(json, m);
	json_bool(json, "plan", m->is_plan);
	json_uint(json, "in", m->n_in);
	json_uint(json, "kept", m->n_kept);
	json_uint(json, "recovered", m->n_recovered);
	json_uint(json, "marked_damaged", m->n_marked);
	json_uint(json, "lost", m->n_lost);
	json_uint(json, "messages", m->n_messages);
	json_uint(json, "associated", m->n_associated);
	json_uint(json, "folders", m->n_folders);
	json_uint(json, "folders_made", m->n_folders_made);
	json_uint(json, "lost_and_found", m->n_lost_and_found);
	json_uint(json, "older", m->n_older);
	json_uint(json, "deleted", m->n_deleted);
	json_uint(json, "characters_lost", m->n_characters_lost);
	json_uint(json, "left_out", m->n_left_out);
	json_uint(json, "bytes", m->bytes);
	json_bool(json, "header_lost", m->header_lost);
	json_bool(json, "trees_whole", m->trees_whole);
	json_uint(json, "blocks_bad", m->n_blocks_bad);
}
