/* This file makes a disk of the tests, and what is on it after power was lost. */
#ifndef POSTMEND_APPLY_CRASH_RESTART_H
#define POSTMEND_APPLY_CRASH_RESTART_H

#include "apply/crash_power.h"

static inline void crash_file_init(struct crash_file *f, struct crash_disk *d, uint64_t room)
{
	*f = (struct crash_file){ .disk = d, .room = room };
	f->now = arena_alloc(d->arena, (size_t)room);
	f->safe = arena_alloc(d->arena, (size_t)room);
	if (!f->now || !f->safe)
		__builtin_trap();
}

/* A disk that holds these bytes as its store and may grow to `room`. */
static inline struct crash_disk *crash_disk_new(struct view store, uint64_t room)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct crash_disk *d = arena ? arena_alloc(arena, sizeof *d) : NULL;

	/* Not every system's assert tells the compiler that it does not return. */
	if (!d || store.len > room)
		__builtin_trap();
	d->arena = arena;
	crash_file_init(&d->store, d, room);
	crash_file_init(&d->journal, d, 4 * room + 65536);
	memcpy(d->store.now, store.at, store.len);
	memcpy(d->store.safe, store.at, store.len);
	d->store.len = d->store.safe_len = store.len;
	d->seed = 1;
	return d;
}

static inline void crash_disk_drop(struct crash_disk *d)
{
	struct arena *arena = d->arena;

	arena_drop(&arena);
}

static inline struct apply_site crash_disk_site(struct crash_disk *d)
{
	struct device store = { &d->store, crash_size, crash_read, crash_write, crash_sync, crash_resize };
	struct device journal = {
		&d->journal, crash_size, crash_read, crash_write, crash_sync, crash_resize
	};

	return (struct apply_site){ store,        journal,      d->has_journal,  d,
				    crash_create, crash_remove, crash_sync_names };
}

/* What of a file's unsynced writes the disk has. */
static inline void crash_settle(struct crash_file *f, enum crash_way way)
{
	size_t n = f->n_pending;

	for (size_t i = 0; i < n; i++) {
		const struct crash_write *w = &f->pending[way == CRASH_KEEPS_SOME ? n - 1 - i : i];
		bool keep = way == CRASH_KEEPS_ALL || way == CRASH_TEARS ||
			    (way == CRASH_KEEPS_SOME && crash_random(f->disk) % 2);
		uint64_t len = w->len;

		if (way == CRASH_TEARS && i + 1 == n && len > 1)
			len = 1 + crash_random(f->disk) % (len - 1);
		if (keep && !(w->is_resize && way == CRASH_TEARS && i + 1 == n))
			crash_put(f->safe, &f->safe_len, w, len);
	}
	crash_forget(f);
	memcpy(f->now, f->safe, (size_t)f->safe_len);
	f->len = f->safe_len;
}

/* Power is back. */
static inline void crash_disk_restart(struct crash_disk *d, enum crash_way way)
{
	crash_settle(&d->store, way);
	crash_settle(&d->journal, way);
	if (way == CRASH_KEEPS_NONE || way == CRASH_KEEPS_SOME)
		d->has_journal = d->safe_has_journal;
	d->safe_has_journal = d->has_journal;
	d->calls = d->dies_at = 0;
	d->dead = false;
}

#endif
