/* This file opens a store for reading on Windows.
 *
 * Reads through one handle wait for each other there, so each thread of a check
 * takes a free handle of several. Place and read are two calls: a place that is
 * given with the read makes it an asynchronous one in the system's books, which
 * costs a message to another process under Wine. Nobody is kept from using the store.
 */
#include "os/store_file.h"

#include "os/pool.h"
#include "os/wide_windows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
#include <windows.h>

enum { HANDLES_MAX = POOL_WIDTH_MAX };

const char store_file_locked[] =
	"another program has it open and lets nobody read it, most likely Outlook; close Outlook (look for "
	"OUTLOOK.EXE in the Task Manager too) and try again";

struct opened {
	HANDLE handle;
	SRWLOCK lock; /* of its place in the file */
};

struct store_file {
	struct image image;
	struct opened opened[HANDLES_MAX];
	unsigned n;
};

/* A handle that nobody uses, or the first when it is free again. */
static struct opened *take(struct store_file *f)
{
	for (unsigned i = 0; i < f->n; i++)
		if (TryAcquireSRWLockExclusive(&f->opened[i].lock))
			return &f->opened[i];
	AcquireSRWLockExclusive(&f->opened[0].lock);
	return &f->opened[0];
}

/* A device that refuses a sector refuses the whole piece: the caller asks for less. */
static enum status read_at(const struct image *image, uint64_t at, void *to, size_t len)
{
	struct opened *o = take(image->context);
	LARGE_INTEGER place = { .QuadPart = (LONGLONG)at };
	bool goes = SetFilePointerEx(o->handle, place, NULL, FILE_BEGIN);
	size_t got = 0;

	while (goes && got < len) {
		DWORD more = len - got < (1U << 30) ? (DWORD)(len - got) : 1U << 30, n = 0;

		goes = ReadFile(o->handle, (char *)to + got, more, &n, NULL) && n > 0;
		got += n;
	}
	ReleaseSRWLockExclusive(&o->lock);
	if (got == len)
		return ST_OK;
	memset(to, 0, len);
	return ST_IO;
}

/* Who locks a part of the file, and not all of it, is noticed by the first byte. */
static DWORD try_to_read(HANDLE h)
{
	char byte;
	DWORD n;

	if (ReadFile(h, &byte, 1, &n, NULL) || GetLastError() != ERROR_LOCK_VIOLATION)
		return 0;
	return ERROR_LOCK_VIOLATION;
}

/* 0, or the system's number. */
static DWORD open_handles(struct store_file *f, const char *path)
{
	wchar_t *wide = wide_path(path);
	DWORD error = wide ? 0 : ERROR_INVALID_NAME;
	unsigned width = pool_width();

	while (!error && f->n < width) {
		HANDLE h = CreateFileW(wide, GENERIC_READ,
				       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
				       OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);

		if (h == INVALID_HANDLE_VALUE)
			error = GetLastError();
		else
			f->opened[f->n++].handle = h;
	}
	free(wide);
	/* One is enough to begin with. */
	return f->n ? 0 : error;
}

static DWORD find_size(struct store_file *f)
{
	LARGE_INTEGER size;

	if (!GetFileSizeEx(f->opened[0].handle, &size))
		return GetLastError();
	f->image.size = (uint64_t)size.QuadPart;
	return 0;
}

static bool is_folder(const char *path)
{
	wchar_t *wide = wide_path(path);
	DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;

	free(wide);
	return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY;
}

enum status store_file_open(const char *path, struct store_file **out, const char **why_out)
{
	struct store_file *f = calloc(1, sizeof *f);
	DWORD error;

	*out = NULL;
	*why_out = "not enough memory";
	if (!f)
		return ST_NOMEM;
	error = open_handles(f, path);
	if (!error)
		error = try_to_read(f->opened[0].handle);
	if (!error)
		error = find_size(f);
	f->image.read = read_at;
	f->image.context = f;
	if (error == ERROR_SHARING_VIOLATION || error == ERROR_LOCK_VIOLATION)
		*why_out = store_file_locked;
	else if (error)
		*why_out = uv_strerror(is_folder(path) ? UV_EISDIR : uv_translate_sys_error((int)error));
	if (error) {
		store_file_close(&f);
		return ST_IO;
	}
	*out = f;
	return ST_OK;
}

void store_file_close(struct store_file **file)
{
	if (!*file)
		return;
	for (unsigned i = 0; i < (*file)->n; i++)
		CloseHandle((*file)->opened[i].handle);
	free(*file);
	*file = NULL;
}

const struct image *store_file_image(const struct store_file *file)
{
	return &file->image;
}
