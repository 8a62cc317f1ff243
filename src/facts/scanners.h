/* This file recognises who put a certificate of its own in front of a mail server. */
#ifndef POSTMEND_FACTS_SCANNERS_H
#define POSTMEND_FACTS_SCANNERS_H

#include "base/str.h"

#include <stdbool.h>

enum scanner_kind { SCANNER_ANTIVIRUS, SCANNER_GATEWAY };

struct scanner {
	const char *product;
	enum scanner_kind kind;
	bool by_organisation; /* the words are of the issuer's O, otherwise of its CN */
	bool is_confirmed;    /* seen in public transcripts; otherwise known from others' lists */
	bool upstream_is_bad; /* this issuer says that the real server's certificate failed the scanner's
				 check */
	const char *words;    /* ^ at the front: starts with */
	const char *where;    /* where its mail scanning is switched off, or NULL */
};

/* By the issuer of the leaf (RFC 4514 CN and O; NULL when absent). NULL when
 * it is nobody known. */
const struct scanner *scanners_find(const char *issuer_cn, const char *issuer_o);

#endif
