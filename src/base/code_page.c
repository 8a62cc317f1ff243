/* This file reads text that is written in one of Windows' code pages. */
#include "base/code_page.h"

#include "base/code_page_table.h"

enum { ASCII = 20127, ASCII_END = 0x80 };

static const struct code_page utf8 = { CODE_PAGE_UTF8, NULL, NULL }, ascii = { ASCII, NULL, NULL };

const struct code_page *code_page_of(uint32_t number)
{
	if (number == CODE_PAGE_UTF8)
		return &utf8;
	if (number == ASCII)
		return &ascii;
	for (size_t i = 0; i < code_page_table_count; i++)
		if (code_page_table[i].number == number)
			return &code_page_table[i];
	return NULL;
}

/* RFC 3629: the shortest form alone, no surrogates, nothing beyond U+10FFFF. */
static uint32_t next_utf8(uint32_t first, struct cursor *c)
{
	static const struct {
		uint8_t from, to, mask;
		uint32_t least;
	} rows[] = { { 0xC2, 0xDF, 0x1F, 0x80 }, { 0xE0, 0xEF, 0x0F, 0x800 }, { 0xF0, 0xF4, 0x07, 0x10000 } };
	struct cursor ahead = *c;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint32_t value = first & rows[i].mask;
		bool holds = true;

		if (first < rows[i].from || first > rows[i].to)
			continue;
		for (size_t k = 0; k <= i; k++) {
			uint32_t byte = cursor_u8(&ahead);

			holds = holds && (byte & 0xC0) == 0x80;
			value = value << 6 | (byte & 0x3F);
		}
		if (!holds || !cursor_ok(&ahead) || value < rows[i].least || value > 0x10FFFF ||
		    (value >= 0xD800 && value <= 0xDFFF))
			break;
		*c = ahead;
		return value;
	}
	return CODE_PAGE_REPLACEMENT;
}

static uint32_t next_pair(const struct code_page *page, uint32_t first, struct cursor *c)
{
	struct cursor ahead = *c;
	uint32_t second = cursor_u8(&ahead), value;

	if (!page->pairs || first < CODE_PAGE_LEAD_FIRST || first > CODE_PAGE_LEAD_LAST ||
	    !cursor_ok(&ahead) || second < CODE_PAGE_TRAIL_FIRST || second > CODE_PAGE_TRAIL_LAST)
		return 0;
	value = page->pairs[(first - CODE_PAGE_LEAD_FIRST) * CODE_PAGE_TRAILS + second -
			    CODE_PAGE_TRAIL_FIRST];
	if (value)
		*c = ahead;
	return value;
}

uint32_t code_page_next(const struct code_page *page, struct cursor *c)
{
	uint32_t first = cursor_u8(c), value;

	if (first < ASCII_END)
		return first;
	if (page == &utf8)
		return next_utf8(first, c);
	if (page == &ascii)
		return first;
	value = next_pair(page, first, c);
	if (value == 0)
		value = page->high[first - ASCII_END];
	if (value == 0)
		value = page->pairs ? CODE_PAGE_REPLACEMENT : first;
	return value;
}
