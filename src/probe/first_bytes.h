/* This file recognises who speaks from the first bytes of a server. */
#ifndef POSTMEND_PROBE_FIRST_BYTES_H
#define POSTMEND_PROBE_FIRST_BYTES_H

#include "base/str.h"
#include "record/facts.h"

#include <stdbool.h>

/* A line, or as much of it as came before the end; GREETING_NONE for nothing. */
enum greeting first_bytes_classify(struct str bytes);

/* True when the bytes begin a TLS record (RFC 8446 section 5.1), which has no
 * line end to wait for. Needs three bytes. */
bool first_bytes_are_tls(struct str bytes);

/* True when a firewall has overwritten an SMTP banner with asterisks. */
bool first_bytes_are_masked(struct str bytes);

/* The protocol that greets so; false for none of ours. */
[[nodiscard]] bool first_bytes_protocol(enum greeting greeting, enum protocol *out);

#endif
