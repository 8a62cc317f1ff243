/* This file tests names of files made out of a store's words. */
#include "content/safe_name.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *text, *expected;
} rows[] = {
	{ "plain", "Hello there", "Hello there" },
	{ "way up", "../../etc/passwd", "_.._.._etc_passwd" },
	{ "a drive", "C:\\x", "C__x" },
	{ "a device", "con", "_con" },
	{ "a device with an ending", "NUL.txt", "_NUL.txt" },
	{ "no device", "CONTACT", "CONTACT" },
	{ "dots", "..", "otherwise" },
	{ "one dot", ".hidden", "_.hidden" },
	{ "blanks and dots behind", "a . . ", "a" },
	{ "controls", "a\x01\nb", "a b" },
	{ "direction marks",
	  "a\xE2\x80\xAE"
	  "gpj.exe",
	  "agpj.exe" },
	{ "nothing left", "\xE2\x80\x8B", "otherwise" },
	{ "no UTF-8", "\xFF", "otherwise" },
	{ "none", NULL, "otherwise" },
	{ "long", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	{ "cut between characters", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xC3\xA4",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf out;

		buf_init(&out, 256);
		safe_name_put(&out, rows[i].text, "otherwise");
		buf_add_byte(&out, 0);
		if (strcmp((const char *)out.at, rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].name, (const char *)out.at);
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
