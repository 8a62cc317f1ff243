/* This file finds in an event log of Windows (.evtx) how long Outlook took to load its add-ins.
 *
 * Outlook writes a list of them at each start (event 45, source Outlook). Chunks
 * and records are read by their heads; in a record its text alone is
 * looked for, whatever the language of its labels.
 */
#ifndef POSTMEND_CLIENT_EVENT_LOG_H
#define POSTMEND_CLIENT_EVENT_LOG_H

#include "base/arena.h"
#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_LOADS_MAX = 1024 };

struct event_load {
	const char *prog_id;
	uint32_t ms;
	uint64_t written; /* 100 ns since 1601 */
};

/* Of each add-in its newest start. False when the bytes are no event log; chunks and records that are damaged
 * are passed over. */
bool event_log_read(struct arena *arena, struct view bytes, struct event_load out[EVENT_LOADS_MAX],
		    size_t *n_out);

#endif
