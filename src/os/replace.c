/* This file replaces a settings file by other bytes as if it had been edited: at once, with its mode and
 * owner. */
#include "os/replace.h"

#include "os/file.h"
#include "os/random.h"
#include "os/replace_system.h"

#include <stdio.h>
#include <string.h>

enum { REPLACE_PATH_MAX = 4096, LETTERS = 8 };

static enum status fail(int error, const char **why_out)
{
	*why_out = uv_strerror(error);
	return error == UV_ENOMEM ? ST_NOMEM : ST_IO;
}

/* A link, a second name or something else than a file would be lost by a replacement. */
static enum status judge(const char *path, uv_stat_t *out, const char **why_out)
{
	uv_fs_t request;
	int error = uv_fs_lstat(NULL, &request, path, NULL);

	*out = request.statbuf;
	uv_fs_req_cleanup(&request);
	if (error)
		return fail(error, why_out);
	if ((out->st_mode & S_IFMT) != S_IFREG)
		*why_out = "it is no plain file";
	else if (out->st_nlink > 1)
		*why_out = "it has a second name (a hard link), and a change would show under one alone";
	else
		return ST_OK;
	return ST_IO;
}

enum status replace_remove(const char *path, const char **why_out)
{
	int error;

	REPLACE_CALL(error, uv_fs_unlink(NULL, &request, path, NULL));
	return error ? fail(error, why_out) : ST_OK;
}

enum status replace_file(const char *path, struct view bytes, const char **why_out)
{
	char beside[REPLACE_PATH_MAX], letters[LETTERS + 1];
	enum status st;
	uv_stat_t old;
	int error, ignored;

	st = judge(path, &old, why_out);
	if (st != ST_OK)
		return st;
	if (random_letters(letters, LETTERS) != ST_OK)
		return fail(UV_EIO, why_out);
	if (snprintf(beside, sizeof beside, "%s.%s.part", path, letters) >= (int)sizeof beside)
		return fail(UV_ENAMETOOLONG, why_out);
	/* Made for the user alone, and synced. */
	st = file_write(beside, bytes, false, why_out);
	if (st != ST_OK)
		return st == ST_USAGE ? ST_IO : st;
	error = replace_take_place(path, beside, &old);
	if (error == 0)
		return ST_OK;
	REPLACE_CALL(ignored, uv_fs_unlink(NULL, &request, beside, NULL));
	(void)ignored;
	return fail(error, why_out);
}
