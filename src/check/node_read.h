/* This file reads a node's data blocks and its subnodes as the object passes want them. */
#ifndef POSTMEND_CHECK_NODE_READ_H
#define POSTMEND_CHECK_NODE_READ_H

#include "check/block_read.h"
#include "check/facts.h"

/* One worker's desk: what it reads lies in `arena`, `room` is NODE_READER_ROOM
 * bytes that every read uses anew; `window` may be NULL, and serves whoever
 * reads many nodes in the order of their NIDs. */
struct node_reader {
	const struct check_facts *facts;
	struct arena *arena;
	uint8_t *room;
	struct read_window *window;
};

enum { NODE_READER_ROOM = 2 * BLOCK_READ_ROOM };

/* Data of a node: each block inflated and decoded. Memory is the arena's. */
struct node_data {
	struct view *blocks;
	size_t n;
	bool whole; /* every block could be read; else some views are empty */
};

/* The blocks that hold a node's data, in their order; NULL for those that are not there, and
 * then `whole` is false, as it is when a list of them cannot be read. */
struct node_leaves {
	const struct block_fact **rows;
	size_t n, room;
	bool whole;
};

/* A subnode: its data and its own subnodes, as BIDs. */
struct subnode {
	uint32_t nid;
	uint64_t data, subnode;
};

struct subnode_list {
	struct subnode *rows; /* in the order of the lists, which is that of NIDs in a sound store */
	size_t n, room;
	bool whole, sorted;
};

/* `bid` 0 gives nothing, whole. ST_NOMEM. */
[[nodiscard]] enum status node_leaves_find(const struct node_reader *reader, struct bid bid,
					   struct node_leaves *out);

/* `bid` 0 gives nothing, whole. ST_LIMIT when the data would pass `bytes_max`. */
[[nodiscard]] enum status node_data_read(const struct node_reader *reader, struct bid bid, uint64_t bytes_max,
					 struct node_data *out);

/* Gives the blocks one after the other, an empty view for one that cannot be
 * read; each lives only during the call, which ends the walk by false. */
struct node_walk {
	void *context;
	bool (*block)(void *context, struct view data);
};

/* False when something could not be read before the walk was ended. */
[[nodiscard]] bool node_data_walk(const struct node_reader *reader, struct bid bid,
				  const struct node_walk *walk);

[[nodiscard]] enum status subnode_list_read(const struct node_reader *reader, struct bid bid,
					    struct subnode_list *out);

/* The subnode, or NULL. */
const struct subnode *subnode_find(const struct subnode_list *list, struct nid nid);

/* True for the subnodes of a table that keeps the names of senders in a list of
 * its own, as 4 KiB-page stores do: the cells of PidTagSentRepresentingName
 * are then numbers in that list and name no heap item. */
bool subnode_list_shares_names(const struct subnode_list *list);

/* Bytes of a data tree as its blocks' entries tell, without reading leaves; 0
 * and false when the tree cannot be followed. Only where the store's blocks were judged. */
[[nodiscard]] bool node_data_len(const struct check_facts *facts, struct bid bid, uint64_t *len_out);

#endif
