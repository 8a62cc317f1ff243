/* This file judges what became of a store that was read into a new one. */
#include "diagnose/mend.h"

typedef unsigned long long number;

/* Of one kind the first stands for all. */
static void take_causes(const struct finding_sink *sink, struct diagnosis *out)
{
	for (size_t i = 0; i < finding_count(sink) && out->n_causes < DIAGNOSE_CAUSES_MAX; i++) {
		const struct finding *f = finding_at(sink, i);
		bool listed = f->severity < SEVERITY_WARNING;

		for (size_t k = 0; k < out->n_causes; k++)
			listed = listed || out->causes[k]->code == f->code;
		if (!listed)
			out->causes[out->n_causes++] = f;
	}
}

static bool is_needed(const struct mend_facts *m)
{
	return m->header_lost || !m->trees_whole || m->n_blocks_bad || m->n_recovered || m->n_marked ||
	       m->n_lost;
}

static const char *plan_headline(struct arena *arena, const struct mend_facts *m)
{
	if (!is_needed(m))
		return arena_printf(arena, "Nothing has to be mended: all %llu items are whole and in place.",
				    (number)m->n_in);
	return arena_printf(arena,
			    "Of %llu items %llu are whole, %llu would be found again, %llu would have a part "
			    "missing, %llu are lost.",
			    (number)m->n_in, (number)m->n_kept, (number)m->n_recovered, (number)m->n_marked,
			    (number)m->n_lost);
}

static const char *done_headline(struct arena *arena, const struct mend_facts *m)
{
	const char *to = m->n_outputs ? m->outputs[0] : "";

	if (m->n_outputs > 1)
		to = arena_printf(arena, "%zu parts, %s to %s", m->n_outputs, to,
				  m->outputs[m->n_outputs - 1]);
	if (!to)
		return NULL;
	if (m->n_marked == 0 && m->n_lost == 0)
		return arena_printf(arena, "All %llu items are in %s, nothing is missing.", (number)m->n_in,
				    to);
	return arena_printf(
		arena, "%llu of %llu items are in %s; %llu of them have a part missing, %llu are lost.",
		(number)(m->n_in - m->n_lost), (number)m->n_in, to, (number)m->n_marked, (number)m->n_lost);
}

enum status diagnose_mend(struct arena *arena, const struct mend_facts *facts, bool cancelled,
			  const struct finding_sink *sink, struct diagnosis *out)
{
	*out = (struct diagnosis){ .verdict = VERDICT_HEALTHY };
	take_causes(sink, out);
	if (cancelled || facts->failed) {
		out->verdict = VERDICT_UNDECIDED;
		out->headline = cancelled ? "It was stopped; nothing was written." : "Nothing was written.";
		out->next_test = cancelled ? "Run it again and let it end." : facts->failed;
		return ST_OK;
	}
	if (out->n_causes || (facts->is_plan && is_needed(facts)))
		out->verdict = VERDICT_TROUBLE;
	out->headline = facts->is_plan ? plan_headline(arena, facts) : done_headline(arena, facts);
	return out->headline ? ST_OK : ST_NOMEM;
}
