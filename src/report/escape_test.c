/* This file tests that hostile text is made safe in each of the three languages. */
#include "report/escape.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct escape_case {
	const char *name;
	struct str text;
	const char *terminal, *html, *json;
};

static const struct escape_case cases[] = {
	{ "plain", STR("* OK ready"), "* OK ready", "* OK ready", "* OK ready" },
	{ "empty", STR(""), "", "", "" },
	{ "umlauts stay",
	  STR("Gr\xC3\xBC\xC3\x9F"
	      "e"),
	  "Gr\xC3\xBC\xC3\x9F"
	  "e",
	  "Gr\xC3\xBC\xC3\x9F"
	  "e",
	  "Gr\xC3\xBC\xC3\x9F"
	  "e" },
	{ "colour", STR("\x1b[31mred"), "\\x1b[31mred", "\\x1b[31mred", "\\u001b[31mred" },
	{ "title of the window", STR("\x1b]0;x\x07"), "\\x1b]0;x\\x07", "\\x1b]0;x\\x07",
	  "\\u001b]0;x\\u0007" },
	{ "lines", STR("a\r\nb\tc"), "a\\x0d\\x0ab\\x09c", "a\\x0d\\x0ab\\x09c", "a\\u000d\\nb\\tc" },
	{ "NUL", STR("a\0b"), "a\\x00b", "a\\x00b", "a\\u0000b" },
	{ "DEL", STR("\x7f"), "\\x7f", "\\x7f", "\\u007f" },
	{ "C1 as UTF-8",
	  STR("\xC2\x9B"
	      "31m"),
	  "\\xc2\\x9b31m", "\\xc2\\x9b31m", "\\u009b31m" },
	{ "C1 as a byte",
	  STR("\x9B"
	      "31m"),
	  "\\x9b31m", "\\x9b31m", "\\ufffd31m" },
	{ "bidi override",
	  STR("a\xE2\x80\xAE"
	      "b"),
	  "a\\xe2\\x80\\xaeb", "a\\xe2\\x80\\xaeb", "a\\u202eb" },
	{ "bidi isolate", STR("\xE2\x81\xA6"), "\\xe2\\x81\\xa6", "\\xe2\\x81\\xa6", "\\u2066" },
	{ "zero width", STR("\xE2\x80\x8B"), "\\xe2\\x80\\x8b", "\\xe2\\x80\\x8b", "\\u200b" },
	{ "line separator", STR("\xE2\x80\xA8"), "\\xe2\\x80\\xa8", "\\xe2\\x80\\xa8", "\\u2028" },
	{ "tag characters", STR("\xF3\xA0\x81\x81"), "\\xf3\\xa0\\x81\\x81", "\\xf3\\xa0\\x81\\x81",
	  "\\udb40\\udc41" },
	{ "broken UTF-8", STR("\xC3("), "\\xc3(", "\\xc3(", "\\ufffd(" },
	{ "over-long UTF-8", STR("\xC0\xAF"), "\\xc0\\xaf", "\\xc0\\xaf", "\\ufffd\\ufffd" },
	{ "surrogate in UTF-8", STR("\xED\xA0\x80"), "\\xed\\xa0\\x80", "\\xed\\xa0\\x80",
	  "\\ufffd\\ufffd\\ufffd" },
	{ "cut UTF-8", STR("\xE2\x82"), "\\xe2\\x82", "\\xe2\\x82", "\\ufffd\\ufffd" },
	{ "markup", STR("<script>alert('x')&\"</script>"), "<script>alert('x')&\"</script>",
	  "&lt;script&gt;alert(&#39;x&#39;)&amp;&quot;&lt;/script&gt;", "<script>alert('x')&\\\"</script>" },
	{ "backslash", STR("C:\\x"), "C:\\x", "C:\\x", "C:\\\\x" },
};

static void check(const char *name, void (*escape)(struct buf *, struct str), struct str text,
		  const char *wanted)
{
	struct buf out;

	buf_init(&out, 4096);
	escape(&out, text);
	if (!str_is(buf_str(&out), wanted))
		fail_msg("%s: \"%.*s\", not \"%s\"", name, (int)out.len, (const char *)out.at, wanted);
	buf_fini(&out);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		check(cases[i].name, escape_terminal, cases[i].text, cases[i].terminal);
		check(cases[i].name, escape_html, cases[i].text, cases[i].html);
		check(cases[i].name, escape_json, cases[i].text, cases[i].json);
	}
}

/* Every code point and every byte that is shown raw is a character one sees. */
static void test_every_byte(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		char c = (char)byte;
		struct str one = { .at = &c, .len = 1 };

		assert_int_equal(escape_first(one).is_safe, byte >= 0x20 && byte < 0x7F);
		assert_int_equal(escape_columns(one), byte >= 0x20 && byte < 0x7F ? 1 : 4);
	}
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(escape_columns(STR("Gr\xC3\xBC\xC3\x9F"
					    "e")),
			 5);
	assert_int_equal(escape_columns(STR("\xE6\x97\xA5\xE6\x9C\xAC")), 4);
	assert_int_equal(escape_columns(STR("\x1b[m")), 6);
}

static void test_head(void **state)
{
	(void)state;
	assert_int_equal(escape_head(STR("a\xC3\xBC"), 2).len, 1);
	assert_int_equal(escape_head(STR("a\xC3\xBC"), 3).len, 3);
	assert_int_equal(escape_head(STR("abc"), 99).len, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
