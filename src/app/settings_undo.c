/* This file keeps the journals of changed settings and takes changes back.
 *
 * They lie in the user's own folder for what programs keep, one file for each
 * change, numbered in the order in which they were made.
 */
#include "app/settings_undo.h"

#include "apply/group.h"
#include "os/env.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/store_edit.h"

#include <string.h>

enum { NUMBER_MAX = 999999, LINE_CAP = 1 << 20 };

static const char *folder_of(struct arena *arena)
{
	const char *state = env_state_directory(arena);

	return state ? folder_join(arena, state, "settings") : NULL;
}

/* "000012.change"; 0 for another name. */
static uint64_t number_of(const char *name)
{
	struct str text = str_of(name);
	uint64_t number = 0;

	if (!str_ends_nocase(text, STR(".change")) ||
	    !str_to_u64(str_head(text, text.len - 7), NUMBER_MAX, &number))
		return 0;
	return number;
}

const char *settings_undo_new(struct arena *arena, const char **why_out)
{
	const char *folder = folder_of(arena), *why = NULL;
	struct folder_entry *entries;
	uint64_t last = 0;
	size_t n;

	if (!folder) {
		*why_out = "the system names no folder where postmend could keep what takes it back";
		return NULL;
	}
	if (file_make_directories(folder, &why) != ST_OK ||
	    folder_read(arena, folder, &entries, &n, &why) != ST_OK) {
		*why_out = arena_printf(arena, "\"%s\", where postmend keeps what takes changes back: %s",
					folder, why ? why : "it cannot be made");
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		if (number_of(entries[i].name) > last)
			last = number_of(entries[i].name);
	return folder_join(arena, folder, arena_printf(arena, "%06u.change", (unsigned)last + 1));
}

/* The path itself, or one below it. */
static bool is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return strncmp(path, top, len) == 0 && (path[len] == '\0' || path[len] == '/' || path[len] == '\\' ||
						(len && (top[len - 1] == '/' || top[len - 1] == '\\')));
}

static bool is_about(const struct change_group *group, const char *path)
{
	for (size_t i = 0; i < group->n; i++)
		if (is_below(group->at[i].path, path) ||
		    (group->at[i].kind == CHANGE_NAME && is_below(group->at[i].to, path)))
			return true;
	return false;
}

/* The newest journal that is about the path; NULL when there is none. */
static const char *find(struct arena *arena, const char *path, struct change_group *out)
{
	const char *folder = folder_of(arena), *why, *journal;
	struct folder_entry *entries;
	uint64_t below = NUMBER_MAX + 1;
	size_t n, best;

	if (!folder || folder_read(arena, folder, &entries, &n, &why) != ST_OK)
		return NULL;
	for (;;) {
		best = n;
		for (size_t i = 0; i < n; i++)
			if (number_of(entries[i].name) && number_of(entries[i].name) < below &&
			    (best == n || number_of(entries[i].name) > number_of(entries[best].name)))
				best = i;
		if (best == n)
			return NULL;
		below = number_of(entries[best].name);
		journal = folder_join(arena, folder, entries[best].name);
		if (journal && group_read(arena, journal, out, &why) == ST_OK &&
		    (!path || is_about(out, path)))
			return journal;
	}
}

static int tell(struct run *run, const struct change_group *group)
{
	const char **paths = arena_array(run->arena, group->n + 1, sizeof *paths);
	struct buf out;
	int code;

	if (!paths)
		return run_failed(ST_NOMEM, NULL);
	if (run->options.quiet)
		return EXIT_HEALTHY;
	for (size_t i = 0; i < group->n; i++)
		paths[i] = group->at[i].path;
	buf_init(&out, LINE_CAP);
	report_settings_undone(paths, group->n, POSTMEND_VERSION, run->options.json, &out);
	code = run_print(&out) ? EXIT_HEALTHY : EXIT_FAILED;
	buf_fini(&out);
	return code;
}

int settings_undo(struct run *run)
{
	const char *path = run->n_words ? run->words[0] : NULL, *why = NULL, *real, *journal;
	struct change_group group;
	enum status st;

	if (run->n_words > 1)
		return run_usage(
			"profile undo: expected at most one file or folder whose change is taken back");
	/* A file that was put aside has no path of its own any more. */
	real = path ? store_edit_real_path(run->arena, path, &why) : NULL;
	journal = find(run->arena, real ? real : path, &group);
	if (!journal) {
		run_complain(
			path ? arena_printf(run->arena, "there is no change of \"%s\" to take back", path)
			     : "there is no change of settings to take back");
		return EXIT_FAILED;
	}
	st = group_undo(run->arena, journal, &why);
	if (st == ST_OK)
		return tell(run, &group);
	run_complain(arena_printf(run->arena, "the change cannot be taken back: %s (journal \"%s\")",
				  why ? why : exit_words_of(st), journal));
	return exit_code_of(st == ST_USAGE ? ST_IO : st);
}
