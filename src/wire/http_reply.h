/* This file reads the answer to one HTTP/1.1 request (RFC 9112), as it comes in. */
#ifndef POSTMEND_WIRE_HTTP_REPLY_H
#define POSTMEND_WIRE_HTTP_REPLY_H

#include "base/buf.h"
#include "base/moment.h"
#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

enum { HTTP_HEAD_MAX = 16 * 1024, HTTP_BODY_MAX = 256 * 1024 };

enum http_progress {
	HTTP_PROGRESS_MORE,
	HTTP_PROGRESS_DONE,
	HTTP_PROGRESS_BAD,   /* not HTTP, or its framing contradicts itself */
	HTTP_PROGRESS_LIMIT, /* more head or body than the caps above */
	HTTP_PROGRESS_NOMEM,
};

/* All but the public part is the parser's own. */
struct http_reply {
	enum http_progress progress;
	unsigned status;         /* 100 to 599; interim 1xx answers are passed over */
	struct buf location;     /* hostile; empty when none */
	struct buf content_type; /* hostile */
	struct buf challenge;    /* hostile: every WWW-Authenticate, with commas between */
	wall_time date;          /* of the Date header, 0 when none */
	struct buf body;         /* what came of it, decoded from chunks */

	int state;
	size_t head_seen; /* octets of all heads and chunk lines */
	bool is_chunked, has_length;
	uint64_t left; /* of the body or of this chunk */
	struct buf line;
};

void http_reply_init(struct http_reply *reply);
void http_reply_fini(struct http_reply *reply);

/* Takes bytes as they come; what comes after the end is ignored. */
enum http_progress http_reply_add(struct http_reply *reply, struct view bytes);

/* The peer closed: the end of a body without length, or a broken one. */
enum http_progress http_reply_end(struct http_reply *reply);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7); 0 when it is not that. */
wall_time http_reply_date(struct str text);

#endif
