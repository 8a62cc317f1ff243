/* This file opens a store for reading on all systems but Windows. */
#include "os/store_file.h"

#include "os/fs.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* Nobody is kept from reading here. */
const char store_file_locked[] = "another program lets nobody read it";

struct store_file {
	struct image image;
	uv_file file;
};

/* The system may give less than was asked for, or be interrupted. A device
 * that refuses a sector refuses the whole piece: the caller asks for less. */
static enum status read_at(const struct image *image, uint64_t at, void *to, size_t len)
{
	const struct store_file *f = image->context;
	size_t got = 0;

	while (got < len) {
		size_t more = len - got < (1U << 30) ? len - got : 1U << 30;
		uv_buf_t buf = uv_buf_init((char *)to + got, (unsigned)more);
		uv_fs_t request;
		int n = uv_fs_read(NULL, &request, f->file, &buf, 1, (int64_t)(at + got), NULL);

		uv_fs_req_cleanup(&request);
		if (n == UV_EINTR)
			continue;
		if (n <= 0) {
			memset(to, 0, len);
			return ST_IO;
		}
		got += (size_t)n;
	}
	return ST_OK;
}

static int stat_size(uv_file file, uint64_t *size_out)
{
	uv_fs_t request;
	int result = uv_fs_fstat(NULL, &request, file, NULL);

	if (result == 0 && (request.statbuf.st_mode & S_IFMT) == S_IFDIR)
		result = UV_EISDIR;
	*size_out = result == 0 ? request.statbuf.st_size : 0;
	uv_fs_req_cleanup(&request);
	return result;
}

enum status store_file_open(const char *path, struct store_file **out, const char **why_out)
{
	struct store_file *f = calloc(1, sizeof *f);
	int result;

	*out = NULL;
	*why_out = "not enough memory";
	if (!f)
		return ST_NOMEM;
	f->file = fs_open(path, UV_FS_O_RDONLY, 0);
	result = f->file < 0 ? f->file : stat_size(f->file, &f->image.size);
	f->image.read = read_at;
	f->image.context = f;
	if (result < 0) {
		*why_out = uv_strerror(result);
		store_file_close(&f);
		return ST_IO;
	}
	*out = f;
	return ST_OK;
}

void store_file_close(struct store_file **file)
{
	uv_fs_t request;

	if (!*file)
		return;
	if ((*file)->file >= 0) {
		uv_fs_close(NULL, &request, (*file)->file, NULL);
		uv_fs_req_cleanup(&request);
	}
	free(*file);
	*file = NULL;
}

const struct image *store_file_image(const struct store_file *file)
{
	return &file->image;
}
