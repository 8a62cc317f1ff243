/* This file reads and writes small files whole, through libuv's calls that wait. */
#include "os/file.h"

#include "os/fs.h"
#include "os/random.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { FILE_CHUNK = 16 * 1024, FILE_PATH_MAX = 4096, FILE_MODE = 0600, FILE_DIRECTORY_MODE = 0700 };

#ifndef UV_FS_O_FILEMAP
#error "libuv is too old"
#endif

struct file {
	uv_file fd;
	bool failed;
};

/* The sync calls of libuv share this shape: run, take the result, clean up. */
#define FILE_CALL(result, call)              \
	do {                                 \
		uv_fs_t request;             \
		(result) = (int)call;        \
		uv_fs_req_cleanup(&request); \
	} while (0)

static enum status fail(int error, const char **why_out)
{
	*why_out = uv_strerror(error);
	return error == UV_ENOMEM ? ST_NOMEM : ST_IO;
}

static int open_file(const char *path, int flags)
{
	return fs_open(path, flags, FILE_MODE);
}

static void close_file(uv_file fd)
{
	int ignored;

	FILE_CALL(ignored, uv_fs_close(NULL, &request, fd, NULL));
	(void)ignored;
}

enum status file_read(const char *path, struct buf *into, const char **why_out)
{
	uint8_t chunk[FILE_CHUNK];
	int fd = open_file(path, UV_FS_O_RDONLY), n;

	if (fd < 0)
		return fail(fd, why_out);
	do {
		uv_buf_t room = uv_buf_init((char *)chunk, sizeof chunk);

		FILE_CALL(n, uv_fs_read(NULL, &request, fd, &room, 1, -1, NULL));
		if (n > 0)
			buf_add(into, view_of(chunk, (size_t)n));
	} while (n > 0 && !buf_failed(into));
	close_file(fd);
	if (n < 0)
		return fail(n, why_out);
	if (buf_failed(into)) {
		*why_out = "the file is longer than it may be";
		return ST_LIMIT;
	}
	return ST_OK;
}

static int write_all(uv_file fd, struct view bytes)
{
	while (bytes.len) {
		size_t part = bytes.len < INT_MAX / 2 ? bytes.len : INT_MAX / 2;
		uv_buf_t from = uv_buf_init((char *)(uintptr_t)bytes.at, (unsigned)part);
		int n;

		FILE_CALL(n, uv_fs_write(NULL, &request, fd, &from, 1, -1, NULL));
		if (n <= 0)
			return n < 0 ? n : UV_EIO;
		bytes = view_of(bytes.at + n, bytes.len - (size_t)n);
	}
	return 0;
}

static int write_and_sync(uv_file fd, struct view bytes)
{
	int error = write_all(fd, bytes);

	if (error == 0)
		FILE_CALL(error, uv_fs_fsync(NULL, &request, fd, NULL));
	return error;
}

/* Windows refuses to replace a file that anybody has open, another postmend or
 * a virus scanner, who have it for a moment only. */
static int rename_over(const char *from, const char *to)
{
#ifdef _WIN32
	int tries = 50;
#else
	int tries = 1;
#endif
	int error;

	for (;;) {
		error = fs_rename(from, to);
		if ((error != UV_EPERM && error != UV_EACCES && error != UV_EBUSY) || --tries == 0)
			return error;
		uv_sleep(10);
	}
}

static int put_in_place(const char *from, const char *to, bool replace)
{
	int error;

	if (replace)
		return rename_over(from, to);
	/* link() refuses an existing name in one step; file systems without links
	 * get the test and the rename apart. */
	error = fs_link(from, to);
	if (error != 0 && error != UV_EEXIST && !file_exists(to)) {
		error = fs_rename(from, to);
		return error;
	}
	if (error == 0)
		(void)fs_unlink(from);
	return error;
}

/* A name is a change of its directory. Windows opens none and needs not. */
static void sync_directory(const char *path)
{
	char above[FILE_PATH_MAX];
	size_t len = strlen(path);
	int fd, ignored;

	while (len && path[len - 1] != '/')
		len--;
	if (len >= sizeof above)
		return;
	memcpy(above, path, len);
	above[len] = '\0';
	fd = open_file(len ? above : ".", UV_FS_O_RDONLY);
	if (fd < 0)
		return;
	FILE_CALL(ignored, uv_fs_fsync(NULL, &request, fd, NULL));
	(void)ignored;
	close_file(fd);
}

enum status file_name_for_good(const char *from, const char *to, const char **why_out)
{
	int error = put_in_place(from, to, false);

	if (error) {
		(void)fail(error, why_out);
		return error == UV_EEXIST ? ST_USAGE : ST_IO;
	}
	sync_directory(to);
	return ST_OK;
}

enum status file_write(const char *path, struct view bytes, bool replace, const char **why_out)
{
	char beside[FILE_PATH_MAX], letters[9];
	int fd, error;

	if (!replace && file_exists(path)) {
		*why_out = "it exists already";
		return ST_USAGE;
	}
	if (random_letters(letters, sizeof letters - 1) != ST_OK)
		return fail(UV_EIO, why_out);
	if (snprintf(beside, sizeof beside, "%s.%s.part", path, letters) >= (int)sizeof beside)
		return fail(UV_ENAMETOOLONG, why_out);
	fd = open_file(beside, UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_EXCL);
	if (fd < 0)
		return fail(fd, why_out);
	error = write_and_sync(fd, bytes);
	close_file(fd);
	if (error == 0)
		error = put_in_place(beside, path, replace);
	if (error == 0)
		return ST_OK;
	(void)fs_unlink(beside);
	fail(error, why_out);
	return error == UV_EEXIST ? ST_USAGE : ST_IO;
}

static bool is_separator(char c)
{
#ifdef _WIN32
	return c == '/' || c == '\\';
#else
	return c == '/';
#endif
}

enum status file_make_directories(const char *path, const char **why_out)
{
	char part[FILE_PATH_MAX];
	size_t len = strlen(path);
	int error = 0;

	if (len >= sizeof part)
		return fail(UV_ENAMETOOLONG, why_out);
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (!is_separator(part[i]) && part[i] != '\0')
			continue;
		part[i] = '\0';
		error = fs_mkdir(part, FILE_DIRECTORY_MODE);
		part[i] = path[i];
	}
	/* Those above may exist or be closed to us; the last one decides. */
	return error == 0 || file_exists(path) ? ST_OK : fail(error, why_out);
}

bool file_exists(const char *path)
{
	uv_stat_t ignored;

	return fs_stat(path, false, &ignored) == 0;
}

bool file_is_read_only(const char *path)
{
	enum { WRITABLE = 0222 };
	uv_stat_t stat;

	return fs_stat(path, true, &stat) == 0 && !(stat.st_mode & WRITABLE);
}

static enum status open_growing(const char *path, int flags, struct file **out, const char **why_out)
{
	struct file *file = calloc(1, sizeof *file);

	*out = NULL;
	if (!file)
		return fail(UV_ENOMEM, why_out);
	file->fd = open_file(path, UV_FS_O_WRONLY | UV_FS_O_CREAT | flags);
	if (file->fd < 0) {
		enum status status = file->fd == UV_EEXIST ? ST_USAGE : ST_IO;

		(void)fail(file->fd, why_out);
		free(file);
		return status;
	}
	*out = file;
	return ST_OK;
}

enum status file_open_log(const char *path, struct file **out, const char **why_out)
{
	enum status status = open_growing(path, UV_FS_O_TRUNC, out, why_out);
	int ignored;

	if (status != ST_OK)
		return status;
	/* An older file may have been open to others. */
	FILE_CALL(ignored, uv_fs_fchmod(NULL, &request, (*out)->fd, FILE_MODE, NULL));
	(void)ignored;
	return ST_OK;
}

enum status file_create(const char *path, struct file **out, const char **why_out)
{
	return open_growing(path, UV_FS_O_EXCL, out, why_out);
}

void file_append(struct file *file, struct view bytes)
{
	if (!file->failed && write_all(file->fd, bytes) != 0)
		file->failed = true;
}

enum status file_close(struct file **file)
{
	enum status status = ST_OK;

	if (!*file)
		return ST_OK;
	if ((*file)->failed)
		status = ST_IO;
	close_file((*file)->fd);
	free(*file);
	*file = NULL;
	return status;
}

char file_flags_mark(void)
{
#ifdef _WIN32
	return ';';
#else
	return ':';
#endif
}
