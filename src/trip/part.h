/* This file takes a message apart (RFC 5322, RFC 2045, RFC 2046) as far as comparing two needs: header lines,
 * leaves of the tree of parts, and their content.
 *
 * Bytes are hostile: the depth of parts, their number and every header line are bounded; nothing recurses.
 */
#ifndef POSTMEND_TRIP_PART_H
#define POSTMEND_TRIP_PART_H

#include "base/arena.h"
#include "base/str.h"
#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>

enum { PARTS_MAX = 32, PART_DEPTH_MAX = 6, HEADER_MAX = 4096 };

struct part {
	struct str type;  /* "text/plain"; as it stands, without parameters */
	struct view body; /* still encoded */
	struct str encoding;
};

struct parts {
	struct str head, body; /* of the whole message */
	struct part list[PARTS_MAX];
	size_t n;
	bool cut; /* there were more, or deeper ones */
};

void parts_read(struct view message, struct parts *out);

/* The first header of this name in `head`, unfolded; "" when there is none. `*rest` goes on behind it, for
 * the next. */
struct str part_header(struct arena *arena, struct str *rest, const char *name);

/* The content as it was before it was encoded; a text's line ends are one LF each and those at its end are
 * gone. */
struct view part_content(struct arena *arena, const struct part *part);

#endif
