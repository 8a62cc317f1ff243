/* This file writes listed messages as .eml files into a folder, before anything is done with them. */
#ifndef POSTMEND_APP_SAVE_MAIL_H
#define POSTMEND_APP_SAVE_MAIL_H

#include "check/facts.h"
#include "check/node_read.h"
#include "record/item_list.h"

struct save_mail {
	struct arena *arena; /* for names */
	struct node_reader reader;
	const char *folder, *why; /* why: of what failed, or NULL */
};

/* Makes the folder; save_mail_close() is to be called in any case. */
[[nodiscard]] enum status save_mail_open(struct save_mail *save, struct arena *arena,
					 const struct check_facts *facts, const char *folder);

/* A file that is there is not replaced; what has no node is passed over. ST_IO where it cannot be read or
 * written. */
[[nodiscard]] enum status save_mail_one(struct save_mail *save, const struct listed_item *item);

void save_mail_close(struct save_mail *save);

#endif
