/* This file reads the answers of Exchange's Autodiscover, and writes its question.
 *
 * Version 1 is XML ("POX", [MS-OXDSCLI]), version 2 a small JSON object with
 * the place of version 1. postmend never gives credentials to either.
 */
#ifndef POSTMEND_WIRE_AUTODISCOVER_H
#define POSTMEND_WIRE_AUTODISCOVER_H

#include "base/arena.h"
#include "wire/config_server.h"
#include "wire/xml_walk.h"

enum { AUTODISCOVER_JSON_MAX = 64 * 1024, AUTODISCOVER_JSON_DEPTH_MAX = 8 };

struct autodiscover {
	enum xml_outcome outcome;
	bool is_autodiscover; /* it has an Autodiscover/Response */
	bool is_exchange;     /* it names a protocol of Exchange itself (EXCH, EXPR, EXHTTP, MobileSync) */
	const char *redirect_address, *redirect_url; /* hostile; NULL when none */
	const char *error_code;                      /* of Response/Error: "600"; hostile */
	struct config_servers servers;               /* IMAP, POP3, SMTP; plain-text ones last */
};

/* ST_OK whatever the document is; ST_NOMEM. */
[[nodiscard]] enum status autodiscover_read(struct arena *arena, struct view document,
					    struct autodiscover *out);

/* The body of the question for this address; NULL when memory ended or when the
 * address has one of the characters that XML escapes. */
[[nodiscard]] const char *autodiscover_request(struct arena *arena, const char *address);

struct autodiscover_place {
	const char *protocol; /* "AutodiscoverV1"; hostile */
	const char *url;      /* hostile; NULL when the answer is none, or an error */
	const char *error;    /* "ErrorCode" of an error answer; hostile, or NULL */
};

/* Version 2. ST_OK whatever the document is; ST_NOMEM. */
[[nodiscard]] enum status autodiscover_read_place(struct arena *arena, struct view document,
						  struct autodiscover_place *out);

#endif
