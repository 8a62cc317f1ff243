/* This file writes the pieces of JSON lines. */
#include "mail/json_text.h"

#include <stdio.h>

/* The letter behind the backslash, or 0. */
static char short_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
		return c;
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

void json_text_put(struct mail_sink *sink, struct str text)
{
	size_t from = 0;

	mail_put_text(sink, "\"");
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];
		char letter = short_escape(text.at[i]), code[8];

		if (!letter && c >= 32 && c != 127)
			continue;
		mail_put(sink, view_of(text.at + from, i - from));
		from = i + 1;
		if (letter)
			snprintf(code, sizeof code, "\\%c", letter);
		else
			snprintf(code, sizeof code, "\\u%04x", c);
		mail_put_text(sink, code);
	}
	if (text.len > from)
		mail_put(sink, view_of(text.at + from, text.len - from));
	mail_put_text(sink, "\"");
}

void json_text_put_base64(struct mail_sink *sink, struct view bytes)
{
	struct encode_base64 e = { .sink = sink, .unbroken = true };

	mail_put_text(sink, "\"");
	encode_base64_add(&e, bytes);
	encode_base64_end(&e);
	mail_put_text(sink, "\"");
}

void json_text_put_hex(struct mail_sink *sink, uint32_t number, unsigned digits)
{
	char text[24];

	snprintf(text, sizeof text, "\"0x%0*X\"", (int)(digits < 8 ? digits : 8), (unsigned)number);
	mail_put_text(sink, text);
}
