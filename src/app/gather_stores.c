/* This file finds the files behind the stores that Outlook's profiles name, on a mounted Windows disk. */
#include "app/gather.h"

#include "audit/audit.h"
#include "base/cursor.h"
#include "os/folder.h"
#include "os/store_file.h"

enum { VERSION_AT = 10, ANSI_OLD = 14, ANSI_NEW = 15 };

/* What its first bytes tell; a file that cannot be read tells nothing. */
static void look_at(const char *file, struct audit_store *out)
{
	struct store_file *opened;
	uint8_t header[VERSION_AT + 2] = { 0 };
	const struct image *image;
	struct cursor c = cursor_of(view_of(header, sizeof header));
	const char *why;
	uint16_t version;

	if (store_file_open(file, &opened, &why) != ST_OK)
		return;
	image = store_file_image(opened);
	out->state = AUDIT_STORE_PRESENT;
	out->bytes = image->size;
	if (image->size >= sizeof header && image->read(image, 0, header, sizeof header) == ST_OK) {
		cursor_skip(&c, VERSION_AT);
		version = cursor_u16le(&c);
		out->is_ansi = str_starts(str_from_view(view_of(header, sizeof header)), STR("!BDN")) &&
			       (version == ANSI_OLD || version == ANSI_NEW);
	}
	store_file_close(&opened);
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

static void add_store(struct gather *gather, struct audit_store *stores, size_t *n, const char *path,
		      bool is_copy)
{
	enum machine_file state;
	const char *file;

	if (!path || !*path || !path[1] || is_known(stores, *n, path))
		return;
	stores[*n] = (struct audit_store){ .path = path, .is_copy = is_copy };
	file = gather_mounted(gather, path, &state);
	if (file)
		look_at(file, &stores[*n]);
	else if (is_of_drive_c(gather, path))
		stores[*n].state = AUDIT_STORE_MISSING;
	(*n)++;
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
	struct audit_store *stores =
		arena_array(gather->run->arena, found->n_accounts + found->n_stores, sizeof *stores);
	size_t n = 0;

	if (!stores)
		return ST_NOMEM;
	for (size_t i = 0; i < found->n_stores; i++)
		add_store(gather, stores, &n, found->stores[i].path.text, found->stores[i].is_offline);
	for (size_t i = 0; i < found->n_accounts; i++)
		if (found->accounts[i].program == CLIENT_OUTLOOK)
			add_store(gather, stores, &n, found->accounts[i].store.text,
				  found->accounts[i].protocol == CLIENT_PROTOCOL_EXCHANGE);
	audit_clients(gather->run->arena, found, gather->findings, &gather->wanted);
	audit_stores(gather->run->arena, stores, n, gather->findings);
	audit_tree(&(struct audit_tree){ .arena = gather->run->arena,
					 .found = found,
					 .sink = gather->findings,
					 .wanted = &gather->wanted,
					 .stores = stores,
					 .n_stores = n,
					 .srs = gather->srs,
					 .n_srs = gather->n_srs,
					 .keys = gather->keys,
					 .n_keys = gather->n_keys,
					 .hosts_path = gather->hosts_path,
					 .hosts = gather->hosts });
	return ST_OK;
}
