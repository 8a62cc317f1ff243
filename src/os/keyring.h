/* This file asks the user's own keeper of secrets for a mail password.
 *
 * On Linux that is the program secret-tool, where it is installed:
 *	secret-tool store --label=… service postmend account USER
 * On Windows the Credential Manager: a generic credential "postmend:USER".
 */
#ifndef POSTMEND_OS_KEYRING_H
#define POSTMEND_OS_KEYRING_H

#include "base/buf.h"

#include <stdbool.h>

/* True when there is one; `into` is wiped by the caller. */
[[nodiscard]] bool keyring_find(const char *user, struct buf *into);

#endif
