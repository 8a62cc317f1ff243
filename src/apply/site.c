/* This file opens the place of a change: a store of this computer and the journal beside it. */
#include "apply/site.h"

#include "os/file.h"
#include "os/store_edit.h"

struct site {
	struct apply_site apply;
	struct arena *arena;
	struct store_edit *store, *journal;
	struct image image;
	const char *path, *journal_path;
	const char *why;
};

static enum status device_size(void *context, uint64_t *out)
{
	return store_edit_size(*(struct store_edit **)context, out);
}

static enum status device_read(void *context, uint64_t at, void *to, size_t len)
{
	return store_edit_read(*(struct store_edit **)context, at, to, len);
}

static enum status device_write(void *context, uint64_t at, struct view bytes)
{
	return store_edit_write(*(struct store_edit **)context, at, bytes);
}

static enum status device_sync(void *context)
{
	return store_edit_sync(*(struct store_edit **)context);
}

static enum status device_resize(void *context, uint64_t size)
{
	return store_edit_resize(*(struct store_edit **)context, size);
}

static struct device device_of(struct store_edit **edit)
{
	return (struct device){ edit, device_size, device_read, device_write, device_sync, device_resize };
}

static enum status image_read_at(const struct image *image, uint64_t at, void *to, size_t len)
{
	const struct site *site = image->context;

	return store_edit_read(site->store, at, to, len);
}

static enum status create_journal(void *context)
{
	struct site *site = context;

	return store_edit_open(site->arena, site->journal_path, STORE_EDIT_NEW, &site->journal, &site->why);
}

static enum status remove_journal(void *context)
{
	struct site *site = context;

	store_edit_close(&site->journal);
	return store_edit_remove(site->journal_path, &site->why);
}

static enum status sync_names(void *context)
{
	struct site *site = context;

	return store_edit_sync_folder(site->arena, site->journal_path);
}

static enum status open_journal(struct site *site, const char **why_out)
{
	enum status st;
	const char *why = NULL;

	if (!file_exists(site->journal_path))
		return ST_OK;
	st = store_edit_open(site->arena, site->journal_path, STORE_EDIT_JOURNAL, &site->journal, &why);
	site->apply.has_journal = st == ST_OK;
	if (st != ST_OK)
		*why_out = arena_printf(site->arena, "its journal \"%s\" cannot be opened: %s",
					site->journal_path, why);
	return st;
}

static enum status open_all(struct site *site, const char **why_out)
{
	enum status st;

	site->path = store_edit_real_path(site->arena, site->path, why_out);
	if (!site->path)
		return ST_IO;
	site->journal_path = arena_printf(site->arena, "%s.postmend-journal", site->path);
	if (!site->journal_path)
		return ST_NOMEM;
	st = store_edit_open(site->arena, site->path, STORE_EDIT_STORE, &site->store, why_out);
	if (st != ST_OK)
		return st;
	site->apply.store = device_of(&site->store);
	site->apply.journal = device_of(&site->journal);
	site->apply.context = site;
	site->apply.create = create_journal;
	site->apply.remove = remove_journal;
	site->apply.sync_names = sync_names;
	return open_journal(site, why_out);
}

enum status site_open(struct arena *arena, const char *path, struct site **out, const char **why_out)
{
	struct site *site = arena_alloc(arena, sizeof *site);
	enum status st;

	*out = NULL;
	if (!site)
		return ST_NOMEM;
	site->arena = arena;
	site->path = path;
	st = open_all(site, why_out);
	if (st == ST_OK)
		*out = site;
	else
		site_close(&site);
	return st;
}

void site_close(struct site **site)
{
	if (!*site)
		return;
	store_edit_close(&(*site)->journal);
	store_edit_close(&(*site)->store);
	*site = NULL;
}

struct apply_site *site_apply(struct site *site)
{
	return &site->apply;
}

const struct image *site_image(struct site *site)
{
	uint64_t size = 0;

	if (store_edit_size(site->store, &size) != ST_OK)
		size = 0;
	site->image = (struct image){ .size = size, .read = image_read_at, .context = site };
	return &site->image;
}

const char *site_journal_path(const struct site *site)
{
	return site->journal_path;
}

uint64_t site_free_bytes(const struct site *site)
{
	uint64_t bytes = 0;

	return store_edit_free_bytes(site->path, &bytes) == ST_OK ? bytes : UINT64_MAX;
}

const char *site_why(const struct site *site)
{
	const char *why = site->store ? store_edit_why(site->store) : NULL;

	if (!why && site->journal)
		why = store_edit_why(site->journal);
	return why ? why : site->why;
}
