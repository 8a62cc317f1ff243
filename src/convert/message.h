/* This file carries one message over: its properties, recipients, attachments and the messages in these. */
#ifndef POSTMEND_CONVERT_MESSAGE_H
#define POSTMEND_CONVERT_MESSAGE_H

#include "convert/carry.h"

struct message_how {
	const struct node_fact *node;
	/* What its folder's table says of it, for where its own properties are lost; an empty row is none. */
	const struct table_in *table;
	struct view row;
	bool may_wait; /* it stands in the queue of what is to be sent, and in the Outbox */
	bool is_anew;  /* no part of it is carried as it stands */
	bool is_guess; /* it was recognised by its content, and what belongs to it is not known for sure */
	bool is_older; /* an older version of what there was */
	bool queue_is_lost; /* nobody can tell whether it waited to be sent */
};

struct message_out {
	struct props *props; /* as the message has them now, for its folder's table; in the source's arena */
	uint64_t data, subnode;
	struct damage damage;
	uint32_t n_left_out; /* subnodes of kinds that nobody knows */
	uint32_t left_out;   /* NID of the first of these */
	bool is_unsent;      /* it was taken for waiting to be sent, and is no more */
	bool is_lost;        /* nothing of it was there, and nothing was written */
};

/* Memory is the source's arena, which the caller clears. ST_NOMEM; damage is no failure. */
[[nodiscard]] enum status message_carry(struct carrier *carrier, const struct message_how *how,
					struct message_out *out);

#endif
