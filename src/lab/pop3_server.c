/* This file speaks POP3 (RFC 1939, 2449, 2595, 5034) as a practice server. */
#include "base/checked.h"
#include "lab/practice_message.h"
#include "lab/sasl.h"
#include "lab/session.h"

#include <stdio.h>
#include <string.h>

static void greet(struct session *session)
{
	session_say(session, "+OK POP3 practice server ready");
}

static void on_capa(struct session *session, struct str rest)
{
	const char *mechanisms = session_mechanisms(session);

	(void)rest;
	session_say(session, "+OK Capability list follows");
	if (session->behaviour->hostile == HOSTILE_ENDLESS_CAPABILITIES) {
		session->endless = true;
		return;
	}
	session_say(session, "TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING");
	if (session_offers_starttls(session))
		session_say(session, "STLS");
	if (session_may_log_in(session) && *mechanisms) {
		if (!session->behaviour->mechanisms)
			session_say(session, "USER");
		session_sayf(session, "SASL %s", mechanisms);
	}
	session_say(session, "IMPLEMENTATION practice\r\n.");
}

static void on_stls(struct session *session, struct str rest)
{
	(void)rest;
	if (session->behaviour->starttls == STARTTLS_REFUSED) {
		session_say(session, "-ERR TLS is not available now");
		return;
	}
	if (!session_offers_starttls(session)) {
		session_say(session, "-ERR Unknown command.");
		return;
	}
	session_say(session, "+OK Begin TLS negotiation now.");
	if (session->behaviour->starttls == STARTTLS_INJECTED)
		session_say(session, "+OK injected");
	session->start_tls = true;
}

/* RFC 2595 section 4: no password before TLS. */
static bool may_log_in(struct session *session)
{
	if (session_may_log_in(session))
		return true;
	session_say(session,
		    "-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.");
	return false;
}

static void on_user(struct session *session, struct str rest)
{
	size_t n = rest.len < sizeof(session->user) - 1 ? rest.len : sizeof(session->user) - 1;

	if (!may_log_in(session))
		return;
	if (session->behaviour->mechanisms) {
		session_say(session, "-ERR [AUTH] USER is switched off, use SASL");
		return;
	}
	if (n)
		memcpy(session->user, rest.at, n);
	session->user[n] = '\0';
	session_say(session, "+OK");
}

static void login_done(struct session *session, bool ok)
{
	const char *refusal = session_answer(session, "PASSWORD");

	if (ok)
		session_say(session, "+OK Logged in.");
	else
		session_say(session, refusal ? refusal : "-ERR [AUTH] Authentication failed.");
}

static void on_pass(struct session *session, struct str rest)
{
	if (!may_log_in(session))
		return;
	if (!session->user[0]) {
		session_say(session, "-ERR USER first");
		return;
	}
	session->authenticated = session_credentials_fit(session, str_of(session->user), rest);
	login_done(session, session->authenticated);
}

static void on_auth(struct session *session, struct str rest)
{
	struct str mechanism = str_cut(&rest, ' ');

	if (may_log_in(session) && !sasl_begin(session, mechanism, rest))
		session_say(session, "-ERR Unsupported authentication mechanism.");
}

static void on_stat(struct session *session, struct str rest)
{
	(void)rest;
	session_sayf(session, "+OK 1 %zu", practice_message().len);
}

/* LIST and UIDL, with and without a number; there is one message. */
static void say_listing(struct session *session, struct str rest, const char *value)
{
	if (str_is(rest, "1"))
		session_sayf(session, "+OK 1 %s", value);
	else if (rest.len)
		session_say(session, "-ERR There's only 1 message.");
	else
		session_sayf(session, "+OK 1 message\r\n1 %s\r\n.", value);
}

static void on_list(struct session *session, struct str rest)
{
	char size[24];

	snprintf(size, sizeof(size), "%zu", practice_message().len);
	say_listing(session, rest, size);
}

static void on_uidl(struct session *session, struct str rest)
{
	say_listing(session, rest, "practice-1");
}

static void on_retr(struct session *session, struct str rest)
{
	if (!str_is(rest, "1")) {
		session_say(session, "-ERR There's no such message.");
		return;
	}
	session_sayf(session, "+OK %zu octets", practice_message().len);
	buf_add_str(&session->out, practice_message());
	session_say(session, ".");
}

static void on_top(struct session *session, struct str rest)
{
	if (!str_is(str_cut(&rest, ' '), "1")) {
		session_say(session, "-ERR There's no such message.");
		return;
	}
	session_say(session, "+OK");
	buf_add_str(&session->out, practice_header());
	session_say(session, ".");
}

static void on_ok(struct session *session, struct str rest)
{
	(void)rest;
	session_say(session, "+OK");
}

static void on_quit(struct session *session, struct str rest)
{
	(void)rest;
	session_say(session, "+OK Logging out.");
	session->closing = true;
}

static const struct {
	const char *verb;
	void (*run)(struct session *session, struct str rest);
	bool needs_login;
} commands[] = {
	{ "CAPA", on_capa, false }, { "STLS", on_stls, false }, { "USER", on_user, false },
	{ "PASS", on_pass, false }, { "AUTH", on_auth, false }, { "QUIT", on_quit, false },
	{ "STAT", on_stat, true },  { "LIST", on_list, true },  { "UIDL", on_uidl, true },
	{ "RETR", on_retr, true },  { "TOP", on_top, true },    { "NOOP", on_ok, true },
	{ "RSET", on_ok, true },    { "DELE", on_ok, true },
};

static void on_line(struct session *session, struct str line)
{
	struct str rest = line, verb;
	const char *answer;

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
		else if (commands[i].needs_login && !session->authenticated)
			session_say(session, "-ERR Log in first.");
		else
			commands[i].run(session, rest);
		return;
	}
	session_say(session, "-ERR Unknown command.");
}

const struct dialect pop3_dialect = {
	.protocol = SPEAKS_POP3, .name = "pop3", .greet = greet, .line = on_line, .login_done = login_done
};
