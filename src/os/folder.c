/* This file lists what is in a directory, and finds paths in it whatever their case. */
#include "os/folder.h"

#include "base/str.h"
#include "os/file.h"
#include "os/fs.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#ifdef _WIN32
#define SEPARATOR "\\"
#else
#define SEPARATOR "/"
#endif

bool folder_is(const char *path)
{
	uv_stat_t stat;

	return fs_stat(path, true, &stat) == 0 && (stat.st_mode & S_IFMT) == S_IFDIR;
}

bool folder_stat(const char *path, uint64_t *bytes_out, int64_t *written_out)
{
	uv_fs_t request;
	int error = uv_fs_stat(NULL, &request, path, NULL);

	*bytes_out = error == 0 ? request.statbuf.st_size : 0;
	*written_out = error == 0 ? request.statbuf.st_mtim.tv_sec : 0;
	uv_fs_req_cleanup(&request);
	return error == 0;
}

const char *folder_join(struct arena *arena, const char *top, const char *name)
{
	size_t len = strlen(top);
	bool ends = len > 0 && (top[len - 1] == '/' || top[len - 1] == '\\');

	return arena_printf(arena, "%s%s%s", top, ends ? "" : SEPARATOR, name);
}

static int by_name(const void *a, const void *b)
{
	const struct folder_entry *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static bool is_directory(struct arena *arena, const char *path, const uv_dirent_t *entry)
{
	const char *whole;

	if (entry->type == UV_DIRENT_DIR)
		return true;
	if (entry->type != UV_DIRENT_LINK && entry->type != UV_DIRENT_UNKNOWN)
		return false;
	whole = folder_join(arena, path, entry->name);
	return whole && folder_is(whole);
}

static enum status take(struct arena *arena, const char *path, uv_fs_t *request, struct folder_entry **out,
			size_t *n_out)
{
	size_t n =
		(size_t)request->result < FOLDER_ENTRIES_MAX ? (size_t)request->result : FOLDER_ENTRIES_MAX;
	uv_dirent_t entry;
	bool whole;

	*out = arena_array(arena, n, sizeof **out);
	whole = *out != NULL;
	/* To the end in any case: libuv returns the memory of an entry when the next is asked for. */
	while (uv_fs_scandir_next(request, &entry) != UV_EOF) {
		struct folder_entry *one = whole && *n_out < n ? &(*out)[*n_out] : NULL;

		if (!one)
			continue;
		one->name = arena_strdup(arena, entry.name);
		one->is_directory = is_directory(arena, path, &entry);
		whole = one->name != NULL;
		*n_out += whole;
	}
	if (whole)
		qsort(*out, *n_out, sizeof **out, by_name);
	return whole ? ST_OK : ST_NOMEM;
}

enum status folder_read(struct arena *arena, const char *path, struct folder_entry **out, size_t *n_out,
			const char **why_out)
{
	uv_fs_t request;
	int n = fs_scandir(path, &request);
	enum status st;

	*out = NULL;
	*n_out = 0;
	if (n < 0) {
		*why_out = uv_strerror(n);
		uv_fs_req_cleanup(&request);
		return n == UV_ENOMEM ? ST_NOMEM : ST_IO;
	}
	st = take(arena, path, &request, out, n_out);
	uv_fs_req_cleanup(&request);
	return st;
}

static const char *find_one(struct arena *arena, const char *top, struct str part)
{
	const char *name = arena_text(arena, part), *why;
	const char *path = name ? folder_join(arena, top, name) : NULL;
	struct folder_entry *entries;
	size_t n;

	if (!path || file_exists(path))
		return path;
	if (folder_read(arena, top, &entries, &n, &why) != ST_OK)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (str_is_nocase(part, entries[i].name))
			return folder_join(arena, top, entries[i].name);
	return NULL;
}

const char *folder_locate(struct arena *arena, const char *top, const char *parts)
{
	struct str rest = str_of(parts);

	while (top && rest.at && rest.len)
		top = find_one(arena, top, str_cut(&rest, '/'));
	return top;
}
