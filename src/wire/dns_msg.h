/* This file reads answers of the DNS (RFC 1035 and kin). Asking is the work of "os".
 *
 * Names come out in lower case without the last dot, "." for the root; bytes
 * that no host name has are written \DDD (RFC 1035 section 5.1), so that a name
 * is always harmless ASCII and never longer than 1016 characters.
 */
#ifndef POSTMEND_WIRE_DNS_MSG_H
#define POSTMEND_WIRE_DNS_MSG_H

#include "base/arena.h"
#include "base/status.h"
#include "base/view.h"
#include "record/facts.h"

#include <stdbool.h>
#include <stdint.h>

enum dns_type {
	DNS_TYPE_A = 1,
	DNS_TYPE_NS = 2,
	DNS_TYPE_CNAME = 5,
	DNS_TYPE_SOA = 6,
	DNS_TYPE_MX = 15,
	DNS_TYPE_TXT = 16,
	DNS_TYPE_AAAA = 28, /* RFC 3596 */
	DNS_TYPE_SRV = 33,  /* RFC 2782 */
	DNS_TYPE_TLSA = 52, /* RFC 6698 */
};

const char *dns_type_name(uint16_t type); /* "MX"; "unknown" for others */
[[nodiscard]] bool dns_type_find(struct str name, uint16_t *out);

/* Reads an answer to facts->name and facts->type, and sets the outcome, the
 * records and `cut` of facts. Records: the chain of CNAMEs from the name, then
 * what was asked for at its end; nothing else that a server may have added. An
 * answer to another question, or one that breaks the grammar, is
 * DNS_MALFORMED. ST_NOMEM is the only other end than ST_OK. */
[[nodiscard]] enum status dns_msg_read(struct arena *arena, struct view message, struct dns_facts *facts);

/* True when the answer was cut to fit a datagram and must be asked for by TCP. */
bool dns_msg_is_truncated(struct view message);

#endif
