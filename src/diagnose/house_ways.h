/* This file knows how big mail houses want to be logged in to, by the names of their servers. */
#ifndef POSTMEND_DIAGNOSE_HOUSE_WAYS_H
#define POSTMEND_DIAGNOSE_HOUSE_WAYS_H

#include "base/str.h"

#include <stdbool.h>

struct house_way {
	const char *suffix; /* of the server's name, with the dot in front of labels */
	const char *house;
	bool wants_app_password; /* the account's own password is never taken */
	bool has_mail_password;  /* a separate one is set in the customer centre */
	bool takes_no_password;  /* for fetching mail: OAuth2 alone */
	bool has_no_imap;
	const char *hint; /* one sentence for people, or NULL */
};

/* The row whose suffix the host ends with, at a label's border; NULL when it is no known house. */
const struct house_way *house_ways_find(const char *host);

/* True when both hosts end in the same last labels: "a.example.co.uk" and
 * "b.example.co.uk", not "example.co.uk" and "example2.co.uk". */
bool house_ways_same_house(const char *a, const char *b);

#endif
