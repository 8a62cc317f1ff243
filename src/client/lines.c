/* This file takes text configurations apart: lines, words, quotes, sections of INI files. */
#include "client/lines.h"

#include <string.h>

struct lines lines_of(struct view bytes)
{
	struct str all = str_head(str_from_view(bytes), LINES_BYTES_MAX);

	/* A byte order mark says nothing here. */
	if (str_starts(all, STR("\xEF\xBB\xBF")))
		all = str_skip(all, 3);
	return (struct lines){ .rest = all };
}

bool lines_next(struct lines *lines, struct str *out)
{
	if (!lines->rest.at || lines->rest.len == 0)
		return false;
	*out = str_trim(str_cut(&lines->rest, '\n'));
	lines->number++;
	return true;
}

struct str lines_word(struct str *rest)
{
	struct str text = str_trim(*rest), word;
	char quote = text.len ? text.at[0] : '\0';
	size_t n = 0;

	if (text.len == 0) {
		*rest = text;
		return (struct str){ .at = NULL };
	}
	if (quote == '"' || quote == '\'') {
		for (n = 1; n < text.len && text.at[n] != quote; n++)
			if (text.at[n] == '\\' && n + 1 < text.len)
				n++;
		if (n > text.len)
			n = text.len;
		word = str_head(str_skip(text, 1), n - 1);
		*rest = str_skip(text, n + 1);
		return word;
	}
	while (n < text.len && text.at[n] != ' ' && text.at[n] != '\t')
		n++;
	word = str_head(text, n);
	*rest = str_skip(text, n);
	return word;
}

bool lines_is_comment(struct str line, const char *marks)
{
	return line.len == 0 || strchr(marks, line.at[0]) != NULL;
}

struct str lines_unquoted(struct str text)
{
	text = str_trim(text);
	if (text.len >= 2 && (text.at[0] == '"' || text.at[0] == '\'') && text.at[text.len - 1] == text.at[0])
		return (struct str){ .at = text.at + 1, .len = text.len - 2 };
	return text;
}

struct client_text lines_text(struct client_found *found, struct str text, unsigned line)
{
	struct client_text out = { .place.line = line };

	text = str_head(text, LINES_VALUE_MAX);
	if (text.len)
		out.text = arena_text(found->arena, text);
	return out;
}

struct client_number lines_number(struct str text, unsigned line)
{
	struct client_number out = { .place.line = line };
	uint64_t number = 0;

	out.is_set = text.len != 0 && str_to_u64(text, UINT32_MAX, &number);
	out.number = (uint32_t)number;
	return out;
}

bool lines_is_yes(struct str text)
{
	return str_is_nocase(text, "yes") || str_is_nocase(text, "on") || str_is_nocase(text, "true") ||
	       str_is(text, "1");
}

/* "key = value" or "key: value". */
static bool cut_setting(struct str line, struct setting *out)
{
	size_t equals = str_find_char(line, '='), colon = str_find_char(line, ':');
	size_t at = equals < colon ? equals : colon;

	if (at >= line.len || at == 0)
		return false;
	out->key = str_trim(str_head(line, at));
	out->value = str_trim(str_skip(line, at + 1));
	return true;
}

bool lines_read_settings(struct client_found *found, struct view bytes, struct settings_file *out)
{
	struct lines lines = lines_of(bytes);
	struct str line, section = STR(""), count = lines.rest;
	size_t room = 1;

	while (room < SETTINGS_MAX && str_cut(&count, '\n').at)
		room++;
	*out = (struct settings_file){ .at = arena_array(found->arena, room, sizeof *out->at) };
	if (!out->at)
		return false;
	while (out->n < room && lines_next(&lines, &line)) {
		struct setting one = { .section = section, .line = lines.number };

		if (lines_is_comment(line, "#;"))
			continue;
		if (line.at[0] == '[' && line.at[line.len - 1] == ']')
			section = str_trim(str_head(str_skip(line, 1), line.len - 2));
		else if (cut_setting(line, &one))
			out->at[out->n++] = one;
		else if (!out->first_bad_line)
			out->first_bad_line = lines.number;
	}
	return true;
}

const struct setting *lines_find(const struct settings_file *file, struct str section, const char *key)
{
	for (size_t i = file->n; i-- > 0;)
		if (str_eq(file->at[i].section, section) && str_is_nocase(file->at[i].key, key))
			return &file->at[i];
	return NULL;
}

bool lines_url(struct str text, struct lines_url *out)
{
	size_t at = str_find(text, STR("://")), end;
	struct str rest;

	*out = (struct lines_url){ .has_password = false };
	if (at >= text.len)
		return false;
	out->scheme = str_head(text, at);
	rest = str_skip(text, at + 3);
	for (end = 0; end < rest.len && rest.at[end] != '/' && rest.at[end] != '?';)
		end++;
	rest = str_head(rest, end);
	/* A user may hold an @ itself: the last one ends it. */
	for (end = rest.len; end > 0 && rest.at[end - 1] != '@';)
		end--;
	if (end > 0) {
		out->user = str_head(rest, end - 1);
		rest = str_skip(rest, end);
		end = str_find_char(out->user, ':');
		out->has_password = end < out->user.len;
		out->user = str_head(out->user, end);
	}
	end = rest.len && rest.at[0] == '[' ? str_find_char(rest, ']') : 0;
	end = end < rest.len ? end : 0;
	at = str_find_char(str_skip(rest, end), ':');
	out->host = rest;
	if (at < rest.len - end) {
		out->host = str_head(rest, end + at);
		out->port = str_skip(rest, end + at + 1);
	}
	if (out->host.len >= 2 && out->host.at[0] == '[')
		out->host = str_head(str_skip(out->host, 1), out->host.len - 2);
	return out->host.len > 0;
}
