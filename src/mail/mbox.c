/* This file cuts a mailbox file into its messages. */
#include "mail/mbox.h"

#include "mail/fields.h"

#include <string.h>

enum { HEADER_MAX = 4 << 20 };

/* Some programs put the mark of UTF-8 in front of anything. */
static size_t mark_len(struct view bytes)
{
	return str_starts(str_from_view(bytes), STR("\xEF\xBB\xBF")) ? 3 : 0;
}

bool mbox_is(struct view bytes)
{
	return str_starts(str_skip(str_from_view(bytes), mark_len(bytes)), STR("From "));
}

struct mbox mbox_of(struct view bytes)
{
	return (struct mbox){ .bytes = bytes, .at = mbox_is(bytes) ? mark_len(bytes) : 0 };
}

static size_t line_end(struct view bytes, size_t at)
{
	const uint8_t *end = at < bytes.len ? memchr(bytes.at + at, '\n', bytes.len - at) : NULL;

	return end ? (size_t)(end - bytes.at) + 1 : bytes.len;
}

static bool is_blank_line(struct view bytes, size_t at)
{
	return at < bytes.len && (bytes.at[at] == '\n' ||
				  (bytes.at[at] == '\r' && at + 1 < bytes.len && bytes.at[at + 1] == '\n'));
}

static struct str line_of(struct view bytes, size_t at)
{
	return str_head(str_skip(str_from_view(bytes), at), line_end(bytes, at) - at);
}

/* "From a@b Mon Jan  1 12:00:00 2001": an hour and a year. */
static bool has_time(struct str line)
{
	size_t digits = 0;

	for (size_t i = 0; i < line.len; i++)
		digits += str_is_digit(line.at[i]);
	return str_find_char(line, ':') != SIZE_MAX && digits >= 6;
}

/* "From -", "From 1844@xxx": one word, as some programs write it. */
static bool has_one_word(struct str line)
{
	struct str rest = str_trim(str_skip(line, 5));

	return rest.len && str_find_char(rest, ' ') == SIZE_MAX;
}

static bool is_field(struct str line)
{
	size_t len = 0;

	while (len < line.len && line.at[len] > 32 && line.at[len] < 127 && line.at[len] != ':')
		len++;
	return len > 0 && len < line.len && line.at[len] == ':';
}

/* A line between messages says when, or is one word; a header follows it, or at least a blank line stands in
 * front. */
static bool is_between(struct view bytes, size_t at, bool is_behind_blank)
{
	struct str line = line_of(bytes, at);
	bool is_timed;

	if (!str_starts(line, STR("From ")))
		return false;
	is_timed = has_time(line);
	return (is_timed && is_behind_blank) ||
	       ((is_timed || has_one_word(line)) && is_field(line_of(bytes, line_end(bytes, at))));
}

static bool is_start(struct view bytes, size_t at)
{
	return at == bytes.len || is_between(bytes, at, true);
}

/* Where the header of the message at `from` ends. */
static size_t header_end(struct view bytes, size_t from)
{
	size_t at = from;

	while (at < bytes.len && !is_blank_line(bytes, at) && at - from < HEADER_MAX)
		at = line_end(bytes, at);
	return at;
}

/* The end that Content-Length names; 0 without one, SIZE_MAX for one that leads nowhere. */
static size_t end_by_length(struct view bytes, size_t from)
{
	size_t header = header_end(bytes, from), body = line_end(bytes, header), end;
	struct str rest = str_head(str_skip(str_from_view(bytes), from), header - from);
	struct mail_field field;
	uint64_t len;

	while (fields_next(&rest, &field)) {
		if (!str_is_nocase(field.name, "Content-Length"))
			continue;
		if (!str_to_u64(str_trim(field.value), bytes.len, &len) || len > bytes.len - body)
			return SIZE_MAX;
		end = body + (size_t)len;
		if (is_start(bytes, end))
			return end;
		/* The blank line in front of the next message may be counted or not. */
		if (is_blank_line(bytes, end) && is_start(bytes, line_end(bytes, end)))
			return line_end(bytes, end);
		return SIZE_MAX;
	}
	return 0;
}

static size_t end_by_lines(struct view bytes, size_t from)
{
	bool was_blank = false;

	for (size_t at = from; at < bytes.len; at = line_end(bytes, at)) {
		if (at > from && is_between(bytes, at, was_blank))
			return at;
		was_blank = is_blank_line(bytes, at);
	}
	return bytes.len;
}

/* ">From ", with any number of marks. */
static bool is_marked(struct view bytes, size_t at)
{
	size_t i = at;

	while (i < bytes.len && bytes.at[i] == '>')
		i++;
	return i > at && str_starts(str_skip(str_from_view(bytes), i), STR("From "));
}

static bool has_marked(struct view bytes)
{
	for (size_t at = 0; at < bytes.len; at = line_end(bytes, at))
		if (is_marked(bytes, at))
			return true;
	return false;
}

/* Where a length led past lines that others would have marked, nothing was marked (mboxcl2). */
static bool has_plain(struct view bytes)
{
	for (size_t at = 0; at < bytes.len; at = line_end(bytes, at))
		if (str_starts(str_skip(str_from_view(bytes), at), STR("From ")))
			return true;
	return false;
}

static struct view without_blank(struct view bytes)
{
	size_t len = bytes.len;

	if (len >= 2 && bytes.at[len - 1] == '\n' && bytes.at[len - 2] == '\n')
		len--;
	else if (len >= 4 && memcmp(bytes.at + len - 4, "\r\n\r\n", 4) == 0)
		len -= 2;
	return view_of(bytes.at, len);
}

bool mbox_next(struct mbox *box, struct mbox_message *out)
{
	struct view all = box->bytes;
	size_t body, end;

	*out = (struct mbox_message){ .at = box->at };
	while (is_blank_line(all, box->at))
		box->at = line_end(all, box->at);
	if (box->at >= all.len)
		return false;
	out->at = body = box->at;
	if (str_starts(str_skip(str_from_view(all), body), STR("From "))) {
		body = line_end(all, box->at);
		out->line = str_trim(str_head(str_skip(str_from_view(all), box->at), body - box->at));
	}
	end = end_by_length(all, body);
	out->bad_length = end == SIZE_MAX;
	if (end == 0 || end == SIZE_MAX) {
		end = end_by_lines(all, body);
		out->bytes = without_blank(view_of(all.at + body, end - body));
		out->is_quoted = has_marked(out->bytes);
	} else {
		out->bytes = without_blank(view_of(all.at + body, end - body));
		out->is_quoted = has_marked(out->bytes) && !has_plain(out->bytes);
	}
	box->at = end;
	return true;
}

void mbox_unquote(struct view bytes, struct buf *out)
{
	for (size_t at = 0; at < bytes.len; at = line_end(bytes, at)) {
		size_t end = line_end(bytes, at), from = is_marked(bytes, at) ? at + 1 : at;

		buf_add(out, view_of(bytes.at + from, end - from));
	}
}
