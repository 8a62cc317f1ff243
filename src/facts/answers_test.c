/* This file tests what servers' answers are taken to mean. */
#include "facts/answers.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* Lines as servers send them, at a known stage. */
static const struct {
	const char *line;
	enum answer_stage stage;
	enum answer_meaning meaning;
} lines[] = {
	/* Google */
	{ "535-5.7.8 Username and Password not accepted. For more information, go to", ANSWER_AT_LOGIN,
	  ANSWER_PASSWORD_WRONG },
	{ "534-5.7.9 Application-specific password required. Learn more at", ANSWER_AT_LOGIN,
	  ANSWER_APP_PASSWORD_NEEDED },
	{ "534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor", ANSWER_AT_LOGIN,
	  ANSWER_APP_PASSWORD_NEEDED },
	{ "534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1> Please log in via your web "
	  "browser",
	  ANSWER_AT_LOGIN, ANSWER_WEB_LOGIN_NEEDED },
	{ "534 5.7.9 Authentication mechanism is too weak", ANSWER_AT_LOGIN, ANSWER_MECHANISM_REFUSED },
	{ "a1 NO [ALERT] Application-specific password required: "
	  "https://support.google.com/accounts/answer/185833 "
	  "(Failure)",
	  ANSWER_AT_LOGIN, ANSWER_APP_PASSWORD_NEEDED },
	{ "a1 NO [WEBALERT https://accounts.google.com/signin] Web login required.", ANSWER_AT_LOGIN,
	  ANSWER_WEB_LOGIN_NEEDED },
	{ "a1 NO [ALERT] Please log in via your web browser", ANSWER_AT_LOGIN, ANSWER_WEB_LOGIN_NEEDED },
	{ "a1 NO [ALERT] IMAP access is not allowed for this account", ANSWER_AT_LOGIN, ANSWER_ACCESS_OFF },
	{ "a1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", ANSWER_AT_LOGIN,
	  ANSWER_PASSWORD_WRONG },
	{ "550 5.4.5 Daily user sending quota exceeded", ANSWER_AT_RECIPIENT, ANSWER_RATE_LIMITED },
	/* Microsoft */
	{ "535 5.7.139 Authentication unsuccessful, basic authentication is disabled", ANSWER_AT_LOGIN,
	  ANSWER_PASSWORD_RETIRED },
	{ "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
	  ANSWER_AT_LOGIN, ANSWER_SMTP_AUTH_OFF },
	{ "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults "
	  "policy",
	  ANSWER_AT_LOGIN, ANSWER_SECURITY_DEFAULTS },
	{ "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be "
	  "authenticated "
	  "successfully",
	  ANSWER_AT_LOGIN, ANSWER_SECURITY_DEFAULTS },
	{ "535 5.7.139 Authentication unsuccessful", ANSWER_AT_LOGIN, ANSWER_LOGIN_UNEXPLAINED },
	{ "535 5.7.3 Authentication unsuccessful", ANSWER_AT_LOGIN, ANSWER_PASSWORD_WRONG },
	{ "530 5.7.57 Client not authenticated to send mail", ANSWER_AT_SENDER, ANSWER_LOGIN_NEEDED },
	{ "550 5.7.30 Basic authentication is not supported for Client Submission", ANSWER_AT_LOGIN,
	  ANSWER_BASIC_RETIRED_SUBMISSION },
	{ "550 5.7.30 Basic authentication is not supported for Client Submission", ANSWER_AT_SENDER,
	  ANSWER_BASIC_RETIRED_SUBMISSION },
	{ "a1 NO [AUTHENTICATIONFAILED] AuthFailed:LogonDenied-BasicAuthBlocked-<UserType:OutlookCom> "
	  "LogonFailed-BasicAuthBlocked",
	  ANSWER_AT_LOGIN, ANSWER_PASSWORD_RETIRED },
	{ "a1 NO LOGIN failed.", ANSWER_AT_LOGIN, ANSWER_LOGIN_UNEXPLAINED },
	{ "a1 NO AUTHENTICATE failed.", ANSWER_AT_LOGIN, ANSWER_LOGIN_UNEXPLAINED },
	{ "a1 BAD User is authenticated but not connected.", ANSWER_AT_MAILBOX, ANSWER_TOKEN_REFUSED },
	{ "554 5.2.252 SendAsDenied; user@example.org not allowed to send as other@example.org",
	  ANSWER_AT_SENDER, ANSWER_SENDER_REFUSED },
	/* others with their own words */
	{ "535 5.7.0 (#AUTH005) Too many bad auth attempts.", ANSWER_AT_LOGIN, ANSWER_APP_PASSWORD_NEEDED },
	{ "a1 NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials", ANSWER_AT_LOGIN, ANSWER_PASSWORD_WRONG },
	{ "a2 NO SELECT Unsafe Login. Please contact kefu@188.com for help", ANSWER_AT_MAILBOX,
	  ANSWER_ID_REQUIRED },
	/* standards: IMAP */
	{ "a1 NO [AUTHENTICATIONFAILED] Authentication failed.", ANSWER_AT_LOGIN, ANSWER_PASSWORD_WRONG },
	{ "a1 NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
	  ANSWER_AT_LOGIN, ANSWER_LOGIN_DISABLED },
	{ "* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS", ANSWER_AT_LOGIN,
	  ANSWER_LOGIN_DISABLED },
	{ "a1 NO [UNAVAILABLE] Temporary authentication failure.", ANSWER_AT_LOGIN, ANSWER_BACKEND_DOWN },
	{ "a1 NO [SERVERBUG] Internal error", ANSWER_AT_LOGIN, ANSWER_BACKEND_DOWN },
	{ "a1 NO [EXPIRED] Your account has expired", ANSWER_AT_LOGIN, ANSWER_ACCOUNT_SUSPENDED },
	{ "a1 NO [CONTACTADMIN] Call us", ANSWER_AT_LOGIN, ANSWER_ACCOUNT_SUSPENDED },
	{ "a1 NO [LIMIT] Too many logins", ANSWER_AT_LOGIN, ANSWER_ACCOUNT_LOCKED },
	{ "* BYE [LIMIT] Maximum number of connections from user+IP exceeded", ANSWER_AT_GREETING,
	  ANSWER_CONNECTIONS_TOO_MANY },
	{ "a1 NO [ALERT] Too many simultaneous connections. (Failure)", ANSWER_AT_LOGIN,
	  ANSWER_CONNECTIONS_TOO_MANY },
	{ "a2 NO [INUSE] Mailbox in use", ANSWER_AT_MAILBOX, ANSWER_MAILBOX_LOCKED },
	{ "a2 NO [OVERQUOTA] Quota exceeded (mailbox for user is full)", ANSWER_AT_MAILBOX,
	  ANSWER_QUOTA_FULL },
	{ "a2 NO [SERVERBUG] Internal error occurred", ANSWER_AT_MAILBOX, ANSWER_MAILBOX_REFUSED },
	{ "a1 NO go away", ANSWER_AT_LOGIN, ANSWER_UNKNOWN },
	/* standards: POP3 */
	{ "-ERR [AUTH] Authentication failed.", ANSWER_AT_LOGIN, ANSWER_PASSWORD_WRONG },
	{ "-ERR [SYS/TEMP] Temporary authentication failure.", ANSWER_AT_LOGIN, ANSWER_BACKEND_DOWN },
	{ "-ERR [SYS/PERM] account closed", ANSWER_AT_LOGIN, ANSWER_ACCOUNT_SUSPENDED },
	{ "-ERR [IN-USE] Mailbox is locked by another POP3 session.", ANSWER_AT_MAILBOX,
	  ANSWER_MAILBOX_LOCKED },
	{ "-ERR [LOGIN-DELAY] minimum time between mail checks violation", ANSWER_AT_LOGIN,
	  ANSWER_LOGIN_TOO_SOON },
	{ "-ERR unable to lock maildrop", ANSWER_AT_LOGIN, ANSWER_MAILBOX_LOCKED },
	{ "-ERR Login incorrect", ANSWER_AT_LOGIN, ANSWER_PASSWORD_WRONG },
	{ "-ERR no", ANSWER_AT_LOGIN, ANSWER_UNKNOWN },
	/* standards: SMTP */
	{ "535 5.7.8 Error: authentication failed: (reason unavailable)", ANSWER_AT_LOGIN,
	  ANSWER_PASSWORD_WRONG },
	{ "535 Incorrect authentication data", ANSWER_AT_LOGIN, ANSWER_PASSWORD_WRONG },
	{ "454 4.7.0 Temporary authentication failure: Connection lost", ANSWER_AT_LOGIN,
	  ANSWER_BACKEND_DOWN },
	{ "421 4.7.0 Too many failed login attempts", ANSWER_AT_LOGIN, ANSWER_ACCOUNT_LOCKED },
	{ "454 4.7.0 Too many login attempts, please try again later", ANSWER_AT_LOGIN,
	  ANSWER_ACCOUNT_LOCKED },
	{ "538 5.7.11 Encryption required for requested authentication mechanism", ANSWER_AT_LOGIN,
	  ANSWER_LOGIN_DISABLED },
	{ "504 5.5.4 Unrecognized authentication type", ANSWER_AT_LOGIN, ANSWER_MECHANISM_REFUSED },
	{ "530 5.7.0 Must issue a STARTTLS command first", ANSWER_AT_SENDER, ANSWER_TLS_REQUIRED },
	{ "530 5.7.0 Authentication Required", ANSWER_AT_SENDER, ANSWER_LOGIN_NEEDED },
	{ "454 4.7.0 TLS not available due to local problem", ANSWER_AT_STARTTLS, ANSWER_TLS_NOT_AVAILABLE },
	{ "502 5.5.1 Error: command not recognised", ANSWER_AT_STARTTLS, ANSWER_TLS_NOT_AVAILABLE },
	{ "554 5.7.1 <a@example.net>: Relay access denied", ANSWER_AT_RECIPIENT, ANSWER_RELAY_DENIED },
	{ "550 5.7.1 Unable to relay", ANSWER_AT_RECIPIENT, ANSWER_RELAY_DENIED },
	{ "454 4.7.1 <a@example.net>: Relay access denied", ANSWER_AT_RECIPIENT, ANSWER_RELAY_DENIED },
	{ "553 5.7.1 <a@b>: Sender address rejected: not owned by user c", ANSWER_AT_RECIPIENT,
	  ANSWER_SENDER_REFUSED },
	{ "550 5.1.8 Sender address rejected: Domain not found", ANSWER_AT_SENDER, ANSWER_SENDER_REFUSED },
	{ "550 5.1.1 <x@y>: Recipient address rejected: User unknown", ANSWER_AT_RECIPIENT,
	  ANSWER_RECIPIENT_REFUSED },
	{ "552 5.3.4 Message size exceeds fixed limit", ANSWER_AT_SENDER, ANSWER_SIZE_EXCEEDED },
	{ "552 5.2.2 <x@y>: Mailbox full", ANSWER_AT_RECIPIENT, ANSWER_QUOTA_FULL },
	{ "452 4.2.2 The email account that you tried to reach is over quota", ANSWER_AT_RECIPIENT,
	  ANSWER_QUOTA_FULL },
	{ "501 5.5.2 Invalid HELO name", ANSWER_AT_HELO, ANSWER_HELO_REFUSED },
	{ "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", ANSWER_AT_HELO,
	  ANSWER_HELO_REFUSED },
	{ "421 4.3.2 Service shutting down", ANSWER_AT_GREETING, ANSWER_SERVICE_REFUSED },
	{ "421 4.7.0 mail.example.org Error: too many connections from 192.0.2.1", ANSWER_AT_GREETING,
	  ANSWER_CONNECTIONS_TOO_MANY },
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example",
	  ANSWER_AT_RECIPIENT, ANSWER_CLIENT_BLOCKED },
	{ "450 4.2.0 <x@y>: Recipient address rejected: Greylisted, see https://example.org",
	  ANSWER_AT_RECIPIENT, ANSWER_GREYLISTED },
	{ "451 4.7.1 Please try again later", ANSWER_AT_RECIPIENT, ANSWER_GREYLISTED },
	{ "452 4.5.3 Too many recipients", ANSWER_AT_RECIPIENT, ANSWER_RATE_LIMITED },
	{ "550 5.7.1 Authentication required: must check mail first (POP before SMTP)", ANSWER_AT_RECIPIENT,
	  ANSWER_POP_BEFORE_SMTP },
	{ "454 4.7.0 TLS not available due to local problem", ANSWER_AT_DATA, ANSWER_BACKEND_DOWN },
};

static void lines_have_their_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct answer_said said;
		struct answer answer;

		if (!answers_read(str_of(lines[i].line), &said))
			fail_msg("\"%s\" is not read", lines[i].line);
		said.stage = lines[i].stage;
		answers_classify(&said, &answer);
		if (answer.meaning != lines[i].meaning)
			fail_msg("\"%s\" means %s, expected %s", lines[i].line,
				 answer_meaning_name(answer.meaning), answer_meaning_name(lines[i].meaning));
		if (answer.meaning != ANSWER_UNKNOWN)
			assert_non_null(answer.note);
	}
}

static void lines_are_read_from_any_log(void **state)
{
	static const struct {
		const char *line;
		bool read;
		enum protocol protocol;
		unsigned code;
		const char *response;
	} rows[] = {
		{ "535 5.7.8 no", true, PROTOCOL_SMTP, 535, "" },
		{ "535", true, PROTOCOL_SMTP, 535, "" },
		{ "S: 535-5.7.8 no", true, PROTOCOL_SMTP, 535, "" },
		{ "2026-11-23 12:00:01 <-- 535 no", true, PROTOCOL_SMTP, 535, "" },
		{ "A001 NO [LIMIT] x", true, PROTOCOL_IMAP, 0, "LIMIT" },
		{ "* BYE x", true, PROTOCOL_IMAP, 0, "" },
		{ "IMAP< a3 BAD x", true, PROTOCOL_IMAP, 0, "" },
		{ "-ERR [IN-USE] x", true, PROTOCOL_POP3, 0, "IN-USE" },
		{ "-ERR", true, PROTOCOL_POP3, 0, "" },
		{ "NO [UNFINISHED", true, PROTOCOL_IMAP, 0, "" },
		{ "", false, 0, 0, "" },
		{ "hello there", false, 0, 0, "" },
		{ "5355 x", false, 0, 0, "" },
		{ "no such thing", false, 0, 0, "" },
		{ "\001\002\377", false, 0, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct answer_said said;

		if (answers_read(str_of(rows[i].line), &said) != rows[i].read)
			fail_msg("\"%s\" is read: %d", rows[i].line, !rows[i].read);
		if (!rows[i].read)
			continue;
		assert_int_equal(said.protocol, rows[i].protocol);
		assert_int_equal(said.smtp_code, rows[i].code);
		assert_true(str_is(said.response_code, rows[i].response));
	}
}

static void ambiguous_answers_stay_ambiguous(void **state)
{
	struct answer_said said = { .protocol = PROTOCOL_IMAP,
				    .stage = ANSWER_AT_LOGIN,
				    .text = STR("LOGIN failed.") };
	struct answer answer;

	(void)state;
	answers_classify(&said, &answer);
	assert_int_equal(answer.n_also, 3);
	said.response_code = STR("AUTHENTICATIONFAILED");
	answers_classify(&said, &answer);
	assert_int_equal(answer.meaning, ANSWER_PASSWORD_WRONG);
	assert_int_equal(answer.n_also, 0);
}

static void codes_stand_above_words(void **state)
{
	struct answer_said said = { .protocol = PROTOCOL_POP3,
				    .stage = ANSWER_AT_LOGIN,
				    .response_code = STR("SYS/TEMP"),
				    .text = STR("invalid password") };
	struct answer answer;

	(void)state;
	answers_classify(&said, &answer);
	assert_int_equal(answer.meaning, ANSWER_BACKEND_DOWN);
}

static void tokens(void **state)
{
	static const struct {
		const char *base64, *status; /* NULL: none */
	} rows[] = {
		{ "eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS"
		  "8ifQ==",
		  "400" },
		{ "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=", "invalid_token" },
		{ "eyJzdGF0dXMiOjQwMX0=", "401" },
		{ "eyJzdGF0dXMi", NULL },
		{ "VXNlcm5hbWU6", NULL },
		{ "UGFzc3dvcmQ6", NULL },
		{ "eyJzdGF0dXM\"", NULL },
		{ "", NULL },
		{ "====", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char status[16] = "";
		bool found = answers_token_status(str_of(rows[i].base64), status, sizeof status);

		if (found != (rows[i].status != NULL) || (found && strcmp(status, rows[i].status) != 0))
			fail_msg("%s gives \"%s\"", rows[i].base64, status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_their_meaning),
		cmocka_unit_test(lines_are_read_from_any_log),
		cmocka_unit_test(ambiguous_answers_stay_ambiguous),
		cmocka_unit_test(codes_stand_above_words),
		cmocka_unit_test(tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
