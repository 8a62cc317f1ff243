/* This file answers the challenges of a SASL login (RFC 4422) as a client.
 *
 * PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1 and SCRAM-SHA-256 come from libgsasl;
 * XOAUTH2 and OAUTHBEARER (RFC 7628) are built here. No initial response is
 * ever made: the first challenge, mostly empty, starts the exchange, so that a
 * server which does not know the mechanism refuses before a secret went out.
 *
 * Everything built from a secret is wiped at the next call or at sasl_drop().
 */
#ifndef POSTMEND_WIRE_SASL_H
#define POSTMEND_WIRE_SASL_H

#include "account/mechanism.h"
#include "base/arena.h"
#include "base/secret.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SASL_ROUNDS_MAX = 6,
	SASL_ITERATIONS_MAX = 600 * 1000, /* of SCRAM: a hostile server could ask for hours */
};

/* Who logs in where. Lives longer than the login. */
struct sasl_account {
	const char *user;
	const struct secret *password, *token; /* NULL when none */
	const char *host;
	uint16_t port;
};

struct sasl;

/* ST_USAGE and a sentence in *why_out when the account does not fit the
 * mechanism: no user, no secret of its kind, a character it cannot carry. */
[[nodiscard]] enum status sasl_new(struct arena *arena, enum mechanism mechanism,
				   const struct sasl_account *account, struct sasl **out,
				   const char **why_out);

/* One challenge in base64, as it stands behind "334 " or "+ ". ST_OK: send
 * *answer_out, which is base64 too and may be empty. ST_USAGE and
 * *why_out: the challenge is wrong, cancel with "*" (RFC 4422 section 3.5). */
[[nodiscard]] enum status sasl_answer(struct sasl *sasl, struct str challenge, struct str *answer_out,
				      const char **why_out);

/* True when a success of the server may be believed: with SCRAM only after it
 * proved that it knows the password (RFC 5802 section 3). */
bool sasl_is_complete(const struct sasl *sasl);

/* What an OAuth mechanism's server said about the token, JSON, decoded; empty
 * when it said nothing. Hostile. */
struct str sasl_oauth_error(const struct sasl *sasl);

void sasl_drop(struct sasl **sasl);

#endif
