/* This file judges what nodes say of their type and their parent (P69, P71, P72, P129, P131). */
#ifndef POSTMEND_CHECK_NODE_PARENTS_H
#define POSTMEND_CHECK_NODE_PARENTS_H

#include "check/pass.h"

/* Wants every page of the NBT to have been read. */
[[nodiscard]] enum status node_parents_judge(struct pass_context *pass);

#endif
