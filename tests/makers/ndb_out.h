/* This file writes the lowest layer of a store: blocks and nodes first, trees, maps and header at the end.
 *
 * Blocks are laid down one after the other; memory holds one section of the
 * file, 16 bytes for each block and 24 for each node. What cannot be written
 * ends the program: a maker has no other use for half a store.
 *
 *	struct ndb_out *out = ndb_out_open(path, &options);
 *	uint64_t bid = ndb_out_block(out, bytes, BLOCK_DATA);
 *	ndb_out_node(out, &(struct ndb_node){ .nid = 0x21, .data = bid });
 *	ndb_out_close(&out);
 */
#ifndef POSTMEND_TESTS_MAKERS_NDB_OUT_H
#define POSTMEND_TESTS_MAKERS_NDB_OUT_H

#include "base/view.h"
#include "pst/ndb/block.h"
#include "pst/ndb/header.h"

#include <stdio.h>

struct ndb_options {
	uint16_t version; /* wVer: 14, 15, 20 to 23 or 36 */
	uint16_t client;  /* HEADER_CLIENT_PST or HEADER_CLIENT_OST */
	enum crypt_method cipher;
	unsigned tree_fill;    /* most entries in a B-tree page; 0 as many as fit */
	uint64_t section_fill; /* most bytes of blocks in one section; 0 as many as fit */
	uint64_t size_min;     /* the trees lie behind this offset, with a hole before them */
	bool compress;         /* 4K only: blocks that shrink are stored as zlib streams */
	const char *kinds;     /* NULL, or a file for the kinds of all bytes, see below */
};

/* What a byte of the store is for: the kinds file is as long as the store. */
enum byte_kind {
	BYTE_FREE = 'f',    /* belongs to nothing */
	BYTE_PADDING = 'p', /* between the data and the trailer of a block */
	BYTE_OPAQUE = 'o',  /* belongs to a structure and means nothing to us */
	BYTE_LIVE = 'l',
};

struct ndb_node {
	uint32_t nid, parent;
	uint64_t data, subnode; /* BIDs, 0 for none */
};

enum block_use { BLOCK_DATA, BLOCK_INTERNAL };

struct ndb_out;

struct ndb_out *ndb_out_open(const char *path, const struct ndb_options *options);
void ndb_out_close(struct ndb_out **out);

const struct variant *ndb_out_variant(const struct ndb_out *out);

/* Writes one block of at most block_data_max bytes and returns its BID. Nobody holds it yet. */
uint64_t ndb_out_block(struct ndb_out *out, struct view data, enum block_use use);

/* Counts a holder; BID 0 is nobody's. */
void ndb_out_hold(struct ndb_out *out, uint64_t bid);

/* Adds a node and holds its blocks. Each NID once, in any order. */
void ndb_out_node(struct ndb_out *out, const struct ndb_node *node);

/* The next NID of a type. ndb_out_mark() tells of one that was chosen otherwise. */
uint32_t ndb_out_nid(struct ndb_out *out, enum nid_type type);
void ndb_out_mark(struct ndb_out *out, uint32_t nid);

/* The next number from dwUnique, for versions of rows. */
uint32_t ndb_out_unique(struct ndb_out *out);

/* Bytes that become a data tree: a block, an XBLOCK or an XXBLOCK over them. */
struct data_out {
	struct ndb_out *out;
	uint8_t *leaf;
	size_t len;
	uint64_t *bids;
	size_t n, room;
	uint64_t total; /* bytes so far */
};

void data_out_start(struct data_out *data, struct ndb_out *out);
void data_out_add(struct data_out *data, struct view bytes);
/* The tree's BID; 0 when no byte came. Returns the memory. */
uint64_t data_out_end(struct data_out *data);

/* Subnodes of one node, in any order. */
struct subnode_row {
	uint32_t nid;
	uint64_t data, subnode;
};

struct subnodes_out {
	struct subnode_row *rows;
	size_t n, room;
};

void subnodes_out_add(struct subnodes_out *list, struct ndb_out *out, const struct subnode_row *row);
/* The list's BID, an SLBLOCK or a SIBLOCK over several; 0 when empty. Returns the memory. */
uint64_t subnodes_out_end(struct subnodes_out *list, struct ndb_out *out);

#endif
