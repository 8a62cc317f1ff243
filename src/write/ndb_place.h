/* This file lays extents into the sections of a store that is being written, and keeps the maps
 * ([MS-PST] 2.2.2.7.2 to 2.2.2.7.6).
 *
 * Several sections at a time go to the sink as one run of bytes.
 */
#ifndef POSTMEND_WRITE_NDB_PLACE_H
#define POSTMEND_WRITE_NDB_PLACE_H

#include "pst/ndb/page.h"
#include "write/ndb_out.h"

struct ndb_place {
	const struct variant *v;
	const struct store_sink *sink;
	const struct ndb_shape *shape;
	uint8_t *bytes;        /* room for `most` sections */
	bool is_lent, is_sent; /* that is the sink's; it has been written, and another is needed */
	uint64_t first, most;  /* the number of the first section in memory; how many there may be */
	uint64_t section;      /* the one that fills */
	uint64_t used, filled; /* bytes of it: up to where, and those of extents */
	uint64_t amap_free;    /* bytes free in the sections that are closed */
	enum status status;    /* the first error of the sink */
};

[[nodiscard]] enum status ndb_place_open(struct ndb_place *place, struct arena *arena,
					 const struct store_sink *sink, const struct variant *v);

/* Room for an extent, inside one section. *bytes_out is where its bytes go before the next call, and they are
 * not zeros; the result is its offset in the store. */
uint64_t ndb_place_take(struct ndb_place *place, uint64_t len, uint64_t align, uint8_t **bytes_out);

/* Says what bytes are for. */
void ndb_place_mark(const struct ndb_place *place, uint64_t at, uint64_t len, enum byte_kind kind);

/* The next extent begins at or behind this offset. */
void ndb_place_skip(struct ndb_place *place, uint64_t at);

uint64_t ndb_place_size(const struct ndb_place *place); /* bytes so far */

/* Writes what is left of the sections, up to the last byte; the result is the size of the store. */
uint64_t ndb_place_end(struct ndb_place *place);

#endif
