/* This file writes bytes of any length as a data tree: a block, an XBLOCK or an XXBLOCK over them ([MS-PST]
 * 2.2.2.8.3.2).
 *
 *	struct data_out data;
 *	data_out_start(&data, out);
 *	data_out_add(&data, bytes); ...
 *	bid = data_out_end(&data);
 *
 * Blocks are written as they fill. Memory: up to three blocks' rooms of the
 * writer. Any number of trees may be under way. At most 4 GiB - 1 bytes, else
 * the writer fails with ST_LIMIT.
 */
#ifndef POSTMEND_WRITE_DATA_OUT_H
#define POSTMEND_WRITE_DATA_OUT_H

#include "write/ndb_out.h"

struct data_out {
	struct ndb_out *out;
	uint8_t *leaf;   /* bytes that fill no block yet */
	size_t leaf_len; /* of them */
	uint64_t only;   /* the first block's BID while there is no other */
	struct data_list {
		uint8_t *entries; /* BIDs of what is below, after the header; NULL when there are none */
		size_t n;
		uint64_t total; /* bytes below */
	} lists[2];             /* the XBLOCK that fills, and the XXBLOCK */
	uint64_t total;         /* bytes so far */
};

void data_out_start(struct data_out *data, struct ndb_out *out);
void data_out_add(struct data_out *data, struct view bytes);

/* Takes a data block that is written already, or reserved, as the next of the tree. All but the last must be
 * full; bytes that were added before end at a block's edge. */
void data_out_add_block(struct data_out *data, uint64_t bid, size_t len);

/* The tree's BID; 0 when no byte came or the writer has failed. Gives all rooms back. */
uint64_t data_out_end(struct data_out *data);

/* The same for bytes that are all there. */
uint64_t data_out_of(struct ndb_out *out, struct view bytes);

#endif
