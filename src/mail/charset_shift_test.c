/* This file tests encodings of mail that switch between character sets. */
#include "mail/charset_shift.h"

#include "base/checked.h"
#include "base/str.h"
#include "mail/charset.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TEXT_CAP = 4096 };

static const struct {
	const char *name;
	uint32_t page;
	struct view bytes;
	const char *text;
} rows[] = {
	{ "kanji and kana",
	  50220,
	  { (const uint8_t *)"\x1b$BF|K\x5c"
			     "8l$N%a!<%k\x1b(B abc",
	    24 },
	  "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab abc" },
	{ "a line of JIS ends with its line",
	  50220,
	  { (const uint8_t *)"\x1b$B$3\x0a$3", 8 },
	  "\xe3\x81\x93\x0a$3" },
	{ "JIS X 0208, last rows",
	  50221,
	  { (const uint8_t *)"\x1b$Bt&t!^~\x1b(B", 12 },
	  "\xe7\x86\x99\xe5\xa0\xaf\xe6\xbb\x8c" },
	{ "Roman of JIS", 50220, { (const uint8_t *)"\x1b(Jabc\x1b(B", 9 }, "abc" },
	{ "half-width kana by escape", 50222, { (const uint8_t *)"\x1b(I1\x1b(B.", 8 }, "\xef\xbd\xb1." },
	{ "half-width kana by shift out",
	  50222,
	  { (const uint8_t *)"\x0e"
			     "1\x0f.",
	    4 },
	  "\xef\xbd\xb1." },
	{ "an escape that is none", 50220, { (const uint8_t *)"\x1b$Xab", 5 }, "\x1b$Xab" },
	{ "half a character", 50220, { (const uint8_t *)"\x1b$B$", 4 }, "$" },
	{ "a cell that is empty", 50220, { (const uint8_t *)"\x1b$B)!\x1b(B.", 9 }, "\xef\xbf\xbd." },
	{ "a set without a table",
	  50220,
	  { (const uint8_t *)"\x1b$(D\x22"
			     "A\x1b(B.",
	    10 },
	  "\xef\xbf\xbd." },
	{ "Korean",
	  50225,
	  { (const uint8_t *)"\x1b$)C\x0eGQ19>n\x0f abc", 16 },
	  "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4 abc" },
	{ "Korean without its header", 50225, { (const uint8_t *)"\x0eGQ\x0f.", 5 }, "\xed\x95\x9c." },
	{ "EUC-JP",
	  51932,
	  { (const uint8_t *)"\xc6\xfc\xcb\xdc\xb8\xec \x8e\xb1 abc", 13 },
	  "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e \xef\xbd\xb1 abc" },
	{ "EUC-JP cut", 51932, { (const uint8_t *)"\xc6", 1 }, "\xef\xbf\xbd" },
	{ "EUC-JP, JIS X 0212", 51932, { (const uint8_t *)"\x8f\xb0\xa1.", 4 }, "\xef\xbf\xbd." },
	{ "HZ", 52936, { (const uint8_t *)"~{VPND~} ~~ abc", 15 }, "\xe4\xb8\xad\xe6\x96\x87 ~ abc" },
	{ "HZ, lines joined",
	  52936,
	  { (const uint8_t *)"a~\x0a"
			     "b~c",
	    6 },
	  "ab~c" },
	{ "UTF-7",
	  65000,
	  { (const uint8_t *)"Gr+APwA3w-e +- +ZeVnLA +2D3eAA.", 31 },
	  "Gr\xc3\xbc\xc3\x9f"
	  "e + \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80." },
	{ "UTF-7, a plus", 65000, { (const uint8_t *)"1 +- 1", 6 }, "1 + 1" },
	{ "UTF-7, half a pair", 65000, { (const uint8_t *)"+2D0-.", 6 }, "\xef\xbf\xbd." },
	{ "UTF-7, cut", 65000, { (const uint8_t *)"+", 1 }, "" },
};

static void read_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf out;

		buf_init(&out, TEXT_CAP);
		charset_to_utf8(rows[i].page, rows[i].bytes, &out);
		if (!str_eq(buf_str(&out), str_of(rows[i].text)))
			fail_msg("%s: \"%.*s\"", rows[i].name, (int)out.len, (const char *)out.at);
		buf_fini(&out);
	}
}

/* Cut anywhere, they are read to their end and give UTF-8. */
static void cut_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (size_t len = 0; len < rows[i].bytes.len; len++) {
			struct buf out;

			buf_init(&out, TEXT_CAP);
			charset_to_utf8(rows[i].page, view_of(rows[i].bytes.at, len), &out);
			assert_true(str_is_utf8(buf_str(&out)));
			buf_fini(&out);
		}
	}
}

/* What is labelled so and is UTF-8 all the same stays what it is. */
static void keep_utf8(void **state)
{
	static const char text[] = "gr\xc3\xbc\xc3\x9f";
	struct buf out;

	(void)state;
	buf_init(&out, TEXT_CAP);
	charset_to_utf8(50220, str_view(str_of(text)), &out);
	assert_true(str_eq(buf_str(&out), str_of(text)));
	buf_fini(&out);
	assert_true(charset_is_known(51932) && charset_is_known(28591) && !charset_is_known(12345));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_rows),
		cmocka_unit_test(cut_rows),
		cmocka_unit_test(keep_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
