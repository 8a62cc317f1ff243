/* This file writes the list of a node's subnodes: an SLBLOCK, or a SIBLOCK over several
 * ([MS-PST] 2.2.2.8.3.3). */
#ifndef POSTMEND_WRITE_SUBNODES_OUT_H
#define POSTMEND_WRITE_SUBNODES_OUT_H

#include "write/ndb_out.h"

struct subnode_row {
	uint32_t nid;
	uint64_t data, subnode; /* BIDs, 0 for none */
};

/* Rows in any order, 24 bytes each, in the arena. */
struct subnodes_out {
	struct ndb_out *out;
	struct arena *arena;
	struct subnode_row *rows;
	size_t n, room;
};

/* The arena lives until the list ends, and may then be cleared. */
void subnodes_out_start(struct subnodes_out *list, struct ndb_out *out, struct arena *arena);

/* Adds a row, holds its blocks, marks its NID. */
void subnodes_out_add(struct subnodes_out *list, const struct subnode_row *row);

/* The list's BID; 0 when it is empty or the writer has failed. Two rows with the same NID: ST_USAGE. At
 * most 173,400 rows in Unicode stores, else the writer fails with ST_LIMIT. */
uint64_t subnodes_out_end(struct subnodes_out *list);

#endif
