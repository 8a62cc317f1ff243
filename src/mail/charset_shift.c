/* This file reads text in encodings that switch between character sets.
 *
 * Their characters stand in the tables of code pages that are there anyway: rows
 * and cells of JIS X 0208 are those of Shift_JIS in another order, KS X 1001 and
 * GB 2312 those of 949 and 936 with the high bits taken off.
 */
#include "mail/charset_shift.h"

#include "base/checked.h"
#include "base/code_page.h"
#include "base/str.h"
#include "base/unicode.h"

enum { SHIFT_JIS = 932, GBK = 936, KOREAN = 949 };
enum { ESCAPE = 0x1B, SHIFT_OUT = 0x0E, SHIFT_IN = 0x0F, HIGH = 0x80 };

/* The set that bytes are read in at the moment. */
enum shift_set { SET_ASCII, SET_KANA, SET_JIS, SET_KOREAN, SET_CHINESE, SET_FOREIGN };

struct shifting {
	enum shift_set set, wide; /* wide: what SHIFT_OUT leads to */
	struct buf *out;
};

static void put(struct shifting *s, uint32_t character)
{
	char one[UNICODE_UTF8_MAX];

	buf_add(s->out, view_of(one, unicode_put(one, character)));
}

/* A character of one or two bytes of a code page. */
static void put_of(struct shifting *s, uint32_t page, uint8_t first, uint8_t second)
{
	uint8_t bytes[2] = { first, second };
	struct cursor c = cursor_of(view_of(bytes, second ? 2 : 1));
	uint32_t character = code_page_next(code_page_of(page), &c);

	put(s, cursor_left(&c) ? CODE_PAGE_REPLACEMENT : character);
}

static bool is_cell(uint8_t byte)
{
	return byte >= 0x21 && byte <= 0x7E;
}

/* Two rows of JIS X 0208 make one lead byte of Shift_JIS. */
static void put_jis(struct shifting *s, uint8_t row, uint8_t cell)
{
	uint8_t lead = (uint8_t)(((row - 0x21) >> 1) + (row < 0x5F ? 0x81 : 0xC1));
	uint8_t trail = (uint8_t)(row & 1 ? cell + (cell < 0x60 ? 0x1F : 0x20) : cell + 0x7E);

	put_of(s, SHIFT_JIS, lead, trail);
}

static void put_pair(struct shifting *s, uint8_t first, uint8_t second)
{
	switch (s->set) {
	case SET_JIS:
		put_jis(s, first, second);
		return;
	case SET_KOREAN:
		put_of(s, KOREAN, first | HIGH, second | HIGH);
		return;
	case SET_CHINESE:
		put_of(s, GBK, first | HIGH, second | HIGH);
		return;
	case SET_ASCII:
	case SET_KANA:
	case SET_FOREIGN:
		put(s, CODE_PAGE_REPLACEMENT);
		return;
	}
}

/* The byte at hand by the set at hand; the end of a line ends every set. */
static void take_by_set(struct shifting *s, uint8_t byte, struct cursor *c)
{
	struct cursor ahead = *c;
	uint8_t second = cursor_u8(&ahead);

	if (byte == '\n')
		s->set = SET_ASCII;
	if (s->set == SET_KANA && is_cell(byte)) {
		put_of(s, SHIFT_JIS, byte | HIGH, 0);
	} else if (s->set != SET_ASCII && s->set != SET_KANA && is_cell(byte) && cursor_ok(&ahead) &&
		   is_cell(second)) {
		put_pair(s, byte, second);
		*c = ahead;
	} else if (byte >= 0xA1 && byte <= 0xDF) {
		/* Half-width kana with eight bits, as some write them. */
		put_of(s, SHIFT_JIS, byte, 0);
	} else {
		put(s, byte < HIGH ? byte : CODE_PAGE_REPLACEMENT);
	}
}

static const struct {
	const char *escape; /* without the ESC */
	enum shift_set set;
} escapes[] = {
	{ "(B", SET_ASCII }, { "(J", SET_ASCII },   { "(I", SET_KANA },     { "$@", SET_JIS },
	{ "$B", SET_JIS },   { "$(C", SET_KOREAN }, { "$(D", SET_FOREIGN }, { "$A", SET_CHINESE },
};

/* False when what follows the ESC is no switch that is known. */
static bool take_escape(struct shifting *s, struct cursor *c)
{
	struct cursor left = *c;
	struct str rest = str_from_view(cursor_take(&left, cursor_left(&left)));

	/* ISO-2022-KR says once, at the start, what SHIFT_OUT leads to. */
	if (str_starts(rest, STR("$)C"))) {
		s->wide = SET_KOREAN;
		cursor_skip(c, 3);
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(escapes); i++) {
		struct str escape = str_of(escapes[i].escape);

		if (!str_starts(rest, escape))
			continue;
		s->set = escapes[i].set;
		cursor_skip(c, escape.len);
		return true;
	}
	return false;
}

static void read_iso_2022(struct shifting *s, struct cursor *c)
{
	uint8_t byte = cursor_u8(c);

	if (byte == ESCAPE && take_escape(s, c))
		return;
	if (byte == SHIFT_OUT)
		s->set = s->wide;
	else if (byte == SHIFT_IN)
		s->set = SET_ASCII;
	else
		take_by_set(s, byte, c);
}

static void read_euc_jp(struct shifting *s, struct cursor *c)
{
	uint8_t first = cursor_u8(c);
	struct cursor ahead = *c;
	uint8_t second = cursor_u8(&ahead);
	bool has_second = cursor_ok(&ahead) && second > 0xA0 && second < 0xFF;

	if (first < HIGH) {
		put(s, first);
		return;
	}
	if (first == 0x8E && has_second)
		put_of(s, SHIFT_JIS, second, 0);
	else if (first > 0xA0 && first < 0xFF && has_second)
		put_jis(s, first & 0x7F, second & 0x7F);
	else
		put(s, CODE_PAGE_REPLACEMENT);
	if (has_second)
		*c = ahead;
	/* JIS X 0212 has a third byte, and no table here. */
	if (first == 0x8F && has_second && cursor_left(c))
		cursor_skip(c, 1);
}

/* "~{" and "~}" switch, "~~" is a tilde, and one that ends a line joins it to the next. */
static void read_hz(struct shifting *s, struct cursor *c)
{
	uint8_t byte = cursor_u8(c);
	struct cursor ahead = *c;
	uint8_t second = cursor_u8(&ahead);
	bool is_switch = byte == '~' && cursor_ok(&ahead) && (second == '{' || second == '}');

	if (!is_switch &&
	    (byte != '~' || s->set != SET_ASCII || !cursor_ok(&ahead) || (second != '~' && second != '\n'))) {
		take_by_set(s, byte, c);
		return;
	}
	if (is_switch)
		s->set = second == '{' ? SET_CHINESE : SET_ASCII;
	else if (second == '~')
		put(s, '~');
	*c = ahead;
}

static int digit_of(uint8_t byte)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t at = byte ? str_find_char(str_of(digits), (char)byte) : SIZE_MAX;

	return at == SIZE_MAX ? -1 : (int)at;
}

/* What stands between "+" and "-": UTF-16 in base64 without padding. */
static void read_utf_7(struct shifting *s, struct cursor *c)
{
	uint8_t byte = cursor_u8(c);
	uint32_t held = 0, high = 0;
	unsigned bits = 0, n = 0;

	if (byte != '+') {
		put(s, byte < HIGH ? byte : CODE_PAGE_REPLACEMENT);
		return;
	}
	for (; cursor_left(c); n++) {
		struct cursor ahead = *c;
		int digit = digit_of(cursor_u8(&ahead));
		uint32_t unit;

		if (digit < 0)
			break;
		*c = ahead;
		held = held << 6 | (uint32_t)digit;
		bits += 6;
		if (bits < 16)
			continue;
		bits -= 16;
		unit = held >> bits & 0xFFFF;
		if (unit >= 0xD800 && unit < 0xDC00 && !high) {
			high = unit;
			continue;
		}
		put(s, high && unit >= 0xDC00 && unit < 0xE000
			       ? 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00)
			       : unit);
		high = 0;
	}
	if (high)
		put(s, CODE_PAGE_REPLACEMENT);
	if (cursor_left(c)) {
		struct cursor ahead = *c;

		if (cursor_u8(&ahead) == '-') {
			*c = ahead;
			if (n == 0)
				put(s, '+');
		}
	}
}

static const struct {
	uint32_t page;
	bool is_ascii;
	void (*read)(struct shifting *s, struct cursor *c);
} rows[] = {
	{ 50220, true, read_iso_2022 }, { 50221, true, read_iso_2022 }, { 50222, true, read_iso_2022 },
	{ 50225, true, read_iso_2022 }, { 51932, false, read_euc_jp },  { 52936, true, read_hz },
	{ 65000, true, read_utf_7 },
};

bool charset_shift_has(uint32_t page)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].page == page)
			return true;
	return false;
}

bool charset_shift_is_ascii(uint32_t page)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].page == page)
			return rows[i].is_ascii;
	return false;
}

void charset_shift_to_utf8(uint32_t page, struct view text, struct buf *out)
{
	struct shifting s = { .set = SET_ASCII, .wide = page == 50225 ? SET_KOREAN : SET_KANA, .out = out };
	struct cursor c = cursor_of(text);

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		while (rows[i].page == page && cursor_left(&c) && !buf_failed(out))
			rows[i].read(&s, &c);
}
