/* This file cuts a mailbox file into its messages (RFC 4155, and the kinds mboxo, mboxrd, mboxcl, mboxcl2).
 *
 *	struct mbox box = mbox_of(bytes);
 *	while (mbox_next(&box, &message)) ...
 *
 * A line "From " begins a message where it says when and stands behind a blank line
 * or in front of a header, and where it is one word in front of a header. A
 * Content-Length counts where it leads to such a line or to the end.
 */
#ifndef POSTMEND_MAIL_MBOX_H
#define POSTMEND_MAIL_MBOX_H

#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

struct mbox {
	struct view bytes;
	size_t at; /* of the next message's line */
};

struct mbox_message {
	struct str line;   /* "From …", without its end; empty where the file begins without one */
	struct view bytes; /* behind the line, without the blank line that ends it */
	size_t at;         /* of the line, in the file */
	bool is_quoted;    /* lines begin with ">From " and lose their first mark when read */
	bool bad_length;   /* a Content-Length that leads nowhere */
};

/* True for bytes that begin like a mailbox. */
bool mbox_is(struct view bytes);

struct mbox mbox_of(struct view bytes);
bool mbox_next(struct mbox *box, struct mbox_message *out);

/* Appends the message without the marks in front of "From ". */
void mbox_unquote(struct view bytes, struct buf *out);

#endif
