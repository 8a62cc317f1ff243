/* This file lays extents into the sections of a store that is being made. */
#include "ndb_place.h"

#include "memory.h"
#include "pst/ndb/maps.h"

#include <string.h>

static _Noreturn void ndb_place_fail(const char *what)
{
	perror(what);
	exit(8);
}

static FILE *open_file(const char *path)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		ndb_place_fail(path);
	setvbuf(file, NULL, _IOFBF, 1 << 20);
	return file;
}

static void put(FILE *file, uint64_t at, const uint8_t *bytes, size_t len)
{
	if (fseeko(file, (off_t)at, SEEK_SET) != 0 || fwrite(bytes, 1, len, file) != len)
		ndb_place_fail("store-maker: writing");
}

static void set_bits(struct ndb_place *place, uint64_t from, uint64_t len)
{
	uint8_t *bits = place->bytes + place->v->amap_bits_at;

	for (uint64_t i = from / place->v->block_align; i < (from + len) / place->v->block_align; i++)
		bits[i / 8] = (uint8_t)(bits[i / 8] | 0x80 >> i % 8);
}

/* The section's map pages take its first bytes. */
static void begin_section(struct ndb_place *place, uint64_t section)
{
	const struct variant *v = place->v;
	struct map_page maps[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(v, section, maps);
	uint64_t from = maps_section_at(v, section);

	memset(place->bytes, 0, place->used);
	if (place->kinds)
		memset(place->kinds, BYTE_FREE, (size_t)v->amap_interval);
	place->section = section;
	place->used = maps[n - 1].at + v->page_len - from;
	place->filled = 0;
	set_bits(place, 0, place->used);
	if (place->kinds)
		memset(place->kinds, BYTE_LIVE, (size_t)place->used);
}

static uint64_t count_free(const struct ndb_place *place)
{
	const uint8_t *bits = place->bytes + place->v->amap_bits_at;
	uint64_t n = 0;

	for (unsigned i = 0; i < place->v->amap_bytes; i++)
		n += 8 - (unsigned)__builtin_popcount(bits[i]);
	return n * place->v->block_align;
}

static void end_section(struct ndb_place *place)
{
	const struct variant *v = place->v;
	struct map_page maps[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(v, place->section, maps);
	uint64_t from = maps_section_at(v, place->section);

	place->amap_free += count_free(place);
	for (unsigned i = 0; i < n; i++) {
		uint8_t *page = place->bytes + (maps[i].at - from);

		/* The older maps say what programs since 2007 leave in them: all ones. */
		if (maps[i].type != PAGE_AMAP)
			memset(page + v->amap_bits_at, 0xFF, v->amap_bytes);
		page_seal(v, maps[i].type, (struct ib){ maps[i].at }, (struct bid){ 0 }, page);
	}
	put(place->file, from, place->bytes, (size_t)place->used);
	if (place->kinds_file)
		put(place->kinds_file, from, place->kinds, (size_t)v->amap_interval);
}

void ndb_place_open(struct ndb_place *place, const struct variant *v, const char *path, const char *kinds)
{
	*place = (struct ndb_place){ .v = v, .file = open_file(path) };
	place->bytes = memory_new((size_t)v->amap_interval, 1);
	if (kinds) {
		place->kinds_file = open_file(kinds);
		place->kinds = memory_new((size_t)v->amap_interval, 1);
	}
	begin_section(place, 0);
}

uint64_t ndb_place_take(struct ndb_place *place, uint64_t len, uint64_t align, uint8_t **bytes_out)
{
	const struct variant *v = place->v;
	uint64_t at = (place->used + align - 1) / align * align;
	bool is_full = place->section_fill && place->filled && place->filled + len > place->section_fill;

	if (at + len > v->amap_interval || is_full) {
		end_section(place);
		begin_section(place, place->section + 1);
		at = (place->used + align - 1) / align * align;
	}
	set_bits(place, at, len);
	place->used = at + len;
	place->filled += len;
	*bytes_out = place->bytes + at;
	return maps_section_at(v, place->section) + at;
}

void ndb_place_mark(struct ndb_place *place, uint64_t at, uint64_t len, enum byte_kind kind)
{
	if (place->kinds)
		memset(place->kinds + (at - maps_section_at(place->v, place->section)), (int)kind,
		       (size_t)len);
}

void ndb_place_skip(struct ndb_place *place, uint64_t at)
{
	while (maps_section_at(place->v, place->section) < at) {
		end_section(place);
		begin_section(place, place->section + 1);
	}
}

uint64_t ndb_place_end(struct ndb_place *place)
{
	static const uint8_t zero = 0;
	uint64_t end = maps_section_at(place->v, place->section + 1);

	end_section(place);
	if (place->used < place->v->amap_interval)
		put(place->file, end - 1, &zero, 1);
	return end;
}

void ndb_place_put(struct ndb_place *place, uint64_t at, struct view bytes, struct view kinds)
{
	put(place->file, at, bytes.at, bytes.len);
	if (place->kinds_file)
		put(place->kinds_file, at, kinds.at, kinds.len);
}

void ndb_place_close(struct ndb_place *place)
{
	if (fclose(place->file) != 0 || (place->kinds_file && fclose(place->kinds_file) != 0))
		ndb_place_fail("store-maker: writing");
	free(place->bytes);
	free(place->kinds);
}
