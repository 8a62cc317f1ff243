/* This file is a program that cuts a made store into what the fuzzers begin with: seeds STORE NAME FOLDER
 *
 * FOLDER is tests/corpus; the store is a small one without a cipher.
 */
#include "base/checked.h"
#include "check/check.h"
#include "memory.h"
#include "pst/ltp/table.h"

#include <assert.h>
#include <string.h>

enum { ARENA_MAX = 128 << 20, UNIT = 64, LEN_MAX = 0xFFFF / UNIT * UNIT };

struct seeds {
	const char *name, *folder;
	struct view store;
	uint8_t *bytes; /* of the store */
	const struct check_facts *facts;
};

static enum status read_memory(const struct image *image, uint64_t at, void *to, size_t len)
{
	memcpy(to, (const uint8_t *)image->context + at, len);
	return ST_OK;
}

static FILE *begin(const struct seeds *s, const char *target, unsigned number)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s/%s-%u", s->folder, target, s->name, number);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		exit(8);
	}
	return file;
}

static void put(FILE *file, struct view bytes)
{
	if (bytes.len && fwrite(bytes.at, 1, bytes.len, file) != bytes.len) {
		perror("seeds");
		exit(8);
	}
}

/* A seed: some bytes before, then a part of the store. */
static void cut(const struct seeds *s, const char *target, unsigned number, struct view before,
		struct view part)
{
	FILE *file = begin(s, target, number);

	put(file, before);
	put(file, part);
	fclose(file);
}

static struct view at(const struct seeds *s, uint64_t from, uint64_t len)
{
	assert(from <= s->store.len && len <= s->store.len - from);
	return view_of(s->store.at + from, (size_t)len);
}

/* The first page of each type and level, the first blocks of each kind. */
static void cut_parts(const struct seeds *s)
{
	const struct variant *v = s->facts->variant;
	uint8_t kind[3] = { (uint8_t)v->kind };
	unsigned n_internal = 0;

	cut(s, "header", 0, view_of(NULL, 0), at(s, 0, v->header_len));
	for (size_t i = 0; i < s->facts->n_pages; i++)
		if (i == 0 || s->facts->pages[i].level != s->facts->pages[i - 1].level)
			cut(s, "page", (unsigned)i, view_of(kind, 1),
			    at(s, s->facts->pages[i].at, v->page_len));
	for (size_t i = 0; i < s->facts->n_blocks; i++) {
		const struct block_fact *b = &s->facts->blocks[i];

		field_put(kind + 1, 2, b->len_inflated);
		if (bid_is_internal((struct bid){ b->bid }) && n_internal++ < 3)
			cut(s, "block", (unsigned)i, view_of(kind, 3), at(s, b->at, b->len));
	}
}

static void cut_heaps(const struct seeds *s)
{
	uint8_t kind[2] = { (uint8_t)s->facts->variant->kind, 0 };
	unsigned n_tables = 0, n_properties = 0;

	for (size_t i = 0; i < s->facts->n_blocks; i++) {
		const struct block_fact *b = &s->facts->blocks[i];
		struct view data = at(s, b->at, b->len);
		struct heap heap;

		if (!heap_open(s->facts->variant, &data, 1, &heap))
			continue;
		if (heap.client == HEAP_TABLE && n_tables++ % 4 == 1)
			cut(s, "table", (unsigned)i, view_of(kind, 1), data);
		if (heap.client == HEAP_PROPERTIES && n_properties++ % 4 == 1)
			cut(s, "property", (unsigned)i, view_of(kind, 1), data);
		if ((n_tables + n_properties) % 8 == 3)
			cut(s, "heap", (unsigned)i, view_of(kind, 2), data);
	}
}

static bool is_empty(struct view unit)
{
	for (size_t i = 0; i < unit.len; i++)
		if (unit.at[i])
			return false;
	return true;
}

/* The whole store without its empty parts; src/check/store_fuzz.c reads it. */
static void pack(const struct seeds *s)
{
	FILE *file = begin(s, "store", 0);
	size_t from = 0, n = s->store.len / UNIT;
	uint8_t head[4];

	while (from < n) {
		size_t full = from, end;

		while (full < n && full - from < 0xFFFF && is_empty(at(s, full * UNIT, UNIT)))
			full++;
		end = full;
		while (end < n && (end - full) * UNIT < LEN_MAX && !is_empty(at(s, end * UNIT, UNIT)))
			end++;
		field_put(head, 2, full - from);
		field_put(head + 2, 2, (end - full) * UNIT);
		put(file, view_of(head, sizeof head));
		put(file, at(s, full * UNIT, (end - full) * UNIT));
		from = end;
	}
	fclose(file);
}

static uint8_t *load(const char *path, size_t *size_out)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	long size;

	if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
		perror(path);
		exit(8);
	}
	rewind(file);
	bytes = memory_new((size_t)size, 1);
	*size_out = fread(bytes, 1, (size_t)size, file);
	fclose(file);
	return bytes;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct finding_sink *sink = finding_sink_new(arena);
	struct check_facts *facts;
	struct check_options options = { .path = "seed", .runner = check_runner_serial() };
	struct image image = { .read = read_memory };
	struct seeds s;
	size_t size;

	if (argc != 4) {
		fputs("usage: seeds STORE NAME FOLDER\n", stderr);
		return 16;
	}
	s = (struct seeds){ .name = argv[2], .folder = argv[3] };
	s.bytes = load(argv[1], &size);
	s.store = view_of(s.bytes, size);
	image.size = s.store.len;
	image.context = memory_new(s.store.len, 1);
	memcpy(image.context, s.store.at, s.store.len);
	if (check_store(arena, &image, &options, sink, &facts) != ST_OK || finding_count(sink)) {
		fputs("seeds: the store is not sound\n", stderr);
		return 8;
	}
	s.facts = facts;
	cut_parts(&s);
	cut_heaps(&s);
	pack(&s);
	free(image.context);
	free(s.bytes);
	arena_drop(&arena);
	return 0;
}
