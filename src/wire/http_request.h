/* This file writes one HTTP/1.1 request and takes https URLs apart. */
#ifndef POSTMEND_WIRE_HTTP_REQUEST_H
#define POSTMEND_WIRE_HTTP_REQUEST_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

enum { HTTP_URL_MAX = 2048 };

struct http_url {
	const char *host; /* ASCII, without brackets */
	uint16_t port;
	const char *target; /* path and query, at least "/" */
};

/* An https URL without user, password and fragment; ST_USAGE for all others,
 * http among them. Bytes that a request line may not have are refused. */
[[nodiscard]] enum status http_url_parse(struct arena *arena, struct str url, struct http_url *out);

/* GET, or POST when `body` has characters; `content_type` goes with the body.
 * It asks the server to close afterwards and says nothing about the user.
 * NULL when memory ended. */
[[nodiscard]] const char *http_request_text(struct arena *arena, const struct http_url *url, struct str body,
					    const char *content_type);

#endif
