/* This file tests the reading of SMTP replies, their codes and the EHLO keywords. */
#include "wire/smtp_reply.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name;
	const char *lines; /* parted by LF */
	enum smtp_reply_result last;
	unsigned code;
	const char *enhanced, *text; /* text of the last line */
} rows[] = {
	{ "one line", "250 ok", SMTP_REPLY_WHOLE, 250, "", "ok" },
	{ "code alone", "250", SMTP_REPLY_WHOLE, 250, "", "" },
	{ "code and blank", "334 ", SMTP_REPLY_WHOLE, 334, "", "" },
	{ "two lines", "250-a\n250 b", SMTP_REPLY_WHOLE, 250, "", "b" },
	{ "unfinished", "250-a\n250-b", SMTP_REPLY_MORE, 250, "", "b" },
	{ "enhanced", "535 5.7.139 no", SMTP_REPLY_WHOLE, 535, "5.7.139", "5.7.139 no" },
	{ "enhanced of the first line", "550-5.7.1 a\n550 5.7.2 b", SMTP_REPLY_WHOLE, 550, "5.7.1",
	  "5.7.2 b" },
	{ "enhanced alone", "550 5.7.30", SMTP_REPLY_WHOLE, 550, "5.7.30", "5.7.30" },
	{ "Gmail's dash", "534-5.7.9 Application\n534 5.7.9 x", SMTP_REPLY_WHOLE, 534, "5.7.9", "5.7.9 x" },
	{ "not enhanced: a version", "220 5.7.1x", SMTP_REPLY_WHOLE, 220, "", "5.7.1x" },
	{ "not enhanced: class 3", "250 3.1.1 a", SMTP_REPLY_WHOLE, 250, "", "3.1.1 a" },
	{ "not enhanced: four digits", "250 2.1234.1 a", SMTP_REPLY_WHOLE, 250, "", "2.1234.1 a" },
	{ "not enhanced: two numbers", "250 2.1", SMTP_REPLY_WHOLE, 250, "", "2.1" },
	{ "another code", "250-a\n251 b", SMTP_REPLY_BROKEN, 250, "", NULL },
	{ "no code", "hello", SMTP_REPLY_BROKEN, 0, "", NULL },
	{ "nothing", "", SMTP_REPLY_BROKEN, 0, "", NULL },
	{ "two digits", "25", SMTP_REPLY_BROKEN, 0, "", NULL },
	{ "code of 199", "199 x", SMTP_REPLY_BROKEN, 0, "", NULL },
	{ "code of 600", "600 x", SMTP_REPLY_BROKEN, 0, "", NULL },
	{ "four digits", "2500 x", SMTP_REPLY_BROKEN, 0, "", NULL },
	{ "a letter behind", "250x", SMTP_REPLY_BROKEN, 0, "", NULL },
	{ "IMAP", "* OK ready", SMTP_REPLY_BROKEN, 0, "", NULL },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct smtp_reply reply = { 0 };
		struct str rest = str_of(rows[i].lines), text = STR("");
		enum smtp_reply_result result = SMTP_REPLY_MORE;

		do
			result = smtp_reply_add(&reply, str_cut(&rest, '\n'), &text);
		while (rest.at && result == SMTP_REPLY_MORE);
		if (result != rows[i].last || reply.code != rows[i].code ||
		    strcmp(reply.enhanced, rows[i].enhanced) != 0 ||
		    (rows[i].text && !str_is(text, rows[i].text)))
			fail_msg("%s: result %d code %u enhanced %s", rows[i].name, (int)result, reply.code,
				 reply.enhanced);
	}
}

static void test_too_many_lines(void **state)
{
	struct smtp_reply reply = { 0 };
	struct str text;

	(void)state;
	for (int i = 0; i < SMTP_REPLY_LINES_MAX; i++)
		assert_int_equal(smtp_reply_add(&reply, STR("250-x"), &text), SMTP_REPLY_MORE);
	assert_int_equal(smtp_reply_add(&reply, STR("250 x"), &text), SMTP_REPLY_TOO_LONG);
}

static const struct {
	const char *text, *keyword, *parameters; /* keyword NULL: none */
} keywords[] = {
	{ "STARTTLS", "STARTTLS", "" },
	{ "SIZE 10240000", "SIZE", "10240000" },
	{ "AUTH PLAIN  LOGIN ", "AUTH", "PLAIN  LOGIN" },
	{ "AUTH=LOGIN PLAIN", "AUTH", "LOGIN PLAIN" },
	{ "X-ANONYMOUSTLS", "X-ANONYMOUSTLS", "" },
	{ "XXXXXXXA", "XXXXXXXA", "" },
	{ "", NULL, NULL },
	{ " STARTTLS", NULL, NULL },
	{ "\xc3\xa4", NULL, NULL },
	{ "mail.example.org hello", NULL, NULL },
};

static void test_keywords(void **state)
{
	struct str keyword, parameters;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		bool found = smtp_reply_keyword(str_of(keywords[i].text), &keyword, &parameters);

		if (found != (keywords[i].keyword != NULL))
			fail_msg("\"%s\"", keywords[i].text);
		if (found &&
		    (!str_is(keyword, keywords[i].keyword) || !str_is(parameters, keywords[i].parameters)))
			fail_msg("\"%s\" gave \"%.*s\"", keywords[i].text, (int)parameters.len,
				 parameters.at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_too_many_lines),
		cmocka_unit_test(test_keywords),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
