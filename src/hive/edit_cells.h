/* This file gives out and takes back cells of a hive that is being changed; for the room itself. */
#ifndef POSTMEND_HIVE_EDIT_CELLS_H
#define POSTMEND_HIVE_EDIT_CELLS_H

#include "hive/edit.h"

/* NULL, or what is wrong with the order of bins and cells. */
const char *edit_cells_check(const struct hive *hive);

/* A new cell for `len` bytes, all zero. */
[[nodiscard]] enum status edit_cells_new(struct hive_edit *edit, size_t len, uint32_t *at_out);

/* Gives a cell back and joins it with free neighbours. ST_USAGE when none is allocated there. */
[[nodiscard]] enum status edit_cells_free(struct hive_edit *edit, uint32_t at);

/* The bytes of an allocated cell, to be changed before the next cell is asked for;
 * NULL when there is none of at least this length. */
uint8_t *edit_cells_at(struct hive_edit *edit, uint32_t at, size_t len);

#endif
