/* This file opens a store for being written anew, through libuv's calls that wait. */
#include "os/new_store.h"

#include "os/file.h"
#include "os/fs.h"
#include "os/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
#ifdef __linux__
#include <fcntl.h>
#endif

enum { PATH_MAX_LEN = 4096, FILE_MODE = 0600, PIECE_LEN = 4 << 20, PIECES = 4 };

struct piece {
	uint8_t *bytes;
	uint64_t at;
	size_t len;
};

struct new_store {
	struct store_sink sink;
	char path[PATH_MAX_LEN], part[PATH_MAX_LEN];
	uv_file fd;
	struct piece pieces[PIECES]; /* a ring: those to be written, then the one that fills */
	unsigned first, n;           /* to be written */
	int error;                   /* of libuv, the first one */
	bool is_ending, has_thread, is_sealed;
	uv_thread_t thread;
	uv_mutex_t lock; /* of all between `first` and `is_ending` */
	uv_cond_t changed;
};

static int write_piece(const struct new_store *f, const struct piece *piece)
{
	size_t done = 0;

	while (done < piece->len) {
		uv_buf_t buf = uv_buf_init((char *)piece->bytes + done, (unsigned)(piece->len - done));
		uv_fs_t request;
		int n = uv_fs_write(NULL, &request, f->fd, &buf, 1, (int64_t)(piece->at + done), NULL);

		uv_fs_req_cleanup(&request);
		if (n == UV_EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? n : UV_EIO;
		done += (size_t)n;
	}
#ifdef __linux__
	/* The disk begins now, so that the sync at the end finds little to do. */
	(void)sync_file_range(f->fd, (off_t)piece->at, (off_t)piece->len, SYNC_FILE_RANGE_WRITE);
#endif
	return 0;
}

/* With the lock held: the oldest piece goes to the file. */
static void write_first(struct new_store *f)
{
	const struct piece *piece = &f->pieces[f->first];
	int error = f->error;

	uv_mutex_unlock(&f->lock);
	if (error == 0)
		error = write_piece(f, piece);
	uv_mutex_lock(&f->lock);
	f->error = error;
	f->first = (f->first + 1) % PIECES;
	f->n--;
	uv_cond_signal(&f->changed);
}

static void work(void *context)
{
	struct new_store *f = context;

	uv_mutex_lock(&f->lock);
	while (f->n > 0 || !f->is_ending) {
		if (f->n > 0)
			write_first(f);
		else
			uv_cond_wait(&f->changed, &f->lock);
	}
	uv_mutex_unlock(&f->lock);
}

/* Hands the piece that fills over and waits for room for the next. */
static void hand_over(struct new_store *f)
{
	uv_mutex_lock(&f->lock);
	if (f->pieces[(f->first + f->n) % PIECES].len) {
		f->n++;
		uv_cond_signal(&f->changed);
	}
	while (f->n == PIECES && f->has_thread)
		uv_cond_wait(&f->changed, &f->lock);
	while (f->n && !f->has_thread)
		write_first(f);
	f->pieces[(f->first + f->n) % PIECES].len = 0;
	uv_mutex_unlock(&f->lock);
}

static int error_of(struct new_store *f)
{
	int error;

	uv_mutex_lock(&f->lock);
	error = f->error;
	uv_mutex_unlock(&f->lock);
	return error;
}

/* `first` moves when a piece is written and `n` the other way: the one that fills stays where it is. */
static struct piece *filling(struct new_store *f)
{
	struct piece *piece;

	uv_mutex_lock(&f->lock);
	piece = &f->pieces[(f->first + f->n) % PIECES];
	uv_mutex_unlock(&f->lock);
	return piece;
}

/* The piece that fills, empty. */
static uint8_t *give_room(const struct store_sink *sink, size_t len)
{
	struct new_store *f = sink->context;

	if (len > PIECE_LEN)
		return NULL;
	if (filling(f)->len)
		hand_over(f);
	return filling(f)->bytes;
}

static enum status write_at(const struct store_sink *sink, uint64_t at, struct view bytes)
{
	struct new_store *f = sink->context;
	struct piece *given = filling(f);

	if (bytes.at == given->bytes) {
		given->at = at;
		given->len = bytes.len;
		return error_of(f) == 0 ? ST_OK : ST_IO;
	}
	while (bytes.len) {
		struct piece *piece = filling(f);
		size_t n;

		if (piece->len == PIECE_LEN || (piece->len && piece->at + piece->len != at)) {
			hand_over(f);
			continue;
		}
		if (piece->len == 0)
			piece->at = at;
		n = PIECE_LEN - piece->len < bytes.len ? PIECE_LEN - piece->len : bytes.len;
		memcpy(piece->bytes + piece->len, bytes.at, n);
		piece->len += n;
		at += n;
		bytes = view_of(bytes.at + n, bytes.len - n);
	}
	return error_of(f) == 0 ? ST_OK : ST_IO;
}

bool new_store_free_bytes(const char *path, uint64_t *out)
{
	char folder[PATH_MAX_LEN];
	size_t len = strlen(path);

	while (len && path[len - 1] != '/' && path[len - 1] != '\\')
		len--;
	snprintf(folder, sizeof folder, "%.*s", (int)len, path);
	return fs_free_bytes(len ? folder : ".", out) == 0;
}

static int open_part(struct new_store *f, const char *path)
{
	char letters[9];

	if (random_letters(letters, sizeof letters - 1) != ST_OK)
		return UV_EIO;
	if (snprintf(f->path, sizeof f->path, "%s", path) >= (int)sizeof f->path ||
	    snprintf(f->part, sizeof f->part, "%s.%s.part", path, letters) >= (int)sizeof f->part)
		return UV_ENAMETOOLONG;
	f->fd = fs_open(f->part, UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_EXCL, FILE_MODE);
	return f->fd < 0 ? f->fd : 0;
}

/* What is needed for the ring; the thread may be missing, then the caller's writes. */
static bool make_ring(struct new_store *f)
{
	for (unsigned i = 0; i < PIECES; i++) {
		f->pieces[i].bytes = malloc(PIECE_LEN);
		if (!f->pieces[i].bytes)
			return false;
	}
	f->has_thread = uv_thread_create(&f->thread, work, f) == 0;
	return true;
}

enum status new_store_create(const char *path, uint64_t bytes_needed, struct new_store **out,
			     const char **why_out)
{
	struct new_store *f;
	uint64_t free_bytes;
	int error;

	*out = NULL;
	*why_out = "it exists already";
	if (file_exists(path))
		return ST_USAGE;
	*why_out = "there is not enough free space for it";
	if (new_store_free_bytes(path, &free_bytes) && free_bytes < bytes_needed)
		return ST_LIMIT;
	*why_out = "not enough memory";
	f = calloc(1, sizeof *f);
	if (!f)
		return ST_NOMEM;
	f->sink = (struct store_sink){ .write = write_at, .room = give_room, .context = f };
	error = open_part(f, path);
	if (error) {
		free(f);
		*why_out = uv_strerror(error);
		return ST_IO;
	}
	uv_mutex_init(&f->lock);
	uv_cond_init(&f->changed);
	*out = f;
	if (make_ring(f))
		return ST_OK;
	new_store_discard(out);
	return ST_NOMEM;
}

const struct store_sink *new_store_sink(const struct new_store *file)
{
	return &file->sink;
}

const char *new_store_why(struct new_store *file)
{
	int error = error_of(file);

	return error ? uv_strerror(error) : NULL;
}

enum status new_store_settle(struct new_store *file, const char **part_out)
{
	hand_over(file);
	uv_mutex_lock(&file->lock);
	while (file->n && file->has_thread)
		uv_cond_wait(&file->changed, &file->lock);
	uv_mutex_unlock(&file->lock);
	*part_out = file->part;
	return error_of(file) == 0 ? ST_OK : ST_IO;
}

/* Everything that was handed over is in the file, or never will be. */
static void end_thread(struct new_store *f)
{
	uv_mutex_lock(&f->lock);
	f->is_ending = true;
	uv_cond_signal(&f->changed);
	uv_mutex_unlock(&f->lock);
	if (f->has_thread)
		uv_thread_join(&f->thread);
	f->has_thread = false;
}

static int sync_and_close(struct new_store *f)
{
	uv_fs_t request;
	int error = f->error;

	if (error == 0) {
		error = uv_fs_fsync(NULL, &request, f->fd, NULL);
		uv_fs_req_cleanup(&request);
	}
	(void)uv_fs_close(NULL, &request, f->fd, NULL);
	uv_fs_req_cleanup(&request);
	return error;
}

static void drop_ring(struct new_store *f)
{
	for (unsigned i = 0; i < PIECES; i++) {
		free(f->pieces[i].bytes);
		f->pieces[i].bytes = NULL;
	}
}

void new_store_remove(const char *path)
{
	(void)fs_unlink(path);
}

static void remove_part(struct new_store **file)
{
	struct new_store *f = *file;

	new_store_remove(f->part);
	drop_ring(f);
	uv_cond_destroy(&f->changed);
	uv_mutex_destroy(&f->lock);
	free(f);
	*file = NULL;
}

enum status new_store_seal(struct new_store *file, const char **why_out)
{
	int error;

	hand_over(file);
	end_thread(file);
	error = sync_and_close(file);
	drop_ring(file);
	file->is_sealed = true;
	if (error)
		*why_out = uv_strerror(error);
	return error ? ST_IO : ST_OK;
}

enum status new_store_commit(struct new_store **file, const char **why_out)
{
	struct new_store *f = *file;
	enum status st = f->is_sealed ? ST_OK : new_store_seal(f, why_out);

	if (st == ST_OK)
		st = file_name_for_good(f->part, f->path, why_out);
	remove_part(file);
	return st;
}

void new_store_discard(struct new_store **file)
{
	struct new_store *f = *file;

	if (!f)
		return;
	uv_mutex_lock(&f->lock);
	f->error = f->error ? f->error : UV_ECANCELED;
	uv_mutex_unlock(&f->lock);
	if (!f->is_sealed) {
		end_thread(f);
		(void)sync_and_close(f);
	}
	remove_part(file);
}
