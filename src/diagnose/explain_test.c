/* This file tests what is explained of codes, lines, ids, rows, phrases and logs. */
#include "diagnose/explain.h"

#include "base/checked.h"
#include "diagnose/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

enum { ARENA_CAP = 4 << 20 };

static const struct {
	const char *what;
	const char *first; /* the first match's id, or its `what` where it has none; NULL: nothing is known */
} rows[] = {
	{ "tls-certificate-expired", "tls-certificate-expired" },
	{ " smtp-relay-denied\n", "smtp-relay-denied" },
	{ "N29", "N29" },
	{ "n5", "N05" },
	{ "0x800CCC0F", "0x800CCC0F" },
	{ "Outlook meldet den Fehler 0x800ccc0e.", "0x800CCC0E" },
	{ "-2146644977", "0x800CCC0F" },
	{ "535 5.7.139 Authentication unsuccessful, basic authentication is disabled",
	  "auth-password-retired" },
	{ "a1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "auth-password-wrong" },
	{ "NO LOGIN failed.", "auth-login-refused" },
	{ "-ERR [IN-USE] Mailbox is locked", "mailbox-locked" },
	{ "S: 550 5.7.30 Basic authentication is not supported for Client Submission.",
	  "auth-basic-retired-exchange" },
	{ "530 5.7.57 Client not authenticated to send mail", "smtp-relay-denied" },
	{ "554 5.7.1 <a@b>: Relay access denied", "smtp-relay-denied" },
	{ "534-5.7.9 Application-specific password required.\r\n534 5.7.9 InvalidSecondFactor - gsmtp",
	  "auth-app-password-needed" },
	{ "334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=", "auth-token-refused" },
	{ "+ eyJzdGF0dXMiOiI0MDAifQ==", "auth-token-refused" },
	{ "Cannot find the server", "dns-host-unknown" },
	{ "the certificate has expired", "tls-certificate-expired" },
	{ "relaying denied", "smtp-relay-denied" },
	{ "mailbox full", "mailbox-quota-full" },
	{ "IMAP server: too many connections", "imap-connections-too-many" },
	{ "password wrong", "auth-password-wrong" },
	{ "tls-certificate-expire", "tls-certificate-expired" },
	{ "big ones hang in the outbox", "path-mtu-black-hole" },
	{ "", NULL },
	{ "   ", NULL },
	{ "hello there", NULL },
	{ "xyzzy plugh", NULL },
	{ "0x8FFFFFFF", NULL },
	{ "N103", NULL },
	{ "250 2.0.0 Ok: queued", NULL },
	{ "a1 OK done", NULL },
	{ "\x1b[31m\xff\xfe", NULL },
};

static void what_people_ask(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(ARENA_CAP);
		struct explanation found;
		const char *first;

		assert_int_equal(explain(arena, str_of(rows[i].what), &found), ST_OK);
		first = found.n_matches == 0  ? NULL
			: found.matches[0].id ? found.matches[0].id
					      : found.matches[0].what;
		if (!first != !rows[i].first || (first && strcmp(first, rows[i].first) != 0))
			fail_msg("\"%s\" gives %s", rows[i].what, first ? first : "nothing");
		for (size_t k = 0; k < found.n_matches; k++) {
			assert_true(strlen(found.matches[k].meaning) > 3);
			assert_true(found.matches[k].causes.n > 0);
			assert_true(found.matches[k].tell_apart.n > 0);
			assert_int_equal(found.matches[k].count, 1);
		}
		arena_drop(&arena);
	}
}

static void every_finding_has_its_page(void **state)
{
	struct arena *arena = arena_new(ARENA_CAP);

	(void)state;
	for (int code = 0; code < CODE_COUNT; code++) {
		const struct catalogue_row *row = catalogue_row((enum code)code);
		struct explanation found;

		assert_int_equal(explain(arena, str_of(row->slug), &found), ST_OK);
		assert_int_equal(found.n_matches, 1);
		assert_string_equal(found.matches[0].id, row->slug);
		assert_true(found.matches[0].what_to_do.n > 0);
		assert_true(strlen(found.matches[0].meaning) > 15);
		if (code <= CODE_SCANNER_CERTIFICATE_ISSUED)
			assert_true(pages_rows[code].causes[0] && pages_rows[code].tell_apart[0]);
	}
	arena_drop(&arena);
}

static void ambiguous_lines_name_the_others(void **state)
{
	struct arena *arena = arena_new(ARENA_CAP);
	struct explanation found;
	bool named = false;

	(void)state;
	assert_int_equal(explain(arena, STR("NO LOGIN failed."), &found), ST_OK);
	for (size_t i = 0; i < found.matches[0].causes.n; i++)
		named |= strncmp(found.matches[0].causes.at[i], "auth-password-retired:", 22) == 0;
	assert_true(named);
	assert_int_equal(found.matches[0].trust, TRUST_PEER);
	arena_drop(&arena);
}

static void logs_are_ranked(void **state)
{
	static const char log[] = "12:00 IMAP< a1 OK ready\r\n"
				  "12:01 error 0x800CCC0E\r\n"
				  "12:02 IMAP< a2 NO [AUTHENTICATIONFAILED] no\r\n"
				  "12:03 IMAP< a3 NO [AUTHENTICATIONFAILED] no\r\n"
				  "12:04 SMTP< 250 fine\r\n"
				  "no line of a server\r\n"
				  "12:05 SMTP< 554 5.7.1 Relay access denied";
	struct arena *arena = arena_new(ARENA_CAP);
	struct explanation found;

	(void)state;
	assert_int_equal(explain_log(arena, STR(log), &found), ST_OK);
	assert_int_equal(found.n_matches, 3);
	assert_string_equal(found.matches[0].id, "auth-password-wrong");
	assert_int_equal(found.matches[0].count, 2);
	assert_string_equal(found.matches[1].what, "0x800CCC0E");
	assert_string_equal(found.matches[2].id, "smtp-relay-denied");
	assert_int_equal(explain_log(arena, STR("\n\n\r\n\0\xff"), &found), ST_OK);
	assert_int_equal(found.n_matches, 0);
	arena_drop(&arena);
}

static void memory_may_end_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		enum status status = ST_NOMEM;

		for (unsigned n = 1; status != ST_OK; n++) {
			struct arena *arena = arena_new(ARENA_CAP);
			struct explanation found;

			arena_fail_at(n, true);
			status = explain(arena, str_of(rows[i].what), &found);
			arena_fail_at(0, false);
			arena_drop(&arena);
			assert_true(n < 200);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_people_ask),
		cmocka_unit_test(every_finding_has_its_page),
		cmocka_unit_test(ambiguous_lines_name_the_others),
		cmocka_unit_test(logs_are_ranked),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
