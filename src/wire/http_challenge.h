/* This file reads which logins an HTTP server offers: WWW-Authenticate (RFC 9110 section 11.6.1). */
#ifndef POSTMEND_WIRE_HTTP_CHALLENGE_H
#define POSTMEND_WIRE_HTTP_CHALLENGE_H

#include "base/str.h"
#include "record/dns_facts.h"

/* Bits of enum http_login ("record/dns_facts.h"). Several fields of that name are given with commas between.
 */
unsigned http_challenge_read(struct str text);

#endif
