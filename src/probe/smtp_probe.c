/* This file speaks SMTP submission (RFC 6409, RFC 5321) as far as a probe goes: only
 * letters that it was given are ever sent. */
#include "base/checked.h"
#include "probe/course.h"
#include "probe/engine.h"
#include "probe/login.h"
#include "probe/smtp_letters.h"

#include <string.h>

enum {
	NOT_AVAILABLE = 421,
	BULK_LINE = 500, /* RFC 5321 section 4.5.3.1.4: 512 octets a line */
	BULK_PATIENCE_MS = 2500,
	BULK_ROUND_TRIPS = 8,
};

static const char *own_name(const struct probe *p)
{
	const char *name = p->options->helo;

	return name && *name && engine_is_clean(name) ? name : "[127.0.0.1]";
}

static void ask_capabilities(struct probe *p)
{
	engine_command(p, "EHLO", arena_printf(p->arena, "EHLO %s", own_name(p)));
}

static void ask_starttls(struct probe *p)
{
	engine_command(p, "STARTTLS", p->options->early_wait ? "STARTTLS\r\nNOOP" : "STARTTLS");
}

static void ask_logout(struct probe *p)
{
	engine_command(p, NULL, "QUIT");
}

static void ask_login(struct probe *p, enum mechanism mechanism)
{
	engine_command(p, NULL, arena_printf(p->arena, "AUTH %s", mechanism_name(mechanism)));
}

/* MAIL and RCPT show addresses, so they go as safely as was asked. After a
 * refused login they say nothing new; where there was no way to log in, their
 * answer may tell what the server wants instead. */
static bool may_ask_sender(const struct probe *p)
{
	enum login_outcome login = p->facts->login;

	if (!p->options->sender || !engine_is_clean(p->options->sender))
		return false;
	if (p->options->login && login != LOGIN_ACCEPTED && login != LOGIN_NOT_POSSIBLE)
		return false;
	return p->in_tls ? tls_is_verified(p->facts->tls) : p->facts->endpoint.security == SECURITY_NONE;
}

static bool takes_commands_together(const struct probe *p)
{
	size_t n = p->in_tls ? p->facts->n_capabilities_tls : p->facts->n_capabilities;
	const struct str *list = p->in_tls ? p->facts->capabilities_tls : p->facts->capabilities;

	for (size_t i = 0; i < n; i++)
		if (str_is_nocase(list[i], "PIPELINING"))
			return true;
	return false;
}

static moment bulk_end(const struct probe *p)
{
	const struct step *connect = facts_step(p->facts, STEP_CONNECT);

	if (p->options->bulk)
		return engine_wait(p, p->options->step_timeout);
	return engine_wait(p, MOMENT_MS(BULK_PATIENCE_MS) + (connect ? connect->took * BULK_ROUND_TRIPS : 0));
}

/* RSET may stand anywhere among commands that are sent together, NOOP and QUIT only at their end (RFC 2920
 * section 3.1; Postfix since 3.9 hangs up on others), and blanks behind it are tolerated (RFC 5321 section
 * 4.1.1). */
static bool send_bulk(struct probe *p, unsigned bytes, struct str last)
{
	unsigned n = bytes / BULK_LINE;
	size_t len = (size_t)n * BULK_LINE;
	char *text = arena_alloc(p->arena, len + last.len + 1), *at = text;

	if (!text || n == 0 || !takes_commands_together(p))
		return false;
	for (unsigned i = 0; i < n; i++, at += BULK_LINE) {
		memset(at, ' ', BULK_LINE);
		memcpy(at, "RSET", 4);
		memcpy(at + BULK_LINE - 2, "\r\n", 2);
	}
	if (last.len)
		memcpy(at, last.at, last.len);
	p->facts->bulk_sent = n;
	engine_enter(p, ENGINE_BULK);
	engine_send_bytes(p, view_of(text, len + last.len));
	p->until = bulk_end(p);
	return true;
}

static void ask_bulk(struct probe *p)
{
	if (!send_bulk(p, p->options->bulk, STR("")))
		course_goodbye(p);
}

/* A box that loses commands sees those in plain text alone: behind STARTTLS this would show nothing. The
 * goodbye goes along, so that nobody waits for it. */
static void leave(struct probe *p)
{
	if (p->options->bulk_last && p->facts->endpoint.security != SECURITY_STARTTLS &&
	    facts_went_well(p->facts) && send_bulk(p, p->options->bulk_last, STR("QUIT\r\n")))
		return;
	course_goodbye(p);
}

static void look_around(struct probe *p)
{
	if (p->options->letters && p->facts->login == LOGIN_ACCEPTED) {
		smtp_letters_begin(p);
		return;
	}
	if (!may_ask_sender(p)) {
		leave(p);
		return;
	}
	engine_open_step(p, STEP_SENDER);
	engine_enter(p, ENGINE_SENDER);
	engine_command(p, NULL, arena_printf(p->arena, "MAIL FROM:<%s>", p->options->sender));
}

static void ask_recipient(struct probe *p)
{
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	if (!p->options->recipient || !engine_is_clean(p->options->recipient)) {
		engine_enter(p, ENGINE_RESET);
		engine_command(p, NULL, "RSET");
		return;
	}
	engine_open_step(p, STEP_RECIPIENT);
	engine_enter(p, ENGINE_RECIPIENT);
	engine_command(p, NULL, arena_printf(p->arena, "RCPT TO:<%s>", p->options->recipient));
}

/* 250-XXXXXXXA: a firewall's way to hide STARTTLS without changing the length. */
static bool is_masked(struct str keyword)
{
	size_t n = 0;

	while (n < keyword.len && keyword.at[n] == 'X')
		n++;
	return n >= 4 && (n == keyword.len || (n + 1 == keyword.len && keyword.at[n] == 'A'));
}

static void take_keyword(struct probe *p, struct str text)
{
	struct str keyword, parameters;
	uint64_t size;

	engine_add_capability(p, str_trim(text));
	if (!smtp_reply_keyword(text, &keyword, &parameters))
		return;
	if (str_is_nocase(keyword, "STARTTLS"))
		p->facts->starttls_offered |= !p->in_tls;
	else if (str_is_nocase(keyword, "AUTH"))
		engine_add_mechanisms(p, parameters);
	else if (str_is_nocase(keyword, "SIZE") && str_to_u64(parameters, UINT64_MAX, &size))
		p->facts->size_limit = size;
	else if (is_masked(keyword) && !p->in_tls)
		p->facts->starttls_masked = true;
}

static void on_capabilities(struct probe *p, const struct engine_answer *answer)
{
	if (answer->ok) {
		course_has_capabilities(p);
		return;
	}
	/* A server from before 1995, or one that does not like our name. */
	if (p->state == ENGINE_CAPABILITIES && answer->smtp_code >= 500) {
		engine_enter(p, ENGINE_HELO);
		engine_command(p, "HELO", arena_printf(p->arena, "HELO %s", own_name(p)));
		return;
	}
	course_refused(p, "the server refused EHLO");
}

/* RFC 4954 section 6: 504 is the mechanism; 500 to 502 the command itself. */
static bool is_unknown_mechanism(const struct engine_answer *answer)
{
	return answer->smtp_code >= 500 && answer->smtp_code <= 504 && answer->smtp_code != 503;
}

static void on_greeting(struct probe *p, const struct engine_answer *answer)
{
	if (answer->ok)
		course_greeted(p);
	else
		course_refused(p, "the server refuses to serve");
}

static void on_starttls(struct probe *p, const struct engine_answer *answer)
{
	course_starttls(p, answer->smtp_code == 220);
}

/* A second greeting or a goodbye answers nothing from before the handshake. A refusal may be meant for the
 * command behind it, unless that is answered too. */
static void on_early_answer(struct probe *p, const struct engine_answer *answer)
{
	bool is_refusal = answer->smtp_code >= 500;

	p->reply = (struct smtp_reply){ 0 };
	if (is_refusal && p->round++ == 0)
		return;
	course_early_answered(p, answer->smtp_code == 250 || p->round > 0);
}

static void on_sender(struct probe *p, const struct engine_answer *answer)
{
	if (answer->ok)
		ask_recipient(p);
	else
		course_refused(p, "the server refused the sender");
}

static void on_recipient(struct probe *p, const struct engine_answer *answer)
{
	if (answer->ok)
		engine_close_step(p, STEP_ERROR_NONE, NULL);
	else
		engine_close_step(p, STEP_ERROR_REFUSED, "the server refused the recipient");
	engine_enter(p, ENGINE_RESET);
	engine_command(p, NULL, "RSET");
}

static void on_reset(struct probe *p, const struct engine_answer *answer)
{
	(void)answer;
	leave(p);
}

/* Each answer begins the wait for the next one anew. On a connection that was opened for this nothing is left
 * to wait for. */
static void on_bulk(struct probe *p, const struct engine_answer *answer)
{
	(void)answer;
	p->reply = (struct smtp_reply){ 0 };
	p->until = bulk_end(p);
	if (++p->facts->bulk_answered < p->facts->bulk_sent)
		return;
	if (!p->options->bulk) {
		course_goodbye_sent(p, "QUIT");
		return;
	}
	engine_command(p, NULL, "QUIT");
	engine_end(p, STEP_ERROR_NONE, NULL);
}

static const struct {
	enum engine_state state;
	void (*on_answer)(struct probe *p, const struct engine_answer *answer);
} answers[] = {
	{ ENGINE_GREETING, on_greeting }, { ENGINE_CAPABILITIES, on_capabilities },
	{ ENGINE_HELO, on_capabilities }, { ENGINE_STARTTLS, on_starttls },
	{ ENGINE_SENDER, on_sender },     { ENGINE_RECIPIENT, on_recipient },
	{ ENGINE_RESET, on_reset },       { ENGINE_EARLY, on_early_answer },
	{ ENGINE_BULK, on_bulk },
};

static void on_refused_service(struct probe *p, const struct engine_answer *answer)
{
	engine_answered(p, answer);
	if (p->state == ENGINE_BULK && !p->options->bulk) {
		course_goodbye_sent(p, "QUIT");
		return;
	}
	if (p->state == ENGINE_LOGIN)
		p->facts->login = LOGIN_REFUSED;
	course_refused(p, "the server closes its service");
}

static void on_reply(struct probe *p, const struct engine_answer *answer)
{
	if (answer->smtp_code == NOT_AVAILABLE && p->state != ENGINE_LOGOUT &&
	    p->state != ENGINE_LETTER_END) {
		on_refused_service(p, answer);
		return;
	}
	if (p->state == ENGINE_LOGIN) {
		login_answered(p, answer, is_unknown_mechanism(answer));
		return;
	}
	if (smtp_letters_answered(p, answer))
		return;
	engine_answered(p, answer);
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		if (answers[i].state != p->state)
			continue;
		answers[i].on_answer(p, answer);
		return;
	}
	engine_end(p, STEP_ERROR_NONE, NULL);
}

static void on_whole(struct probe *p, struct str text)
{
	struct engine_answer answer = {
		.ok = p->reply.code < 300,
		.smtp_code = p->reply.code,
		.enhanced = str_of(p->reply.enhanced),
		.response_code = STR(""),
	};

	if (p->reply.code >= 300 && p->reply.code < 400) {
		if (p->state == ENGINE_LOGIN)
			login_challenged(p, text);
		else if (p->state == ENGINE_LETTER_DATA)
			smtp_letters_send(p, &answer);
		else
			engine_broken(p, "the server asks for more than the command has");
		return;
	}
	on_reply(p, &answer);
}

static void on_line(struct probe *p, struct str line)
{
	struct str text;

	engine_keep(p, line);
	switch (smtp_reply_add(&p->reply, line, &text)) {
	case SMTP_REPLY_BROKEN:
		engine_broken(p, "the answer is not SMTP");
		return;
	case SMTP_REPLY_TOO_LONG:
		engine_limit(p, "an answer of more than 128 lines");
		return;
	case SMTP_REPLY_MORE:
	case SMTP_REPLY_WHOLE:
		break;
	}
	/* The first line of the answer to EHLO is the server's name. */
	if (p->state == ENGINE_CAPABILITIES && p->reply.code == 250 && p->reply.n_lines > 1)
		take_keyword(p, text);
	if (p->state != ENGINE_DONE && (line.len == 3 || line.at[3] == ' '))
		on_whole(p, text);
}

const struct engine_protocol smtp_probe_protocol = {
	.on_line = on_line,
	.ask_capabilities = ask_capabilities,
	.ask_starttls = ask_starttls,
	.ask_login = ask_login,
	.look_around = look_around,
	.ask_logout = ask_logout,
	.ask_bulk = ask_bulk,
};
