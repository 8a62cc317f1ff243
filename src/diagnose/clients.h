/* This file judges what a look at the mail programs' settings has found: one verdict, its causes, one
 * headline. */
#ifndef POSTMEND_DIAGNOSE_CLIENTS_H
#define POSTMEND_DIAGNOSE_CLIENTS_H

#include "diagnose/diagnose.h"

struct clients_case {
	size_t n_accounts, n_profiles;
	bool is_judged;    /* the settings were judged, not only listed */
	bool is_of_addins; /* only these were looked at */
	size_t n_addins;
};

/* A cause is a finding of warning or worse; gravest first. ST_NOMEM. */
[[nodiscard]] enum status diagnose_clients(struct arena *arena, const struct clients_case *facts,
					   const struct finding_sink *sink, struct diagnosis *out);

#endif
