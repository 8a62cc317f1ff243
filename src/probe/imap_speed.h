/* This file fetches one of the newest messages of a mailbox by IMAP, to see how fast it comes. */
#ifndef POSTMEND_PROBE_IMAP_SPEED_H
#define POSTMEND_PROBE_IMAP_SPEED_H

#include "probe/engine.h"
#include "wire/imap_reply.h"

/* INBOX is open: goes on to the end of the conversation. */
void imap_speed_begin(struct probe *p);

/* Each is false when it was none of this file's. */
[[nodiscard]] bool imap_speed_data(struct probe *p, const struct imap_reply *reply);
[[nodiscard]] bool imap_speed_tagged(struct probe *p, bool ok);
/* Whether a literal of this length is the sample. */
bool imap_speed_takes(const struct probe *p, uint64_t literal);

#endif
