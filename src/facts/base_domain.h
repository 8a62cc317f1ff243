/* This file finds the domain that somebody registered, by the public suffix list. */
#ifndef POSTMEND_FACTS_BASE_DOMAIN_H
#define POSTMEND_FACTS_BASE_DOMAIN_H

#include "base/str.h"

/* "example.co.uk" for "mx.mail.example.co.uk", as a part of the text given;
 * at NULL when the text is itself a public suffix, an address, in no valid
 * form, or longer than 253 characters. Lower case ASCII is expected. */
struct str base_domain(struct str host);

#endif
