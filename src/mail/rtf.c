/* This file turns RTF into what it was before Outlook wrapped it, or into plain text. */
#include "mail/rtf.h"

#include "base/checked.h"
#include "base/code_page.h"
#include "base/cursor.h"
#include "base/str.h"
#include "base/unicode.h"

enum { DEPTH_MAX = 256, FONTS_MAX = 512, WORD_MAX = 32, HEAD_LEN = 1024, PENDING_MAX = 4 };

/* What a group inherits. */
struct group {
	bool is_silent;  /* a destination that is not part of the text */
	bool is_markup;  /* \*\htmltag: as it stands */
	bool is_dropped; /* \htmlrtf: there for RTF readers alone */
	bool is_fonts;   /* the font table */
	uint16_t page;   /* code page of \'xx */
	unsigned skip;   /* \uc: characters behind \u for readers without Unicode */
};

struct font {
	int number;
	uint16_t page;
};

struct rtf {
	struct cursor c;
	struct buf *out;
	enum rtf_kind kind;
	struct group stack[DEPTH_MAX], now;
	size_t depth, beyond; /* groups deeper than the stack are silent */
	unsigned to_skip;     /* characters that stand for the last \u */
	struct font fonts[FONTS_MAX];
	size_t n_fonts;
	int font;                     /* being described */
	uint16_t page;                /* \ansicpg */
	uint32_t high;                /* first half of a pair, or 0 */
	uint8_t pending[PENDING_MAX]; /* bytes of a character of several bytes */
	size_t n_pending;
	bool star; /* the group began with \* */
};

static const struct {
	int charset;
	uint16_t page;
} charsets[] = {
	{ 0, 1252 },   { 77, 10000 }, { 128, 932 },  { 129, 949 },  { 134, 936 },  { 136, 950 },
	{ 161, 1253 }, { 162, 1254 }, { 163, 1258 }, { 177, 1255 }, { 178, 1256 }, { 186, 1257 },
	{ 204, 1251 }, { 222, 874 },  { 238, 1250 }, { 254, 437 },
};

static bool shows(const struct rtf *r)
{
	return r->beyond == 0 && !r->now.is_silent && !r->now.is_fonts &&
	       !(r->kind == RTF_HTML && r->now.is_dropped && !r->now.is_markup);
}

static void put_character(struct rtf *r, uint32_t character)
{
	char text[UNICODE_UTF8_MAX];

	if (!shows(r) || character == 0)
		return;
	buf_add(r->out, view_of(text, unicode_put(text, character)));
}

static void flush_bytes(struct rtf *r)
{
	const struct code_page *page = code_page_of(r->now.page ? r->now.page : CODE_PAGE_WESTERN);
	struct cursor c = cursor_of(view_of(r->pending, r->n_pending));

	if (!page)
		page = code_page_of(CODE_PAGE_WESTERN);
	while (cursor_left(&c))
		put_character(r, code_page_next(page, &c));
	r->n_pending = 0;
}

static bool is_lead(const struct rtf *r, uint8_t byte)
{
	uint16_t page = r->now.page;

	return byte >= 0x81 && (page == 932 || page == 936 || page == 949 || page == 950) &&
	       !(page == 932 && byte >= 0xA0 && byte <= 0xDF);
}

/* A byte of text in the font's code page; two of them may be one character. */
static void put_byte(struct rtf *r, uint8_t byte)
{
	if (r->to_skip) {
		r->to_skip--;
		return;
	}
	if (r->n_pending == 0 && byte < 0x80) {
		put_character(r, byte);
		return;
	}
	r->pending[r->n_pending++] = byte;
	if (r->n_pending == 2 || !is_lead(r, byte))
		flush_bytes(r);
}

static void put_text(struct rtf *r, const char *text)
{
	if (r->n_pending)
		flush_bytes(r);
	if (shows(r))
		buf_add_text(r->out, text);
}

/* What stands for a character: in HTML an entity, because its own text is ASCII. */
struct symbol {
	const char *word, *text, *entity;
};

static const struct symbol symbols[] = {
	{ "par", "\r\n", "\r\n" },       { "line", "\r\n", "\r\n" },   { "tab", "\t", "\t" },
	{ "lquote", "‘", "&lsquo;" },    { "rquote", "’", "&rsquo;" }, { "ldblquote", "“", "&ldquo;" },
	{ "rdblquote", "”", "&rdquo;" }, { "bullet", "•", "&bull;" },  { "endash", "–", "&ndash;" },
	{ "emdash", "—", "&mdash;" },    { "cell", "\t", "" },         { "row", "\r\n", "" },
	{ "sect", "\r\n", "" },          { "page", "\r\n", "" },
};

static const char *const silent[] = {
	"fonttbl", "colortbl", "stylesheet", "info",      "pict",      "object",   "header",
	"footer",  "headerl",  "headerr",    "footerl",   "footerr",   "footnote", "listtable",
	"xe",      "tc",       "mhtmltag",   "themedata", "datastore", "fldinst",
};

static void set_unicode(struct rtf *r, int value)
{
	uint32_t unit = (uint32_t)(value < 0 ? value + 65536 : value) & 0xFFFF;

	if (r->n_pending)
		flush_bytes(r);
	r->to_skip = r->now.skip;
	if (unit >= 0xD800 && unit < 0xDC00) {
		r->high = unit;
		return;
	}
	if (r->high && unit >= 0xDC00 && unit < 0xE000)
		unit = 0x10000 + ((r->high - 0xD800) << 10) + (unit - 0xDC00);
	r->high = 0;
	put_character(r, unit);
}

static uint16_t page_of_font(const struct rtf *r, int number)
{
	for (size_t i = 0; i < r->n_fonts; i++)
		if (r->fonts[i].number == number)
			return r->fonts[i].page;
	return r->page;
}

static void set_charset(struct rtf *r, int charset)
{
	if (!r->now.is_fonts || r->n_fonts == FONTS_MAX)
		return;
	for (size_t i = 0; i < COUNT_OF(charsets); i++)
		if (charsets[i].charset == charset)
			r->fonts[r->n_fonts++] = (struct font){ r->font, charsets[i].page };
}

static bool is_word(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

/* Words that change how text is read; false for others. */
static bool set_state(struct rtf *r, struct str word, bool has_value, int value)
{
	if (str_is(word, "ansicpg")) {
		r->page = (uint16_t)value;
		r->now.page = r->page;
	} else if (str_is(word, "uc")) {
		r->now.skip = value > 0 && value < 16 ? (unsigned)value : 0;
	} else if (str_is(word, "u") && has_value) {
		set_unicode(r, value);
	} else if (str_is(word, "f") && has_value) {
		r->font = value;
		if (!r->now.is_fonts)
			r->now.page = page_of_font(r, value);
	} else if (str_is(word, "fcharset") && has_value) {
		set_charset(r, value);
	} else if (str_is(word, "htmlrtf")) {
		r->now.is_dropped = !has_value || value != 0;
	} else if (str_is(word, "htmltag")) {
		r->now.is_markup = true;
	} else if (str_is(word, "plain") || str_is(word, "pard")) {
		return true;
	} else {
		return false;
	}
	return true;
}

static void take_word(struct rtf *r, struct str word, bool has_value, int value)
{
	bool star = r->star;

	r->star = false;
	if (r->n_pending)
		flush_bytes(r);
	if (set_state(r, word, has_value, value))
		return;
	if (str_is(word, "fonttbl"))
		r->now.is_fonts = true;
	else if (star || is_word(word, silent, COUNT_OF(silent)))
		r->now.is_silent = true;
	for (size_t i = 0; i < COUNT_OF(symbols); i++)
		if (str_is(word, symbols[i].word)) {
			/* In markup a word for a line's end is one, but others are RTF's own. */
			put_text(r, r->kind == RTF_HTML ? symbols[i].entity : symbols[i].text);
			return;
		}
}

static uint8_t peek(const struct rtf *r)
{
	struct cursor ahead = r->c;

	return cursor_u8(&ahead);
}

static int read_value(struct rtf *r, bool *has_value)
{
	bool negative = peek(r) == '-';
	int value = 0;
	size_t n = 0;

	if (negative)
		cursor_skip(&r->c, 1);
	while (cursor_left(&r->c) && str_is_digit((char)peek(r)) && n < 9) {
		value = value * 10 + (cursor_u8(&r->c) - '0');
		n++;
	}
	*has_value = n > 0;
	return negative ? -value : value;
}

static uint8_t read_hex(struct rtf *r)
{
	unsigned value = 0;

	for (int i = 0; i < 2; i++) {
		char c = str_lower_char((char)cursor_u8(&r->c));

		value = value * 16 + (str_is_digit(c)        ? (unsigned)(c - '0')
				      : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
							     : 0);
	}
	return (uint8_t)value;
}

/* Behind a backslash. */
static void take_control(struct rtf *r)
{
	char word[WORD_MAX];
	size_t len = 0;
	bool has_value = false;
	int value;
	uint8_t c = peek(r);

	if (!str_is_alpha((char)c)) {
		cursor_skip(&r->c, 1);
		if (c == '\'')
			put_byte(r, read_hex(r));
		else if (c == '*')
			r->star = true;
		else if (c == '\\' || c == '{' || c == '}')
			put_byte(r, c);
		else if (c == '~')
			put_text(r, r->kind == RTF_HTML ? "&nbsp;" : "\u00A0");
		else if (c == '_')
			put_text(r, r->kind == RTF_HTML ? "&shy;" : "-");
		else if (c == '\r' || c == '\n')
			put_text(r, "\r\n");
		return;
	}
	while (cursor_left(&r->c) && str_is_alpha((char)peek(r)) && len < sizeof word)
		word[len++] = (char)cursor_u8(&r->c);
	value = read_value(r, &has_value);
	if (peek(r) == ' ' && cursor_left(&r->c))
		cursor_skip(&r->c, 1);
	if (str_is((struct str){ word, len }, "bin") && value > 0) {
		cursor_skip(&r->c, (size_t)value);
		return;
	}
	take_word(r, (struct str){ word, len }, has_value, value);
}

static void open_group(struct rtf *r)
{
	if (r->n_pending)
		flush_bytes(r);
	r->to_skip = 0;
	if (r->depth == DEPTH_MAX)
		r->beyond++;
	else
		r->stack[r->depth++] = r->now;
	r->star = false;
}

static void close_group(struct rtf *r)
{
	if (r->n_pending)
		flush_bytes(r);
	r->to_skip = 0;
	if (r->beyond)
		r->beyond--;
	else if (r->depth)
		r->now = r->stack[--r->depth];
}

static bool holds(struct view rtf, struct str word)
{
	return str_find(str_head(str_from_view(rtf), HEAD_LEN), word) != SIZE_MAX;
}

enum rtf_kind rtf_kind_of(struct view rtf)
{
	if (!str_starts(str_from_view(rtf), STR("{\\rtf")))
		return RTF_NONE;
	if (holds(rtf, STR("\\fromhtml")))
		return RTF_HTML;
	return holds(rtf, STR("\\fromtext")) ? RTF_TEXT : RTF_OWN;
}

static void unwrap(struct rtf *r)
{
	while (cursor_left(&r->c) && !buf_failed(r->out)) {
		uint8_t c = cursor_u8(&r->c);

		if (c == '{')
			open_group(r);
		else if (c == '}')
			close_group(r);
		else if (c == '\\')
			take_control(r);
		else if (c != '\r' && c != '\n')
			put_byte(r, c);
	}
	if (r->n_pending)
		flush_bytes(r);
}

void rtf_unwrap(struct view rtf, struct buf *out)
{
	struct arena *arena = arena_new(sizeof(struct rtf) + 64);
	struct rtf *r = arena ? arena_alloc(arena, sizeof *r) : NULL;

	if (r) {
		r->c = cursor_of(rtf);
		r->out = out;
		r->kind = rtf_kind_of(rtf);
		r->page = r->now.page = CODE_PAGE_WESTERN;
		r->now.skip = 1;
		unwrap(r);
	} else {
		out->failed = true;
	}
	arena_drop(&arena);
}
