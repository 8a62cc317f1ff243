/* This file looks for subnodes that hold themselves, and for nesting without end (P63). */
#ifndef POSTMEND_CHECK_SUBNODE_DEPTH_H
#define POSTMEND_CHECK_SUBNODE_DEPTH_H

#include "check/pass.h"

/* Two levels for each embedding of a message in a message. */
enum { SUBNODE_DEPTH_MAX = 64 };

/* Visits every list of subnodes once; marks blocks BLOCK_SEEN_WHOLE. */
[[nodiscard]] enum status subnode_depth_judge(struct pass_context *pass);

#endif
