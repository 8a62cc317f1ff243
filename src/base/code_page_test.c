/* This file tests code pages: characters that are there, and bytes that mean nothing. */
#include "base/code_page.h"

#include "base/checked.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TEXT_MAX = 8 };

static const struct {
	const char *name;
	uint32_t page;
	const char *bytes;
	uint32_t characters[TEXT_MAX]; /* up to the first 0 */
} rows[] = {
	{ "ascii in a western page", 1252, "Ab", { 'A', 'b' } },
	{ "euro sign", 1252, "\x80", { 0x20AC } },
	{ "a byte that Windows 1252 leaves out stays itself", 1252, "\x81", { 0x81 } },
	{ "cyrillic", 1251, "\xCF\xF0", { 0x41F, 0x440 } },
	{ "greek", 1253, "\xE1", { 0x3B1 } },
	{ "japanese", 932, "\x93\xFA\x96\x7B", { 0x65E5, 0x672C } },
	{ "japanese, narrow", 932, "\xB1", { 0xFF71 } },
	{ "japanese, cut", 932, "\x93", { CODE_PAGE_REPLACEMENT } },
	{ "japanese, no such pair: one byte is taken",
	  932,
	  "\xFC\x7F"
	  "A",
	  { CODE_PAGE_REPLACEMENT, 0x7F, 'A' } },
	{ "simplified chinese", 936, "\xD6\xD0", { 0x4E2D } },
	{ "traditional chinese", 950, "\xA4\xA4", { 0x4E2D } },
	{ "korean", 949, "\xC7\xD1", { 0xD55C } },
	{ "dos", 437, "\x81", { 0xFC } },
	{ "utf-8 of two bytes", 65001, "\xC3\xA4", { 0xE4 } },
	{ "utf-8 of four bytes", 65001, "\xF0\x9F\x98\x80", { 0x1F600 } },
	{ "utf-8, overlong", 65001, "\xC0\xAF", { CODE_PAGE_REPLACEMENT, CODE_PAGE_REPLACEMENT } },
	{ "utf-8, overlong in three bytes",
	  65001,
	  "\xE0\x80\xAF",
	  { CODE_PAGE_REPLACEMENT, CODE_PAGE_REPLACEMENT, CODE_PAGE_REPLACEMENT } },
	{ "utf-8, a surrogate",
	  65001,
	  "\xED\xA0\x80",
	  { CODE_PAGE_REPLACEMENT, CODE_PAGE_REPLACEMENT, CODE_PAGE_REPLACEMENT } },
	{ "utf-8, cut", 65001, "\xE2\x82", { CODE_PAGE_REPLACEMENT, CODE_PAGE_REPLACEMENT } },
	{ "iso 8859-15", 28605, "\xA4", { 0x20AC } },
};

static void characters(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct cursor c = cursor_of(str_view(str_of(rows[i].bytes)));
		const struct code_page *page = code_page_of(rows[i].page);
		size_t n = 0;

		assert_non_null(page);
		for (; cursor_left(&c) && n < TEXT_MAX; n++)
			if (code_page_next(page, &c) != rows[i].characters[n])
				fail_msg("%s: character %zu", rows[i].name, n);
		if (!cursor_done(&c) || (n < TEXT_MAX && rows[i].characters[n] != 0))
			fail_msg("%s: %zu characters", rows[i].name, n);
	}
}

static void unknown(void **state)
{
	(void)state;
	assert_null(code_page_of(0));
	assert_null(code_page_of(1));
	assert_null(code_page_of(65000));
	assert_null(code_page_of(UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(characters), cmocka_unit_test(unknown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
