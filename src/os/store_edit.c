/* This file opens a store to be changed in place, through libuv's calls that wait. */
#include "os/store_edit.h"

#include "os/fs.h"
#include "os/store_edit_system.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { NEW_MODE = 0600, PART_MAX = 1 << 30 };

struct store_edit {
	uv_file file;
	const char *why;
};

/* The sync calls of libuv share this shape: run, take the result, clean up. */
#define EDIT_CALL(result, call)              \
	do {                                 \
		uv_fs_t request;             \
		(result) = (int)call;        \
		uv_fs_req_cleanup(&request); \
	} while (0)

static enum status fail(int error, const char **why_out)
{
	*why_out = uv_strerror(error);
	return error == UV_ENOMEM ? ST_NOMEM : error == UV_EEXIST ? ST_USAGE : ST_IO;
}

/* What a path names, links being followed or not; NULL or the words of why not. */
static const char *judge_kind(const char *path, enum store_edit_use use)
{
	uv_stat_t stat;
	int result = fs_stat(path, use == STORE_EDIT_STORE, &stat);

	if (result < 0)
		return uv_strerror(result);
	if ((stat.st_mode & S_IFMT) == S_IFDIR)
		return uv_strerror(UV_EISDIR);
	if ((stat.st_mode & S_IFMT) != S_IFREG)
		return "it is no plain file";
	if (use == STORE_EDIT_STORE && stat.st_nlink > 1)
		return "it has a second name (a hard link), and a change would show under both; copy it and "
		       "repair the copy";
	return NULL;
}

enum status store_edit_open(struct arena *arena, const char *path, enum store_edit_use use,
			    struct store_edit **out, const char **why_out)
{
	struct store_edit *edit = calloc(1, sizeof *edit);

	*out = NULL;
	*why_out = use == STORE_EDIT_NEW ? NULL : judge_kind(path, use);
	if (!edit)
		return fail(UV_ENOMEM, why_out);
	edit->file = -1;
	if (*why_out) {
		store_edit_close(&edit);
		return ST_IO;
	}
	if (use == STORE_EDIT_STORE)
		edit->file = store_edit_system_open(arena, path, why_out);
	else if (use == STORE_EDIT_JOURNAL)
		edit->file = fs_open(path, UV_FS_O_RDWR | UV_FS_O_NOFOLLOW, 0);
	else
		edit->file = fs_open(path, UV_FS_O_RDWR | UV_FS_O_CREAT | UV_FS_O_EXCL, NEW_MODE);
	if (edit->file < 0) {
		const char *words = *why_out;
		enum status st = fail(edit->file, why_out);

		if (words)
			*why_out = words;
		edit->file = -1;
		store_edit_close(&edit);
		return st;
	}
	*out = edit;
	return ST_OK;
}

void store_edit_close(struct store_edit **edit)
{
	int ignored;

	if (!*edit)
		return;
	if ((*edit)->file >= 0)
		EDIT_CALL(ignored, uv_fs_close(NULL, &request, (*edit)->file, NULL));
	(void)ignored;
	free(*edit);
	*edit = NULL;
}

enum status store_edit_size(const struct store_edit *edit, uint64_t *out)
{
	uv_fs_t request;
	int result = uv_fs_fstat(NULL, &request, edit->file, NULL);

	*out = result == 0 ? request.statbuf.st_size : 0;
	uv_fs_req_cleanup(&request);
	return result == 0 ? ST_OK : ST_IO;
}

enum status store_edit_read(const struct store_edit *edit, uint64_t at, void *to, size_t len)
{
	for (size_t got = 0; got < len;) {
		size_t more = len - got < PART_MAX ? len - got : PART_MAX;
		uv_buf_t buf = uv_buf_init((char *)to + got, (unsigned)more);
		int n;

		EDIT_CALL(n, uv_fs_read(NULL, &request, edit->file, &buf, 1, (int64_t)(at + got), NULL));
		if (n == UV_EINTR)
			continue;
		if (n <= 0)
			return ST_IO;
		got += (size_t)n;
	}
	return ST_OK;
}

enum status store_edit_write(struct store_edit *edit, uint64_t at, struct view bytes)
{
	for (size_t done = 0; done < bytes.len;) {
		size_t more = bytes.len - done < PART_MAX ? bytes.len - done : PART_MAX;
		uv_buf_t buf = uv_buf_init((char *)(uintptr_t)bytes.at + done, (unsigned)more);
		int n;

		EDIT_CALL(n, uv_fs_write(NULL, &request, edit->file, &buf, 1, (int64_t)(at + done), NULL));
		if (n == UV_EINTR)
			continue;
		if (n <= 0)
			return fail(n < 0 ? n : UV_EIO, &edit->why);
		done += (size_t)n;
	}
	return ST_OK;
}

enum status store_edit_sync(struct store_edit *edit)
{
	int result;

	EDIT_CALL(result, uv_fs_fsync(NULL, &request, edit->file, NULL));
	return result == 0 ? ST_OK : fail(result, &edit->why);
}

enum status store_edit_resize(struct store_edit *edit, uint64_t size)
{
	uint64_t old = 0;
	enum status st = store_edit_size(edit, &old);
	int result = 0;

	if (st != ST_OK || size == old)
		return st;
	if (size > old)
		result = store_edit_system_reserve(edit->file, old, size);
	if (result == 0)
		EDIT_CALL(result, uv_fs_ftruncate(NULL, &request, edit->file, (int64_t)size, NULL));
	return result == 0 ? ST_OK : fail(result, &edit->why);
}

const char *store_edit_why(const struct store_edit *edit)
{
	return edit->why;
}

const char *store_edit_real_path(struct arena *arena, const char *path, const char **why_out)
{
	const char *real;
	int result = fs_real_path(arena, path, &real);

	if (result != 0)
		*why_out = uv_strerror(result);
	return real;
}

enum status store_edit_remove(const char *path, const char **why_out)
{
	int result = fs_unlink(path);

	return result == 0 || result == UV_ENOENT ? ST_OK : fail(result, why_out);
}

enum status store_edit_sync_folder(struct arena *arena, const char *path)
{
	struct str text = str_of(path);
	size_t len = text.len;
	const char *folder;

	while (len > 0 && path[len - 1] != '/' && path[len - 1] != '\\')
		len--;
	folder = len ? arena_text(arena, str_head(text, len)) : ".";
	if (!folder)
		return ST_NOMEM;
	return store_edit_system_sync_folder(folder) == 0 ? ST_OK : ST_IO;
}

enum status store_edit_free_bytes(const char *path, uint64_t *out)
{
	return fs_free_bytes(path, out) == 0 ? ST_OK : ST_IO;
}
