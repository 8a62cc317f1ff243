/* This file judges what a check of stores has found: one verdict, its causes, one headline. */
#ifndef POSTMEND_DIAGNOSE_STORES_H
#define POSTMEND_DIAGNOSE_STORES_H

#include "diagnose/diagnose.h"
#include "record/item_list.h"
#include "record/store_facts.h"

struct store_case {
	const struct store_facts *stores;
	size_t n;
	bool cancelled;
};

/* A cause is a kind of trouble in one store: the first finding of its code,
 * gravest first. A store that could not be read whole and shows no trouble
 * leaves the verdict undecided. ST_NOMEM. */
[[nodiscard]] enum status diagnose_stores(struct arena *arena, const struct store_case *facts,
					  const struct finding_sink *sink, struct diagnosis *out);

/* The same of a look into one store, whose findings are about what it listed:
 * `noun` is "rule" or "message"; "The 3 rules run as they should." ST_NOMEM. */
struct look_case {
	const struct store_facts *store;
	const struct item_list *items;
	const char *noun, *nouns; /* "rule", "rules" */
	const char *none;         /* said when nothing is listed */
	bool cancelled;
};
[[nodiscard]] enum status diagnose_look(struct arena *arena, const struct look_case *facts,
					const struct finding_sink *sink, struct diagnosis *out);

#endif
