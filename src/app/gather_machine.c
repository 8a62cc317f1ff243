/* This file collects what lies around mail programs on a mounted Windows disk: its hives, and files beside
 * them. */
#include "app/gather.h"

#include "client/addins.h"
#include "client/event_log.h"
#include "client/file_version.h"
#include "client/office.h"
#include "client/services.h"
#include "client/windows_path.h"
#include "facts/scanner_hooks.h"
#include "os/digest.h"
#include "os/event_export.h"
#include "os/file.h"
#include "os/firewall_state.h"
#include "os/folder.h"

#include <string.h>

enum {
	PROGRAM_CAP = 128 << 20,
	HOSTS_CAP = 1 << 20,
	EVENT_LOG_CAP = 512 << 20,
	KEY_NAME_LEN = 36,
	SRS_MAX = 1024,
	USERS_MAX = 1024,
	PROGRAMS_MAX = 8
};

/* Windows' folder on the disk, of any age. */
static const char *windows_file(struct gather *gather, const char *below)
{
	static const char *const tops[] = { "Windows", "WINNT" };
	struct arena *arena = gather->run->arena;

	for (size_t i = 0; i < sizeof tops / sizeof tops[0]; i++) {
		const char *top = folder_locate(arena, gather->disk, tops[i]);
		const char *path = top ? folder_locate(arena, top, below) : NULL;

		if (path)
			return path;
	}
	return NULL;
}

const char *gather_mounted(struct gather *gather, const char *path, enum machine_file *state_out)
{
	struct arena *arena = gather->run->arena;
	const char *windows = gather->disk, *file, *above;
	struct str text = str_of(path), name = windows_path_name(text);
	char *rest;

	*state_out = MACHINE_FILE_UNKNOWN;
	if (!windows || text.len < 4 || !str_starts_nocase(text, STR("C:\\")) || name.len == 0)
		return NULL;
	rest = arena_text(arena, str_skip(text, 3));
	for (char *c = rest; c && *c; c++)
		if (*c == '\\')
			*c = '/';
	file = rest ? folder_locate(arena, windows, rest) : NULL;
	if (file) {
		*state_out = MACHINE_FILE_PRESENT;
		return file;
	}
	/* A disk that was copied in part says nothing about what its folders would hold. */
	above = rest ? arena_text(arena, str_head(str_of(rest), text.len - 3 - name.len)) : NULL;
	if (above && *above && folder_locate(arena, windows, above))
		*state_out = MACHINE_FILE_MISSING;
	return NULL;
}

void gather_read_around(struct gather *gather, const struct hive *hive, const char *path)
{
	struct client_found *found = &gather->found;

	if (!gather->looks_around)
		return;
	addins_read_user(found, hive, path);
	office_read_user(found, hive, path);
	services_read_user(found, hive, path);
	addins_read_software(found, hive, path);
	office_read_software(found, hive, path);
	services_read_software(found, hive, path);
	services_read_system(found, hive, path);
}

/* Files with send/receive settings; the second place is Windows XP's. */
static void look_for_srs(struct gather *gather, const char *user, const char *hive)
{
	static const char *const places[] = { "AppData/Roaming/Microsoft/Outlook",
					      "Application Data/Microsoft/Outlook" };
	struct arena *arena = gather->run->arena;
	uint64_t bytes;
	int64_t hive_written;

	if (!folder_stat(hive, &bytes, &hive_written))
		return;
	for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
		const char *folder = folder_locate(arena, user, places[p]), *why;
		struct folder_entry *entries;
		size_t n;

		if (!folder || folder_read(arena, folder, &entries, &n, &why) != ST_OK)
			continue;
		for (size_t i = 0; i < n && gather->n_srs < SRS_MAX; i++) {
			struct audit_srs *srs = &gather->srs[gather->n_srs];

			if (entries[i].is_directory || !str_ends_nocase(str_of(entries[i].name), STR(".srs")))
				continue;
			srs->path = folder_join(arena, folder, entries[i].name);
			srs->hive_written = hive_written;
			gather->n_srs += srs->path && folder_stat(srs->path, &srs->bytes, &srs->written);
		}
	}
}

static bool is_key_name(const char *name)
{
	return strlen(name) == KEY_NAME_LEN && strchr(name, '-') && !strchr(name, '.');
}

static bool has_key(struct arena *arena, const char *folder)
{
	struct folder_entry *entries;
	const char *why;
	size_t n;

	if (folder_read(arena, folder, &entries, &n, &why) != ST_OK)
		return true;
	for (size_t i = 0; i < n; i++)
		if (!entries[i].is_directory && is_key_name(entries[i].name))
			return true;
	return false;
}

/* Protect\S-1-5-21-…: the folder is there and has no key in it. */
static void look_for_keys(struct gather *gather, const char *user, const char *hive)
{
	struct arena *arena = gather->run->arena;
	const char *top = folder_locate(arena, user, "AppData/Roaming/Microsoft/Protect"), *why;
	struct folder_entry *entries;
	size_t n;

	if (!top || folder_read(arena, top, &entries, &n, &why) != ST_OK)
		return;
	for (size_t i = 0; i < n && gather->n_keys < USERS_MAX; i++) {
		const char *folder = folder_join(arena, top, entries[i].name);

		if (!folder || !entries[i].is_directory ||
		    !str_starts_nocase(str_of(entries[i].name), STR("S-1-5-21-")))
			continue;
		gather->keys[gather->n_keys++] = (struct audit_keys){ hive, folder, !has_key(arena, folder) };
	}
}

void gather_look_around_user(struct gather *gather, const char *user, const char *hive)
{
	if (!gather->looks_around)
		return;
	look_for_srs(gather, user, hive);
	look_for_keys(gather, user, hive);
}

/* "C:\\…\\OUTLOOK.EXE". */
static const char *program_path(struct arena *arena, const char *folder, const char *program)
{
	return arena_printf(arena, "%s%s%s", folder, str_ends_nocase(str_of(folder), STR("\\")) ? "" : "\\",
			    program);
}

/* The bytes of a program until buf_fini(). */
static bool read_program(struct gather *gather, const char *path, struct buf *out)
{
	enum machine_file state;
	const char *file = path ? gather_mounted(gather, path, &state) : NULL, *why;

	buf_init(out, PROGRAM_CAP);
	return file && file_read(file, out, &why) == ST_OK;
}

/* The version that a program of an Office says of itself; NULL when it does not. */
static const char *version_of(struct gather *gather, const char *folder, const char *program)
{
	struct arena *arena = gather->run->arena;
	const char *version = NULL;
	struct buf bytes;

	if (read_program(gather, program_path(arena, folder, program), &bytes))
		version = file_version_read(arena, buf_view(&bytes));
	buf_fini(&bytes);
	return version;
}

static void add_program(struct gather *gather, const char *path, struct remembered *rows, size_t *n)
{
	struct arena *arena = gather->run->arena;
	uint8_t digest[DIGEST_SHA256_LEN];
	const char *hex = "", *version;
	struct buf bytes;

	if (read_program(gather, path, &bytes) && digest_sha256(buf_view(&bytes), digest)) {
		version = file_version_read(arena, buf_view(&bytes));
		for (size_t i = 0; hex && i < sizeof digest; i++)
			hex = arena_printf(arena, "%s%02x", hex, digest[i]);
		rows[(*n)++] = (struct remembered){ .subject = path, .name = "sha256", .value = hex };
		if (version)
			rows[(*n)++] =
				(struct remembered){ .subject = path, .name = "version", .value = version };
	}
	buf_fini(&bytes);
}

void gather_programs(struct gather *gather, struct case_facts *facts)
{
	const struct machine *m = gather->found.machine;
	struct remembered *rows = arena_array(gather->run->arena, 2 * PROGRAMS_MAX, sizeof *rows);
	size_t n = 0;

	for (size_t i = 0; rows && i < m->n_offices && n + 2 <= 2 * PROGRAMS_MAX; i++) {
		const char *path = m->offices[i].folder ? program_path(gather->run->arena,
								       m->offices[i].folder, "OUTLOOK.EXE")
							: NULL;
		bool is_new = path != NULL;

		for (size_t k = 0; k < n && is_new; k++)
			is_new = !str_eq_nocase(str_of(rows[k].subject), str_of(path));
		if (is_new)
			add_program(gather, path, rows, &n);
	}
	facts->programs = rows;
	facts->n_programs = n;
}

/* MSO.DLL of Office 2007 and later: …\Microsoft Shared\OFFICEnn. */
static const char *mso_of(struct gather *gather, unsigned major)
{
	static const char *const tops[] = {
		"C:\\Program Files\\Common Files\\microsoft shared\\OFFICE",
		"C:\\Program Files (x86)\\Common Files\\microsoft shared\\OFFICE"
	};
	const char *version = NULL;

	for (size_t i = 0; i < sizeof tops / sizeof tops[0] && !version; i++)
		version = version_of(gather, arena_printf(gather->run->arena, "%s%u", tops[i], major),
				     "MSO.DLL");
	return version;
}

static void look_at_files(struct gather *gather)
{
	struct machine *m = gather->found.machine;

	for (size_t i = 0; i < m->n_addins; i++)
		if (m->addins[i].file)
			(void)gather_mounted(gather, m->addins[i].file, &m->addins[i].state);
	for (size_t i = 0; i < m->n_services; i++)
		if (m->services[i].file && scanner_hooks_service(str_of(m->services[i].name)))
			(void)gather_mounted(gather, m->services[i].file, &m->services[i].state);
	for (size_t i = 0; i < m->n_layers; i++)
		if (m->layers[i].file)
			(void)gather_mounted(gather, m->layers[i].file, &m->layers[i].state);
	for (size_t i = 0; i < m->n_offices; i++) {
		struct machine_office *office = &m->offices[i];

		if (office->version || !office->folder)
			continue;
		office->version = version_of(gather, office->folder, "OUTLOOK.EXE");
		if (office->version)
			office->mso = mso_of(gather, office->major);
	}
}

/* Outlook's list of its add-ins at each start, in the query language of event logs. */
static const char outlook_starts[] = "*[System[Provider[@Name='Outlook'] and (EventID=45)]]";

/* What the event log of programs says of an add-in's last start. */
static void take_loads(struct gather *gather, const char *log, const struct event_load *loads, size_t n)
{
	struct machine *m = gather->found.machine;

	for (size_t i = 0; i < m->n_addins; i++)
		for (size_t k = 0; k < n; k++)
			if (str_eq_nocase(str_of(loads[k].prog_id), str_of(m->addins[i].prog_id))) {
				m->addins[i].load_ms =
					(struct client_number){ .number = loads[k].ms, .is_set = true };
				m->addins[i].load_log = log;
			}
}

/* Windows keeps the log of a computer in use closed; then it is asked for a part of it. */
static const char *read_event_log_file(struct gather *gather, struct buf *bytes)
{
	const char *path = windows_file(gather, "System32/winevt/Logs/Application.evtx"), *why = NULL;
	enum status st = path && !folder_is(path) ? file_read(path, bytes, &why) : ST_IO;

	if (st == ST_OK)
		return path;
	if (!gather->is_live) {
		if (path && !folder_is(path))
			client_add_remark(&gather->found, path, 0, why ? why : "it cannot be read whole");
		return NULL;
	}
	buf_clear(bytes);
	return event_export("Application", outlook_starts, bytes) ? "the event log \"Application\"" : NULL;
}

static void read_event_log(struct gather *gather)
{
	struct arena *arena = gather->run->arena;
	struct event_load *loads = arena_array(arena, EVENT_LOADS_MAX, sizeof *loads);
	const char *log;
	struct buf bytes;
	size_t n = 0;

	if (!loads || gather->found.machine->n_addins == 0)
		return;
	buf_init(&bytes, EVENT_LOG_CAP);
	log = read_event_log_file(gather, &bytes);
	if (log && !event_log_read(arena, buf_view(&bytes), loads, &n))
		client_add_remark(&gather->found, log, 0, "it is no event log");
	if (log)
		take_loads(gather, log, loads, n);
	buf_fini(&bytes);
}

static enum status read_hosts(struct gather *gather)
{
	struct arena *arena = gather->run->arena;
	const char *path = windows_file(gather, "System32/drivers/etc/hosts"), *why = NULL;
	struct buf bytes;
	void *copy;

	if (!path || folder_is(path))
		return ST_OK;
	buf_init(&bytes, HOSTS_CAP);
	if (file_read(path, &bytes, &why) != ST_OK)
		client_add_remark(&gather->found, path, 0, why ? why : "it cannot be read whole");
	copy = arena_copy(arena, buf_view(&bytes).at, buf_view(&bytes).len);
	gather->hosts_path = path;
	gather->hosts = view_of(copy, copy ? buf_view(&bytes).len : 0);
	buf_fini(&bytes);
	return copy ? ST_OK : ST_NOMEM;
}

/* Whatever it does not tell is known from the registry alone. */
static void ask_firewall(struct client_firewall *out)
{
	struct firewall_state state;

	*out = (struct client_firewall){ .was_asked = true };
	if (!firewall_state_read(&state))
		return;
	out->in_use = state.in_use;
	out->told_enabled = state.told_enabled;
	out->enabled = state.enabled;
	out->told_shut = state.told_shut;
	out->shut = state.shut;
}

enum status gather_look_around(struct gather *gather)
{
	static const char *const hives[] = { "System32/config/SOFTWARE", "System32/config/SYSTEM" };
	enum status st = ST_OK;

	if (!gather->looks_around)
		return ST_OK;
	if (gather->is_live) {
		st = gather_live_machine(gather);
		ask_firewall(&gather->found.firewall);
	}
	for (size_t i = 0; st == ST_OK && !gather->is_live && i < sizeof hives / sizeof hives[0]; i++) {
		const char *path = windows_file(gather, hives[i]);

		if (path)
			st = gather_hive_or_say(gather, path);
	}
	if (st != ST_OK)
		return st;
	look_at_files(gather);
	read_event_log(gather);
	return read_hosts(gather);
}

enum status gather_open_around(struct gather *gather)
{
	struct arena *arena = gather->run->arena;

	gather->srs = arena_array(arena, SRS_MAX, sizeof *gather->srs);
	gather->keys = arena_array(arena, USERS_MAX, sizeof *gather->keys);
	return gather->srs && gather->keys ? ST_OK : ST_NOMEM;
}
