/* This file gives made stores a file to go to. */
#include "store_out_file.h"

#include "memory.h"
#include "words.h"

#include <libdeflate.h>
#include <string.h>

enum { COMPRESSION = 6 };
#define STORE_ARENA_MAX ((size_t)2 << 30)

static _Noreturn void give_up(const char *what)
{
	perror(what);
	exit(8);
}

static enum status write_at(const struct store_sink *sink, uint64_t at, struct view bytes)
{
	FILE *file = sink->context;

	if (fseeko(file, (off_t)at, SEEK_SET) != 0 || fwrite(bytes.at, 1, bytes.len, file) != bytes.len)
		return ST_IO;
	return ST_OK;
}

/* Stores whose kinds are wanted are small: they fit memory. */
static void mark(void *context, uint64_t at, uint64_t len, enum byte_kind kind)
{
	struct store_out_file *to = context;
	size_t end = (size_t)(at + len);

	if (!to->kinds_path)
		return;
	if (end > to->kinds_len) {
		size_t room = end * 2;
		uint8_t *kinds = memory_new(room, 1);

		memset(kinds, BYTE_FREE, room);
		if (to->kinds_len)
			memcpy(kinds, to->kinds, to->kinds_len);
		free(to->kinds);
		to->kinds = kinds;
		to->kinds_len = room;
	}
	memset(to->kinds + at, (int)kind, (size_t)len);
}

static size_t deflate(void *context, struct view plain, uint8_t *to, size_t room)
{
	const struct store_out_file *file = context;

	return libdeflate_zlib_compress(file->compressor, plain.at, plain.len, to, room);
}

void store_out_file_key(const struct plan *plan, uint8_t key[STORE_KEY_LEN])
{
	struct dice dice = dice_of(plan->seed, UINT64_C(1) << 41);

	dice_bytes(&dice, key, STORE_KEY_LEN);
}

struct store_out *store_out_file_open(struct store_out_file *to, const struct plan *plan, const char *path)
{
	struct store_out_options options = { .ndb = plan->ndb, .name = "Made store" };

	*to = (struct store_out_file){ .arena = arena_new(STORE_ARENA_MAX), .kinds_path = plan->kinds_path };
	to->file = fopen(path, "wb");
	if (!to->file)
		give_up(path);
	to->sink = (struct store_sink){ .write = write_at, .context = to->file };
	store_out_file_key(plan, options.record_key);
	options.ndb.shape.context = to;
	options.ndb.shape.mark = mark;
	if (plan->compress) {
		to->compressor = libdeflate_alloc_compressor(COMPRESSION);
		options.ndb.shape.deflate = deflate;
	}
	if (!to->arena || store_out_open(to->arena, &to->sink, &options, &to->store) != ST_OK)
		give_up("store-maker: memory");
	return to->store;
}

static void write_kinds(const struct store_out_file *to, uint64_t size)
{
	FILE *file = fopen(to->kinds_path, "wb");

	if (!file || fwrite(to->kinds, 1, (size_t)size, file) != size || fclose(file) != 0)
		give_up(to->kinds_path);
}

void store_out_file_close(struct store_out_file *to)
{
	struct ndb_stats stats;

	if (store_out_finish(to->store, &stats) != ST_OK || fclose(to->file) != 0)
		give_up("store-maker: writing");
	if (to->kinds_path) {
		mark(to, stats.size, 1, BYTE_FREE);
		write_kinds(to, stats.size);
	}
	if (to->compressor)
		libdeflate_free_compressor(to->compressor);
	free(to->kinds);
	arena_drop(&to->arena);
}
