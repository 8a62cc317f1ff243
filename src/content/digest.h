/* This file makes short numbers of long contents, so that items can be compared.
 *
 * No secret depends on them: who makes two contents with one number on purpose
 * only gets them called doubles, and nothing is removed for it unseen.
 */
#ifndef POSTMEND_CONTENT_DIGEST_H
#define POSTMEND_CONTENT_DIGEST_H

#include "check/item_read.h"

struct digest {
	uint64_t a, b;
};

void digest_init(struct digest *digest);
void digest_add(struct digest *digest, struct view bytes);
bool digest_is(const struct digest *one, const struct digest *other);

/* All of a message that does not change when it is moved, copied or read: class, subject, sender, times of
 * sending, bodies, headers, recipients, attachments. False when a part cannot be read. */
[[nodiscard]] bool digest_message(const struct node_reader *reader, const struct node_fact *node,
				  struct digest *out);

#endif
