/* This file lays extents into the sections of a store that is being made, and keeps the maps. */
#ifndef POSTMEND_TESTS_MAKERS_NDB_PLACE_H
#define POSTMEND_TESTS_MAKERS_NDB_PLACE_H

#include "ndb_out.h"
#include "pst/ndb/page.h"

struct ndb_place {
	const struct variant *v;
	uint64_t section_fill;
	FILE *file, *kinds_file; /* kinds_file NULL when nobody asked */
	uint64_t section;        /* the number of the section in memory */
	uint64_t used, filled;   /* bytes of it: up to where, and those of extents */
	uint8_t *bytes, *kinds;  /* of the section */
	uint64_t amap_free;      /* bytes free in the sections written */
};

void ndb_place_open(struct ndb_place *place, const struct variant *v, const char *path, const char *kinds);

/* Room for an extent, inside one section. *bytes_out is where its bytes go
 * before the next call; the result is its offset in the store. */
uint64_t ndb_place_take(struct ndb_place *place, uint64_t len, uint64_t align, uint8_t **bytes_out);

/* Says what the bytes of the extent at `at`, the last one taken, are for. */
void ndb_place_mark(struct ndb_place *place, uint64_t at, uint64_t len, enum byte_kind kind);

/* The next extent begins at or behind this offset. */
void ndb_place_skip(struct ndb_place *place, uint64_t at);

/* Writes the last section; the result is the size of the store. */
uint64_t ndb_place_end(struct ndb_place *place);

/* Writes what stands before the first section; `len` bytes, and their kinds. */
void ndb_place_put(struct ndb_place *place, uint64_t at, struct view bytes, struct view kinds);

void ndb_place_close(struct ndb_place *place);

#endif
