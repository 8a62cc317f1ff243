/* This file takes out of a server's answer what we told it in secret. */
#include "probe/scrub.h"

#include <string.h>

enum { SECRET_LOOKED_AT = 4096 }; /* an OAuth token may be long; its start is enough to know it by */

static size_t common_run(const char *text, size_t len, const uint8_t *secret, size_t secret_len)
{
	size_t n = 0;

	while (n < len && n < secret_len && (uint8_t)text[n] == secret[n])
		n++;
	return n;
}

void scrub(char *text, size_t len, struct view secret)
{
	size_t least = secret.len < SCRUB_RUN_MIN ? secret.len : SCRUB_RUN_MIN;

	if (secret.len > SECRET_LOOKED_AT)
		secret.len = SECRET_LOOKED_AT;
	for (size_t i = 0; i < len && least > 0;) {
		size_t longest = 0;

		for (size_t s = 0; s + least <= secret.len; s++) {
			size_t n = common_run(text + i, len - i, secret.at + s, secret.len - s);

			longest = n > longest ? n : longest;
		}
		if (longest >= least)
			memset(text + i, '*', longest);
		i += longest >= least ? longest : 1;
	}
}
