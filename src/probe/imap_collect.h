/* This file takes messages of our own out of a mailbox by IMAP: finds, fetches, removes them, and waits for
 * more. */
#ifndef POSTMEND_PROBE_IMAP_COLLECT_H
#define POSTMEND_PROBE_IMAP_COLLECT_H

#include "probe/engine.h"
#include "wire/imap_reply.h"

/* Logged in: goes on to the end of the conversation. */
void imap_collect_begin(struct probe *p);

/* Each is false when it was none of this file's. */
[[nodiscard]] bool imap_collect_data(struct probe *p, const struct imap_reply *reply);
[[nodiscard]] bool imap_collect_tagged(struct probe *p, bool ok);
[[nodiscard]] bool imap_collect_literal(struct probe *p, struct str line, uint64_t len);

/* The server agrees to IDLE; and the time for it is over. */
void imap_collect_idles(struct probe *p);
void imap_collect_wake(struct probe *p);

#endif
