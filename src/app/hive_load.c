/* This file reads a registry hive with the transaction logs that lie beside it. */
#include "app/hive_load.h"

#include "os/file.h"
#include "os/folder.h"

#include <string.h>

static const char *folder_of(struct arena *arena, const char *path, const char **name_out)
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] != '/' && path[len - 1] != '\\')
		len--;
	*name_out = path + len;
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

static void read_logs(struct arena *arena, const char *path, struct hive_load *load)
{
	const char *name, *why, *folder = folder_of(arena, path, &name);
	struct folder_entry *entries;
	size_t n;

	if (!folder || folder_read(arena, folder, &entries, &n, &why) != ST_OK)
		return;
	for (size_t i = 0; i < n && load->n_logs < HIVE_LOGS_MAX; i++) {
		struct buf *into = &load->logs[load->n_logs];
		const char *log =
			is_log_of(entries[i].name, name) ? folder_join(arena, folder, entries[i].name) : NULL;

		if (!log)
			continue;
		buf_init(into, HIVE_LOAD_LOG_CAP);
		if (file_read(log, into, &why) == ST_OK) {
			load->n_logs++;
			continue;
		}
		buf_fini(into);
		load->unread = log;
		load->unread_why = why;
	}
}

enum status hive_load_open(struct arena *arena, const char *path, struct hive_load *out, const char **why_out)
{
	struct view logs[HIVE_LOGS_MAX];
	enum status st;

	*out = (struct hive_load){ .scratch = arena_new(HIVE_LOAD_REPLAY_CAP) };
	buf_init(&out->file, HIVE_LOAD_CAP);
	if (!out->scratch)
		return ST_NOMEM;
	st = file_read(path, &out->file, why_out);
	if (st != ST_OK)
		return st;
	read_logs(arena, path, out);
	for (size_t i = 0; i < out->n_logs; i++)
		logs[i] = buf_view(&out->logs[i]);
	return hive_replay(out->scratch, buf_view(&out->file), logs, out->n_logs, &out->replay);
}

void hive_load_close(struct hive_load *load)
{
	for (size_t i = 0; i < load->n_logs; i++)
		buf_fini(&load->logs[i]);
	buf_fini(&load->file);
	arena_drop(&load->scratch);
}
