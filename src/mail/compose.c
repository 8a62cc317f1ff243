/* This file composes a message of the Internet. */
#include "mail/compose.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "mail/fields.h"

#include <stdio.h>
#include <string.h>

enum { HEADER_CAP = 8 << 20, BOUNDARY_SIZE = 48, DATE_SIZE = 48, VALUE_MAX = 1 << 20 };

/* Fields that say how the body is written: it is written anew. */
static bool is_of_body(struct str name)
{
	return str_starts_nocase(name, STR("Content-")) || str_is_nocase(name, "MIME-Version");
}

/* Fields that may stand once only (RFC 5322, 3.6). */
static bool is_single(struct str name)
{
	static const char *const names[] = { "From",    "To",   "Cc",         "Sender",      "Reply-To",
					     "Subject", "Date", "Message-ID", "In-Reply-To", "References" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_is_nocase(name, names[i]))
			return true;
	return false;
}

static bool is_of_people(struct str name)
{
	static const char *const names[] = { "From", "To", "Cc", "Bcc", "Sender", "Reply-To" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_is_nocase(name, names[i]))
			return true;
	return false;
}

/* The value on one line: folds are blanks. False when it has what no header may have. */
static bool unfold(struct str value, struct buf *out)
{
	bool is_ascii = true;

	buf_clear(out);
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if (c == '\r' || c == '\n')
			continue;
		buf_add_byte(out, c == '\t' ? ' ' : c);
		is_ascii = is_ascii && c < 127 && (c >= 32 || c == '\t');
	}
	return is_ascii;
}

/* One "@" between words, in angle brackets. */
static bool is_message_id(struct str s)
{
	size_t n_at = 0;

	for (size_t i = 1; i + 1 < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		n_at += c == '@';
		if (c <= 32 || c > 126 || strchr("<>\"(),:;\\[]", c))
			return false;
	}
	return s.len > 4 && s.len < 900 && s.at[0] == '<' && s.at[s.len - 1] == '>' && n_at == 1 &&
	       s.at[1] != '@' && s.at[s.len - 2] != '@';
}

/* Whether the full stop at `i` stands in a name: "<" comes before the next comma. */
static bool has_angle_before(struct str value, size_t i)
{
	struct str rest = str_skip(value, i);
	size_t angle = str_find_char(rest, '<'), comma = str_find_char(rest, ',');

	return angle != SIZE_MAX && angle < comma;
}

/* A word as encode_mailbox() writes it; its length, or 0. */
static size_t own_word_len(struct str s)
{
	static const char front[] = "=?utf-8?B?";
	size_t len = sizeof front - 1;

	if (!str_starts(s, STR("=?utf-8?B?")))
		return 0;
	while (len < s.len && (str_is_alpha(s.at[len]) || str_is_digit(s.at[len]) ||
			       (s.at[len] && strchr("+/=", s.at[len]))))
		len++;
	return str_starts(str_skip(s, len), STR("?=")) ? len + 2 : 0;
}

/* Addresses that everybody reads alike: names are words or quoted, addresses in
 * angle brackets or bare. Others are made anew from the store's own words. */
static bool has_addresses(struct str value)
{
	bool in_quotes = false, in_angle = false;
	size_t n_at = 0;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.at[i];
		size_t word = in_quotes || in_angle ? 0 : own_word_len(str_skip(value, i));

		if (word)
			i += word - 1;
		else if (c == '"')
			in_quotes = !in_quotes;
		else if (in_quotes && c == '\\')
			i++;
		else if (in_quotes)
			continue;
		else if (c == '\\' || c == '(' || c == ';' || c == '[')
			return false;
		else if (c == '<')
			in_angle = true;
		else if (c == '>')
			in_angle = false;
		else if (c == '@')
			n_at++;
		else if (!in_angle && (c == ':' || c == '?' || (c == '.' && has_angle_before(value, i))))
			return false;
	}
	return !in_quotes && !in_angle && n_at > 0;
}

/* Takes over what a server wrote; fields of which this returns false are made anew. */
static bool keeps(struct str name, struct str value, bool is_ascii)
{
	if (str_is_nocase(name, "Message-ID") && !is_message_id(value))
		return false;
	if (is_of_body(name))
		return false;
	if (is_of_people(name))
		return is_ascii && has_addresses(value);
	return value.len > 0;
}

static void put_field(struct buf *out, struct str name, struct str value, bool is_ascii)
{
	char text[80];

	snprintf(text, sizeof text, "%.*s", (int)(name.len < 76 ? name.len : 76), name.at);
	if (is_ascii)
		encode_structured(out, text, value);
	else
		encode_field(out, text, value);
}

/* `kept` gets the names of the fields that were taken over, each with a line's end. */
static void put_kept(const struct letter *letter, struct buf *out, struct buf *kept)
{
	struct str rest = letter->header;
	struct mail_field field;
	struct buf value;

	buf_init(&value, VALUE_MAX);
	while (fields_next(&rest, &field)) {
		bool is_ascii = unfold(field.value, &value);
		struct str one = str_trim(buf_str(&value));

		if (str_is_nocase(field.name, "Message-ID") && !is_message_id(one) && one.len) {
			put_field(out, STR("X-Original-Message-ID"), one, is_ascii);
			buf_add_text(kept, "X-Original-Message-ID:\r\n");
		}
		if (!keeps(field.name, one, is_ascii) ||
		    (is_single(field.name) && fields_has(buf_str(kept), field.name)))
			continue;
		put_field(out, field.name, one, is_ascii);
		buf_add_str(kept, field.name);
		buf_add_text(kept, ":\r\n");
	}
	buf_fini(&value);
}

static void put_date(struct buf *out, wall_time date)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct calendar c = calendar_of(date);

	buf_printf(out, "Date: %s, %u %s %04u %02u:%02u:%02u +0000\r\n", days[c.weekday % 7], c.day,
		   months[(c.month - 1) % 12], (unsigned)c.year, c.hour, c.minute, c.second);
}

/* The same lines as for a field that was kept: what was written once is written so again. */
static void put_mailboxes(struct buf *out, const char *field, struct buf *mailboxes)
{
	struct buf value;

	buf_init(&value, HEADER_CAP);
	(void)unfold(buf_str(mailboxes), &value);
	encode_structured(out, field, buf_str(&value));
	buf_fini(&value);
}

static void put_person(struct buf *out, const char *field, const struct letter_person *person)
{
	struct buf one;

	if (!person->address && !person->name)
		return;
	buf_init(&one, HEADER_CAP);
	encode_mailbox(&one, str_of(person->name), str_of(person->address));
	put_mailboxes(out, field, &one);
	buf_fini(&one);
}

static void put_people(struct buf *out, const char *field, const struct letter *letter, enum letter_role role)
{
	struct buf all;

	buf_init(&all, HEADER_CAP);
	for (size_t i = 0; i < letter->n_people; i++) {
		const struct letter_person *p = &letter->people[i];

		if (p->role != role)
			continue;
		buf_add_text(&all, all.len ? ", " : "");
		encode_mailbox(&all, str_of(p->name), str_of(p->address));
	}
	if (all.len)
		put_mailboxes(out, field, &all);
	buf_fini(&all);
}

static void put_own(const struct letter *letter, struct str kept, struct buf *out)
{
	static const struct {
		const char *field;
		enum letter_role role;
	} roles[] = { { "To", LETTER_TO }, { "Cc", LETTER_CC }, { "Bcc", LETTER_BCC } };

	if (!fields_has(kept, STR("From")))
		put_person(out, "From", &letter->from);
	if (!fields_has(kept, STR("Sender")))
		put_person(out, "Sender", &letter->sender);
	if (!fields_has(kept, STR("Reply-To")))
		put_person(out, "Reply-To", &letter->reply_to);
	for (size_t i = 0; i < COUNT_OF(roles); i++)
		if (!fields_has(kept, str_of(roles[i].field)))
			put_people(out, roles[i].field, letter, roles[i].role);
	if (letter->subject && *letter->subject && !fields_has(kept, STR("Subject")))
		encode_field(out, "Subject", str_of(letter->subject));
	if (letter->has_date && !fields_has(kept, STR("Date")))
		put_date(out, letter->date);
	if (is_message_id(str_of(letter->message_id)) && !fields_has(kept, STR("Message-ID")))
		encode_structured(out, "Message-ID", str_of(letter->message_id));
	else if (letter->message_id && *letter->message_id && !fields_has(kept, STR("Message-ID")) &&
		 !fields_has(kept, STR("X-Original-Message-ID")))
		encode_field(out, "X-Original-Message-ID", str_of(letter->message_id));
	if (is_message_id(str_of(letter->in_reply_to)) && !fields_has(kept, STR("In-Reply-To")))
		encode_structured(out, "In-Reply-To", str_of(letter->in_reply_to));
	if (letter->references && *letter->references && !fields_has(kept, STR("References")))
		encode_field(out, "References", str_of(letter->references));
	if (letter->importance != 1 && !fields_has(kept, STR("Importance")))
		encode_structured(out, "Importance", letter->importance == 2 ? STR("high") : STR("low"));
}

static void put_header(struct compose *compose, const struct letter *letter)
{
	struct buf out, kept;

	buf_init(&out, HEADER_CAP);
	buf_init(&kept, HEADER_CAP);
	put_kept(letter, &out, &kept);
	put_own(letter, buf_str(&kept), &out);
	buf_add_text(&out, "MIME-Version: 1.0\r\n");
	mail_put_buf(compose->sink, &out);
	buf_fini(&kept);
	buf_fini(&out);
}

/* "=_" cannot stand in base64 nor in quoted-printable. */
static void open_multipart(struct compose *compose, const char *subtype, char boundary[BOUNDARY_SIZE])
{
	char line[160];

	snprintf(boundary, BOUNDARY_SIZE, "=_postmend_%08X_%06u", (unsigned)compose->seed,
		 compose->boundaries++ % 1000000);
	snprintf(line, sizeof line, "Content-Type: multipart/%s;\r\n boundary=\"%s\"\r\n\r\n", subtype,
		 boundary);
	mail_put_text(compose->sink, line);
}

static void next_part(struct compose *compose, const char *boundary)
{
	mail_put_text(compose->sink, "--");
	mail_put_text(compose->sink, boundary);
	mail_put_text(compose->sink, "\r\n");
}

static void close_multipart(struct compose *compose, const char *boundary)
{
	mail_put_text(compose->sink, "--");
	mail_put_text(compose->sink, boundary);
	mail_put_text(compose->sink, "--\r\n");
}

static void put_text_part(struct compose *compose, const char *type, const char *charset, struct view text,
			  bool is_inside)
{
	char head[200];

	snprintf(head, sizeof head,
		 "Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", type,
		 charset);
	mail_put_text(compose->sink, head);
	/* Inside a multipart the line's end in front of the boundary belongs to that. */
	if (is_inside)
		(void)encode_quoted_printable(compose->sink, text);
	else if (!encode_quoted_printable(compose->sink, text))
		return;
	mail_put_text(compose->sink, is_inside ? "\r\n" : "=\r\n");
}

static bool is_token(const char *text)
{
	struct str s = str_of(text), type = str_cut(&s, '/');

	for (size_t i = 0; text[i]; i++)
		if (!str_is_alpha(text[i]) && !str_is_digit(text[i]) && !strchr("/.+-_", text[i]))
			return false;
	return type.len && s.len && s.len < 80 && str_find_char(s, '/') == SIZE_MAX &&
	       !str_is_nocase(type, "multipart") && !str_is_nocase(type, "message");
}

static void put_id(struct buf *head, struct str id)
{
	if (id.len && id.at[0] == '<')
		id = str_skip(id, 1);
	if (id.len == 0 || id.len > 900 || str_find_char(id, ' ') != SIZE_MAX)
		return;
	buf_add_text(head, "Content-ID: <");
	for (size_t i = 0; i < id.len; i++)
		if (id.at[i] > 32 && id.at[i] < 127 && id.at[i] != '>')
			buf_add_byte(head, (uint8_t)id.at[i]);
	buf_add_text(head, ">\r\n");
}

static bool put_part(struct compose *compose, const struct letter_part *part)
{
	struct encode_base64 file = { .sink = compose->sink };
	const char *type = part->type && is_token(part->type) ? part->type : "application/octet-stream";
	struct buf head;
	bool good;

	buf_init(&head, HEADER_CAP);
	buf_printf(&head, "Content-Type: %s", part->is_message ? "message/rfc822" : type);
	if (part->name && *part->name && !part->is_message)
		encode_parameter(&head, "name", str_of(part->name));
	buf_add_text(&head, "\r\n");
	if (!part->is_message)
		buf_add_text(&head, "Content-Transfer-Encoding: base64\r\n");
	buf_printf(&head, "Content-Disposition: %s", part->is_inline ? "inline" : "attachment");
	if (part->name && *part->name)
		encode_parameter(&head, "filename", str_of(part->name));
	buf_add_text(&head, "\r\n");
	put_id(&head, str_of(part->id));
	buf_add_text(&head, "\r\n");
	mail_put_buf(compose->sink, &head);
	buf_fini(&head);
	good = part->write(part->context, compose, &file);
	encode_base64_end(&file);
	/* The line's end in front of the boundary belongs to that, not to the message inside. */
	if (part->is_message)
		mail_put_text(compose->sink, "\r\n");
	return good;
}

static size_t n_bodies(const struct letter *letter)
{
	return (letter->text.at ? 1U : 0U) + (letter->html.at ? 1U : 0U) + (letter->calendar.at ? 1U : 0U);
}

static void put_calendar(struct compose *compose, const struct letter *letter, bool is_inside)
{
	char type[80];

	snprintf(type, sizeof type, "text/calendar; method=%.20s",
		 letter->calendar_method ? letter->calendar_method : "PUBLISH");
	put_text_part(compose, type, "utf-8", letter->calendar, is_inside);
}

/* One body as it is, several as alternatives, the plainest first. */
static void put_bodies(struct compose *compose, const struct letter *letter, bool is_inside)
{
	char boundary[BOUNDARY_SIZE];
	bool several = n_bodies(letter) > 1;

	if (several)
		open_multipart(compose, "alternative", boundary);
	if (letter->text.at || n_bodies(letter) == 0) {
		if (several)
			next_part(compose, boundary);
		put_text_part(compose, "text/plain", "utf-8", letter->text, is_inside || several);
	}
	if (letter->html.at) {
		if (several)
			next_part(compose, boundary);
		put_text_part(compose, "text/html", letter->html_charset ? letter->html_charset : "utf-8",
			      letter->html, is_inside || several);
	}
	if (letter->calendar.at) {
		if (several)
			next_part(compose, boundary);
		put_calendar(compose, letter, is_inside || several);
	}
	if (several)
		close_multipart(compose, boundary);
}

static size_t count_inline(const struct letter *letter)
{
	size_t n = 0;

	for (size_t i = 0; i < letter->n_parts; i++)
		n += letter->parts[i].is_inline;
	return n;
}

static bool put_parts(struct compose *compose, const struct letter *letter, const char *boundary,
		      bool is_inline)
{
	bool good = true;

	for (size_t i = 0; i < letter->n_parts && !compose->sink->failed; i++) {
		if (letter->parts[i].is_inline != is_inline)
			continue;
		next_part(compose, boundary);
		good = put_part(compose, &letter->parts[i]) && good;
	}
	return good;
}

/* Bodies, and what is shown inside them (RFC 2387). */
static bool put_related(struct compose *compose, const struct letter *letter, bool is_inside)
{
	char boundary[BOUNDARY_SIZE];
	bool good;

	if (count_inline(letter) == 0) {
		put_bodies(compose, letter, is_inside);
		return true;
	}
	open_multipart(compose, "related", boundary);
	next_part(compose, boundary);
	put_bodies(compose, letter, true);
	good = put_parts(compose, letter, boundary, true);
	close_multipart(compose, boundary);
	return good;
}

bool compose_letter(struct compose *compose, const struct letter *letter)
{
	char boundary[BOUNDARY_SIZE];
	bool good;

	put_header(compose, letter);
	if (letter->n_parts == count_inline(letter))
		return put_related(compose, letter, false);
	open_multipart(compose, "mixed", boundary);
	next_part(compose, boundary);
	good = put_related(compose, letter, true);
	good = put_parts(compose, letter, boundary, false) && good;
	close_multipart(compose, boundary);
	return good;
}
