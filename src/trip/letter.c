/* This file writes the letters of a trip: each shows another way in which mail is damaged. */
#include "trip/letter.h"

#include "base/buf.h"
#include "base/checked.h"
#include "base/names.h"
#include "wire/base64.h"

#include <string.h>

enum { LONG_LINE = 990, LONG_LINES = 6, BYTE_VALUES = 256, COLUMNS = 76, DAY = 86400 };

static const struct name_row kind_names[] = {
	{ LETTER_PLAIN, "plain" },     { LETTER_HTML, "html" },   { LETTER_ATTACHMENT, "attachment" },
	{ LETTER_LONG_LINES, "long" }, { LETTER_LARGE, "large" },
};

const char *letter_kind_name(enum letter_kind kind)
{
	return name_of(kind_names, COUNT_OF(kind_names), (int)kind);
}

bool letter_kind_find(struct str name, enum letter_kind *out)
{
	for (size_t i = 0; i < COUNT_OF(kind_names); i++)
		if (str_is(name, kind_names[i].name)) {
			*out = (enum letter_kind)kind_names[i].value;
			return true;
		}
	return false;
}

/* RFC 5322 section 3.3, in UTC. Days to a civil date as in rules_tls: years begin in March. */
static void add_date(struct buf *out, wall_time now)
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t day = now > 0 ? now / DAY : 0, rest = now > 0 ? now % DAY : 0;
	int64_t z = day + 719468, era = z / 146097, of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153, of_month = of_year - (153 * month + 2) / 5 + 1;

	year += era * 400 + (month >= 10 ? 1 : 0);
	month += month < 10 ? 2 : -10;
	buf_printf(out, "Date: %s, %lld %s %lld %02lld:%02lld:%02lld +0000\r\n", days[day % 7],
		   (long long)of_month, months[month], (long long)year, (long long)(rest / 3600),
		   (long long)(rest / 60 % 60), (long long)(rest % 60));
}

static void add_head(struct buf *out, const struct letter_order *order)
{
	struct str rest = str_of(order->address), domain = str_of(order->address);

	while (rest.at) {
		domain = rest;
		(void)str_cut(&rest, '@');
	}
	buf_printf(out, "From: <%s>\r\nTo: <%s>\r\n", order->address, order->address);
	buf_printf(out, "Subject: postmend trip %s %s\r\n", letter_kind_name(order->kind), order->token);
	add_date(out, order->now);
	buf_printf(out, "Message-ID: <%s.%s@%.*s>\r\n", order->token, letter_kind_name(order->kind),
		   (int)domain.len, domain.at);
	buf_add_text(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
}

static void add_part_head(struct buf *out, const char *type, const char *encoding)
{
	buf_printf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n", type, encoding);
}

/* Lines that differ from each other, so that a missing one is seen. */
static void add_lines(struct buf *out, size_t size, size_t width)
{
	size_t number = 0, end = out->len + size;

	while (out->len < end && !buf_failed(out)) {
		size_t begin = out->len;

		buf_printf(out, "%08zu postmend sends this line to see whether it comes back as it was",
			   ++number);
		while (out->len - begin + 2 < width)
			buf_add_byte(out, (uint8_t)('a' + (out->len + number) % 26));
		buf_add_text(out, "\r\n");
	}
}

static void add_html(struct buf *out)
{
	add_part_head(out, "text/html; charset=utf-8", "quoted-printable");
	buf_add_text(out,
		     "<html><body>\r\n"
		     "<p>Gr=C3=BC=C3=9Fe aus K=C3=B6ln: =E2=82=AC 5, na=C3=AFve =C5=82=C3=B3d=C5=BA</p>\r\n"
		     "<p>=D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82, =E4=BD=A0=E5=A5=BD, =F0=9F=93=AC</p>\r\n"
		     "<p style=3D\"color:#123\">a &lt; b &amp; c</p>\r\n"
		     "</body></html>\r\n");
}

static void add_attachment(struct arena *arena, struct buf *out, const char *token)
{
	uint8_t bytes[4 * BYTE_VALUES];
	struct str text;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i ^ (i / BYTE_VALUES));
	text = base64_write(arena, view_of(bytes, sizeof bytes));
	buf_printf(out, "Content-Type: multipart/mixed; boundary=\"=_%s\"\r\n\r\n--=_%s\r\n", token, token);
	add_part_head(out, "text/plain; charset=us-ascii", "7bit");
	add_lines(out, LETTER_SIZE_DEFAULT / 4, COLUMNS);
	buf_printf(out, "--=_%s\r\nContent-Disposition: attachment; filename=\"bytes.bin\"\r\n", token);
	add_part_head(out, "application/octet-stream; name=\"bytes.bin\"", "base64");
	while (text.len > 0) {
		buf_add_str(out, str_head(text, COLUMNS));
		buf_add_text(out, "\r\n");
		text = str_skip(text, text.len < COLUMNS ? text.len : COLUMNS);
	}
	buf_printf(out, "--=_%s--\r\n", token);
}

static void add_body(struct arena *arena, struct buf *out, const struct letter_order *order)
{
	size_t size = order->size ? order->size : LETTER_SIZE_DEFAULT;

	switch (order->kind) {
	case LETTER_HTML:
		add_html(out);
		return;
	case LETTER_ATTACHMENT:
		add_attachment(arena, out, order->token);
		return;
	case LETTER_LONG_LINES:
		add_part_head(out, "text/plain; charset=us-ascii", "7bit");
		add_lines(out, (size_t)LONG_LINE * LONG_LINES, LONG_LINE);
		return;
	case LETTER_LARGE:
		size = LETTER_SIZE_LARGE;
		break;
	case LETTER_PLAIN:
	case LETTER_KINDS:
		break;
	}
	add_part_head(out, "text/plain; charset=us-ascii", "7bit");
	add_lines(out, size, COLUMNS);
}

enum status letter_write(struct arena *arena, const struct letter_order *order, struct letter *out)
{
	enum status status = ST_OK;
	struct buf text;

	if (order->size > LETTER_SIZE_MOST)
		return ST_LIMIT;
	buf_init(&text, LETTER_MAX);
	add_head(&text, order);
	add_body(arena, &text, order);
	*out = (struct letter){ .kind = order->kind, .token = order->token };
	if (buf_failed(&text))
		status = ST_NOMEM;
	else
		out->bytes = view_of(arena_copy(arena, text.at, text.len), text.len);
	if (status == ST_OK && !out->bytes.at)
		status = ST_NOMEM;
	buf_fini(&text);
	return status;
}
