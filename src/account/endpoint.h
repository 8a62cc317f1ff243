/* This file names the door of a mail server as users write it.
 *
 *	scheme://HOST[:PORT][?security=tls|starttls|none&address=IP&sni=NAME]
 *
 * Schemes: imap, imaps, pop3, pop3s, smtp, smtps. IPv6 stands in brackets. A
 * user, password, path or fragment is refused: a secret has no place in a URL.
 */
#ifndef POSTMEND_ACCOUNT_ENDPOINT_H
#define POSTMEND_ACCOUNT_ENDPOINT_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum protocol { PROTOCOL_IMAP, PROTOCOL_POP3, PROTOCOL_SMTP };

/* How the connection is encrypted: TLS from the first byte (RFC 8314), after
 * STARTTLS/STLS, or not at all. */
enum security { SECURITY_TLS, SECURITY_STARTTLS, SECURITY_NONE };

struct endpoint {
	enum protocol protocol;
	enum security security;
	const char *host;    /* a DNS name in ASCII without the last dot, or an address without brackets */
	uint16_t port;       /* never 0 */
	const char *address; /* connect here instead of resolving the host; NULL when not given */
	const char *sni;     /* name to ask and verify in TLS instead of the host; NULL when not given */
};

const char *protocol_name(enum protocol protocol); /* imap pop3 smtp */
const char *security_name(enum security security); /* tls starttls none */

/* 143/993, 110/995, 587/465; 25 is never a default. */
uint16_t endpoint_default_port(enum protocol protocol, enum security security);

/* ST_USAGE and a sentence in *why_out that names the word and what is expected,
 * but never a user or password that stood in the URL. */
[[nodiscard]] enum status endpoint_parse(struct arena *arena, struct str url, struct endpoint *out,
					 const char **why_out);

/* The canonical URL, port always shown: "imaps://mail.example.org:993";
 * "?security=none" where it is, address and sni where given. It reads back as the
 * same endpoint. NULL when memory ended. */
[[nodiscard]] const char *endpoint_url(struct arena *arena, const struct endpoint *endpoint);

/* True when the text is an IPv4 or IPv6 address; family is 4 or 6. */
bool endpoint_is_address(struct str text, int *family_out);

#endif
