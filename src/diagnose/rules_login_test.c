/* This file tests the rules about logins, mailboxes and sending. Each fault has a control, one thing apart,
 * that must stay unnamed. */
#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diagnose/case_expect.h"

#define HOST  "mail.example.org"
#define IMAPS "imaps://" HOST ":993"
#define POP3S "pop3s://" HOST ":995"
#define SMTP  "smtp://" HOST ":587"

static const struct {
	const char *name, *url, *command, *line, *causes;
} refusals[] = {
	{ "wrong", IMAPS, "AUTHENTICATE PLAIN", "P3 NO [AUTHENTICATIONFAILED] Authentication failed.",
	  "auth-password-wrong" },
	{ "wrong", POP3S, "PASS", "-ERR [AUTH] Authentication failed.", "auth-password-wrong" },
	{ "wrong", SMTP, "AUTH PLAIN", "535 5.7.8 Error: authentication failed", "auth-password-wrong" },
	{ "wrong at Google", "imaps://imap.gmail.com:993", "AUTHENTICATE PLAIN",
	  "P3 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "auth-password-wrong" },
	{ "wrong at Exchange, sending", "smtp://smtp.office365.com:587", "AUTH LOGIN",
	  "535 5.7.3 Authentication unsuccessful", "auth-password-wrong" },
	{ "application password", SMTP, "AUTH PLAIN", "534-5.7.9 Application-specific password required.",
	  "auth-app-password-needed" },
	{ "application password by the house", "imaps://imap.mail.yahoo.com:993", "AUTHENTICATE PLAIN",
	  "P3 NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials", "auth-app-password-needed" },
	{ "application password by the house", "imaps://imap.mail.me.com:993", "LOGIN",
	  "P3 NO [AUTHENTICATIONFAILED] Authentication failed.", "auth-app-password-needed" },
	{ "Yahoo", "smtps://smtp.mail.yahoo.com:465", "AUTH PLAIN",
	  "535 5.7.0 (#AUTH005) Too many bad auth attempts.", "auth-app-password-needed" },
	{ "browser", IMAPS, "LOGIN", "P3 NO [WEBALERT https://accounts.google.com/] Web login required.",
	  "auth-web-login-needed" },
	{ "retired", IMAPS, "LOGIN",
	  "P3 NO [AUTHENTICATIONFAILED] AuthFailed:LogonDenied-BasicAuthBlocked-<UserType:OutlookCom>",
	  "auth-password-retired" },
	{ "retired", SMTP, "AUTH LOGIN",
	  "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
	  "auth-password-retired" },
	{ "retired, wordless", "imaps://outlook.office365.com:993", "LOGIN", "P3 NO LOGIN failed.",
	  "auth-password-retired" },
	{ "wordless elsewhere", IMAPS, "LOGIN", "P3 NO LOGIN failed.", "auth-login-refused" },
	{ "no reason", POP3S, "PASS", "-ERR no", "auth-login-refused" },
	{ "tenant", SMTP, "AUTH LOGIN",
	  "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
	  "auth-smtp-off-for-tenant" },
	{ "defaults", SMTP, "AUTH LOGIN",
	  "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults "
	  "policy.",
	  "auth-security-defaults" },
	{ "basic for submission", SMTP, "AUTH LOGIN",
	  "550 5.7.30 Basic authentication is not supported for Client Submission.",
	  "auth-basic-retired-exchange" },
	{ "separate", "imaps://secureimap.t-online.de:993", "LOGIN", "P3 NO [AUTHENTICATIONFAILED] no",
	  "auth-mail-password-separate" },
	{ "name", IMAPS, "LOGIN", "P3 NO Please use your full email address as user name",
	  "auth-user-name-form" },
	{ "locked", IMAPS, "LOGIN", "P3 NO [LIMIT] Too many failed login attempts", "auth-account-locked" },
	{ "back end", POP3S, "PASS", "-ERR [SYS/TEMP] Temporary authentication failure.",
	  "auth-backend-down" },
	{ "back end", SMTP, "AUTH PLAIN", "454 4.7.0 Temporary authentication failure", "auth-backend-down" },
	{ "suspended", IMAPS, "LOGIN", "P3 NO [CONTACTADMIN] Account is suspended",
	  "auth-account-suspended" },
	{ "off", IMAPS, "LOGIN", "P3 NO [ALERT] Your account is not enabled for IMAP use.",
	  "auth-access-off" },
	{ "mechanism", SMTP, "AUTH LOGIN", "504 5.5.4 Unrecognized authentication type",
	  "auth-no-common-mechanism" },
	{ "in use", POP3S, "PASS", "-ERR [IN-USE] Mailbox is locked by another POP3 session",
	  "mailbox-locked" },
	{ "too soon", POP3S, "PASS", "-ERR [LOGIN-DELAY] Minimum time between logins is 15 minutes",
	  "pop3-login-too-soon" },
	{ "connections", IMAPS, "LOGIN", "P3 NO [LIMIT] Maximum number of connections from user+IP exceeded",
	  "imap-connections-too-many" },
};

static void refused_logins(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, refusals[i].url);
		maker_step(e, STEP_LOGIN, STEP_ERROR_REFUSED);
		e->login = LOGIN_REFUSED;
		e->login_mechanism = MECHANISM_PLAIN;
		maker_said(e, refusals[i].command, refusals[i].line);
		expect(&m, refusals[i].name, refusals[i].causes);
	}
}

/* The name in its other form, tried after the first was refused. */
static void other_forms_of_the_name(void **state)
{
	static const struct {
		const char *name;
		enum user_form form;
		enum login_outcome other;
		const char *cause, *evidence;
	} rows[] = {
		{ "local part", USER_FORM_LOCAL_PART, LOGIN_ACCEPTED, "auth-user-name-form",
		  "the part before the @" },
		{ "address", USER_FORM_ADDRESS, LOGIN_ACCEPTED, "auth-user-name-form", "the whole address" },
		{ "refused too", USER_FORM_LOCAL_PART, LOGIN_REFUSED, "auth-password-wrong",
		  "the part before the @, refused too" },
		{ "control: broke off", USER_FORM_LOCAL_PART, LOGIN_NOT_FINISHED, "auth-password-wrong",
		  NULL },
		{ "control: not tried", USER_FORM_NONE, LOGIN_NOT_ASKED, "auth-password-wrong", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct finding *f;
		struct maker m;
		struct endpoint_facts *e;
		bool found = false;

		maker_init(&m);
		e = maker_good(&m, IMAPS);
		maker_step(e, STEP_LOGIN, STEP_ERROR_REFUSED);
		e->login = LOGIN_REFUSED;
		e->login_mechanism = MECHANISM_PLAIN;
		e->other_form = rows[i].form;
		e->other_login = rows[i].other;
		maker_said(e, "AUTHENTICATE PLAIN", "P3 NO [AUTHENTICATIONFAILED] Authentication failed.");
		maker_diagnose(&m);
		assert_string_equal(maker_causes(&m), rows[i].cause);
		f = m.diagnosis.causes[0];
		for (size_t k = 0; k < f->n_evidence; k++)
			found = found ||
				(rows[i].evidence && strcmp(f->evidence[k].found, rows[i].evidence) == 0);
		if (found != (rows[i].evidence != NULL))
			fail_msg("%s: evidence \"%s\"", rows[i].name,
				 rows[i].evidence ? rows[i].evidence : "");
		arena_drop(&m.arena);
	}
}

/* The same words for a token speak of the token. */
static void refused_tokens(void **state)
{
	static const struct {
		const char *name, *url, *line;
	} rows[] = {
		{ "IMAP", IMAPS, "P3 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)" },
		{ "SMTP", SMTP, "535 5.7.8 Username and Password not accepted." },
		{ "Exchange", "imaps://outlook.office365.com:993", "P3 NO AUTHENTICATE failed." },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, rows[i].url);
		maker_step(e, STEP_LOGIN, STEP_ERROR_REFUSED);
		e->login = LOGIN_REFUSED;
		e->login_mechanism = MECHANISM_XOAUTH2;
		maker_said(e, "token refused", "{\"status\":\"401\"}");
		maker_said(e, "AUTHENTICATE XOAUTH2", rows[i].line);
		expect(&m, rows[i].name, "auth-token-refused");
	}
}

static const struct {
	const char *name, *url;
	enum login_outcome login;
	uint32_t offered;
	const char *capability;
	bool starttls;
	const char *causes; /* NULL: undecided */
} offers[] = {
	{ "NTLM alone", IMAPS, LOGIN_NOT_POSSIBLE, MECHANISM_NTLM, NULL, false, "auth-no-common-mechanism" },
	{ "OAuth2 alone", IMAPS, LOGIN_NOT_POSSIBLE, MECHANISM_XOAUTH2, NULL, false,
	  "auth-no-common-mechanism" },
	{ "OAuth2 alone at Microsoft", "imaps://outlook.office365.com:993", LOGIN_NOT_POSSIBLE,
	  MECHANISM_XOAUTH2, NULL, false, "auth-password-retired" },
	{ "LOGINDISABLED", "imap://" HOST ":143?security=none", LOGIN_NOT_POSSIBLE, 0, "LOGINDISABLED", true,
	  "auth-login-disabled" },
	{ "LOGINDISABLED, not asked", "imap://" HOST ":143?security=none", LOGIN_NOT_ASKED, 0,
	  "LOGINDISABLED", true, "auth-login-disabled" },
	{ "no USER without STLS", "pop3://" HOST ":110?security=none", LOGIN_NOT_ASKED, 0, NULL, true,
	  "auth-login-disabled" },
	{ "no AUTH without STARTTLS", "smtp://" HOST ":587?security=none", LOGIN_NOT_ASKED, 0, NULL, true,
	  "auth-login-disabled" },
	{ "no AUTH", SMTP, LOGIN_NOT_ASKED, 0, NULL, true, "smtp-auth-not-offered" },
	{ "no AUTH and nothing else", "smtp://" HOST ":587?security=none", LOGIN_NOT_ASKED, 0, NULL, false,
	  "smtp-auth-not-offered" },
	{ "control: the next server's port", "smtp://" HOST ":25", LOGIN_NOT_ASKED, 0, NULL, true, "" },
	{ "control: LOGINDISABLED before TLS", "imap://" HOST ":143", LOGIN_NOT_ASKED, MECHANISM_PLAIN,
	  "LOGINDISABLED", true, "" },
	{ "control: accepted", IMAPS, LOGIN_ACCEPTED, MECHANISM_PLAIN, NULL, false, "" },
	{ "control: OAuth2 among others", IMAPS, LOGIN_ACCEPTED, MECHANISM_PLAIN | MECHANISM_XOAUTH2, NULL,
	  false, "" },
	{ "control: not asked", IMAPS, LOGIN_NOT_ASKED, MECHANISM_NTLM, NULL, false, "" },
	{ "held back", IMAPS, LOGIN_HELD_BACK, MECHANISM_PLAIN, NULL, false, NULL },
	{ "no password given", IMAPS, LOGIN_NOT_POSSIBLE, MECHANISM_PLAIN, NULL, false, NULL },
};

static void offers_of_logins(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(offers); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, offers[i].url);
		e->login = offers[i].login;
		e->mechanisms_tls = offers[i].offered;
		e->mechanisms = e->endpoint.security == SECURITY_NONE ? offers[i].offered : 0;
		e->starttls_offered = offers[i].starttls;
		if (offers[i].capability)
			e->capabilities[e->n_capabilities++] = str_of(offers[i].capability);
		if (offers[i].causes) {
			expect(&m, offers[i].name, offers[i].causes);
			continue;
		}
		maker_diagnose(&m);
		assert_int_equal(m.diagnosis.verdict, VERDICT_UNDECIDED);
		assert_non_null(m.diagnosis.next_test);
		arena_drop(&m.arena);
	}
}

static const struct {
	const char *name, *url;
	enum step_name step;
	const char *command, *line, *causes;
} answers[] = {
	{ "ID", IMAPS, STEP_MAILBOX, "EXAMINE INBOX",
	  "P4 NO EXAMINE Unsafe Login. Please contact kefu@188.com", "imap-id-required" },
	{ "locked", IMAPS, STEP_MAILBOX, "EXAMINE INBOX", "P4 NO [INUSE] Mailbox in use", "mailbox-locked" },
	{ "locked", POP3S, STEP_MAILBOX, "STAT", "-ERR [IN-USE] locked", "mailbox-locked" },
	{ "bug", IMAPS, STEP_MAILBOX, "EXAMINE INBOX", "P4 NO [SERVERBUG] Internal error occurred.",
	  "mailbox-open-refused" },
	{ "no reason", IMAPS, STEP_MAILBOX, "EXAMINE INBOX", "P4 NO sorry", "mailbox-open-refused" },
	{ "full", IMAPS, STEP_MAILBOX, "EXAMINE INBOX", "P4 NO [OVERQUOTA] Quota exceeded",
	  "mailbox-quota-full" },
	{ "not connected", IMAPS, STEP_MAILBOX, "EXAMINE INBOX",
	  "P4 BAD User is authenticated but not connected.", "auth-token-refused" },
	{ "HELO", SMTP, STEP_CAPABILITIES, "EHLO",
	  "550 5.7.1 Helo command rejected: need fully-qualified hostname", "smtp-helo-refused" },
	{ "STARTTLS first", "smtp://" HOST ":587?security=none", STEP_SENDER, "MAIL FROM:<a@example.org>",
	  "530 5.7.0 Must issue a STARTTLS command first", "smtp-starttls-required" },
	{ "POP first", SMTP, STEP_SENDER, "MAIL FROM:<a@example.org>",
	  "550 5.7.1 Please check your mail first (POP before SMTP)", "smtp-pop-before-smtp" },
	{ "relay", SMTP, STEP_RECIPIENT, "RCPT TO:<b@example.net>",
	  "554 5.7.1 <b@example.net>: Relay access denied", "smtp-relay-denied" },
	{ "sender", SMTP, STEP_SENDER, "MAIL FROM:<a@example.org>",
	  "553 5.7.1 <a@example.org>: Sender address rejected: not owned by user", "smtp-sender-refused" },
	{ "recipient", SMTP, STEP_RECIPIENT, "RCPT TO:<b@example.net>", "550 5.1.1 User unknown",
	  "smtp-recipient-refused" },
	{ "size", SMTP, STEP_SENDER, "MAIL FROM:<a@example.org> SIZE=99999999",
	  "552 5.3.4 Message size exceeds fixed limit", "smtp-message-too-large" },
	{ "recipient full", SMTP, STEP_RECIPIENT, "RCPT TO:<b@example.net>",
	  "552 5.2.2 Recipient's mailbox is full", "mailbox-quota-full" },
	{ "blocked", SMTP, STEP_RECIPIENT, "RCPT TO:<b@example.net>",
	  "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using list.example",
	  "smtp-client-blocked" },
	{ "greylisted", SMTP, STEP_RECIPIENT, "RCPT TO:<b@example.net>", "450 4.7.1 Greylisted",
	  "smtp-greylisted" },
	{ "limited", SMTP, STEP_SENDER, "MAIL FROM:<a@example.org>",
	  "550 5.4.5 Daily user sending quota exceeded.", "smtp-rate-limited" },
};

static void answers_after_the_login(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, answers[i].url);
		if (answers[i].step != STEP_CAPABILITIES)
			e->login = LOGIN_ACCEPTED;
		if (answers[i].step == STEP_CAPABILITIES)
			maker_stop(e, answers[i].step, STEP_ERROR_REFUSED);
		else
			maker_step(e, answers[i].step, STEP_ERROR_REFUSED);
		e->size_limit = 10240;
		maker_said(e, answers[i].command, answers[i].line);
		expect(&m, answers[i].name, answers[i].causes);
	}
}

static void answers_that_are_no_fault(void **state)
{
	struct maker m;
	struct endpoint_facts *e;

	(void)state;
	/* A submission server that wants a login first is as it should be. */
	maker_init(&m);
	e = maker_good(&m, SMTP);
	maker_step(e, STEP_SENDER, STEP_ERROR_REFUSED);
	maker_said(e, "MAIL FROM:<a@example.org>", "530 5.7.0 Authentication Required");
	expect(&m, "login first", "");
	/* A server from before 1995. */
	maker_init(&m);
	e = maker_good(&m, "smtp://" HOST ":25?security=none");
	maker_said(e, "EHLO", "502 5.5.1 unknown command");
	maker_said(e, "HELO", "250 hello")->ok = true;
	e->mechanisms = 0;
	expect(&m, "HELO alone", "");
	/* A relay that knows its own network, and the same where the account wants a login. */
	for (int asked = 0; asked < 2; asked++) {
		maker_init(&m);
		e = maker_good(&m, SMTP);
		e->mechanisms_tls = 0;
		e->login = asked ? LOGIN_NOT_POSSIBLE : LOGIN_NOT_ASKED;
		maker_step(e, STEP_SENDER, STEP_ERROR_NONE);
		maker_step(e, STEP_RECIPIENT, STEP_ERROR_NONE);
		expect(&m, "relay", asked ? "smtp-auth-not-offered" : "");
	}
}

static void quotas(void **state)
{
	static const struct {
		uint64_t used, limit;
		const char *causes;
		size_t n_findings;
	} rows[] = {
		{ 0, 0, "", 0 },
		{ 94, 100, "", 0 },
		{ 95, 100, "", 1 },
		{ 100, 100, "mailbox-quota-full", 1 },
		{ 200, 100, "mailbox-quota-full", 1 },
		{ UINT64_MAX - 1, UINT64_MAX, "", 1 },
		{ UINT64_MAX / 2, UINT64_MAX, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, IMAPS);
		e->login = LOGIN_ACCEPTED;
		e->has_quota = true;
		e->quota_used = rows[i].used;
		e->quota_limit = rows[i].limit;
		maker_diagnose(&m);
		assert_int_equal(finding_count(m.sink), rows[i].n_findings);
		assert_string_equal(maker_causes(&m), rows[i].causes);
		if (rows[i].n_findings > 0 && !*rows[i].causes)
			assert_int_equal(finding_at(m.sink, 0)->code, CODE_MAILBOX_QUOTA_NEARLY_FULL);
		arena_drop(&m.arena);
	}
}

/* Each row's neighbour differs in one thing. Times in milliseconds, of a connection of 20. */
static const struct {
	const char *name;
	int login, first, took;
	uint64_t bytes;
	int busy; /* -1: tried, and no answer */
	unsigned disordered;
	int door;
	const char *causes;
} speeds[] = {
	{ "slow login", 5200, 30, 10, 60000, 0, 0, 0, "auth-login-slow" },
	{ "control: login within its time", 4900, 30, 10, 60000, 0, 0, 0, "" },
	{ "late first byte", 50, 5100, 10, 60000, 25, 0, 0, "mailbox-answer-slow" },
	{ "control: first byte within its time", 50, 4900, 10, 60000, 25, 0, 0, "" },
	{ "late, and connections too", 50, 5100, 10, 60000, 900, 0, 0, "path-transfer-slow" },
	{ "late, and no connection comes about", 50, 5100, 10, 60000, -1, 0, 0, "path-transfer-slow" },
	{ "late and in one piece, behind a box", 50, 5100, 10, 60000, 25, 0, 200, "scanner-transfer-held" },
	{ "late and in pieces, behind a box", 50, 5100, 6000, 60000, 25, 0, 200, "mailbox-answer-slow" },
	{ "control: behind a box, all well", 50, 30, 10, 60000, 25, 0, 200, "" },
	{ "trickling", 50, 30, 6000, 60000, 25, 0, 0, "mailbox-transfer-slow" },
	{ "control: fast enough", 50, 30, 3000, 60000, 25, 0, 0, "" },
	{ "control: too little to tell", 50, 30, 6000, 4000, 25, 0, 0, "" },
	{ "trickling, and connections too", 50, 30, 6000, 60000, 400, 0, 0, "path-transfer-slow" },
	{ "trickling, and packets are lost", 50, 30, 6000, 60000, 25, 3, 0, "path-transfer-slow" },
	{ "trickling, and one packet was lost", 50, 30, 6000, 60000, 25, 1, 0, "mailbox-transfer-slow" },
};

static void speeds_and_sides(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(speeds); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, "imaps://mail.example.org:993");
		e->login = LOGIN_ACCEPTED;
		maker_step(e, STEP_LOGIN, STEP_ERROR_NONE)->took = MOMENT_MS(speeds[i].login);
		e->speed = (struct speed_facts){
			.asked = true,
			.waited = MOMENT_MS(speeds[i].first),
			.took = MOMENT_MS(speeds[i].took),
			.bytes = speeds[i].bytes,
			.tried = speeds[i].busy != 0,
			.came = speeds[i].busy > 0,
			.busy = speeds[i].busy > 0 ? MOMENT_MS(speeds[i].busy) : 0,
		};
		e->flow = (struct flow_facts){ .known = true, .disordered = speeds[i].disordered };
		if (speeds[i].door)
			e->doors = (struct doors_facts){ true, MOMENT_MS(speeds[i].door), 443 };
		expect(&m, speeds[i].name, speeds[i].causes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speeds_and_sides),          cmocka_unit_test(refused_logins),
		cmocka_unit_test(other_forms_of_the_name),   cmocka_unit_test(refused_tokens),
		cmocka_unit_test(offers_of_logins),          cmocka_unit_test(answers_after_the_login),
		cmocka_unit_test(answers_that_are_no_fault), cmocka_unit_test(quotas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
