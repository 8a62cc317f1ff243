/* This file is a disk of the tests that loses power: two files in memory, the store and its journal.
 *
 * Writes are kept apart until a sync. The disk can be told to die at its n-th
 * call; then every call fails, and crash_disk_restart() makes of the unsynced
 * writes what a real disk might: all, none, some in another order, the last one
 * torn.
 */
#ifndef POSTMEND_APPLY_CRASH_DISK_H
#define POSTMEND_APPLY_CRASH_DISK_H

#include "apply/device.h"
#include "base/arena.h"

#include <assert.h>
#include <string.h>

enum { CRASH_PENDING_MAX = 4096 };
enum crash_way { CRASH_KEEPS_ALL, CRASH_KEEPS_NONE, CRASH_KEEPS_SOME, CRASH_TEARS, CRASH_WAYS };

struct crash_write {
	uint64_t at, len; /* of a resize: the size */
	uint8_t *bytes;
	bool is_resize;
};

struct crash_file {
	struct crash_disk *disk;
	uint8_t *now, *safe; /* as programs see it, as it is on the disk */
	uint64_t len, safe_len, room;
	struct crash_write pending[CRASH_PENDING_MAX];
	size_t n_pending;
};

struct crash_disk {
	struct arena *arena; /* of all that follows, this too */
	struct crash_file store, journal;
	bool has_journal, safe_has_journal;
	uint64_t calls, dies_at; /* 0: never */
	bool dead;
	uint32_t seed;
};

static inline uint32_t crash_random(struct crash_disk *d)
{
	d->seed = d->seed * 1664525U + 1013904223U;
	return d->seed >> 8;
}

static inline void crash_put(uint8_t *to, uint64_t *len, const struct crash_write *w, uint64_t n)
{
	if (w->is_resize) {
		if (w->len > *len)
			memset(to + *len, 0, (size_t)(w->len - *len));
		*len = w->len;
		return;
	}
	if (n == 0)
		return;
	if (w->at > *len)
		memset(to + *len, 0, (size_t)(w->at - *len));
	memcpy(to + w->at, w->bytes, (size_t)n);
	if (w->at + n > *len)
		*len = w->at + n;
}

/* One call: false when the disk is dead or dies now. */
static inline bool crash_lives(struct crash_disk *d)
{
	if (d->dead || ++d->calls == d->dies_at)
		d->dead = true;
	return !d->dead;
}

static inline void crash_forget(struct crash_file *f)
{
	f->n_pending = 0;
}

#endif
