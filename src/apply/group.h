/* This file carries a group of changes of small files out as one, and takes it back.
 *
 *	st = group_run(arena, &group, journal_path, &why);
 *	st = group_undo(arena, journal_path, &why);
 *
 * The journal is on the disk before the first file is touched. Each file then
 * has all its old bytes or all its new ones, so that nothing more need be noted:
 * whatever was interrupted is taken back by group_undo(), which gives every file
 * its old bytes, checks them against their digest, and removes the journal. When
 * anything is not as the group or the journal knows it, nothing is changed.
 */
#ifndef POSTMEND_APPLY_GROUP_H
#define POSTMEND_APPLY_GROUP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "plan/change.h"

#include <stdbool.h>

enum { GROUP_FILE_MAX = 512 << 20, GROUP_JOURNAL_MAX = 256 << 20, GROUP_PATH_MAX = 4096 };

/* Fills in sizes and digests of a change of bytes whose spans are there, from the file as it was read.
 * ST_USAGE when the spans do not fit. */
[[nodiscard]] enum status group_complete(struct arena *arena, struct change *change, struct view before);

/* ST_IO, ST_USAGE (a file is not what it was) and a sentence in *why_out: then all is as it was, unless the
 * journal is still there, which can be taken back later. */
[[nodiscard]] enum status group_run(struct arena *arena, const struct change_group *group,
				    const char *journal, const char **why_out);
[[nodiscard]] enum status group_undo(struct arena *arena, const char *journal, const char **why_out);

/* What a journal is about. ST_USAGE: it is damaged, or none of ours. */
[[nodiscard]] enum status group_read(struct arena *arena, const char *journal, struct change_group *out,
				     const char **why_out);

/* The journal's bytes. */
void group_encode(const struct change_group *group, struct buf *out);
[[nodiscard]] enum status group_decode(struct arena *arena, struct view bytes, struct change_group *out);

#endif
