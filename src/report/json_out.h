/* This file writes JSON (RFC 8259) as it comes, without building a tree.
 *
 * A member's name is NULL inside an array. Nothing is checked but by assert:
 * who opens closes. Text goes through escape_json() and, when asked, through
 * the redactor; words of ours, such as ids and names of enums, do not.
 */
#ifndef POSTMEND_REPORT_JSON_OUT_H
#define POSTMEND_REPORT_JSON_OUT_H

#include "base/buf.h"
#include "base/moment.h"
#include "base/str.h"
#include "report/redact.h"

#include <stdbool.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 16, JSON_TEXT_MAX = 4096 };

struct json_out {
	struct buf *out;
	struct redactor *redactor; /* NULL: nothing is hidden */
	unsigned depth;
	bool has_members[JSON_DEPTH_MAX];
	struct buf scratch;
};

void json_init(struct json_out *json, struct buf *out, struct redactor *redactor);
void json_fini(struct json_out *json); /* ends the document with a newline */

void json_open(struct json_out *json, const char *name, char bracket); /* '{' or '[' */
void json_close(struct json_out *json, char bracket);                  /* '}' or ']' */

/* NULL text is null. json_str() cuts at JSON_TEXT_MAX bytes. */
void json_word(struct json_out *json, const char *name, const char *word);
void json_text(struct json_out *json, const char *name, const char *text);
void json_str(struct json_out *json, const char *name, struct str text);

/* A finding's key: the id stays, the subject may be redacted. */
void json_key(struct json_out *json, const char *name, const char *key);

void json_bool(struct json_out *json, const char *name, bool value);
void json_uint(struct json_out *json, const char *name, uint64_t value);
void json_int(struct json_out *json, const char *name, int64_t value);
void json_ms(struct json_out *json, const char *name, moment value); /* with tenths; MOMENT_NEVER is null */
void json_nothing(struct json_out *json, const char *name);

/* Seconds since 1970 as 2026-12-31T23:59:59Z; 0 is null. */
void json_time(struct json_out *json, const char *name, wall_time value);

#endif
