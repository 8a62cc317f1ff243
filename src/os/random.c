/* This file gives bytes that nobody can foretell. */
#include "os/random.h"

#include <uv.h>

enum status random_bytes(void *at, size_t len)
{
	return uv_random(NULL, NULL, at, len, 0, NULL) == 0 ? ST_OK : ST_IO;
}

enum status random_letters(char *text_out, size_t len)
{
	enum status status = random_bytes(text_out, len);

	/* The bias of 256 % 26 is of no weight: these are labels, not keys. */
	for (size_t i = 0; status == ST_OK && i < len; i++)
		text_out[i] = (char)('a' + (unsigned char)text_out[i] % 26);
	text_out[status == ST_OK ? len : 0] = '\0';
	return status;
}
