/* This file reads JSON (RFC 8259), one value after the other, without keeping any of it.
 *
 *	json_in_open_object(&j);
 *	while (json_in_member(&j, &key)) { if (str_is(key, "id")) json_in_text(&j, arena, &text); else
 *json_in_skip(&j); }
 *
 * A reader of one line. The first thing that is no JSON makes it fail, and from
 * then on every call gives nothing. Depth costs no memory.
 */
#ifndef POSTMEND_INTAKE_JSON_IN_H
#define POSTMEND_INTAKE_JSON_IN_H

#include "base/arena.h"

struct json_in {
	struct str text;
	size_t at;
	bool failed;
	bool is_fresh; /* an object or list was opened and nothing of it read */
};

struct json_in json_in_of(struct str text);

/* The next character that is no blank; 0 at the end. */
char json_in_peek(struct json_in *j);

void json_in_open(struct json_in *j, char bracket); /* '{' or '[' */
/* Goes to the next member or element; false behind the last, whose bracket is taken. */
bool json_in_member(struct json_in *j, struct str *key_out);
bool json_in_element(struct json_in *j);

/* Text as it stands between its quotes, escapes and all. */
struct str json_in_raw(struct json_in *j);
/* Text in UTF-8; without escapes it is a part of the line, else it is made in the arena. */
struct str json_in_text(struct json_in *j, struct arena *arena);
/* A whole number; other numbers fail. */
int64_t json_in_number(struct json_in *j);
bool json_in_bool(struct json_in *j);
/* Whatever comes. */
void json_in_skip(struct json_in *j);

/* All is read and nothing failed. */
bool json_in_done(struct json_in *j);

#endif
