/* This file is how a disk of the tests is written, and what is on it after power was lost. */
#ifndef POSTMEND_APPLY_CRASH_POWER_H
#define POSTMEND_APPLY_CRASH_POWER_H

#include "apply/crash_disk.h"

static inline enum status crash_size(void *context, uint64_t *out)
{
	struct crash_file *f = context;

	*out = f->len;
	return ST_OK;
}

static inline enum status crash_read(void *context, uint64_t at, void *to, size_t len)
{
	struct crash_file *f = context;

	if (at > f->len || len > f->len - at)
		return ST_IO;
	if (len)
		memcpy(to, f->now + at, len);
	return f->disk->dead ? ST_IO : ST_OK;
}

static inline enum status crash_change(struct crash_file *f, struct crash_write w)
{
	assert(f->n_pending < CRASH_PENDING_MAX && w.at + w.len <= f->room);
	f->pending[f->n_pending++] = w;
	crash_put(f->now, &f->len, &w, w.len);
	return ST_OK;
}

static inline enum status crash_write(void *context, uint64_t at, struct view bytes)
{
	struct crash_file *f = context;
	struct crash_write w = { .at = at, .len = bytes.len };

	/* Dying in a write leaves it as one that was not synced. */
	if (f->disk->dead)
		return ST_IO;
	w.bytes = arena_copy(f->disk->arena, bytes.at, bytes.len);
	assert(w.bytes);
	(void)crash_change(f, w);
	return crash_lives(f->disk) ? ST_OK : ST_IO;
}

static inline enum status crash_resize(void *context, uint64_t size)
{
	struct crash_file *f = context;
	struct crash_write w = { .len = size, .is_resize = true };

	if (f->disk->dead)
		return ST_IO;
	(void)crash_change(f, w);
	return crash_lives(f->disk) ? ST_OK : ST_IO;
}

static inline enum status crash_sync(void *context)
{
	struct crash_file *f = context;

	if (!crash_lives(f->disk))
		return ST_IO;
	memcpy(f->safe, f->now, (size_t)f->len);
	f->safe_len = f->len;
	crash_forget(f);
	return ST_OK;
}

static inline enum status crash_create(void *context)
{
	struct crash_disk *d = context;

	if (!crash_lives(d))
		return ST_IO;
	assert(!d->has_journal);
	d->has_journal = true;
	d->journal.len = d->journal.safe_len = 0;
	return ST_OK;
}

static inline enum status crash_remove(void *context)
{
	struct crash_disk *d = context;

	if (!crash_lives(d))
		return ST_IO;
	d->has_journal = false;
	return ST_OK;
}

static inline enum status crash_sync_names(void *context)
{
	struct crash_disk *d = context;

	if (!crash_lives(d))
		return ST_IO;
	d->safe_has_journal = d->has_journal;
	return ST_OK;
}

static inline void crash_file_init(struct crash_file *f, struct crash_disk *d, uint64_t room)
{
	*f = (struct crash_file){ .disk = d, .room = room };
	f->now = arena_alloc(d->arena, (size_t)room);
	f->safe = arena_alloc(d->arena, (size_t)room);
	assert(f->now && f->safe);
}

/* A disk that holds these bytes as its store and may grow to `room`. */
static inline struct crash_disk *crash_disk_new(struct view store, uint64_t room)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct crash_disk *d = arena ? arena_alloc(arena, sizeof *d) : NULL;

	assert(d && store.len <= room);
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
