/* This file makes text of a stranger safe to look at: the one place for it. */
#include "report/escape.h"

#include "base/checked.h"

struct range {
	uint32_t first, last;
};

/* What a terminal or a browser would obey or hide instead of showing: controls,
 * invisible and bidirectional formatting, separators, tags, noncharacters. */
static const struct range unsafe[] = {
	{ 0x00, 0x1F },       { 0x7F, 0x9F },       { 0xAD, 0xAD },         { 0x061C, 0x061C },
	{ 0x180E, 0x180E },   { 0x200B, 0x200F },   { 0x2028, 0x202E },     { 0x2060, 0x206F },
	{ 0xFE00, 0xFE0F },   { 0xFEFF, 0xFEFF },   { 0xFFF0, 0xFFFB },     { 0xFFFE, 0xFFFF },
	{ 0xE0000, 0xE0FFF }, { 0xF0000, 0xFFFFF }, { 0x100000, 0x10FFFF },
};

/* Two columns: the blocks of East Asian scripts and of pictures. */
static const struct range wide[] = {
	{ 0x1100, 0x115F }, { 0x2E80, 0x303E },   { 0x3041, 0xA4CF },
	{ 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF },   { 0xFE30, 0xFE6F },
	{ 0xFF00, 0xFF60 }, { 0x1F300, 0x1F9FF }, { 0x20000, 0x3FFFD },
};

static bool is_in(const struct range *ranges, size_t n, uint32_t code)
{
	for (size_t i = 0; i < n; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* Length of the sequence that a first byte announces (RFC 3629), 0 when none. */
static size_t sequence_len(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xC2 && first <= 0xDF)
		return 2;
	if (first >= 0xE0 && first <= 0xEF)
		return 3;
	return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

struct character escape_first(struct str text)
{
	static const unsigned char first_bits[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	unsigned char first = (unsigned char)text.at[0];
	size_t len = sequence_len(first);
	uint32_t code;

	/* str_is_utf8() refuses NUL, which is UTF-8 but never safe. */
	if (len == 0 || len > text.len || (first && !str_is_utf8(str_head(text, len))))
		return (struct character){ .code = first, .len = 1 };
	code = first & first_bits[len];
	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)text.at[i] & 0x3F);
	return (struct character){
		.code = code,
		.len = len,
		.is_utf8 = true,
		.is_safe = !is_in(unsafe, COUNT_OF(unsafe), code),
	};
}

static void add_bytes(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		buf_printf(out, "\\x%02x", (unsigned char)text.at[i]);
}

void escape_terminal(struct buf *out, struct str text)
{
	while (text.len) {
		struct character c = escape_first(text);

		if (c.is_safe)
			buf_add_str(out, str_head(text, c.len));
		else
			add_bytes(out, str_head(text, c.len));
		text = str_skip(text, c.len);
	}
}

static const char *html_entity(uint32_t code)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void escape_html(struct buf *out, struct str text)
{
	while (text.len) {
		struct character c = escape_first(text);
		const char *entity = c.is_utf8 ? html_entity(c.code) : NULL;

		if (entity)
			buf_add_text(out, entity);
		else if (c.is_safe)
			buf_add_str(out, str_head(text, c.len));
		else
			add_bytes(out, str_head(text, c.len));
		text = str_skip(text, c.len);
	}
}

static void json_character(struct buf *out, struct character c, struct str bytes)
{
	if (!c.is_utf8)
		buf_add_text(out, "\\ufffd");
	else if (c.code == '"' || c.code == '\\')
		buf_printf(out, "\\%c", (int)c.code);
	else if (c.code == '\n')
		buf_add_text(out, "\\n");
	else if (c.code == '\t')
		buf_add_text(out, "\\t");
	else if (c.is_safe)
		buf_add_str(out, bytes);
	else if (c.code < 0x10000)
		buf_printf(out, "\\u%04x", (unsigned)c.code);
	else /* RFC 8259 section 7: as a UTF-16 surrogate pair */
		buf_printf(out, "\\u%04x\\u%04x", 0xD7C0U + (unsigned)(c.code >> 10),
			   0xDC00U + (unsigned)(c.code & 0x3FF));
}

void escape_json(struct buf *out, struct str text)
{
	while (text.len) {
		struct character c = escape_first(text);

		json_character(out, c, str_head(text, c.len));
		text = str_skip(text, c.len);
	}
}

size_t escape_columns(struct str text)
{
	size_t columns = 0;

	while (text.len) {
		struct character c = escape_first(text);

		if (!c.is_safe)
			columns += 4 * c.len;
		else
			columns += is_in(wide, COUNT_OF(wide), c.code) ? 2 : 1;
		text = str_skip(text, c.len);
	}
	return columns;
}

struct str escape_head(struct str text, size_t len)
{
	size_t taken = 0;

	while (taken < text.len) {
		struct character c = escape_first(str_skip(text, taken));

		if (taken + c.len > len)
			break;
		taken += c.len;
	}
	return str_head(text, taken);
}
