/* This file collects the settings of mail programs: hives, and what belongs to a user of Windows. */
#include "app/gather.h"

#include "app/hive_load.h"
#include "client/addins.h"
#include "client/outlook.h"
#include "os/env.h"
#include "os/folder.h"

#include <string.h>

enum status gather_open(struct gather *gather, struct run *run)
{
	*gather = (struct gather){ .run = run, .findings = finding_sink_new(run->arena) };
	if (!gather->findings || !wanted_init(&gather->wanted, run->arena) ||
	    !client_found_init(&gather->found, run->arena))
		return ST_NOMEM;
	return gather_open_around(gather);
}

static struct finding *add_finding(struct gather *gather, enum code code, const char *path)
{
	const struct subject subject = { .kind = SUBJECT_STORE, .path = path };

	return finding_add(gather->findings, code, &subject);
}

static void say_dirty(struct gather *gather, const char *path, const struct hive *hive, size_t n_logs)
{
	struct arena *arena = gather->run->arena;
	struct finding *f = add_finding(gather, CODE_CLIENT_HIVE_DIRTY, path);

	finding_evidence(
		f, "sequence",
		arena_printf(arena, "%u and %u", (unsigned)hive->sequence_1, (unsigned)hive->sequence_2),
		"twice the same", TRUST_OURS);
	if (!hive->has_checksum)
		finding_evidence(f, "checksum", "wrong", "right", TRUST_OURS);
	finding_evidence(f, "logs",
			 n_logs ? arena_printf(arena, "%zu beside it that do not continue it", n_logs)
				: "none beside it",
			 NULL, TRUST_OURS);
}

void gather_read_hive(struct gather *gather, const struct hive *hive, const char *path)
{
	outlook_read_profiles(&gather->found, hive, path);
	outlook_read_internet_accounts(&gather->found, hive, path);
	gather_read_around(gather, hive, path);
}

static void read_hive(struct gather *gather, const char *path, const struct hive_load *load)
{
	struct hive hive;
	enum hive_outcome outcome = hive_open(load->replay.bytes, &hive);

	if (outcome != HIVE_FINE) {
		finding_evidence(add_finding(gather, CODE_CLIENT_HIVE_UNREADABLE, path), "why",
				 hive_outcome_text(outcome), NULL, TRUST_OURS);
		return;
	}
	if (!load->replay.is_current)
		say_dirty(gather, path, &hive, load->n_logs);
	if (load->unread)
		client_add_remark(&gather->found, load->unread, 0, load->unread_why);
	if (hive.is_cut)
		client_add_remark(&gather->found, path, 0, "it is shorter than its header says");
	gather_read_hive(gather, &hive, path);
}

static enum status gather_hive(struct gather *gather, const char *path, const char **why_out)
{
	struct hive_load load;
	enum status st;

	path = arena_strdup(gather->run->arena, path);
	if (!path)
		return ST_NOMEM;
	st = hive_load_open(gather->run->arena, path, &load, why_out);
	if (st == ST_OK)
		read_hive(gather, path, &load);
	hive_load_close(&load);
	return st;
}

/* The classes that a user registered for himself; the second place is Windows XP's. Only an add-in of his
 * whose file is not known yet makes it worth reading. */
static void read_classes(struct gather *gather, const char *user, const char *hive_path)
{
	static const char *const places[] = {
		"AppData/Local/Microsoft/Windows/UsrClass.dat",
		"Local Settings/Application Data/Microsoft/Windows/UsrClass.dat"
	};
	struct arena *arena = gather->run->arena;
	const char *path = NULL, *why;
	struct hive_load load;
	struct hive hive;

	if (!gather->looks_around || !addins_want_classes(&gather->found, hive_path))
		return;
	for (size_t i = 0; i < sizeof places / sizeof places[0] && !path; i++)
		path = folder_locate(arena, user, places[i]);
	if (!path)
		return;
	if (hive_load_open(arena, path, &load, &why) != ST_OK)
		client_add_remark(&gather->found, path, 0, why);
	else if (hive_open(load.replay.bytes, &hive) != HIVE_FINE)
		client_add_remark(&gather->found, path, 0, "it cannot be read as a registry hive");
	else
		addins_read_classes(&gather->found, &hive, hive_path);
	hive_load_close(&load);
}

/* What a user of Windows has beside the hive; the second names are those of Windows XP. */
static void gather_user_files(struct gather *gather, const char *user)
{
	static const char *const thunderbirds[] = { "AppData/Roaming/Thunderbird",
						    "Application Data/Thunderbird" };
	static const char *const mails[] = {
		"AppData/Local/Microsoft/Windows Live Mail",
		"AppData/Local/Microsoft/Windows Mail",
		"Local Settings/Application Data/Microsoft/Windows Live Mail",
	};
	struct arena *arena = gather->run->arena;

	for (size_t i = 0; i < sizeof thunderbirds / sizeof thunderbirds[0]; i++)
		gather_thunderbird(gather, folder_locate(arena, user, thunderbirds[i]));
	for (size_t i = 0; i < sizeof mails / sizeof mails[0]; i++)
		gather_oeaccounts(gather, folder_locate(arena, user, mails[i]));
}

enum status gather_hive_or_say(struct gather *gather, const char *path)
{
	const char *why = NULL;
	enum status st = gather_hive(gather, path, &why);

	if (st != ST_IO && st != ST_LIMIT)
		return st;
	finding_evidence(add_finding(gather, CODE_CLIENT_HIVE_UNREADABLE, path), "why", why, NULL,
			 TRUST_OURS);
	return ST_OK;
}

static enum status gather_user(struct gather *gather, const char *user)
{
	const char *hive = folder_locate(gather->run->arena, user, "NTUSER.DAT");
	enum status st = hive ? gather_hive_or_say(gather, hive) : ST_OK;

	if (st != ST_OK)
		return st;
	gather_user_files(gather, user);
	if (hive) {
		gather_look_around_user(gather, user, hive);
		read_classes(gather, user, hive);
	}
	return ST_OK;
}

static enum status gather_windows(struct gather *gather, const char *folder, const char **why_out)
{
	struct arena *arena = gather->run->arena;
	struct folder_entry *entries;
	enum status st = folder_read(arena, folder, &entries, &(size_t){ 0 }, why_out);
	const char *users;
	size_t n;

	if (st != ST_OK)
		return st;
	gather->disk = folder;
	users = folder_locate(arena, folder, "Users");
	if (!users)
		users = folder_locate(arena, folder, "Documents and Settings");
	if (!users || folder_read(arena, users, &entries, &n, why_out) != ST_OK) {
		finding_evidence(add_finding(gather, CODE_CLIENT_WINDOWS_MISSING, folder), "folder", folder,
				 "a folder with Users or Documents and Settings in it", TRUST_OURS);
		return ST_OK;
	}
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		const char *user =
			entries[i].is_directory ? folder_join(arena, users, entries[i].name) : NULL;

		if (user)
			st = gather_user(gather, user);
	}
	return st == ST_OK ? gather_look_around(gather) : st;
}

/* Where an administrator put the user's settings on a server, say. */
static void gather_moved(struct gather *gather, const char *profile)
{
	struct arena *arena = gather->run->arena;
	const char *roaming = env_get(arena, "APPDATA"),
		   *usual = folder_locate(arena, profile, "AppData/Roaming");

	if (roaming && !(usual && str_is_nocase(str_of(usual), roaming)))
		gather_thunderbird(gather, folder_locate(arena, roaming, "Thunderbird"));
}

/* The user and the Windows that run postmend. */
static enum status gather_running(struct gather *gather, const char *profile)
{
	struct arena *arena = gather->run->arena;
	const char *drive = env_get(arena, "SystemDrive"), *hive = folder_join(arena, profile, "NTUSER.DAT");
	enum status st;

	gather->is_live = true;
	gather->disk = arena_printf(arena, "%s\\", drive ? drive : "C:");
	if (!gather->disk || !hive)
		return ST_NOMEM;
	st = gather_live_user(gather);
	if (st != ST_OK)
		return st;
	gather_user_files(gather, profile);
	gather_moved(gather, profile);
	gather_look_around_user(gather, profile, hive);
	return gather_look_around(gather);
}

static enum status gather_home(struct gather *gather)
{
	struct arena *arena = gather->run->arena;
	const char *profile = env_get(arena, "USERPROFILE"), *home = env_get(arena, "HOME");

	if (profile && env_get(arena, "SystemRoot"))
		return gather_running(gather, profile);
	if (home)
		gather_configs(gather, home);
	return arena_failed(arena) ? ST_NOMEM : ST_OK;
}

enum status gather_collect(struct gather *gather, const char **why_out)
{
	const struct options *options = &gather->run->options;
	const char *path = options->hive ? options->hive : options->windows, *why = NULL;
	enum status st;

	if (options->hive)
		st = gather_hive(gather, options->hive, &why);
	else if (options->windows)
		st = gather_windows(gather, options->windows, &why);
	else
		st = gather_home(gather);
	if (why && st != ST_OK)
		*why_out = arena_printf(gather->run->arena, "\"%s\" cannot be read: %s", path, why);
	return st;
}

void gather_close(struct gather *gather)
{
	const struct client_found *found = &gather->found;

	for (size_t i = 0; i < found->n_remarks; i++) {
		const struct client_remark *remark = &found->remarks[i];
		struct finding *f = add_finding(gather, CODE_CLIENT_SETTINGS_UNREAD, remark->source);

		if (f->n_evidence)
			continue;
		finding_evidence(f, "what", remark->text, NULL, TRUST_PEER);
		if (remark->line)
			finding_evidence(f, "line", arena_printf(gather->run->arena, "%u", remark->line),
					 NULL, TRUST_OURS);
	}
}
