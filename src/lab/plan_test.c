/* This file reads words of the command line that name faults, and some that do not. */
#include "base/checked.h"
#include "lab/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *word;
	enum status status;
	enum form form;
} words[] = {
	{ "tls-certificate-expired", ST_OK, FORM_IMAPS },
	{ "tls-certificate-expired@pop3s", ST_OK, FORM_POP3S },
	{ "auth-password-wrong/gmail@smtp", ST_OK, FORM_SMTP },
	{ "dns-host-unknown", ST_OK, FORM_DNS },
	{ "smtp-starttls-required@smtp-plain", ST_OK, FORM_SMTP_PLAIN },
	{ "tls-certificate-expired@pop4", ST_USAGE, FORM_IMAPS },
	{ "tls-certificate-expired@", ST_USAGE, FORM_IMAPS },
	{ "tls-certificate-expired@dns", ST_USAGE, FORM_IMAPS },
	{ "smtp-greylisted@imap", ST_USAGE, FORM_IMAPS },
	{ "dns-host-unknown@imaps", ST_USAGE, FORM_IMAPS },
	{ "auth-password-wrong/", ST_USAGE, FORM_IMAPS },
	{ "auth-password-wrong/nobody", ST_USAGE, FORM_IMAPS },
	{ "tls-certificate-expire", ST_USAGE, FORM_IMAPS },
	{ "", ST_USAGE, FORM_IMAPS },
	{ "@imaps", ST_USAGE, FORM_IMAPS },
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		struct arena *arena = arena_new(1 << 16);
		const char *word = words[i].word, *why = NULL;
		struct plan plan;

		if (plan_parse(&word, 1, arena, &plan, &why) != words[i].status)
			fail_msg("\"%s\"", word);
		if (words[i].status == ST_OK) {
			assert_int_equal(plan.n, 1);
			assert_int_equal(plan.rows[0].form, words[i].form);
		} else {
			assert_non_null(strstr(why, word));
		}
		arena_drop(&arena);
	}
}

static void test_all_and_none(void **state)
{
	static const char *const all[] = { "all" }, *const healthy[] = { "healthy", "dns-host-unknown" };
	struct arena *arena = arena_new(1 << 16);
	const char *why;
	struct plan plan;

	(void)state;
	assert_int_equal(plan_parse(all, 1, arena, &plan, &why), ST_OK);
	assert_true(plan.n > 60 && !plan.controls);
	assert_int_equal(plan_parse(NULL, 0, arena, &plan, &why), ST_OK);
	assert_true(plan.n == 0 && plan.controls);
	assert_int_equal(plan_parse(healthy, 2, arena, &plan, &why), ST_OK);
	assert_true(plan.n == 1 && plan.controls);
	arena_drop(&arena);
}

static void test_too_many(void **state)
{
	static const char *many[PLAN_MAX + 1];
	struct arena *arena = arena_new(1 << 16);
	const char *why;
	struct plan plan;

	(void)state;
	for (size_t i = 0; i <= PLAN_MAX; i++)
		many[i] = "tls-handshake-cut";
	assert_int_equal(plan_parse(many, PLAN_MAX, arena, &plan, &why), ST_OK);
	assert_int_equal(plan_parse(many, PLAN_MAX + 1, arena, &plan, &why), ST_USAGE);
	arena_drop(&arena);
}

static void test_mailbox(void **state)
{
	static const char *const good[] = { "tls-certificate-expired", "smtp-greylisted",
					    "path-clock-wrong" };
	static const char *const bad[] = { "tls-certificate-expired", "mailbox-locked" };
	struct arena *arena = arena_new(1 << 16);
	const char *why;
	struct plan plan;

	(void)state;
	assert_int_equal(plan_parse(good, 3, arena, &plan, &why), ST_OK);
	assert_int_equal(plan_fits_mailbox(&plan, arena, &why), ST_OK);
	assert_int_equal(plan_parse(bad, 2, arena, &plan, &why), ST_OK);
	assert_int_equal(plan_fits_mailbox(&plan, arena, &why), ST_USAGE);
	assert_non_null(strstr(why, "mailbox-locked"));
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_all_and_none),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_mailbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
