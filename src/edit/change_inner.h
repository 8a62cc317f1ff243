/* This file shares a change's state between the files that are the change. */
#ifndef POSTMEND_EDIT_CHANGE_INNER_H
#define POSTMEND_EDIT_CHANGE_INNER_H

#include "edit/change.h"
#include "edit/objects.h"

struct change {
	struct arena *arena; /* the caller's */
	const struct image *image;
	const struct change_options *options;
	struct arena *before_arena, *after_arena, *work_arena, *scratch_arena;
	struct finding_sink *before, *after;
	const char *refusal;
	struct work work;
	struct objects objects;
	uint32_t *searches; /* tables of search folders, once asked for */
	size_t n_searches;
	bool searches_known, has_removed, is_changed;
};

/* What named nodes that are gone does so no more. */
void change_forget_ids(struct change *change);

#endif
