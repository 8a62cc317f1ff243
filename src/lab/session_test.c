/* This file talks to the practice servers, by whole runs of bytes and byte by byte. */
#include "base/checked.h"
#include "lab/fault.h"
#include "lab/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct practice practice = { .user = "anna",
					  .password = "secret",
					  .domain = "practice.example",
					  .document = "<xml/>",
					  .now = 1772442000 };

struct row {
	const char *name;
	enum speaks protocol;
	const char *fault; /* NULL: healthy */
	bool tls;
	const char *said, *heard; /* without the greeting; heard must stand in the answer */
	const char *unheard;      /* must not; NULL: nothing */
};

#define EHLO       "EHLO me.example\r\n"
#define PLAIN_GOOD "AGFubmEAc2VjcmV0" /* NUL anna NUL secret */
#define PLAIN_BAD  "AGFubmEAd3Jvbmc=" /* NUL anna NUL wrong */

static const struct row rows[] = {
	{ "smtp offers starttls, no auth before it", SPEAKS_SMTP, NULL, false, EHLO, "250-STARTTLS\r\n",
	  "AUTH" },
	{ "smtp offers auth inside tls", SPEAKS_SMTP, NULL, true, EHLO, "250-AUTH PLAIN LOGIN XOAUTH2\r\n",
	  "STARTTLS" },
	{ "smtp starttls", SPEAKS_SMTP, NULL, false, EHLO "STARTTLS\r\nNOOP\r\n", "220 2.0.0 Ready",
	  "2.0.0 Ok" },
	{ "smtp auth plain", SPEAKS_SMTP, NULL, true, "AUTH PLAIN " PLAIN_GOOD "\r\n", "235 2.7.0", NULL },
	{ "smtp auth plain wrong", SPEAKS_SMTP, NULL, true, "AUTH PLAIN " PLAIN_BAD "\r\n", "535 5.7.8",
	  "235" },
	{ "smtp auth before tls", SPEAKS_SMTP, NULL, false, "AUTH PLAIN " PLAIN_GOOD "\r\n", "538 ", "235" },
	{ "smtp auth login", SPEAKS_SMTP, NULL, true, "AUTH LOGIN\r\nYW5uYQ==\r\nc2VjcmV0\r\n",
	  "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 ", NULL },
	{ "smtp auth cancelled", SPEAKS_SMTP, NULL, true, "AUTH LOGIN\r\n*\r\nNOOP\r\n", "250 2.0.0 Ok",
	  "235" },
	{ "smtp auth broken base64", SPEAKS_SMTP, NULL, true, "AUTH PLAIN %%%%\r\n", "535 ", "235" },
	{ "smtp auth unknown", SPEAKS_SMTP, NULL, true, "AUTH NTLM\r\n", "504 ", "235" },
	{ "smtp message", SPEAKS_SMTP, NULL, true,
	  "AUTH PLAIN " PLAIN_GOOD
	  "\r\nMAIL FROM:<a@b> SIZE=100\r\nRCPT TO:<c@d>\r\nDATA\r\nHi\r\n.\r\nQUIT\r\n",
	  "354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as PRACTICE\r\n221 ", NULL },
	{ "smtp mail without login", SPEAKS_SMTP, NULL, true, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n",
	  "530 5.7.0", "250" },
	{ "smtp too large", SPEAKS_SMTP, NULL, true,
	  "AUTH PLAIN " PLAIN_GOOD "\r\nMAIL FROM:<a@b> SIZE=99999999\r\n", "552 5.3.4", "250" },
	{ "smtp relay denied", SPEAKS_SMTP, "smtp-relay-denied", true,
	  "AUTH PLAIN " PLAIN_GOOD "\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n", "554 5.7.1", NULL },
	{ "smtp starttls stripped", SPEAKS_SMTP, "tls-starttls-stripped", false, EHLO "STARTTLS\r\n",
	  "250-XXXXXXXA\r\n", "250-STARTTLS" },
	{ "smtp starttls missing", SPEAKS_SMTP, "tls-starttls-missing", false, EHLO "STARTTLS\r\n",
	  "502 5.5.1", "250-STARTTLS" },
	{ "smtp starttls refused", SPEAKS_SMTP, "tls-starttls-refused", false, EHLO "STARTTLS\r\n",
	  "454 4.7.0", NULL },
	{ "smtp injected", SPEAKS_SMTP, "tls-starttls-injection", false, "STARTTLS\r\n",
	  "Ready to start TLS\r\n250-injected", NULL },
	{ "smtp no auth", SPEAKS_SMTP, "smtp-auth-not-offered", true, EHLO, "250 8BITMIME", "AUTH" },
	{ "smtp unknown command", SPEAKS_SMTP, NULL, true, "WHAT\r\n", "502 5.5.2", NULL },
	{ "imap login", SPEAKS_IMAP, NULL, true, "a LOGIN anna secret\r\nb SELECT INBOX\r\nc LOGOUT\r\n",
	  "a OK Logged in\r\n", NULL },
	{ "imap login quoted", SPEAKS_IMAP, NULL, true,
	  "a LOGIN \"an\\na\" \"secret\"\r\nb SELECT \"INBOX\"\r\n", "b OK [READ-WRITE]", NULL },
	{ "imap login literal", SPEAKS_IMAP, NULL, true, "a LOGIN {4+}\r\nanna {6+}\r\nsecret\r\nb NOOP\r\n",
	  "a OK Logged in\r\nb OK", NULL },
	{ "imap login wrong", SPEAKS_IMAP, NULL, true, "a LOGIN anna wrong\r\nb SELECT INBOX\r\n",
	  "a NO [AUTHENTICATIONFAILED]", "b OK" },
	{ "imap login before tls", SPEAKS_IMAP, NULL, false, "a LOGIN anna secret\r\n",
	  "a NO [PRIVACYREQUIRED]", "a OK" },
	{ "imap capability before tls", SPEAKS_IMAP, NULL, false, "a CAPABILITY\r\n",
	  " STARTTLS LOGINDISABLED\r\n", "AUTH=" },
	{ "imap capability in tls", SPEAKS_IMAP, NULL, true, "a CAPABILITY\r\n",
	  "AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2", "LOGINDISABLED" },
	{ "imap authenticate", SPEAKS_IMAP, NULL, true, "a AUTHENTICATE PLAIN\r\n" PLAIN_GOOD "\r\n",
	  "+ \r\na OK Logged in", NULL },
	{ "imap authenticate with initial", SPEAKS_IMAP, NULL, true,
	  "a AUTHENTICATE PLAIN " PLAIN_GOOD "\r\n", "a OK Logged in", "+ " },
	{ "imap fetch", SPEAKS_IMAP, NULL, true,
	  "a LOGIN anna secret\r\nb SELECT INBOX\r\nc UID FETCH 1:* (FLAGS BODY.PEEK[])\r\n",
	  "* 1 FETCH (UID 1 FLAGS () BODY[] {", NULL },
	{ "imap fetch without mailbox", SPEAKS_IMAP, NULL, true,
	  "a LOGIN anna secret\r\nc FETCH 1 BODY[]\r\n", "c BAD", "FETCH (" },
	{ "imap idle", SPEAKS_IMAP, NULL, true, "a LOGIN anna secret\r\nb SELECT INBOX\r\nc IDLE\r\nDONE\r\n",
	  "+ idling\r\nc OK", NULL },
	{ "imap quota", SPEAKS_IMAP, "mailbox-quota-full", true,
	  "a LOGIN anna secret\r\nb GETQUOTAROOT INBOX\r\n", "(STORAGE 1048500 1048500)", NULL },
	{ "imap id required", SPEAKS_IMAP, "imap-id-required", true,
	  "a LOGIN anna secret\r\nb SELECT INBOX\r\n", "b NO SELECT Unsafe Login", "b OK" },
	{ "imap id given", SPEAKS_IMAP, "imap-id-required", true,
	  "a LOGIN anna secret\r\nx ID NIL\r\nb SELECT INBOX\r\n", "b OK", "Unsafe" },
	{ "imap refused in a provider's words", SPEAKS_IMAP, "auth-password-retired", true,
	  "a LOGIN anna secret\r\n", "a NO [AUTHENTICATIONFAILED] AuthFailed:LogonDenied-BasicAuthBlocked",
	  "a OK" },
	{ "imap user by local part", SPEAKS_IMAP, "auth-user-name-form", true,
	  "a LOGIN anna@practice.example secret\r\nb LOGIN anna secret\r\n", "b OK", "a OK" },
	{ "imap ntlm alone", SPEAKS_IMAP, "auth-no-common-mechanism", true,
	  "a CAPABILITY\r\nb LOGIN anna secret\r\n", "LOGINDISABLED AUTH=NTLM\r\n", "b OK" },
	{ "imap token", SPEAKS_IMAP, NULL, true,
	  "a AUTHENTICATE XOAUTH2 dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHNlY3JldAEB\r\n", "a OK Logged in", "+ " },
	{ "imap token refused", SPEAKS_IMAP, "auth-token-refused", true,
	  "a AUTHENTICATE XOAUTH2 dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHNlY3JldAEB\r\n\r\n", "+ eyJzdGF0dXMi",
	  "a OK" },
	{ "imap without a tag", SPEAKS_IMAP, NULL, true, "\r\n", "* BAD", NULL },
	{ "pop3 login", SPEAKS_POP3, NULL, true,
	  "USER anna\r\nPASS secret\r\nSTAT\r\nUIDL\r\nRETR 1\r\nQUIT\r\n", "1 practice-1\r\n.\r\n", "-ERR" },
	{ "pop3 wrong", SPEAKS_POP3, NULL, true, "USER anna\r\nPASS wrong\r\nSTAT\r\n", "-ERR [AUTH]",
	  "Logged in" },
	{ "pop3 before tls", SPEAKS_POP3, NULL, false, "CAPA\r\nUSER anna\r\n", "\r\nSTLS\r\n", "SASL" },
	{ "pop3 auth plain", SPEAKS_POP3, NULL, true, "AUTH PLAIN " PLAIN_GOOD "\r\n", "+OK Logged in",
	  NULL },
	{ "pop3 locked", SPEAKS_POP3, "mailbox-locked", true, "USER anna\r\nPASS secret\r\n", "-ERR [IN-USE]",
	  "Logged in" },
	{ "pop3 no message 2", SPEAKS_POP3, NULL, true, "USER anna\r\nPASS secret\r\nRETR 2\r\n",
	  "-ERR There's", "octets" },
	{ "http autoconfig", SPEAKS_HTTP, NULL, true,
	  "GET /mail/config-v1.1.xml?emailaddress=a HTTP/1.1\r\nHost: h\r\n\r\n",
	  "Date: Mon, 02 Mar 2026 09:00:00 GMT\r\n", "404" },
	{ "http elsewhere", SPEAKS_HTTP, NULL, true, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 404",
	  "<xml" },
};

static bool contains(const struct buf *heard, const char *text)
{
	return str_find(buf_str(heard), str_of(text)) != SIZE_MAX;
}

static void talk(const struct row *row, size_t piece)
{
	static const struct behaviour healthy;
	const struct fault *fault = row->fault ? fault_find(str_of(row->fault)) : NULL;
	struct session session;
	size_t len = strlen(row->said);

	if (row->fault)
		assert_non_null(fault);
	session_init(&session, fault ? &fault->behaviour : &healthy, &practice,
		     session_dialect(row->protocol));
	session.tls = row->tls;
	session_open(&session);
	buf_clear(&session.out);
	for (size_t at = 0; at < len; at += piece)
		session_on_bytes(&session, view_of(row->said + at, len - at < piece ? len - at : piece));
	if (!contains(&session.out, row->heard) || (row->unheard && contains(&session.out, row->unheard)))
		fail_msg("%s (pieces of %zu): %.*s", row->name, piece, (int)session.out.len,
			 (const char *)session.out.at);
	session_fini(&session);
}

static void test_talks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		talk(&rows[i], SIZE_MAX / 2);
		talk(&rows[i], 1);
		talk(&rows[i], 7);
	}
}

static void test_literal_is_invited_once(void **state)
{
	static const struct behaviour healthy;
	static const char said[] = "a LOGIN {4}\r\nanna {6}\r\nsecret\r\n";
	struct session session;

	(void)state;
	session_init(&session, &healthy, &practice, &imap_dialect);
	session.tls = true;
	for (size_t i = 0; i + 1 < sizeof(said); i++)
		session_on_bytes(&session, view_of(said + i, 1));
	assert_true(str_is(buf_str(&session.out), "+ go on\r\n+ go on\r\na OK Logged in\r\n"));
	session_fini(&session);
}

static void test_long_lines_end(void **state)
{
	static const struct behaviour healthy;
	static char noise[3 * SESSION_LINE_MAX];
	struct session session;

	(void)state;
	memset(noise, 'x', sizeof(noise));
	session_init(&session, &healthy, &practice, &smtp_dialect);
	session_on_bytes(&session, view_of(noise, sizeof(noise)));
	assert_true(session.closing);
	session_fini(&session);
	session_init(&session, &healthy, &practice, &smtp_dialect);
	session.in_data = true;
	session_on_bytes(&session, view_of(noise, sizeof(noise)));
	session_on_bytes(&session, view_of("\r\n.\r\n", 5));
	assert_false(session.closing);
	assert_true(str_starts(buf_str(&session.out), STR("250 2.0.0 Ok")));
	session_fini(&session);
}

static void test_endless_ends(void **state)
{
	const struct fault *fault = fault_find(STR("path-server-hostile"));
	struct session session;
	size_t sum = 0;

	(void)state;
	assert_non_null(fault);
	session_init(&session, &fault->behaviour, &practice, &imap_dialect);
	session_open(&session);
	buf_clear(&session.out);
	while (session_more(&session)) {
		sum += session.out.len;
		buf_clear(&session.out);
	}
	assert_true(session.closing && sum >= SESSION_ENDLESS_MAX &&
		    sum < SESSION_ENDLESS_MAX + SESSION_OUT_MAX);
	session_fini(&session);
}

static void test_kept_commands_run_after_tls(void **state)
{
	const struct fault *fault = fault_find(STR("tls-starttls-injection/kept"));
	static const struct behaviour healthy;

	(void)state;
	assert_non_null(fault);
	for (int kept = 0; kept < 2; kept++) {
		struct session session;

		session_init(&session, kept ? &fault->behaviour : &healthy, &practice, &smtp_dialect);
		session_on_bytes(&session, view_of("STARTTLS\r\nNOOP\r\n", 16));
		assert_true(session.start_tls);
		buf_clear(&session.out);
		session_on_tls(&session);
		assert_int_equal(session.out.len > 0, kept);
		session_fini(&session);
	}
}

static void test_faults_are_named_once(void **state)
{
	size_t n = 0, slugs = 0;

	(void)state;
	for (const struct fault *fault; (fault = fault_at(n)); n++) {
		char name[128];

		snprintf(name, sizeof(name), "%s%s%s", fault->slug, fault->variant ? "/" : "",
			 fault->variant ? fault->variant : "");
		assert_ptr_equal(fault_find(str_of(name)), fault);
		assert_true(fault->summary && strlen(fault->summary) < 70);
		assert_true(fault_fits(fault, fault->form));
		assert_int_equal(fault->form == FORM_DNS, fault->zone != ZONE_HEALTHY);
		if (!fault->variant)
			slugs++;
	}
	assert_true(slugs >= 45);
	assert_null(fault_find(STR("no-such-fault")));
	assert_null(fault_find(STR("auth-password-wrong/no-such-variant")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_talks),
		cmocka_unit_test(test_literal_is_invited_once),
		cmocka_unit_test(test_long_lines_end),
		cmocka_unit_test(test_endless_ends),
		cmocka_unit_test(test_kept_commands_run_after_tls),
		cmocka_unit_test(test_faults_are_named_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
