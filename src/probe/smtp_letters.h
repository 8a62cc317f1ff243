/* This file sends the letters that the options bring along (RFC 5321), one transaction each. */
#ifndef POSTMEND_PROBE_SMTP_LETTERS_H
#define POSTMEND_PROBE_SMTP_LETTERS_H

#include "probe/engine.h"

/* Logged in: sends them all, then goodbye. */
void smtp_letters_begin(struct probe *p);

/* The server agrees to DATA. */
void smtp_letters_send(struct probe *p, const struct engine_answer *answer);

/* An answer; false when it was to none of this file's commands. */
[[nodiscard]] bool smtp_letters_answered(struct probe *p, const struct engine_answer *answer);

#endif
