/* This file finds the files behind the stores that Outlook's profiles name, on a mounted Windows disk. */
#include "app/gather.h"

#include "audit/audit.h"
#include "os/file.h"
#include "os/store_file.h"
#include "pst/ndb/header.h"

/* What the header of a copy says is wrong with it, without a look at what lies behind it; NULL: nothing. */
static const char *damage_of(struct arena *arena, struct view bytes, uint64_t size)
{
	const struct variant *variant = variant_of_version(header_version(bytes));
	struct header header;
	uint32_t partial, full;

	if (!variant || !header_decode(variant, bytes, &header) || header.magic != HEADER_MAGIC)
		return "not that of a store";
	header_checksums(variant, bytes, &partial, &full);
	if (partial != header.crc_partial || (variant->kind != VARIANT_ANSI && full != header.crc_full))
		return "its checksum is wrong";
	if (header.magic_client == HEADER_CLIENT_PST)
		return "that of a PST, which is no copy of a mailbox";
	if (header.file_eof > size)
		return arena_printf(arena, "of a file of %llu bytes, and %llu are there",
				    (unsigned long long)header.file_eof, (unsigned long long)size);
	return NULL;
}

/* What its first bytes tell; a file that cannot be read tells nothing. */
static void look_at(struct arena *arena, const char *file, struct audit_store *out)
{
	struct store_file *opened;
	uint8_t header[HEADER_LEN_MAX] = { 0 };
	const struct variant *variant;
	const struct image *image;
	struct view bytes;
	const char *why;
	size_t len;

	if (store_file_open(file, &opened, &why) != ST_OK)
		return;
	image = store_file_image(opened);
	len = image->size < sizeof header ? (size_t)image->size : sizeof header;
	out->state = AUDIT_STORE_PRESENT;
	out->bytes = image->size;
	if (image->read(image, 0, header, len) == ST_OK) {
		bytes = view_of(header, len);
		variant = variant_of_version(header_version(bytes));
		out->is_ansi = variant && variant->kind == VARIANT_ANSI &&
			       str_starts(str_from_view(bytes), STR("!BDN"));
		if (out->is_copy)
			out->damage = damage_of(arena, bytes, image->size);
	}
	store_file_close(&opened);
}

/* Where an earlier copy was put, with a number where there were more. */
static const char *put_aside(struct gather *gather, const char *path)
{
	enum machine_file state;
	const char *old = arena_printf(gather->run->arena, "%s.old", path);

	return old && gather_mounted(gather, old, &state) ? old : NULL;
}

static bool is_known(const struct audit_store *stores, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(str_of(stores[i].path), str_of(path)))
			return true;
	return false;
}

/* Of a store it counts that it is not there, whether its folder is or not. */
static bool is_of_drive_c(const struct gather *gather, const char *path)
{
	return gather->disk && str_starts_nocase(str_of(path), STR("C:\\"));
}

/* Of a disk that is mounted so that nothing can be written nothing follows. */
static bool is_read_only(const char *file, const char *source)
{
	return file_is_read_only(file) && !file_is_read_only(source);
}

static void add_store(struct gather *gather, const char *path, const char *source, bool is_copy)
{
	struct audit_store *store = &gather->stores[gather->n_stores];
	enum machine_file state;

	if (!path || !*path || !path[1] || is_known(gather->stores, gather->n_stores, path))
		return;
	is_copy = is_copy || str_ends_nocase(str_of(path), STR(".ost"));
	*store = (struct audit_store){ .path = path, .is_copy = is_copy };
	store->file = gather_mounted(gather, path, &state);
	if (store->file) {
		look_at(gather->run->arena, store->file, store);
		store->is_read_only = is_copy && is_read_only(store->file, source);
	} else if (is_of_drive_c(gather, path)) {
		store->state = AUDIT_STORE_MISSING;
		store->aside = is_copy ? put_aside(gather, path) : NULL;
	}
	gather->n_stores++;
}

void gather_judge_addins(struct gather *gather)
{
	audit_tree_addins(&(struct audit_tree){ .arena = gather->run->arena,
						.found = &gather->found,
						.sink = gather->findings,
						.wanted = &gather->wanted });
}

enum status gather_judge(struct gather *gather)
{
	const struct client_found *found = &gather->found;

	gather->n_stores = 0;
	gather->stores =
		arena_array(gather->run->arena, found->n_accounts + found->n_stores, sizeof *gather->stores);
	/* The system's tables of sockets are slow to read: they are asked only where accounts are judged. */
	if (!gather->stores || gather_listeners(gather) != ST_OK)
		return ST_NOMEM;
	for (size_t i = 0; i < found->n_stores; i++)
		add_store(gather, found->stores[i].path.text, found->stores[i].source,
			  found->stores[i].is_offline);
	for (size_t i = 0; i < found->n_accounts; i++)
		if (found->accounts[i].program == CLIENT_OUTLOOK)
			add_store(gather, found->accounts[i].store.text, found->accounts[i].source,
				  found->accounts[i].protocol == CLIENT_PROTOCOL_EXCHANGE);
	audit_clients(gather->run->arena, found, gather->findings, &gather->wanted);
	audit_stores(gather->run->arena, gather->stores, gather->n_stores, gather->findings, &gather->wanted);
	audit_tree(&(struct audit_tree){ .arena = gather->run->arena,
					 .found = found,
					 .sink = gather->findings,
					 .wanted = &gather->wanted,
					 .stores = gather->stores,
					 .n_stores = gather->n_stores,
					 .srs = gather->srs,
					 .n_srs = gather->n_srs,
					 .keys = gather->keys,
					 .n_keys = gather->n_keys,
					 .hosts_path = gather->hosts_path,
					 .hosts = gather->hosts });
	return ST_OK;
}
