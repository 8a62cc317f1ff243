/* This file fetches one message of a mailbox by POP3, to see how fast it comes. */
#ifndef POSTMEND_PROBE_POP3_SPEED_H
#define POSTMEND_PROBE_POP3_SPEED_H

#include "probe/engine.h"

/* The mailbox was counted: goes on to the end of the conversation. */
void pop3_speed_begin(struct probe *p);

/* Whether a positive answer to what was asked is a list; a line of it; and its end. */
bool pop3_speed_lists(const struct probe *p);
void pop3_speed_line(struct probe *p, struct str line);
void pop3_speed_listed(struct probe *p);
/* The server said no; false when it was to none of this file's commands. */
[[nodiscard]] bool pop3_speed_refused(struct probe *p);

#endif
