/* This file is where paths go to the system. */
#include "os/fs.h"

#include "os/long_path.h"

#include <stdlib.h>

/* The calls of libuv that wait share this shape: give the path its form, run, take the result, clean up. */
#define FS_CALL(result, path, call)                         \
	do {                                                \
		char *owned;                                \
		const char *at = long_path((path), &owned); \
		uv_fs_t request;                            \
		(result) = UV_ENOMEM;                       \
		if (at) {                                   \
			(result) = (int)call;               \
			uv_fs_req_cleanup(&request);        \
		}                                           \
		free(owned);                                \
	} while (0)

uv_file fs_open(const char *path, int flags, int mode)
{
	int fd;

	FS_CALL(fd, path, uv_fs_open(NULL, &request, at, flags, mode, NULL));
	return fd;
}

int fs_stat(const char *path, bool follow, uv_stat_t *out)
{
	char *owned;
	const char *at = long_path(path, &owned);
	uv_fs_t request;
	int result;

	*out = (uv_stat_t){ 0 };
	if (!at)
		return UV_ENOMEM;
	result = follow ? uv_fs_stat(NULL, &request, at, NULL) : uv_fs_lstat(NULL, &request, at, NULL);
	if (result == 0)
		*out = request.statbuf;
	uv_fs_req_cleanup(&request);
	free(owned);
	return result;
}

/* rename() and link() have two paths. */
typedef int two_paths(uv_loop_t *loop, uv_fs_t *request, const char *from, const char *to, uv_fs_cb callback);

static int call_two(two_paths *call, const char *from, const char *to)
{
	char *owned_from, *owned_to;
	const char *at = long_path(from, &owned_from), *other = long_path(to, &owned_to);
	uv_fs_t request;
	int result = UV_ENOMEM;

	if (at && other) {
		result = call(NULL, &request, at, other, NULL);
		uv_fs_req_cleanup(&request);
	}
	free(owned_from);
	free(owned_to);
	return result;
}

int fs_rename(const char *from, const char *to)
{
	return call_two(uv_fs_rename, from, to);
}

int fs_link(const char *from, const char *to)
{
	return call_two(uv_fs_link, from, to);
}

int fs_unlink(const char *path)
{
	int result;

	FS_CALL(result, path, uv_fs_unlink(NULL, &request, at, NULL));
	return result;
}

int fs_mkdir(const char *path, int mode)
{
	int result;

	FS_CALL(result, path, uv_fs_mkdir(NULL, &request, at, mode, NULL));
	return result;
}

int fs_scandir(const char *path, uv_fs_t *request)
{
	char *owned;
	const char *at = long_path(path, &owned);
	int n;

	/* For an empty path too the request is one that can be cleaned up. */
	n = uv_fs_scandir(NULL, request, at ? at : "", 0, NULL);
	free(owned);
	return at ? n : UV_ENOMEM;
}

int fs_free_bytes(const char *path, uint64_t *bytes_out)
{
	char *owned;
	const char *at = long_path(path, &owned);
	uv_fs_t request;
	int result;

	*bytes_out = 0;
	if (!at)
		return UV_ENOMEM;
	result = uv_fs_statfs(NULL, &request, at, NULL);
	if (result == 0) {
		const uv_statfs_t *s = request.ptr;

		/* Some file systems do not tell. */
		if (s->f_bsize == 0)
			result = UV_ENOSYS;
		else
			*bytes_out =
				s->f_bavail > UINT64_MAX / s->f_bsize ? UINT64_MAX : s->f_bavail * s->f_bsize;
	}
	uv_fs_req_cleanup(&request);
	free(owned);
	return result;
}

/* Some file systems of Windows, and Wine for long paths, cannot say where an open file lies. What is no link
 * is where its path says: the links above it lead to the same folder. */
static bool is_itself(const char *path)
{
	uv_stat_t stat;

	return fs_stat(path, false, &stat) == 0 && (stat.st_mode & S_IFMT) != S_IFLNK;
}

int fs_real_path(struct arena *arena, const char *path, const char **out)
{
	char *owned;
	const char *at = long_path(path, &owned);
	uv_fs_t request;
	int result;

	*out = NULL;
	if (!at)
		return UV_ENOMEM;
	result = uv_fs_realpath(NULL, &request, at, NULL);
	if (result == 0)
		*out = arena_strdup(arena, request.ptr);
	else if (result == UV_UNKNOWN && is_itself(path))
		*out = arena_strdup(arena, path);
	if (*out)
		result = 0;
	else if (result == 0)
		result = UV_ENOMEM;
	uv_fs_req_cleanup(&request);
	free(owned);
	return result;
}
