/* This file turns a plan's changes into edits in an order that is safe at every moment. */
#ifndef POSTMEND_PLAN_ORDERING_H
#define POSTMEND_PLAN_ORDERING_H

#include "check/facts.h"
#include "plan/edit.h"
#include "plan/overlay.h"

/* Barriers, so that a store which is read between any two of them, by a program
 * that knows nothing of the journal, is as sound as it was:
 *	0 what was free or did not exist: new blocks and pages
 *	1 the header says that its maps are in doubt
 *	2 maps mark as used what is used now
 *	3 pages and blocks that are mended where they stand; then
 *	4 the header with all its new values: the moment of change
 *	5 maps give free what is free now, maps of old programs
 *	6 the header says that its maps are right
 */
[[nodiscard]] enum status ordering_edits(struct arena *arena, const struct image *original,
					 struct overlay *changed, const struct check_facts *facts_after,
					 struct edit_list *out);

#endif
