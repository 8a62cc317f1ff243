/* This file copies what matters to mail of the registry of a Windows that runs into a hive in memory. */
#ifndef POSTMEND_APP_GATHER_LIVE_H
#define POSTMEND_APP_GATHER_LIVE_H

#include "base/arena.h"
#include "base/status.h"
#include "hive/hive.h"
#include "os/live_registry.h"

/* One with room for a copy, for the caller to drop; NULL when memory ended. */
struct arena *gather_live_arena(void);

/* *closed_out counts the keys that this user may not read. The hive lives in the arena. ST_NOMEM, ST_LIMIT.
 */
[[nodiscard]] enum status gather_live_copy(struct arena *scratch, enum live_registry_root root,
					   struct hive *out, uint64_t *closed_out);

#endif
