/* This file chooses among all pages' entries those that are the store's nodes. */
#ifndef POSTMEND_SALVAGE_TAKE_NODES_H
#define POSTMEND_SALVAGE_TAKE_NODES_H

#include "salvage/row_index.h"

/* Fills facts.nodes and their provenance. `rows` gets the rows of folders'
 * tables where the NBT is not whole; else it stays empty. */
[[nodiscard]] enum status work_take_nodes(struct salvage_work *work, struct row_index *rows);

#endif
