/* This file reads replies of POP3 servers (RFC 1939 section 3) with the response
 * codes of RFC 2449 section 8 and RFC 3206. */
#ifndef POSTMEND_WIRE_POP3_REPLY_H
#define POSTMEND_WIRE_POP3_REPLY_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum pop3_kind {
	POP3_KIND_OK,        /* +OK */
	POP3_KIND_ERR,       /* -ERR */
	POP3_KIND_CHALLENGE, /* "+ ", RFC 5034 section 4 */
};

/* Every str points into the line that was parsed. */
struct pop3_reply {
	enum pop3_kind kind;
	struct str code; /* "IN-USE", "SYS/TEMP"; empty when none */
	struct str text; /* behind code and status; the challenge in base64 */
};

/* The status line, without its end. False when it is none. */
[[nodiscard]] bool pop3_reply_parse(struct str line, struct pop3_reply *out);

/* A line of a multi-line reply: false for the "." that ends it; otherwise
 * *text_out is the line without the dot that was stuffed in. */
[[nodiscard]] bool pop3_reply_listed(struct str line, struct str *text_out);

/* Text of the reply to STAT: number of messages and their octets. */
[[nodiscard]] bool pop3_reply_stat(struct str text, uint64_t *messages_out, uint64_t *octets_out);

/* True when the greeting has the timestamp that APOP needs (RFC 1939 section 7). */
bool pop3_reply_has_timestamp(struct str text);

#endif
