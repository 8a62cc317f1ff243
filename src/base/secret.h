/* This file holds a password or a token, and prints it as three stars.
 *
 * A secret owns its bytes and wipes them at secret_fini(). Only the code that
 * builds the bytes for a verified connection calls secret_bytes().
 */
#ifndef POSTMEND_BASE_SECRET_H
#define POSTMEND_BASE_SECRET_H

#include "base/status.h"
#include "base/view.h"

#include <stdbool.h>

enum { SECRET_LEN_MAX = 64 * 1024 };

struct secret {
	unsigned char *bytes;
	size_t len;
	bool present; /* an empty password is still a password */
};

/* Copies; ST_LIMIT beyond SECRET_LEN_MAX. The caller wipes its own copy. */
[[nodiscard]] enum status secret_init(struct secret *secret, struct view bytes);
void secret_fini(struct secret *secret);

struct view secret_bytes(const struct secret *secret);

/* "***" when present, "(none)" otherwise: what logs and reports may show. */
const char *secret_shown(const struct secret *secret);

#endif
