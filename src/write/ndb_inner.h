/* This file shares the writer's state between the files that are the writer. */
#ifndef POSTMEND_WRITE_NDB_INNER_H
#define POSTMEND_WRITE_NDB_INNER_H

#include "write/chunks.h"
#include "write/ndb_place.h"

enum { NDB_ROWS_PER_CHUNK = 1024 };

/* Number i has the BID options.first_bid + 4 * i. */
struct block_row {
	uint64_t at; /* 0: reserved */
	uint16_t len, len_inflated, refs;
	bool is_internal;
};

struct kept_row {
	uint64_t bid; /* first, for sorting */
	uint64_t at;
	uint16_t len, refs;
};

struct ndb_out {
	struct arena *arena;
	const struct variant *v;
	struct ndb_options options;
	struct ndb_place place;
	enum status status;
	struct chunks blocks, kept, nodes; /* of block_row, kept_row, ndb_node */
	uint64_t block_bytes;
	uint32_t marks[NID_TYPE_COUNT];
	uint32_t unique;
	uint64_t next_page;
	uint8_t *rooms; /* that were given back; each begins with the address of the next */
	uint8_t *encoded, *deflated;
};

/* Writes a B-tree's pages, the leaves first, and gives the root; the rows are sorted. */
[[nodiscard]] enum status ndb_trees_put(struct ndb_out *out, enum page_type type, struct bref *root_out);

#endif
