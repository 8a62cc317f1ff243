/* This file holds a password or a token, and prints it as three stars. */
#include "base/secret.h"

#include "base/wipe.h"

#include <stdlib.h>
#include <string.h>

enum status secret_init(struct secret *secret, struct view bytes)
{
	*secret = (struct secret){ 0 };
	if (bytes.len > SECRET_LEN_MAX)
		return ST_LIMIT;
	secret->bytes = calloc(1, bytes.len + 1);
	if (!secret->bytes)
		return ST_NOMEM;
	if (bytes.len)
		memcpy(secret->bytes, bytes.at, bytes.len);
	secret->len = bytes.len;
	secret->present = true;
	return ST_OK;
}

void secret_fini(struct secret *secret)
{
	if (secret->bytes)
		wipe(secret->bytes, secret->len);
	free(secret->bytes);
	*secret = (struct secret){ 0 };
}

struct view secret_bytes(const struct secret *secret)
{
	return view_of(secret->bytes, secret->len);
}

const char *secret_shown(const struct secret *secret)
{
	return secret->present ? "***" : "(none)";
}
