/* This file reads the answer to one HTTP/1.1 request.
 *
 *	reply = status-line *( field CRLF ) CRLF body          RFC 9112 section 2.1
 *	chunk = hex-size [ ";" ext ] CRLF octets CRLF          section 7.1
 *
 * A lone LF ends a line too, as section 2.2 allows.
 */
#include "wire/http_reply.h"

#include "base/checked.h"

enum state { STATE_STATUS, STATE_FIELD, STATE_BODY, STATE_SIZE, STATE_CHUNK, STATE_CHUNK_END, STATE_TRAILER };

static enum http_progress set(struct http_reply *r, enum http_progress progress)
{
	return r->progress = progress;
}

void http_reply_init(struct http_reply *r)
{
	*r = (struct http_reply){ .progress = HTTP_PROGRESS_MORE, .state = STATE_STATUS };
	buf_init(&r->location, HTTP_HEAD_MAX);
	buf_init(&r->content_type, HTTP_HEAD_MAX);
	buf_init(&r->challenge, 2 * HTTP_HEAD_MAX);
	buf_init(&r->body, HTTP_BODY_MAX);
	buf_init(&r->line, HTTP_HEAD_MAX);
}

void http_reply_fini(struct http_reply *r)
{
	buf_fini(&r->location);
	buf_fini(&r->content_type);
	buf_fini(&r->challenge);
	buf_fini(&r->body);
	buf_fini(&r->line);
}

static enum http_progress read_status(struct http_reply *r, struct str line)
{
	uint64_t code;

	if (!str_starts(line, STR("HTTP/1.")) || line.len < 12 || !str_is_digit(line.at[7]) ||
	    line.at[8] != ' ')
		return set(r, HTTP_PROGRESS_BAD);
	if (!str_to_u64(str_head(str_skip(line, 9), 3), 599, &code) || code < 100 ||
	    (line.len > 12 && line.at[12] != ' '))
		return set(r, HTTP_PROGRESS_BAD);
	r->status = (unsigned)code;
	r->state = STATE_FIELD;
	return r->progress;
}

static bool read_length(struct http_reply *r, struct str value)
{
	uint64_t length;

	if (!str_to_u64(value, UINT64_MAX, &length) || (r->has_length && length != r->left))
		return false;
	r->has_length = true;
	r->left = length;
	return true;
}

static void keep(struct http_reply *r, struct buf *to, struct str value)
{
	if (to->len)
		return;
	buf_add_str(to, value);
	if (buf_failed(to))
		set(r, HTTP_PROGRESS_NOMEM);
}

/* A field of this name may come more than once (RFC 9110 section 5.3). */
static void keep_too(struct http_reply *r, struct buf *to, struct str value)
{
	if (to->len)
		buf_add_str(to, STR(", "));
	buf_add_str(to, value);
	if (buf_failed(to))
		set(r, HTTP_PROGRESS_NOMEM);
}

static void read_field(struct http_reply *r, struct str line)
{
	struct str value = line, name = str_cut(&value, ':');

	if (!value.at || name.len == 0 || str_find_char(name, ' ') != SIZE_MAX) {
		set(r, HTTP_PROGRESS_BAD);
		return;
	}
	value = str_trim(value);
	if (str_is_nocase(name, "Content-Length")) {
		if (!read_length(r, value))
			set(r, HTTP_PROGRESS_BAD);
	} else if (str_is_nocase(name, "Transfer-Encoding")) {
		r->is_chunked = str_is_nocase(value, "chunked");
		if (!r->is_chunked)
			set(r, HTTP_PROGRESS_BAD);
	} else if (str_is_nocase(name, "Location")) {
		keep(r, &r->location, value);
	} else if (str_is_nocase(name, "Content-Type")) {
		keep(r, &r->content_type, value);
	} else if (str_is_nocase(name, "WWW-Authenticate")) {
		keep_too(r, &r->challenge, value);
	} else if (str_is_nocase(name, "Date")) {
		r->date = http_reply_date(value);
	}
}

/* The empty line: what comes next, by RFC 9112 section 6.3. */
static enum http_progress end_head(struct http_reply *r)
{
	if (r->status < 200 && r->status != 101) {
		r->state = STATE_STATUS;
		r->is_chunked = r->has_length = false;
		return r->progress;
	}
	if (r->status == 101 || r->status == 204 || r->status == 304)
		return set(r, HTTP_PROGRESS_DONE);
	if (r->is_chunked) {
		r->state = STATE_SIZE;
		return r->progress;
	}
	if (r->has_length && r->left > HTTP_BODY_MAX)
		return set(r, HTTP_PROGRESS_LIMIT);
	r->state = STATE_BODY;
	return r->has_length && r->left == 0 ? set(r, HTTP_PROGRESS_DONE) : r->progress;
}

static enum http_progress read_size(struct http_reply *r, struct str line)
{
	struct str size = str_trim(str_cut(&line, ';'));

	r->left = 0;
	if (size.len == 0)
		return set(r, HTTP_PROGRESS_BAD);
	for (size_t i = 0; i < size.len; i++) {
		char c = str_lower_char(size.at[i]);
		bool is_letter = c >= 'a' && c <= 'f';

		if (!is_letter && !str_is_digit(c))
			return set(r, HTTP_PROGRESS_BAD);
		r->left = r->left * 16 + (uint64_t)(is_letter ? c - 'a' + 10 : c - '0');
		if (r->left > HTTP_BODY_MAX)
			return set(r, HTTP_PROGRESS_LIMIT);
	}
	r->state = r->left ? STATE_CHUNK : STATE_TRAILER;
	return r->progress;
}

static void on_line(struct http_reply *r, struct str line)
{
	switch ((enum state)r->state) {
	case STATE_STATUS:
		read_status(r, line);
		break;
	case STATE_FIELD:
		if (line.len == 0)
			end_head(r);
		else if (line.at[0] != ' ' &&
			 line.at[0] != '\t') /* a folded line says nothing that is read */
			read_field(r, line);
		break;
	case STATE_SIZE:
		read_size(r, line);
		break;
	case STATE_CHUNK_END:
		r->state = STATE_SIZE;
		if (line.len)
			set(r, HTTP_PROGRESS_BAD);
		break;
	case STATE_TRAILER:
		if (line.len == 0)
			set(r, HTTP_PROGRESS_DONE);
		break;
	case STATE_BODY:
	case STATE_CHUNK:
		break;
	}
}

/* Takes octets of the body; returns how many. */
static size_t take_body(struct http_reply *r, struct view bytes)
{
	bool is_counted = r->state == STATE_CHUNK || r->has_length;
	size_t n = is_counted && bytes.len > r->left ? (size_t)r->left : bytes.len;

	if (n > HTTP_BODY_MAX - r->body.len) {
		set(r, HTTP_PROGRESS_LIMIT);
		return n;
	}
	buf_add(&r->body, view_of(bytes.at, n));
	if (buf_failed(&r->body))
		set(r, HTTP_PROGRESS_NOMEM);
	if (!is_counted)
		return n;
	r->left -= n;
	if (r->left == 0 && r->state == STATE_CHUNK)
		r->state = STATE_CHUNK_END;
	else if (r->left == 0)
		set(r, HTTP_PROGRESS_DONE);
	return n;
}

/* Takes octets up to the end of a line; returns how many. */
static size_t take_line(struct http_reply *r, struct view bytes)
{
	size_t lf = str_find_char(str_from_view(bytes), '\n');
	size_t n = lf == SIZE_MAX ? bytes.len : lf + 1;
	struct str line;

	r->head_seen += n;
	if (r->head_seen > HTTP_HEAD_MAX) {
		set(r, HTTP_PROGRESS_LIMIT);
		return n;
	}
	buf_add(&r->line, view_of(bytes.at, n));
	if (buf_failed(&r->line))
		set(r, HTTP_PROGRESS_NOMEM);
	if (lf == SIZE_MAX || r->progress != HTTP_PROGRESS_MORE)
		return n;
	line = buf_str(&r->line);
	line.len--;
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	on_line(r, line);
	buf_clear(&r->line);
	return n;
}

enum http_progress http_reply_add(struct http_reply *r, struct view bytes)
{
	while (r->progress == HTTP_PROGRESS_MORE && bytes.len) {
		bool in_body = r->state == STATE_BODY || r->state == STATE_CHUNK;
		size_t n = in_body ? take_body(r, bytes) : take_line(r, bytes);

		bytes = view_of(bytes.at + n, bytes.len - n);
	}
	return r->progress;
}

enum http_progress http_reply_end(struct http_reply *r)
{
	if (r->progress != HTTP_PROGRESS_MORE)
		return r->progress;
	return set(r, r->state == STATE_BODY && !r->has_length ? HTTP_PROGRESS_DONE : HTTP_PROGRESS_BAD);
}

/* Days since 1970-01-01 of a date of the Gregorian calendar: years begin in
 * March here, so that the leap day is the last one. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t from_march = (month + 9) % 12;

	year -= month < 3;
	return 365 * year + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + day - 1 -
	       719468;
}

static bool number_at(struct str text, size_t at, size_t len, uint64_t max, int64_t *out)
{
	uint64_t value;

	if (!str_to_u64(str_head(str_skip(text, at), len), max, &value))
		return false;
	*out = (int64_t)value;
	return true;
}

wall_time http_reply_date(struct str text)
{
	int64_t year, month, day, hour, minute, second;
	size_t found;

	if (text.len != 29 || !str_is(str_skip(text, 25), " GMT") || text.at[3] != ',')
		return 0;
	found = str_find(STR("JanFebMarAprMayJunJulAugSepOctNovDec"), str_head(str_skip(text, 8), 3));
	if (found == SIZE_MAX || found % 3 != 0)
		return 0;
	month = (int64_t)found / 3 + 1;
	if (!number_at(text, 5, 2, 31, &day) || !number_at(text, 12, 4, 9999, &year) ||
	    !number_at(text, 17, 2, 23, &hour) || !number_at(text, 20, 2, 59, &minute) ||
	    !number_at(text, 23, 2, 60, &second) || day == 0 || year < 1970)
		return 0;
	return ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}
