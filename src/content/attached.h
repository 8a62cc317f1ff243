/* This file judges a message's recipients and attachments as a server would. */
#ifndef POSTMEND_CONTENT_ATTACHED_H
#define POSTMEND_CONTENT_ATTACHED_H

#include "content/desk.h"

struct attached_facts {
	bool recipients_known;
	size_t n_recipients, n_attachments;
	const char *bad_address;  /* a recipient that no server can reach, or NULL */
	const char *refused_name; /* an attachment of a kind that servers refuse, or NULL */
};

void attached_read(struct desk *desk, const struct item *item, struct attached_facts *out);

#endif
