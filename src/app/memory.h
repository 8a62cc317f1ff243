/* This file is the memory of what was there when all was well, as text.
 *
 *	postmend memory 1
 *	SUBJECT <tab> NAME <tab> SINCE <tab> SEEN <tab> VALUE
 *
 * One row a line; SINCE and SEEN are seconds since 1970. No secret and no user name: servers, domains and
 *what they said. Bytes go in and out; files are the caller's (remember.h).
 */
#ifndef POSTMEND_APP_MEMORY_H
#define POSTMEND_APP_MEMORY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "record/memory_facts.h"

enum { MEMORY_TEXT_MAX = 2 << 20 };

enum memory_state {
	MEMORY_GOOD,
	MEMORY_DAMAGED, /* something in it is no row of this version */
	MEMORY_NEWER,   /* of a later version: to be left alone */
};

/* Fills `out`, with rows from the arena; empty unless it is MEMORY_GOOD. */
[[nodiscard]] enum memory_state memory_read(struct arena *arena, struct str text, struct memory_facts *out);

/* Takes the rows over: a value that is the same keeps its SINCE. Where there is no room the row that was not
 * seen for the longest time goes. Texts are not copied. */
void memory_learn(struct memory_facts *memory, const struct memory_facts *now);

void memory_write(const struct memory_facts *memory, struct buf *out);

#endif
