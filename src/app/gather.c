/* This file collects the settings of mail programs: hives, and what belongs to a user of Windows. */
#include "app/gather.h"

#include "client/outlook.h"
#include "hive/replay.h"
#include "os/env.h"
#include "os/file.h"
#include "os/folder.h"

#include <string.h>

enum { HIVE_CAP = 512 << 20, LOG_CAP = 256 << 20, REPLAY_CAP = 1 << 30 };

/* A hive's files as they are read. */
struct hive_files {
	struct buf hive, logs[HIVE_LOGS_MAX];
	size_t n_logs;
};

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

static const char *folder_of(struct arena *arena, const char *path)
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] != '/' && path[len - 1] != '\\')
		len--;
	return len ? arena_text(arena, (struct str){ path, len }) : ".";
}

/* NTUSER.DAT.LOG1 and .LOG2, or .LOG of older Windows, in whatever case. */
static bool is_log_of(const char *name, const char *hive)
{
	struct str text = str_of(name), start = str_of(hive);
	struct str end = str_skip(text, start.len);

	return str_starts_nocase(text, start) &&
	       (str_is_nocase(end, ".LOG1") || str_is_nocase(end, ".LOG2") || str_is_nocase(end, ".LOG"));
}

static void read_logs(struct gather *gather, const char *path, struct hive_files *files)
{
	struct arena *arena = gather->run->arena;
	const char *folder = folder_of(arena, path), *why;
	struct folder_entry *entries;
	const char *name = path + (folder && strcmp(folder, ".") != 0 ? strlen(folder) : 0);
	size_t n;

	if (!folder || folder_read(arena, folder, &entries, &n, &why) != ST_OK)
		return;
	for (size_t i = 0; i < n && files->n_logs < HIVE_LOGS_MAX; i++) {
		const char *log =
			is_log_of(entries[i].name, name) ? folder_join(arena, folder, entries[i].name) : NULL;
		struct buf *into = &files->logs[files->n_logs];

		if (!log)
			continue;
		buf_init(into, LOG_CAP);
		files->n_logs++;
		if (file_read(log, into, &why) != ST_OK)
			client_add_remark(&gather->found, log, 0, why);
	}
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

static enum status read_hive(struct gather *gather, const char *path, const struct hive_files *files)
{
	struct arena *scratch = arena_new(REPLAY_CAP);
	struct view logs[HIVE_LOGS_MAX];
	enum hive_outcome outcome;
	struct hive_replay replay;
	enum status st = ST_NOMEM;
	struct hive hive;

	for (size_t i = 0; i < files->n_logs; i++)
		logs[i] = buf_view(&files->logs[i]);
	if (scratch)
		st = hive_replay(scratch, buf_view(&files->hive), logs, files->n_logs, &replay);
	if (st == ST_OK) {
		outcome = hive_open(replay.bytes, &hive);
		if (outcome != HIVE_FINE)
			finding_evidence(add_finding(gather, CODE_CLIENT_HIVE_UNREADABLE, path), "why",
					 hive_outcome_text(outcome), NULL, TRUST_OURS);
		else if (!replay.is_current)
			say_dirty(gather, path, &hive, files->n_logs);
		if (outcome == HIVE_FINE && hive.is_cut)
			client_add_remark(&gather->found, path, 0, "it is shorter than its header says");
		if (outcome == HIVE_FINE)
			gather_read_hive(gather, &hive, path);
	}
	arena_drop(&scratch);
	return st;
}

static enum status gather_hive(struct gather *gather, const char *path, const char **why_out)
{
	struct hive_files files = { .n_logs = 0 };
	enum status st;

	path = arena_strdup(gather->run->arena, path);
	if (!path)
		return ST_NOMEM;
	buf_init(&files.hive, HIVE_CAP);
	st = file_read(path, &files.hive, why_out);
	if (st == ST_OK) {
		read_logs(gather, path, &files);
		st = read_hive(gather, path, &files);
	}
	for (size_t i = 0; i < files.n_logs; i++)
		buf_fini(&files.logs[i]);
	buf_fini(&files.hive);
	return st;
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
	if (hive)
		gather_look_around_user(gather, user, hive);
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
