/* This file brings a hive up to date from its transaction logs (.LOG1, .LOG2, .LOG).
 *
 * Windows writes changes to a log first and to the hive later, so that the hive
 * of a computer that runs, or was switched off hard, lacks its last changes.
 * Both kinds of logs are known: the older one, a bitmap behind "DIRT", and that
 * of Windows 8.1 and later, entries "HvLE" with hashes. An entry is applied only
 * when it follows the one before without a gap and its hashes are right; the
 * first that does not ends the replay. The first one follows the hive's own
 * number; only where both logs are there it may be a later one.
 */
#ifndef POSTMEND_HIVE_REPLAY_H
#define POSTMEND_HIVE_REPLAY_H

#include "base/arena.h"
#include "base/status.h"
#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

enum { HIVE_LOGS_MAX = 3 };

struct hive_replay {
	struct view bytes;  /* the hive as it is now: given bytes where nothing was applied */
	uint32_t n_entries; /* that were applied */
	uint64_t n_pages;   /* that they held */
	bool is_current;    /* nothing is missing any more: the hive was clean or is now */
};

/* Logs that are empty or belong to something else are passed over. ST_NOMEM when
 * the arena cannot hold the hive once more. */
[[nodiscard]] enum status hive_replay(struct arena *arena, struct view hive, const struct view *logs,
				      size_t n_logs, struct hive_replay *out);

#endif
