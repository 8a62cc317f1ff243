/* This file writes the lines of calendars and cards. */
#include "mail/card_line.h"

enum { LINE_MAX = 74, LINE_CAP = 40 << 20 };

/* How many bytes of the text stand on the next line: at least one character. */
static size_t fit(struct str text, size_t room)
{
	size_t n = text.len < room ? text.len : room;

	while (n > 1 && n < text.len && ((unsigned char)text.at[n] & 0xC0) == 0x80)
		n--;
	return n;
}

void card_line_put(struct buf *out, struct str line)
{
	size_t room = LINE_MAX;

	do {
		size_t n = fit(line, room);

		if (room != LINE_MAX)
			buf_add_text(out, "\r\n ");
		buf_add_str(out, str_head(line, n));
		line = str_skip(line, n);
		room = LINE_MAX - 1;
	} while (line.len);
	buf_add_text(out, "\r\n");
}

void card_line_escape(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c == '\n')
			buf_add_text(out, "\\n");
		else if (c == '\\' || c == ',' || c == ';')
			buf_printf(out, "\\%c", c);
		else if (c >= ' ' || c == '\t')
			buf_add_byte(out, c);
	}
}

void card_line_quote(struct buf *out, struct str text)
{
	buf_add_byte(out, '"');
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] >= ' ' && text.at[i] != '"')
			buf_add_byte(out, (uint8_t)text.at[i]);
	buf_add_byte(out, '"');
}

void card_line_text(struct buf *out, const char *head, const char *value)
{
	struct buf line;

	if (!value || !*value)
		return;
	buf_init(&line, LINE_CAP);
	buf_printf(&line, "%s:", head);
	card_line_escape(&line, str_of(value));
	card_line_put(out, buf_str(&line));
	buf_fini(&line);
}
