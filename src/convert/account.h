/* This file keeps the ledger: what became of each item, and a finding for those that lost something. */
#ifndef POSTMEND_CONVERT_ACCOUNT_H
#define POSTMEND_CONVERT_ACCOUNT_H

#include "convert/writing.h"

/* `out` is NULL for an item that was carried as it is. */
[[nodiscard]] enum status account_for(struct writing *w, const struct item_plan *item,
				      const struct message_out *out);

/* What the source names that is nowhere. */
[[nodiscard]] enum status account_for_missing(struct writing *w);

/* Nodes of the source that the new store has no place for. */
[[nodiscard]] enum status account_for_left_out(struct writing *w);

/* A name for a folder that has lost its own. */
const char *account_folder_name(struct writing *w, const struct folder_plan *folder);

#endif
