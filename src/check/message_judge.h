/* This file listens to an object's parts and judges messages, attachments and recipients.
 *
 * Invariants P106, P115, P116, P119-P122; it also learns what the folder's table
 * ought to say of the object. One judge serves one object.
 */
#ifndef POSTMEND_CHECK_MESSAGE_JUDGE_H
#define POSTMEND_CHECK_MESSAGE_JUDGE_H

#include "check/mailbox_facts.h"
#include "check/object.h"

enum { MESSAGE_FRAMES_MAX = OBJECT_DEPTH_MAX / 2 + 1 };

/* A message whose parts are still coming. */
struct message_frame {
	struct object_part part;
	const struct object_heap *heap; /* NULL until its properties ended */
	uint32_t flags;
	uint32_t has; /* bits: see message_judge.c */
	uint32_t n_attachment_rows, n_recipients[4];
	bool attachments_read, recipients_read, row_is_stray;
};

struct attachment_seen {
	uint32_t has, method, embedded;
	int64_t size, sum;
};

struct message_judge {
	struct object_judge *judge;
	const struct column_list *columns; /* of the folder's table; NULL: no digest */
	struct item_fact *item;            /* out */
	struct message_frame frames[MESSAGE_FRAMES_MAX];
	size_t n;
	struct attachment_seen attachment;
	struct object_listener listener;
};

/* Sets judge->listener; the item's fact is overwritten. */
void message_judge_init(struct message_judge *m, struct object_judge *judge,
			const struct column_list *columns, struct item_fact *item);

/* Judges the messages that are still open. */
void message_judge_finish(struct message_judge *m);

#endif
