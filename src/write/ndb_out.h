/* This file writes the lowest layer of a store, as a stream: blocks and nodes first, trees, maps and header
 * last ([MS-PST] 2.2).
 *
 * Blocks are laid down one after the other in sections, each full section goes
 * to the sink with its maps. The first error stays (ndb_out_status()); after it
 * every call does nothing and gives 0, so that callers ask once for each item.
 * Memory, all from the arena given: about 4 MiB of sections, 16 bytes for each
 * block, 24 for each kept one, 24 for each node and up to 8 more for each while
 * it ends, one block's room for each object that is being written.
 *
 *	st = ndb_out_open(arena, sink, &options, &out);
 *	bid = ndb_out_block(out, bytes, BLOCK_DATA);
 *	ndb_out_node(out, &(struct ndb_node){ .nid = 0x21, .data = bid });
 *	st = ndb_out_finish(out, &stats);
 *
 * A BID that is returned has no holder yet: whoever stores it in a structure
 * says so with ndb_out_hold(), nodes and lists do it themselves. Counts (cRef
 * of 2.2.2.7.7.3) are then right without a second pass.
 */
#ifndef POSTMEND_WRITE_NDB_OUT_H
#define POSTMEND_WRITE_NDB_OUT_H

#include "base/arena.h"
#include "base/status.h"
#include "base/view.h"
#include "pst/ndb/block.h"
#include "pst/ndb/header.h"
#include "pst/store_sink.h"

enum { NDB_BID_STEP = 4 };

/* What a byte of the store is for. */
enum byte_kind {
	BYTE_FREE = 'f',    /* belongs to nothing */
	BYTE_PADDING = 'p', /* between the data and the trailer of a block */
	BYTE_OPAQUE = 'o',  /* belongs to a structure and means nothing to us */
	BYTE_LIVE = 'l',
};

/* Forms that are valid and unusual, for makers of test stores; all zeros otherwise. */
struct ndb_shape {
	unsigned tree_fill;    /* most entries in a B-tree page; 0 as many as fit */
	uint64_t section_fill; /* most bytes of blocks in one section; 0 as many as fit */
	uint64_t size_min;     /* the trees lie behind this offset, with a hole before them */
	/* 4K only: the length of the zlib stream put into `to`, 0 when it would be longer than `room`. */
	size_t (*deflate)(void *context, struct view plain, uint8_t *to, size_t room);
	/* Hears what the bytes are for; those of which it never hears are free. */
	void (*mark)(void *context, uint64_t at, uint64_t len, enum byte_kind kind);
	void *context;
};

struct ndb_options {
	uint16_t version; /* wVer: 14, 15, 20 to 23 or 36 */
	uint16_t client;  /* HEADER_CLIENT_PST or HEADER_CLIENT_OST */
	enum crypt_method cipher;
	uint64_t first_bid; /* of new blocks, a multiple of 4; lower ones are those that are kept. 0: 4 */
	uint32_t unique;    /* the first number that ndb_out_unique() gives; 0: 1 */
	struct ndb_shape shape;
};

/* Version 23, PST, permute: what Outlook makes today. */
struct ndb_options ndb_options_usual(void);

struct ndb_node {
	uint32_t nid, parent;   /* parent: of folders and messages; 0 for others */
	uint64_t data, subnode; /* BIDs, 0 for none */
};

enum block_use { BLOCK_DATA, BLOCK_INTERNAL };

/* The form in which a block's bytes are handed over. */
enum block_form { BLOCK_PLAIN, BLOCK_PERMUTED };

struct ndb_stats {
	uint64_t size; /* bytes of the store */
	uint64_t n_blocks, n_nodes;
	uint64_t block_bytes; /* data in blocks */
};

struct ndb_out;

/* *sink and the arena outlive the writer; the arena's end is the writer's. ST_NOMEM, ST_USAGE for a version
 * that nobody knows. */
[[nodiscard]] enum status ndb_out_open(struct arena *arena, const struct store_sink *sink,
				       const struct ndb_options *options, struct ndb_out **out);

/* Writes trees, maps, DList and, last of all, the header. Not ST_OK: what the sink has is no store. ST_USAGE:
 * two nodes or two kept blocks had the same number. stats_out may be NULL. */
[[nodiscard]] enum status ndb_out_finish(struct ndb_out *out, struct ndb_stats *stats_out);

/* ST_OK, or the first error: ST_NOMEM; ST_LIMIT: too long a value, too many holders of one block;
 * ST_USAGE: a holder of a block that is none; what the sink said. */
enum status ndb_out_status(const struct ndb_out *out);

/* Makes it fail, for layers above; ST_OK does nothing. */
void ndb_out_fail(struct ndb_out *out, enum status status);

const struct variant *ndb_out_variant(const struct ndb_out *out);
uint64_t ndb_out_size(const struct ndb_out *out); /* bytes so far */
/* The same with what the trees will take for these blocks and nodes, about. */
uint64_t ndb_out_weight(const struct ndb_out *out);

/* Writes one block of 1 to block_data_max bytes and returns its BID. */
uint64_t ndb_out_block(struct ndb_out *out, struct view data, enum block_use use);

/* The same for a data block whose bytes are as another store has them; where that one's cipher is ours too
 * they are not touched. */
uint64_t ndb_out_block_of_form(struct ndb_out *out, struct view data, enum block_form form);

/* A BID now and its block later, in which time others get theirs. One that is never put makes finish fail. */
uint64_t ndb_out_reserve(struct ndb_out *out, enum block_use use);
void ndb_out_put(struct ndb_out *out, uint64_t bid, struct view data);

/* Writes a block of another store under its old BID, below options.first_bid: its holders may then be copied
 * as they are. `refs` is its cRef, holders plus 1; ndb_out_hold() leaves it alone. Data is BLOCK_PERMUTED or
 * BLOCK_PLAIN by `form`; internal blocks, by their BID, have only one. Each BID once, in any order. */
struct kept_block {
	uint64_t bid;
	struct view data; /* 1 to block_data_max bytes */
	enum block_form form;
	uint16_t refs;
	/* Of the data, by the old store's trailer. Where the bytes go over as they are it goes with them, so
	 * that a check of the new store proves their whole way; where they do not, nobody asks for it. */
	uint32_t crc;
};
void ndb_out_keep(struct ndb_out *out, const struct kept_block *block);

/* Counts a holder; BID 0 is nobody's. Of a block that is kept nothing is known here: whether it is there, the
 * caller has seen to. */
void ndb_out_hold(struct ndb_out *out, uint64_t bid);
/* How many a new block has, with the BBT's own one. */
uint16_t ndb_out_refs(const struct ndb_out *out, uint64_t bid);

/* Adds a node and holds its blocks. Each NID once, in any order. */
void ndb_out_node(struct ndb_out *out, const struct ndb_node *node);

/* The next NID of a type. ndb_out_mark() tells of one that was chosen otherwise, in the NBT or as a subnode:
 * tell of all chosen ones of a type before the first new one is asked for. */
uint32_t ndb_out_nid(struct ndb_out *out, enum nid_type type);
void ndb_out_mark(struct ndb_out *out, uint32_t nid);

/* The next number from dwUnique, for versions of rows. */
uint32_t ndb_out_unique(struct ndb_out *out);

/* Memory of ndb_out_room_len() bytes, not zeroed, enough for a block's data; to be given back, NULL is fine.
 * NULL after an error. */
uint8_t *ndb_out_take_room(struct ndb_out *out);
void ndb_out_give_room(struct ndb_out *out, uint8_t *room);

#endif
