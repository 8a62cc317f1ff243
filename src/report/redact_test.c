/* This file tests that a redacted text no longer says who the user is. */
#include "report/redact.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct redact_case {
	const char *text, *wanted;
};

/* In order and with one redactor: numbers stay the same from text to text. */
static const struct redact_case cases[] = {
	{ "anna.meier@example.org", "user-1@example.org" },
	{ "Anna.Meier logged in", "user-1 logged in" },
	{ "no anna.meierin here", "no anna.meierin here" },
	{ "host anna.meier.example.org", "host anna.meier.example.org" },
	{ "the end is anna.meier.", "the end is user-1." },
	{ "<bob@example.net> and <anna.meier@example.org>", "<user-3@example.net> and <user-1@example.org>" },
	{ "AUTH CORP\\jdoe failed", "AUTH CORP\\user-2 failed" },
	{ "from desk-7 to imap.example.org", "from computer-1 to imap.example.org" },
	{ "imaps://mail.example.org:993", "imaps://mail.example.org:993" },
	{ "192.168.1.20", "private-1" },
	{ "[192.168.1.20]:993", "[private-1]:993" },
	{ "10.0.0.1:53 and 192.168.1.20.", "private-2:53 and private-1." },
	{ "8.8.8.8 and 172.32.0.1", "8.8.8.8 and 172.32.0.1" },
	{ "172.16.0.1", "private-3" },
	{ "version 10.0.0.1.5", "version 10.0.0.1.5" },
	{ "fd00:1::5 fe80::1 2001:db8::1", "private-4 private-5 2001:db8::1" },
	{ "::ffff:10.0.0.1", "::ffff:private-2" },
	{ "@example.org and a @ b", "@example.org and a @ b" },
	{ "ab", "ab" },
	{ "x", "user-4" },
	{ "x marks nothing", "x marks nothing" },
	{ "x@example.org", "user-4@example.org" },
	{ "", "" },
};

static void test_cases(void **state)
{
	struct redactor redactor;
	struct buf out;

	(void)state;
	redact_init(&redactor);
	redact_word(&redactor, REDACT_USER, "anna.meier");
	redact_word(&redactor, REDACT_USER, "jdoe");
	redact_word(&redactor, REDACT_COMPUTER, "desk-7");
	redact_word(&redactor, REDACT_COMPUTER, NULL);
	buf_init(&out, 4096);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		buf_clear(&out);
		if (i + 4 == COUNT_OF(cases)) /* a name of one letter, from here on */
			redact_word(&redactor, REDACT_USER, "x");
		redact_text(&redactor, str_of(cases[i].text), &out);
		if (!str_is(buf_str(&out), cases[i].wanted))
			fail_msg("\"%s\": \"%.*s\", not \"%s\"", cases[i].text, (int)out.len,
				 (const char *)out.at, cases[i].wanted);
	}
	buf_fini(&out);
}

static void test_full_table(void **state)
{
	struct redactor redactor;
	char text[64];
	struct buf out;

	(void)state;
	redact_init(&redactor);
	buf_init(&out, 4096);
	for (int i = 0; i < REDACT_NAMES_MAX + 5; i++) {
		buf_clear(&out);
		snprintf(text, sizeof text, "name%d@example.org", i);
		redact_text(&redactor, str_of(text), &out);
		assert_true(str_find(buf_str(&out), STR("name")) == SIZE_MAX);
	}
	assert_true(str_is(buf_str(&out), "user-more@example.org"));
	buf_fini(&out);
}

static void test_without(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	redact_text(NULL, STR("anna@example.org"), &out);
	assert_true(str_is(buf_str(&out), "anna@example.org"));
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_full_table),
		cmocka_unit_test(test_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
