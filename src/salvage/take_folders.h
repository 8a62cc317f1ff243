/* This file makes the graph of folders and gives everything its place in it. */
#ifndef POSTMEND_SALVAGE_TAKE_FOLDERS_H
#define POSTMEND_SALVAGE_TAKE_FOLDERS_H

#include "salvage/row_index.h"

/* Fills folders, the parents and places of folders and messages, and what is lost. */
[[nodiscard]] enum status work_take_folders(struct salvage_work *work, const struct row_index *rows);

#endif
