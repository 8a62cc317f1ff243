/* This file writes a message: its properties, recipients, attachments and messages inside them
 *([MS-PST] 2.4.5, 2.4.6).
 *
 *	message_out_start(&m, store, arena);
 *	props_add_view(m.props, tag, value); ...
 *	message_out_recipient(&m, recipient);
 *	attachment_out_start(&a, &m);
 *	props_add_view(a.props, tag, value); ...
 *	message_out_stream(a.props, &a.subnodes, 0x37010102, bid, len);	 -- or attachment_out_embed(&a,
 *&place) attachment_out_end(&a); place = message_out_end(&m);
 *
 * Everything is in the caller's arena, which may be cleared once the message's
 * row is written. A message inside another is written with these calls between
 * the start and the end of the attachment that it becomes, in the same arena or
 * another. Derived at the end, whatever was added: PidTagHasAttachments' flag,
 * PidTagMessageSize, PidTagAttachSize, PidTagAttachNumber. Added when missing:
 * class, flags, times, search key.
 */
#ifndef POSTMEND_WRITE_MESSAGE_OUT_H
#define POSTMEND_WRITE_MESSAGE_OUT_H

#include "write/store_out.h"

struct message_out {
	struct store_out *store;
	struct arena *arena;
	struct props *props;           /* the caller adds to them; NULL when memory ended, which start says */
	struct subnodes_out subnodes;  /* and may add subnodes to these */
	const struct columns *columns; /* of the recipient table; set before the first one to have more */
	struct table_out recipients, attachments;
	uint32_t n_recipients, n_attachments;
	uint64_t size;       /* bytes of recipients and attachments */
	bool has_recipients; /* it has a table of them, even an empty one */
	bool as_given;       /* nothing is derived or added: for items that bring every property of theirs */
};

struct message_place {
	uint64_t data, subnode; /* BIDs that nobody holds yet */
	uint64_t size;          /* PidTagMessageSize */
};

struct attachment_out {
	struct message_out *message;
	struct props *props;
	struct subnodes_out subnodes;
	uint64_t embedded_size;
};

/* ST_NOMEM. */
[[nodiscard]] enum status message_out_start(struct message_out *message, struct store_out *store,
					    struct arena *arena);

/* Adds a recipient; rows are numbered from 0. PidTagRecipientType is added when missing (1, To). */
void message_out_recipient(struct message_out *message, struct props *recipient);

/* A value of any length that is written already, as a data tree of `len` bytes, becomes a property. Nothing
 * is added for BID 0. */
void message_out_stream(struct props *props, struct subnodes_out *subnodes, uint32_t tag, uint64_t bid,
			uint64_t len);

[[nodiscard]] enum status attachment_out_start(struct attachment_out *attachment,
					       struct message_out *message);

/* A message that is written becomes the attachment's content; PidTagAttachMethod becomes 5. */
void attachment_out_embed(struct attachment_out *attachment, const struct message_place *place);

void attachment_out_end(struct attachment_out *attachment);

/* The message's object. `associated` sets or clears that flag. Afterwards props holds what the object holds,
 * for the row in the folder's table. */
struct message_place message_out_end(struct message_out *message, bool associated);

#endif
