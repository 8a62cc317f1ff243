/* This file fills an address into a pattern such as "%EMAILLOCALPART%" of the ISPDB's format. */
#ifndef POSTMEND_ACCOUNT_FILL_IN_H
#define POSTMEND_ACCOUNT_FILL_IN_H

#include "account/address.h"

/* Knows %EMAILADDRESS%, %EMAILLOCALPART% and %EMAILDOMAIN%. NULL for a pattern
 * that would leave a per cent sign or a control character, is empty or longer
 * than 512 characters, or when memory ended: a field that was not understood
 * never reaches the user as it stands. */
[[nodiscard]] const char *fill_in_address(struct arena *arena, struct str pattern,
					  const struct address *address);

#endif
