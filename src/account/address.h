/* This file takes an e-mail address apart as far as finding its servers needs. */
#ifndef POSTMEND_ACCOUNT_ADDRESS_H
#define POSTMEND_ACCOUNT_ADDRESS_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

/* RFC 5321 section 4.1.2, RFC 6531: the local part keeps its case and may be
 * UTF-8; the domain is lower case ASCII, an internationalised one as A-labels
 * (RFC 5891) as the user's system would ask for it. */
struct address {
	const char *whole, *local, *domain;
};

/* ST_USAGE and a sentence in *why_out that names the text and what is expected. */
[[nodiscard]] enum status address_parse(struct arena *arena, struct str text, struct address *out,
					const char **why_out);

/* True for labels of letters, digits, hyphens and underscores of 1 to 63
 * characters, at most 253 in all, at least `min_labels` labels. */
bool address_domain_is_valid(struct str domain, unsigned min_labels);

#endif
