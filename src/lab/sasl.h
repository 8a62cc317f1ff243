/* This file is the server's side of SASL: PLAIN (RFC 4616), LOGIN and XOAUTH2.
 *
 * It asks through session_say() in the dialect's words and ends in the
 * dialect's login_done(). "*" from the client cancels (RFC 4954 section 4).
 */
#ifndef POSTMEND_LAB_SASL_H
#define POSTMEND_LAB_SASL_H

#include "lab/session.h"

/* False when the mechanism is not offered. `initial` is the client's first
 * answer in base64, "=" for an empty one, at == NULL when none came. */
bool sasl_begin(struct session *session, struct str mechanism, struct str initial);

/* A line while session->sasl is not SASL_NONE. */
void sasl_on_line(struct session *session, struct str line);

#endif
