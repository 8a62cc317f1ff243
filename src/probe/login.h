/* This file logs in: it picks the mechanism, asks the guard, answers challenges.
 *
 * A secret goes out only in verified TLS 1.2 or later, or where the user asked
 * for no TLS at all and insisted in words. After one refusal of a secret there
 * is no second try; another mechanism is tried once, when the server refused
 * the mechanism itself before any secret went out.
 */
#ifndef POSTMEND_PROBE_LOGIN_H
#define POSTMEND_PROBE_LOGIN_H

#include "probe/engine.h"

/* Begins, or records why not and goes on. */
void login_begin(struct probe *p);

/* The challenge in base64. */
void login_challenged(struct probe *p, struct str challenge);

/* The final answer. `unknown_mechanism`: the server's words say that. */
void login_answered(struct probe *p, const struct engine_answer *answer, bool unknown_mechanism);

void login_fini(struct probe *p);

#endif
