/* This file writes JSON (RFC 8259) as it comes, without building a tree. */
#include "report/json_out.h"

#include "report/escape.h"
#include "report/words.h"

#include <assert.h>
#include <string.h>

enum { SCRATCH_CAP = 64 * 1024 };

void json_init(struct json_out *json, struct buf *out, struct redactor *redactor)
{
	*json = (struct json_out){ .out = out, .redactor = redactor };
	buf_init(&json->scratch, SCRATCH_CAP);
}

void json_fini(struct json_out *json)
{
	assert(json->depth == 0);
	buf_add_byte(json->out, '\n');
	buf_fini(&json->scratch);
}

static void new_line(struct json_out *json)
{
	buf_add_byte(json->out, '\n');
	for (unsigned i = 0; i < json->depth; i++)
		buf_add_byte(json->out, ' ');
}

/* What stands in front of a value: a comma, a new line and its name. */
static void begin(struct json_out *json, const char *name)
{
	if (json->depth == 0)
		return;
	if (json->has_members[json->depth])
		buf_add_byte(json->out, ',');
	json->has_members[json->depth] = true;
	new_line(json);
	if (name)
		buf_printf(json->out, "\"%s\": ", name);
}

void json_open(struct json_out *json, const char *name, char bracket)
{
	begin(json, name);
	assert(json->depth + 1 < JSON_DEPTH_MAX);
	json->has_members[++json->depth] = false;
	buf_add_byte(json->out, (uint8_t)bracket);
}

void json_close(struct json_out *json, char bracket)
{
	bool was_empty = !json->has_members[json->depth];

	assert(json->depth > 0);
	json->depth--;
	if (!was_empty)
		new_line(json);
	buf_add_byte(json->out, (uint8_t)bracket);
}

void json_nothing(struct json_out *json, const char *name)
{
	begin(json, name);
	buf_add_text(json->out, "null");
}

static void add_redacted(struct json_out *json, struct str text)
{
	if (!json->redactor) {
		escape_json(json->out, text);
		return;
	}
	buf_clear(&json->scratch);
	redact_text(json->redactor, text, &json->scratch);
	escape_json(json->out, buf_str(&json->scratch));
}

void json_word(struct json_out *json, const char *name, const char *word)
{
	if (!word) {
		json_nothing(json, name);
		return;
	}
	begin(json, name);
	buf_add_byte(json->out, '"');
	escape_json(json->out, str_of(word));
	buf_add_byte(json->out, '"');
}

void json_str(struct json_out *json, const char *name, struct str text)
{
	begin(json, name);
	buf_add_byte(json->out, '"');
	add_redacted(json, escape_head(text, JSON_TEXT_MAX));
	buf_add_byte(json->out, '"');
}

void json_text(struct json_out *json, const char *name, const char *text)
{
	if (text)
		json_str(json, name, str_of(text));
	else
		json_nothing(json, name);
}

void json_key(struct json_out *json, const char *name, const char *key)
{
	struct str whole = str_of(key);
	size_t at = str_find_char(whole, '@');
	size_t id_len = at == SIZE_MAX ? whole.len : at + 1;

	if (!key) {
		json_nothing(json, name);
		return;
	}
	begin(json, name);
	buf_add_byte(json->out, '"');
	escape_json(json->out, str_head(whole, id_len));
	add_redacted(json, str_skip(whole, id_len));
	buf_add_byte(json->out, '"');
}

void json_bool(struct json_out *json, const char *name, bool value)
{
	begin(json, name);
	buf_add_text(json->out, value ? "true" : "false");
}

void json_uint(struct json_out *json, const char *name, uint64_t value)
{
	begin(json, name);
	buf_printf(json->out, "%llu", (unsigned long long)value);
}

void json_int(struct json_out *json, const char *name, int64_t value)
{
	begin(json, name);
	buf_printf(json->out, "%lld", (long long)value);
}

void json_ms(struct json_out *json, const char *name, moment value)
{
	if (value == MOMENT_NEVER) {
		json_nothing(json, name);
		return;
	}
	begin(json, name);
	buf_printf(json->out, "%.1f", moment_to_ms(value));
}

void json_time(struct json_out *json, const char *name, wall_time value)
{
	char text[WORDS_TIME_SIZE];

	if (value == 0)
		json_nothing(json, name);
	else
		json_word(json, name, words_time(value, text));
}
