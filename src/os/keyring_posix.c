/* This file asks secret-tool for a mail password. */
#include "os/keyring.h"

#include "os/process.h"

bool keyring_find(const char *user, struct buf *into)
{
	const char *const argv[] = { "secret-tool", "lookup", "service", "postmend", "account", user, NULL };
	const char *why;

	return process_capture(argv, into, &why) == ST_OK && into->len > 0;
}
