/* This file reads and writes what nodes hold: bytes over blocks, and lists of subnodes. */
#ifndef POSTMEND_EDIT_STREAMS_H
#define POSTMEND_EDIT_STREAMS_H

#include "edit/work.h"

/* The blocks of a data tree: their BIDs and their decoded bytes. */
struct stream {
	uint64_t *bids;
	struct view *blocks;
	size_t n;
};

/* Memory is the change's. Fails the work when a block cannot be read. */
void streams_read(struct work *w, uint64_t bid, struct stream *out);

/* A data tree over blocks that are written already, all but the last of them
 * full; its BID, which nobody holds yet. 0 without blocks. */
uint64_t streams_tree(struct work *w, const struct stream *stream);

/* The same for bytes. */
uint64_t streams_put(struct work *w, struct view bytes);

/* The subnodes of a node, sorted by NID. Rows that are added or changed name
 * blocks that somebody may or may not hold yet: the list holds them once it is written. */
struct subnodes {
	struct work *w;
	uint64_t bid; /* of the list as it stands, 0 without one */
	struct subnode *rows;
	size_t n, room;
	bool is_changed;
};

void subnodes_open(struct subnodes *s, struct work *w, uint64_t bid);
struct subnode *subnodes_find(struct subnodes *s, uint32_t nid);
/* Adds a row, or gives the one with this NID other data. */
void subnodes_put(struct subnodes *s, uint32_t nid, uint64_t data);
void subnodes_remove(struct subnodes *s, uint32_t nid);
/* The list's BID: the old one when nothing changed, a new one that nobody holds, or 0. */
uint64_t subnodes_end(struct subnodes *s);

#endif
