/* This file sends IMAP's LOGIN command, which is no SASL. */
#ifndef POSTMEND_PROBE_IMAP_LOGIN_H
#define POSTMEND_PROBE_IMAP_LOGIN_H

#include "probe/engine.h"

enum { IMAP_LOGIN_ROUNDS_MAX = 2 };

/* Sends the next part: p->round counts them, and the command has its tag. After
 * the first, each answers a continuation; at most IMAP_LOGIN_ROUNDS_MAX of them. */
void imap_login_send(struct probe *p);

#endif
