/* This file reads and writes IPv4 and IPv6 addresses as text, without the system's help. */
#ifndef POSTMEND_ACCOUNT_IP_H
#define POSTMEND_ACCOUNT_IP_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { IP_TEXT_MAX = 40 }; /* the longest text and its NUL */

struct ip {
	int family;        /* 4 or 6 */
	uint8_t bytes[16]; /* network order; the first four for IPv4 */
};

/* Dotted quad without leading zeros (RFC 6943 section 3.1.1) or IPv6 without
 * brackets and zone (RFC 4291 section 2.2). */
[[nodiscard]] bool ip_parse(struct str text, struct ip *out);

/* The canonical text (RFC 5952). */
void ip_text(const struct ip *ip, char out[static IP_TEXT_MAX]);

/* True for an address that the whole internet can reach: not private, shared,
 * loopback, link-local, multicast, documentation, benchmarking, reserved or
 * unspecified (RFC 6890 and its registry). An IPv4 address inside an IPv6 one
 * (mapped, NAT64, 6to4) is judged itself. */
bool ip_is_public(const struct ip *ip);

#endif
