/* This file reads what Outlook notes about mail that it fetched by POP: which letters it need not fetch
 * again.
 *
 * The notes are attachments of a hidden message of class IPM.MessageManager, one
 * for each account. Where they are lost, everything that is left on the server
 * comes once more.
 */
#ifndef POSTMEND_CONTENT_POP_HISTORY_H
#define POSTMEND_CONTENT_POP_HISTORY_H

#include "content/desk.h"

struct pop_history {
	size_t n_lists;      /* one for each account */
	uint64_t n_messages; /* that they name */
	size_t n_damaged;    /* lists that do not hold what they say, or cannot be read */
	size_t n_other;      /* of versions that nobody has described */
};

/* How many messages the bytes of a list name; false when they are none: version 3, the count, and as many
 * texts with a NUL behind each. */
bool pop_history_count(struct view list, uint64_t *n_out);

/* Of the whole store. The reader's arena is cleared. */
void pop_history_read(struct desk *desk, struct pop_history *out);

#endif
