/* This file fetches one document over HTTPS, for discovery.
 *
 * The certificate is verified like a mail server's; where it does not hold,
 * nothing is believed and the facts say so. Only where it fails by its dates
 * alone the server is asked for the time it has, and for nothing else.
 * Redirects are answers.
 */
#ifndef POSTMEND_DRIVE_FETCH_H
#define POSTMEND_DRIVE_FETCH_H

#include "drive/race.h"
#include "record/facts.h"
#include "wire/http_reply.h"
#include "wire/http_request.h"

enum { FETCH_PATIENCE_MS = 5000 };

struct fetch {
	struct drive *drive;
	const char *text;                /* the URL */
	const char *body, *content_type; /* POST this; NULL: GET */
	void (*on_done)(void *context);
	void *context;

	struct http_url url;
	struct fetch_facts *facts; /* whole when done */
	struct arena *arena;
	struct race race;
	struct stream *stream;
	struct loop_timer *timer;
	struct http_reply reply;
	bool done, date_only;
};

/* The fields above the empty line are set; the struct is all zero else. Calls
 * on_done once, perhaps at once. False when memory ended: nothing is called. */
[[nodiscard]] bool fetch_begin(struct fetch *fetch);

/* Hangs up without a call; facts of one not done say that time was over. */
void fetch_end(struct fetch *fetch);

#endif
