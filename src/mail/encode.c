/* This file writes what mail's grammar wants. */
#include "mail/encode.h"

#include "base/checked.h"

#include <string.h>

enum { LINE_MAX_LEN = 76, WORD_BYTES = 42, FOLD_AT = 76 };

static const char digits[] = "0123456789ABCDEF";

void mail_put(struct mail_sink *sink, struct view bytes)
{
	if (!sink->failed && bytes.len && !sink->write(sink->context, bytes))
		sink->failed = true;
}

void mail_put_text(struct mail_sink *sink, const char *text)
{
	mail_put(sink, str_view(str_of(text)));
}

void mail_put_buf(struct mail_sink *sink, struct buf *buf)
{
	if (buf_failed(buf))
		sink->failed = true;
	mail_put(sink, buf_view(buf));
	buf_clear(buf);
}

static void put_quad(const uint8_t *three, size_t n, char out[4])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t v =
		(uint32_t)three[0] << 16 | (n > 1 ? (uint32_t)three[1] << 8 : 0) | (n > 2 ? three[2] : 0U);

	out[0] = alphabet[v >> 18];
	out[1] = alphabet[v >> 12 & 63];
	out[2] = n > 1 ? alphabet[v >> 6 & 63] : '=';
	out[3] = n > 2 ? alphabet[v & 63] : '=';
}

enum { QUADS_AT_ONCE = 1024, QUADS_OF_LINE = LINE_MAX_LEN / 4 };

/* What is on its way to the sink. */
struct quads {
	struct encode_base64 *e;
	char out[QUADS_AT_ONCE * 4 + (QUADS_AT_ONCE / QUADS_OF_LINE + 2) * 2];
	size_t len, n;
};

static void flush_quads(struct quads *q)
{
	mail_put(q->e->sink, view_of(q->out, q->len));
	q->len = q->n = 0;
}

static void end_quad(struct quads *q)
{
	q->len += 4;
	if (++q->e->column == QUADS_OF_LINE && !q->e->unbroken) {
		memcpy(q->out + q->len, "\r\n", 2);
		q->len += 2;
		q->e->column = 0;
	}
	if (++q->n == QUADS_AT_ONCE)
		flush_quads(q);
}

/* Whole lines are collected, so that the sink is not asked for every four characters. */
void encode_base64_add(struct encode_base64 *e, struct view bytes)
{
	struct quads q;
	size_t i = 0;

	q.e = e;
	q.len = q.n = 0;
	while (i < bytes.len && e->n_held) {
		e->held[e->n_held++] = bytes.at[i++];
		if (e->n_held < sizeof e->held)
			continue;
		put_quad(e->held, 3, q.out + q.len);
		end_quad(&q);
		e->n_held = 0;
	}
	for (; bytes.len - i >= 3; i += 3) {
		put_quad(bytes.at + i, 3, q.out + q.len);
		end_quad(&q);
	}
	while (i < bytes.len)
		e->held[e->n_held++] = bytes.at[i++];
	flush_quads(&q);
}

void encode_base64_end(struct encode_base64 *e)
{
	char out[4];

	if (e->n_held) {
		put_quad(e->held, e->n_held, out);
		mail_put(e->sink, view_of(out, sizeof out));
		e->column++;
	}
	if (e->column && !e->unbroken)
		mail_put_text(e->sink, "\r\n");
	e->n_held = e->column = 0;
}

enum { LINES_CAP = 64 << 10 };

struct quoting {
	struct mail_sink *sink;
	char out[LINES_CAP];
	size_t len, column;
};

static void add(struct quoting *q, const char *text, size_t len)
{
	if (q->len + len > sizeof q->out) {
		mail_put(q->sink, view_of(q->out, q->len));
		q->len = 0;
	}
	memcpy(q->out + q->len, text, len);
	q->len += len;
}

static void end_line(struct quoting *q)
{
	add(q, "\r\n", 2);
	q->column = 0;
}

/* A character of one place, or of three; the last place of a line is for "=". */
static void add_character(struct quoting *q, const char *text, size_t len)
{
	if (q->column + len > LINE_MAX_LEN - 1) {
		add(q, "=", 1);
		end_line(q);
	}
	add(q, text, len);
	q->column += len;
}

static bool ends_line(struct view text, size_t i)
{
	return i == text.len || text.at[i] == '\n' ||
	       (text.at[i] == '\r' && i + 1 < text.len && text.at[i + 1] == '\n');
}

/* Eight characters of which each stands for itself: 32 to 126, and no "=". */
static bool are_plain(const uint8_t eight[8])
{
	const uint64_t ones = 0x0101010101010101, tops = ones << 7;
	uint64_t w, equals, deletes;

	memcpy(&w, eight, sizeof w);
	equals = w ^ ones * '=';
	deletes = w ^ ones * 127;
	return ((w | ((w - ones * 32) & ~w) | ((equals - ones) & ~equals) | ((deletes - ones) & ~deletes)) &
		tops) == 0;
}

/* How many characters from here on stand for themselves, wherever they are in a line but at its start. */
static size_t plain_run(struct view text, size_t from, size_t most)
{
	const uint8_t *at = text.at + from;
	size_t n = 0, left = text.len - from;

	while (most - n >= 8 && left - n >= 8 && are_plain(at + n))
		n += 8;
	/* Of a blank it counts what comes next. */
	n -= n && at[n - 1] == ' ';
	for (; n < most && n < left; n++) {
		bool is_blank = at[n] == ' ' && n + 1 < left && at[n + 1] != '\n' && at[n + 1] != '\r';

		if (!is_blank && (at[n] <= 32 || at[n] > 126 || at[n] == '='))
			break;
	}
	return n;
}

bool encode_quoted_printable(struct mail_sink *sink, struct view text)
{
	struct quoting q;

	q.sink = sink;
	q.len = q.column = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		char code[3] = { '=', digits[c >> 4], digits[c & 15] };
		bool is_blank = c == ' ' || c == '\t';
		/* Lines that begin so are changed by some on their way. */
		bool is_risky = q.column == 0 && (c == '.' || c == 'F' || c == '-');
		size_t run = q.column ? plain_run(text, i, LINE_MAX_LEN - 1 - q.column) : 0;

		if (run) {
			add(&q, (const char *)&text.at[i], run);
			q.column += run;
			i += run - 1;
			continue;
		}
		if (ends_line(text, i)) {
			end_line(&q);
			i += c == '\r';
		} else if (c == '=' || c > 126 || (c < 32 && c != '\t') || is_risky ||
			   (is_blank && ends_line(text, i + 1))) {
			add_character(&q, code, sizeof code);
		} else {
			add_character(&q, (const char *)&text.at[i], 1);
		}
	}
	mail_put(sink, view_of(q.out, q.len));
	return q.column > 0;
}

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < 32 || s.at[i] > 126)
			return false;
	/* What looks like an encoded word would be decoded. */
	return str_find(s, STR("=?")) == SIZE_MAX;
}

/* Bytes of the characters that fit one encoded word; a character is never cut. */
static size_t word_len(struct str s)
{
	size_t len = s.len < WORD_BYTES ? s.len : WORD_BYTES;

	while (len > 1 && len < s.len && ((unsigned char)s.at[len] & 0xC0) == 0x80)
		len--;
	return len;
}

static void put_word(struct buf *out, struct str s)
{
	buf_add_text(out, "=?utf-8?B?");
	for (size_t i = 0; i < s.len; i += 3) {
		char quad[4];
		uint8_t three[3] = { 0 };
		size_t n = s.len - i < 3 ? s.len - i : 3;

		memcpy(three, s.at + i, n);
		put_quad(three, n, quad);
		buf_add(out, view_of(quad, sizeof quad));
	}
	buf_add_text(out, "?=");
}

static void put_words(struct buf *out, struct str s)
{
	bool is_first = true;

	while (s.len) {
		size_t len = word_len(s);

		if (!is_first)
			buf_add_text(out, "\r\n ");
		put_word(out, str_head(s, len));
		s = str_skip(s, len);
		is_first = false;
	}
}

/* Blanks are where a line may be folded; a blank that ends a line would be lost. */
static void put_folded(struct buf *out, size_t column, struct str s)
{
	while (s.len) {
		size_t blanks = 0, len;

		while (blanks < s.len && s.at[blanks] == ' ')
			blanks++;
		len = blanks;
		while (len < s.len && s.at[len] != ' ')
			len++;
		if (column + len > FOLD_AT && blanks > 0 && len > blanks) {
			buf_add_text(out, "\r\n");
			column = 0;
		}
		buf_add_str(out, str_head(s, len));
		column += len;
		s = str_skip(s, len);
	}
}

/* Encoded words do not fit the line of a long name. */
static bool begins_below(const char *name, struct str value)
{
	return strlen(name) > 14 && str_starts(value, STR("=?"));
}

void encode_structured(struct buf *out, const char *name, struct str value)
{
	size_t column = strlen(name) + 2;

	value = str_trim(value);
	buf_printf(out, "%s: ", name);
	if (begins_below(name, value)) {
		buf_add_text(out, "\r\n ");
		column = 1;
	}
	put_folded(out, column, value);
	buf_add_text(out, "\r\n");
}

/* A longer run without a blank would pass the limit of 998 characters. */
static bool has_long_run(struct str s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.len; i++) {
		run = s.at[i] == ' ' ? 0 : run + 1;
		if (run > 900)
			return true;
	}
	return false;
}

void encode_field(struct buf *out, const char *name, struct str value)
{
	value = str_trim(value);
	if (is_plain(value) && !has_long_run(value)) {
		encode_structured(out, name, value);
		return;
	}
	buf_printf(out, "%s: ", name);
	if (strlen(name) > 14)
		buf_add_text(out, "\r\n ");
	put_words(out, value);
	buf_add_text(out, "\r\n");
}

static bool is_atext(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_phrase(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_atext(s.at[i]) && s.at[i] != ' ')
			return false;
	return s.len > 0;
}

static void put_quoted(struct buf *out, struct str s)
{
	buf_add_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '"' || s.at[i] == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, (uint8_t)s.at[i]);
	}
	buf_add_byte(out, '"');
}

/* dot-atom "@" dot-atom, or what becomes one by quoting its local part. */
static bool is_dot_atom(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool is_dot = s.at[i] == '.';

		if (!is_atext(s.at[i]) && !is_dot)
			return false;
		if (is_dot && (i == 0 || i + 1 == s.len || s.at[i + 1] == '.'))
			return false;
	}
	return s.len > 0;
}

/* What is no address of the Internet is carried inside one (RFC 2156, as Exchange does). */
static void put_capsule(struct buf *out, struct str s)
{
	buf_add_text(out, "IMCEA-");
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (str_is_alpha(s.at[i]) || str_is_digit(s.at[i]) || c == '-')
			buf_add_byte(out, c);
		else if (c == '/')
			buf_add_byte(out, '_');
		else
			buf_printf(out, "+%02X", c);
	}
	buf_add_text(out, "@invalid");
}

static void put_address(struct buf *out, struct str address)
{
	size_t at = SIZE_MAX;
	struct str local, domain;

	for (size_t i = 0; i < address.len; i++)
		if (address.at[i] == '@')
			at = i;
	local = str_head(address, at == SIZE_MAX ? 0 : at);
	domain = at == SIZE_MAX ? local : str_skip(address, at + 1);
	if (at == SIZE_MAX || !is_dot_atom(domain) || local.len == 0 || !is_plain(local)) {
		put_capsule(out, address);
		return;
	}
	if (is_dot_atom(local))
		buf_add_str(out, local);
	else
		put_quoted(out, local);
	buf_add_byte(out, '@');
	buf_add_str(out, domain);
}

void encode_mailbox(struct buf *out, struct str name, struct str address)
{
	name = str_trim(name);
	address = str_trim(address);
	if (name.len && !str_eq(name, address)) {
		if (is_plain(name) && is_phrase(name))
			buf_add_str(out, name);
		else if (is_plain(name) && name.len < 200)
			put_quoted(out, name);
		else
			put_words(out, name);
		buf_add_byte(out, ' ');
	}
	buf_add_byte(out, '<');
	put_address(out, address.len ? address : STR("nobody"));
	buf_add_byte(out, '>');
}

void encode_parameter(struct buf *out, const char *name, struct str value)
{
	buf_add_text(out, ";\r\n ");
	if (is_plain(value) && value.len < 60) {
		buf_printf(out, "%s=", name);
		put_quoted(out, value);
		return;
	}
	/* In pieces, because a line has a limit (RFC 2231, 3 and 4). */
	for (size_t i = 0, piece = 0; i < value.len || piece == 0; piece++) {
		buf_printf(out, "%s%s*%zu*=%s", piece ? ";\r\n " : "", name, piece, piece ? "" : "utf-8''");
		/* A piece ends between characters. */
		for (size_t n = 0; i < value.len && (n < 40 || ((unsigned char)value.at[i] & 0xC0) == 0x80);
		     i++) {
			unsigned char c = (unsigned char)value.at[i];
			bool plain = str_is_alpha(value.at[i]) || str_is_digit(value.at[i]) || c == '.' ||
				     c == '-' || c == '_';

			if (plain)
				buf_add_byte(out, c);
			else
				buf_printf(out, "%%%02X", c);
			n += plain ? 1 : 3;
		}
	}
}
