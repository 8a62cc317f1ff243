/* This file reads a registry hive with the transaction logs that lie beside it. */
#ifndef POSTMEND_APP_HIVE_LOAD_H
#define POSTMEND_APP_HIVE_LOAD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "hive/replay.h"

enum { HIVE_LOAD_CAP = 512 << 20, HIVE_LOAD_LOG_CAP = 256 << 20, HIVE_LOAD_REPLAY_CAP = 1 << 30 };

struct hive_load {
	struct buf file, logs[HIVE_LOGS_MAX];
	size_t n_logs;
	const char *unread, *unread_why; /* a log that could not be read; NULL */
	struct arena *scratch;
	struct hive_replay replay; /* what the hive is with its logs applied */
};

/* ST_IO and words in *why_out when the file cannot be read. A log that cannot be read is as if it were not
 * there. To be ended with hive_load_close() whatever it returned. */
[[nodiscard]] enum status hive_load_open(struct arena *arena, const char *path, struct hive_load *out,
					 const char **why_out);
void hive_load_close(struct hive_load *load);

#endif
