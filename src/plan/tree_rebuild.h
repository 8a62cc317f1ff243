/* This file finds what belongs below a lost page of a tree, and builds the pages above it anew. */
#ifndef POSTMEND_PLAN_TREE_REBUILD_H
#define POSTMEND_PLAN_TREE_REBUILD_H

#include "plan/page_mend.h"

/* Begins a step that writes the page at `frame`, and new pages between it and
 * the sound ones below where it takes some. False when there are none below, or
 * the page was a leaf whose entries cannot be had again. */
bool tree_rebuild(struct mender *m, enum page_type type, const struct page_frame *frame);

#endif
