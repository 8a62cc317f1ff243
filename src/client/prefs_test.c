/* This file tests the reader of Mozilla's prefs.js and what becomes of a Thunderbird profile. */
#include "client/prefs.h"

#include "base/checked.h"
#include "client/account_line.h"
#include "client/thunderbird.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_CAP = 512 << 20 };

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(ARENA_CAP);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_drop(&arena);
	return 0;
}

struct line_case {
	const char *name, *text;
	const char *found; /* "line:value" of mail.server.x, NULL when it must not be there */
	unsigned bad;
};

static const struct line_case lines[] = {
	{ "text", "user_pref(\"mail.server.x\", \"imap\");\n", "1:imap", 0 },
	{ "number", "user_pref(\"mail.server.x\", 993);", "1:993", 0 },
	{ "negative", "user_pref(\"mail.server.x\", -1);", "1:-1", 0 },
	{ "true", "\n\nuser_pref(\"mail.server.x\", true);", "3:1", 0 },
	{ "false", "user_pref(\"mail.server.x\", false);", "1:0", 0 },
	{ "blanks everywhere", "user_pref ( 'mail.server.x' ,\n 'a' ) ;", "1:a", 0 },
	{ "comments", "/* a \n b */ // c\n# d\nuser_pref(\"mail.server.x\", 1);", "4:1", 0 },
	{ "escapes", "user_pref(\"mail.server.x\", \"\\\"\\x41\\u00fc\\ud83d\\ude00\\\\\");",
	  "1:\"A\xC3\xBC\xF0\x9F\x98\x80\\", 0 },
	{ "half a pair", "user_pref(\"mail.server.x\", \"\\ud83dx\");", "1:\xEF\xBF\xBDx", 0 },
	{ "the last one counts", "user_pref(\"mail.server.x\", 1);user_pref(\"mail.server.x\", 2);\n", "1:2",
	  0 },
	{ "another call", "lock(\"a\", 1);\nuser_pref(\"mail.server.x\", 1);\n", "2:1", 1 },
	{ "another value", "user_pref(\"mail.server.x\", null);\n", NULL, 1 },
	{ "string not closed", "user_pref(\"mail.server.x\", \"a);\nuser_pref(\"mail.server.y\", 1);\n", NULL,
	  1 },
	{ "no semicolon", "user_pref(\"mail.server.x\", 1)\nuser_pref(\"mail.server.y\", 1);\n", NULL, 1 },
	{ "wrong escape", "user_pref(\"mail.server.x\", \"\\q\");\n", NULL, 1 },
	{ "too many digits", "user_pref(\"mail.server.x\", 1234567890123456789);\n", NULL, 1 },
	{ "comment not closed", "/* user_pref(\"mail.server.x\", 1);\n", NULL, 0 },
	{ "not wanted", "user_pref(\"browser.startup\", 1);\n", NULL, 0 },
	{ "nothing", "", NULL, 0 },
	{ "NULs", "user_pref(\"mail.server.x\", 1);", "1:1", 0 },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		const struct pref *pref;
		const char *text = "-";
		struct prefs prefs;

		assert_true(prefs_read(arena, view_of(lines[i].text, strlen(lines[i].text)), &prefs));
		pref = prefs_find(&prefs, "mail.server.x");
		if (pref && pref->kind == PREF_TEXT)
			text = arena_printf(arena, "%u:%s", pref->line, pref->text);
		else if (pref)
			text = arena_printf(arena, "%u:%lld", pref->line, (long long)pref->number);
		if (strcmp(text, lines[i].found ? lines[i].found : "-") != 0 || prefs.n_bad != lines[i].bad)
			fail_msg("%s: %s, %u bad", lines[i].name, text, prefs.n_bad);
	}
}

static const char whole[] = "// Mozilla User Preferences\n"
			    "user_pref(\"mail.accountmanager.accounts\", \"account1,account2,account3\");\n"
			    "user_pref(\"mail.accountmanager.defaultaccount\", \"account2\");\n"
			    "user_pref(\"mail.account.account1.server\", \"server1\");\n"
			    "user_pref(\"mail.account.account2.identities\", \"id1\");\n"
			    "user_pref(\"mail.account.account2.server\", \"server2\");\n"
			    "user_pref(\"mail.identity.id1.fullName\", \"Anna\");\n"
			    "user_pref(\"mail.identity.id1.smtpServer\", \"smtp1\");\n"
			    "user_pref(\"mail.identity.id1.useremail\", \"anna@example.org\");\n"
			    "user_pref(\"mail.server.server1.type\", \"none\");\n"
			    "user_pref(\"mail.server.server2.hostname\", \"pop.example.org\");\n"
			    "user_pref(\"mail.server.server2.name\", \"Work\");\n"
			    "user_pref(\"mail.server.server2.leave_on_server\", true);\n"
			    "user_pref(\"mail.server.server2.delete_by_age_from_server\", true);\n"
			    "user_pref(\"mail.server.server2.num_days_to_leave_on_server\", 14);\n"
			    "user_pref(\"mail.server.server2.port\", 995);\n"
			    "user_pref(\"mail.server.server2.socketType\", 3);\n"
			    "user_pref(\"mail.server.server2.type\", \"pop3\");\n"
			    "user_pref(\"mail.server.server2.userName\", \"anna\");\n"
			    "user_pref(\"mail.server.server2.authMethod\", 10);\n"
			    "user_pref(\"mail.smtpserver.smtp1.hostname\", \"smtp.example.org\");\n"
			    "user_pref(\"mail.smtpserver.smtp1.try_ssl\", 2);\n"
			    "user_pref(\"mail.smtpserver.smtp1.username\", \"anna\");\n";

static void test_profile(void **state)
{
	const struct thunderbird_profile profile = { .name = "default" };
	struct client_found found;

	(void)state;
	assert_true(client_found_init(&found, arena));
	thunderbird_read_prefs(&found, &profile, view_of(whole, sizeof whole - 1), "prefs.js", true);
	assert_int_equal(found.n_accounts, 1);
	assert_string_equal(account_line(arena, &found.accounts[0]),
			    "Work anna@example.org pop3*; pop.example.org anna 995 tls oauth2 unknown; "
			    "smtp.example.org anna 587 starttls password unknown; -; 14 days");
	assert_int_equal(found.accounts[0].incoming.port.place.line, 16);
	assert_int_equal(found.n_profiles, 1);
	/* The third account has no server. */
	assert_int_equal(found.n_remarks, 1);
}

static void test_every_length(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof whole; len++) {
		uint8_t *cut = malloc(len ? len : 1);
		struct prefs prefs;

		assert_non_null(cut);
		memcpy(cut, whole, len);
		arena_clear(arena);
		assert_true(prefs_read(arena, view_of(cut, len), &prefs));
		assert_true(prefs.n_bad <= 1);
		free(cut);
	}
}

/* 50 MB of what is none, and of calls that nobody wants, take no memory. */
static void test_long(void **state)
{
	enum { LEN = 50 << 20 };
	char *text = malloc(LEN);
	struct prefs prefs;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < LEN; i++)
		text[i] = "user_pref(\"a.b\", \"c\");\n(((\n"[i % 28];
	assert_true(prefs_read(arena, view_of(text, LEN), &prefs));
	assert_int_equal(prefs.n, 0);
	assert_true(prefs.n_bad > 1000000);
	free(text);
}

static void test_profiles(void **state)
{
	static const char ini[] =
		"[General]\nStartWithLastProfile=1\n[Profile0]\nName=default\nIsRelative=1\n"
		"Path=abc.default\nDefault=1\n[Profile1]\nName=other\nIsRelative=0\nPath=/tmp/other\n"
		"[Install4F96]\nDefault=abc.default\n";
	struct thunderbird_profile profiles[THUNDERBIRD_PROFILES_MAX];
	struct client_found found;

	(void)state;
	assert_true(client_found_init(&found, arena));
	assert_int_equal(thunderbird_read_profiles(&found, view_of(ini, sizeof ini - 1), profiles), 2);
	assert_string_equal(profiles[0].path, "abc.default");
	assert_true(profiles[0].is_default);
	assert_true(profiles[1].is_absolute);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_profile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_length, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_profiles, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
