/* This file takes messages of our own out of a mailbox by POP3: looks at the newest, fetches and removes what
 * is ours, and notes the identities that the server gives to all. */
#ifndef POSTMEND_PROBE_POP3_COLLECT_H
#define POSTMEND_PROBE_POP3_COLLECT_H

#include "probe/engine.h"
#include "wire/pop3_reply.h"

/* Logged in: goes on to the end of the conversation. */
void pop3_collect_begin(struct probe *p);

/* Whether a positive answer to what was asked is a list. */
bool pop3_collect_lists(const struct probe *p);
/* A line of it; and its end. */
void pop3_collect_line(struct probe *p, struct str line);
void pop3_collect_listed(struct probe *p);
/* The status of the answer, where it is no list. False when it was none of this file's. */
[[nodiscard]] bool pop3_collect_answered(struct probe *p, const struct pop3_reply *reply);
/* The goodbye was answered: what was marked is removed now, and not before (RFC 1939 section 6). */
void pop3_collect_over(struct probe *p, bool ok);

#endif
