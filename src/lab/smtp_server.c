/* This file speaks SMTP submission (RFC 5321, 6409, 4954, 3207) as a practice server. */
#include "base/checked.h"
#include "lab/sasl.h"
#include "lab/session.h"

enum { SIZE_HEALTHY = 50'000'000 };

static void greet(struct session *session)
{
	if (session->behaviour->masked_banner)
		session_say(session, "220 ********************************************2*******");
	else
		session_sayf(session, "220 mail.%s ESMTP practice server", session->practice->domain);
}

static void say_capability(struct session *session, const char *name, bool last)
{
	session_sayf(session, "250%c%s", last ? ' ' : '-', name);
}

static unsigned size_limit(const struct session *session)
{
	return session->behaviour->size_limit ? session->behaviour->size_limit : SIZE_HEALTHY;
}

static void on_ehlo(struct session *session, struct str rest)
{
	const char *mechanisms = session_mechanisms(session);

	(void)rest;
	session->has_sender = false;
	session_sayf(session, "250-mail.%s", session->practice->domain);
	if (session->behaviour->hostile == HOSTILE_ENDLESS_CAPABILITIES) {
		session->endless = true;
		return;
	}
	say_capability(session, "PIPELINING", false);
	session_sayf(session, "250-SIZE %u", size_limit(session));
	if (session_offers_starttls(session))
		say_capability(session, "STARTTLS", false);
	if (!session->tls && session->behaviour->starttls == STARTTLS_MASKED)
		say_capability(session, "XXXXXXXA", false);
	if (session_may_log_in(session) && *mechanisms)
		session_sayf(session, "250-AUTH %s", mechanisms);
	say_capability(session, "ENHANCEDSTATUSCODES", false);
	say_capability(session, "8BITMIME", true);
}

static void on_helo(struct session *session, struct str rest)
{
	(void)rest;
	session->has_sender = false;
	session_sayf(session, "250 mail.%s", session->practice->domain);
}

static void on_starttls(struct session *session, struct str rest)
{
	(void)rest;
	if (session->behaviour->starttls == STARTTLS_REFUSED) {
		session_say(session, "454 4.7.0 TLS not available due to local problem");
		return;
	}
	if (session->behaviour->starttls == STARTTLS_MASKED) {
		session_say(session, "500 5.5.1 Command unrecognized: \"XXXXXXXX\"");
		return;
	}
	if (!session_offers_starttls(session)) {
		session_say(session, "502 5.5.1 Command not known");
		return;
	}
	session_say(session, "220 2.0.0 Ready to start TLS");
	if (session->behaviour->starttls == STARTTLS_INJECTED)
		session_say(session, "250-injected.example\r\n250 AUTH PLAIN");
	session->start_tls = true;
}

static void on_auth(struct session *session, struct str rest)
{
	struct str mechanism = str_cut(&rest, ' ');

	if (session->authenticated)
		session_say(session, "503 5.5.1 Already authenticated");
	else if (!session_may_log_in(session))
		session_say(session, "538 5.7.11 Encryption required for requested authentication mechanism");
	else if (!sasl_begin(session, mechanism, rest))
		session_say(session, "504 5.5.4 Unrecognized authentication type");
}

static void login_done(struct session *session, bool ok)
{
	const char *refusal = session_answer(session, "PASSWORD");

	if (ok)
		session_say(session, "235 2.7.0 Authentication successful");
	else
		session_say(session,
			    refusal ? refusal
				    : "535 5.7.8 Error: authentication failed: authentication failure");
}

/* SIZE= of RFC 1870, 0 when not given. */
static uint64_t announced_size(struct str rest)
{
	size_t at = str_find_nocase(rest, STR(" SIZE="));
	uint64_t size = 0;

	if (at == SIZE_MAX)
		return 0;
	rest = str_skip(rest, at + 6);
	if (!str_to_u64(str_cut(&rest, ' '), UINT32_MAX, &size))
		return 0;
	return size;
}

static void on_mail(struct session *session, struct str rest)
{
	if (!session->authenticated)
		session_say(session, "530 5.7.0 Authentication required");
	else if (!str_starts_nocase(rest, STR("FROM:")))
		session_say(session, "501 5.5.4 Syntax: MAIL FROM:<address>");
	else if (announced_size(rest) > size_limit(session))
		session_say(session, "552 5.3.4 Message size exceeds fixed limit");
	else {
		session->has_sender = true;
		session->has_recipient = false;
		session_say(session, "250 2.1.0 Ok");
	}
}

static void on_rcpt(struct session *session, struct str rest)
{
	if (!session->has_sender)
		session_say(session, "503 5.5.1 Error: need MAIL command");
	else if (!str_starts_nocase(rest, STR("TO:")))
		session_say(session, "501 5.5.4 Syntax: RCPT TO:<address>");
	else {
		session->has_recipient = true;
		session_say(session, "250 2.1.5 Ok");
	}
}

static void on_data(struct session *session, struct str rest)
{
	(void)rest;
	if (!session->has_recipient) {
		session_say(session, "503 5.5.1 Error: need RCPT command");
		return;
	}
	session->in_data = true;
	session_say(session, "354 End data with <CR><LF>.<CR><LF>");
}

static void on_rset(struct session *session, struct str rest)
{
	(void)rest;
	session->has_sender = session->has_recipient = false;
	session_say(session, "250 2.0.0 Ok");
}

static void on_noop(struct session *session, struct str rest)
{
	(void)rest;
	session_say(session, "250 2.0.0 Ok");
}

static void on_vrfy(struct session *session, struct str rest)
{
	(void)rest;
	session_say(session, "252 2.0.0 Cannot verify, will try");
}

static void on_quit(struct session *session, struct str rest)
{
	(void)rest;
	session_say(session, "221 2.0.0 Bye");
	session->closing = true;
}

static const struct {
	const char *verb;
	void (*run)(struct session *session, struct str rest);
} commands[] = {
	{ "EHLO", on_ehlo }, { "HELO", on_helo }, { "STARTTLS", on_starttls }, { "AUTH", on_auth },
	{ "MAIL", on_mail }, { "RCPT", on_rcpt }, { "DATA", on_data },         { "RSET", on_rset },
	{ "NOOP", on_noop }, { "VRFY", on_vrfy }, { "QUIT", on_quit },
};

/* The message is accepted and forgotten. */
static void on_text_line(struct session *session, struct str line)
{
	if (!str_is(line, "."))
		return;
	session->in_data = session->has_sender = false;
	session_say(session, "250 2.0.0 Ok: queued as PRACTICE");
}

static void on_line(struct session *session, struct str line)
{
	struct str rest = line, verb;
	const char *answer;

	if (session->in_data) {
		on_text_line(session, line);
		return;
	}
	if (session->sasl != SASL_NONE) {
		sasl_on_line(session, line);
		return;
	}
	verb = str_cut(&rest, ' ');
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		if (!str_is_nocase(verb, commands[i].verb))
			continue;
		answer = session_answer(session, commands[i].verb);
		if (answer)
			session_say(session, answer);
		else
			commands[i].run(session, rest);
		return;
	}
	session_say(session, "502 5.5.2 Error: command not recognized");
}

const struct dialect smtp_dialect = {
	.protocol = SPEAKS_SMTP, .name = "smtp", .greet = greet, .line = on_line, .login_done = login_done
};
