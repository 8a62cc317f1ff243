/* This file judges what a look at the mail programs' settings has found. */
#include "diagnose/clients.h"
#include "diagnose/causes.h"

#include <string.h>

static const char *counted(struct arena *arena, const struct clients_case *facts)
{
	if (facts->is_of_addins)
		return facts->n_addins == 1 ? "One add-in is registered for Outlook."
					    : arena_printf(arena, "%zu add-ins are registered for Outlook.",
							   facts->n_addins);
	if (facts->n_accounts == 0 && facts->n_profiles == 0)
		return "No mail program is set up here.";
	if (facts->n_accounts == 0)
		return facts->n_profiles == 1
			       ? "There is one profile and no mail account in it."
			       : arena_printf(arena, "There are %zu profiles and no mail account in them.",
					      facts->n_profiles);
	if (facts->is_judged)
		return arena_printf(arena,
				    "%zu mail account%s set up here, and nothing speaks against %s settings.",
				    facts->n_accounts, facts->n_accounts == 1 ? " is" : "s are",
				    facts->n_accounts == 1 ? "its" : "their");
	if (facts->n_accounts == 1)
		return "One mail account is set up here.";
	return arena_printf(arena, "%zu mail accounts are set up here.", facts->n_accounts);
}

enum status diagnose_clients(struct arena *arena, const struct clients_case *facts,
			     const struct finding_sink *sink, struct diagnosis *out)
{
	*out = (struct diagnosis){ .verdict = VERDICT_HEALTHY };
	for (size_t i = 0; i < finding_count(sink); i++) {
		const struct finding *f = finding_at(sink, i);

		if (f->severity >= SEVERITY_WARNING && !f->because_of)
			causes_insert(out, f);
	}
	if (out->n_causes) {
		const char *title = catalogue_row(out->causes[0]->code)->title;

		out->verdict = VERDICT_TROUBLE;
		out->headline = out->n_causes == 1
					? arena_printf(arena, "%s.", title)
					: arena_printf(arena, "%zu things are wrong; the gravest: %c%s.",
						       out->n_causes, title[0] | 0x20, title + 1);
	} else {
		out->headline = counted(arena, facts);
	}
	return out->headline ? ST_OK : ST_NOMEM;
}
