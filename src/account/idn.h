/* This file turns a domain as people write it into the one the DNS knows.
 *
 * Labels beyond ASCII become A-labels by Punycode (RFC 3492, RFC 5891). Capital
 * letters of Latin, Greek and Cyrillic are made small first. What would need
 * the tables of Unicode normalisation (combining marks, full-width forms) is
 * refused rather than turned into another name.
 */
#ifndef POSTMEND_ACCOUNT_IDN_H
#define POSTMEND_ACCOUNT_IDN_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

enum { DOMAIN_LEN_MAX = 253, LABEL_LEN_MAX = 63 };

/* Lower case ASCII without the last dot. ST_USAGE when the text is no domain
 * name of at least one label. */
[[nodiscard]] enum status idn_to_ascii(struct arena *arena, struct str domain, const char **out);

#endif
