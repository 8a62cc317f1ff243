/* This file reads a node's data blocks and its subnodes as the object passes want them. */
#ifndef POSTMEND_CHECK_NODE_READ_H
#define POSTMEND_CHECK_NODE_READ_H

#include "check/facts.h"

/* Data of a node: each block inflated and decoded. Memory is the arena's. */
struct node_data {
	struct view *blocks;
	size_t n;
	bool whole; /* every block could be read; else some views are empty */
};

/* A subnode: its data and its own subnodes, as BIDs. */
struct subnode {
	uint32_t nid;
	uint64_t data, subnode;
};

struct subnode_list {
	struct subnode *rows; /* in the order of the lists, which is that of NIDs in a sound store */
	size_t n;
	bool whole;
};

/* `bid` 0 gives nothing, whole. ST_LIMIT when the data would pass `bytes_max`. */
[[nodiscard]] enum status node_data_read(struct arena *arena, const struct check_facts *facts, struct bid bid,
					 uint64_t bytes_max, struct node_data *out);

[[nodiscard]] enum status subnode_list_read(struct arena *arena, const struct check_facts *facts,
					    struct bid bid, struct subnode_list *out);

/* The subnode, or NULL. */
const struct subnode *subnode_find(const struct subnode_list *list, struct nid nid);

/* Bytes of a data tree as its blocks' entries tell, without reading leaves; 0
 * and false when the tree cannot be followed. */
[[nodiscard]] bool node_data_len(const struct check_facts *facts, struct bid bid, uint64_t *len_out);

#endif
