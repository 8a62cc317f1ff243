/* This file leaves folders out of a plan that one part of a split store does not need.
 *
 * Part 1 has all. The others have those with items in them, those above these,
 * and those that every store has.
 */
#include "convert/plan.h"

/* Of search folders those that Outlook has for itself, below the root. */
static bool is_needed(const struct plan *plan, size_t i)
{
	const struct folder_plan *f = &plan->folders[i];

	if (f->is_search)
		return f->parent == plan->root;
	return f->end > f->first || i == plan->root || i == plan->subtree || i == plan->wastebasket ||
	       i == plan->finder;
}

bool plan_changes_key(const struct plan *plan, uint32_t part)
{
	const struct check_facts *facts = plan->items.facts;

	if (!plan->options->changes_key)
		return false;
	return part > 1 || facts->variant->kind != VARIANT_UNICODE ||
	       facts->header.magic_client == HEADER_CLIENT_OST;
}

void plan_leave_out(struct plan *plan)
{
	if (!plan->options->parts || plan->options->part <= 1)
		return;
	for (size_t i = 0; i < plan->n_folders; i++)
		plan->folders[i].is_out = true;
	/* Parents lead to the root, and whoever is in has all above in too. */
	for (size_t i = 0; i < plan->n_folders; i++)
		for (size_t k = i; is_needed(plan, i) && k != SIZE_MAX && plan->folders[k].is_out;
		     k = plan->folders[k].parent)
			plan->folders[k].is_out = false;
}
