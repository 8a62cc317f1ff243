/* This file carries one question to a resolver and brings the raw answer back.
 *
 * What the answer's bytes mean is the business of wire/dns_msg. Names of this
 * computer (its hosts file, "localhost") are known here, because mail clients
 * know them too.
 */
#ifndef POSTMEND_OS_DNS_H
#define POSTMEND_OS_DNS_H

#include "base/status.h"
#include "base/view.h"
#include "os/loop.h"
#include "record/facts.h"

struct dns;

/* The resolver is an address with an optional port ("192.0.2.1",
 * "192.0.2.1:5353", "[2001:db8::1]:53") or NULL for the system's. `patience` is
 * how long a question may take with all resolvers silent. ST_USAGE and a
 * sentence in *why_out when the text is no such address. */
[[nodiscard]] enum status dns_new(struct loop *loop, const char *resolver, moment patience, struct dns **out,
				  const char **why_out);

/* Questions that are under way are forgotten: nobody is called. */
void dns_drop(struct dns **dns);

/* `answer` is a whole DNS message, or empty when none came; then the outcome
 * says why (DNS_TIMEOUT, DNS_REFUSED, DNS_SERVFAIL, DNS_MALFORMED). With an
 * answer the outcome is DNS_ANSWERED whatever its response code. */
typedef void dns_fn(void *context, enum dns_outcome outcome, struct view answer);

/* Asks for a name (ASCII, with or without the last dot) and a type of
 * RFC 1035. Always calls back once, from loop_run() or from within. */
void dns_ask(struct dns *dns, const char *name, uint16_t type, dns_fn *on_answer, void *context);

/* The address that this computer itself has for the name, as text in
 * `address_out`; false when it has none: ask. `family` is 4 or 6. */
enum { DNS_ADDRESS_MAX = 64 };
[[nodiscard]] bool dns_knows(const struct dns *dns, const char *name, int family,
			     char address_out[DNS_ADDRESS_MAX]);

/* How many descriptors questions may hold at once. */
enum { DNS_DESCRIPTORS_MAX = 16 };

#endif
