/* This file is how a disk of the tests is written and synced, and how it dies. */
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

#endif
