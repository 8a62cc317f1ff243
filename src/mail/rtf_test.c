/* This file tests how compressed RTF unpacks and what comes out of RTF. */
#include "mail/rtf.h"

#include "base/checked.h"
#include "base/str.h"
#include "mail/lzfu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 1 << 16 };

/* The examples of [MS-OXRTFCP] 3.1.1. */
static const uint8_t simple[] = { 0x2D, 0,    0,    0,    0x2B, 0,    0,    0,    0x4C, 0x5A,
				  0x46, 0x75, 0xF1, 0xC5, 0xC7, 0xA7, 0x03, 0x00, 0x0A, 0x00,
				  0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0A,
				  0xF3, 0x20, 0x68, 0x65, 0x6C, 0x09, 0x00, 0x20, 0x62, 0x77,
				  0x05, 0xB0, 0x6C, 0x64, 0x7D, 0x0A, 0x80, 0x0F, 0xA0 };
static const uint8_t crossing[] = { 0x1A, 0,    0,    0,    0x1C, 0,    0,    0,    0x4C, 0x5A,
				    0x46, 0x75, 0xE2, 0xD4, 0x4B, 0x51, 0x41, 0x00, 0x04, 0x20,
				    0x57, 0x58, 0x59, 0x5A, 0x0D, 0x6E, 0x7D, 0x01, 0x0E, 0xB0 };
static const uint8_t plain[] = { 0x10, 0,    0, 0, 0x04, 0, 0,   0,    0x4D, 0x45,
				 0x4C, 0x41, 0, 0, 0,    0, '{', '\\', 'a',  '}' };

static void test_unpack(void **state)
{
	static const struct {
		const char *name;
		const uint8_t *bytes;
		size_t len;
		const char *expected;
	} rows[] = {
		{ "simple", simple, sizeof simple, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" },
		{ "a copy over itself", crossing, sizeof crossing, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}" },
		{ "not packed", plain, sizeof plain, "{\\a}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf out;

		buf_init(&out, CAP);
		assert_true(lzfu_unpack(view_of(rows[i].bytes, rows[i].len), &out));
		assert_int_equal(out.len, strlen(rows[i].expected));
		assert_memory_equal(out.at, rows[i].expected, out.len);
		for (size_t len = 0; len + 4 < rows[i].len; len++) {
			buf_clear(&out);
			(void)lzfu_unpack(view_of(rows[i].bytes, len), &out);
			assert_true(out.len <= strlen(rows[i].expected));
		}
		buf_fini(&out);
	}
}

static void test_refused(void **state)
{
	static const uint8_t other[] = {
		0x10, 0, 0, 0, 4, 0, 0, 0, 'a', 'b', 'c', 'd', 0, 0, 0, 0, 1, 2, 3, 4
	};
	static const uint8_t long_one[] = { 0x10, 0,    0,    0, 0xFF, 0xFF, 0xFF, 0x7F, 0x4C,
					    0x5A, 0x46, 0x75, 0, 0,    0,    0,    0 };
	struct buf out;

	(void)state;
	buf_init(&out, CAP);
	assert_false(lzfu_unpack(view_of(other, sizeof other), &out));
	assert_false(lzfu_unpack(view_of(long_one, sizeof long_one), &out));
	assert_false(lzfu_unpack(view_of(simple, 20), &out));
	buf_fini(&out);
}

static void test_unwrap(void **state)
{
	static const struct {
		const char *name;
		enum rtf_kind kind;
		const char *rtf, *expected;
	} rows[] = {
		{ "no RTF", RTF_NONE, "hello", "hello" },
		{ "html", RTF_HTML,
		  "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\fonttbl{\\f0 Arial;}}{\\*\\generator x;}"
		  "{\\*\\htmltag64 <p>}\\htmlrtf {\\b \\htmlrtf0 caf\\'e9 {\\*\\htmltag84 &lt;}\\htmlrtf "
		  "<\\htmlrtf0 "
		  "\\htmlrtf }\\htmlrtf0 {\\*\\mhtmltag0 <q>}{\\*\\htmltag72 </p>}\\par}",
		  "<p>café &lt;</p>\r\n" },
		{ "text", RTF_TEXT,
		  "{\\rtf1\\ansi\\fromtext {\\fonttbl{\\f0 A;}}\\f0 one\\par two\\tab three\\\\\\{\\}\\par}",
		  "one\r\ntwo\tthree\\{}\r\n" },
		{ "its own", RTF_OWN,
		  "{\\rtf1\\ansi{\\colortbl;\\red0;}{\\info{\\author B}}{\\b bold} plain\\line next}",
		  "bold plain\r\nnext" },
		{ "unicode with a stand-in", RTF_OWN, "{\\rtf1\\uc1 a\\u8364?b\\u-10179?\\u-8704?}", "a€b😀" },
		{ "a stand-in of two", RTF_OWN, "{\\rtf1\\uc2\\u228\\'61\\'65x}", "äx" },
		{ "code page of a font", RTF_OWN,
		  "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset204 A;}{\\f1\\fcharset128 B;}}\\f0 "
		  "\\'cf\\f1 "
		  "\\'82\\'a0\\plain}",
		  "Пあ" },
		{ "bytes that are skipped", RTF_OWN, "{\\rtf1 a{\\pict\\bin3 }}}}b}", "ab" },
		{ "too many groups close", RTF_OWN, "{\\rtf1 a}}}b", "ab" },
		{ "cut in a word", RTF_OWN, "{\\rtf1 a\\", "a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct view rtf = str_view(str_of(rows[i].rtf));
		struct buf out;

		buf_init(&out, CAP);
		assert_int_equal(rtf_kind_of(rtf), rows[i].kind);
		rtf_unwrap(rtf, &out);
		buf_add_byte(&out, 0);
		if (strcmp((const char *)out.at, rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].name, (const char *)out.at);
		buf_fini(&out);
	}
}

/* Groups within groups within groups: no deeper than there is room. */
static void test_deep(void **state)
{
	static char rtf[20000];
	struct buf out;

	(void)state;
	memset(rtf, '{', 10000);
	memset(rtf + 10000, '}', 10000);
	memcpy(rtf, "{\\rtf1 ", 7);
	buf_init(&out, CAP);
	rtf_unwrap(view_of(rtf, sizeof rtf), &out);
	assert_int_equal(out.len, 0);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unpack),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_unwrap),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
