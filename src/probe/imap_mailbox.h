/* This file opens INBOX for reading only, and asks for its quota. */
#ifndef POSTMEND_PROBE_IMAP_MAILBOX_H
#define POSTMEND_PROBE_IMAP_MAILBOX_H

#include "probe/engine.h"
#include "wire/imap_reply.h"

/* Logged in: goes on to the end of the conversation. */
void imap_mailbox_open(struct probe *p);

/* Untagged data. */
void imap_mailbox_data(struct probe *p, const struct imap_reply *reply);

/* The end of a command; false when it was none of this file's. */
[[nodiscard]] bool imap_mailbox_tagged(struct probe *p, bool ok);

/* An untagged OK with a code, while a mailbox is being opened. */
void imap_mailbox_status(struct probe *p, const struct imap_reply *reply);

#endif
