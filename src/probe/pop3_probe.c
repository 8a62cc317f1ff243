/* This file speaks POP3 (RFC 1939, RFC 2449, RFC 2595, RFC 5034) as far as a probe
 * goes: it never retrieves or deletes a message; see pop3_collect.c for what a trip does. */
#include "base/buf.h"
#include "probe/course.h"
#include "probe/engine.h"
#include "probe/login.h"
#include "probe/pop3_collect.h"
#include "probe/pop3_speed.h"
#include "wire/pop3_reply.h"

static void ask_capabilities(struct probe *p)
{
	engine_command(p, NULL, "CAPA");
}

static void ask_starttls(struct probe *p)
{
	/* NOOP is for those who have logged in, and +OK alone could be a greeting: a
	 * list and its end are an answer to CAPA. */
	engine_command(p, "STLS", p->options->early_wait ? "STLS\r\nCAPA" : "STLS");
}

static void ask_logout(struct probe *p)
{
	engine_command(p, NULL, "QUIT");
}

static void ask_login(struct probe *p, enum mechanism mechanism)
{
	if (mechanism == MECHANISM_LOGIN_COMMAND)
		engine_command(p, "USER", arena_printf(p->arena, "USER %s", p->account.user));
	else
		engine_command(p, NULL, arena_printf(p->arena, "AUTH %s", mechanism_name(mechanism)));
}

static void look_around(struct probe *p)
{
	if (p->facts->login != LOGIN_ACCEPTED) {
		course_goodbye(p);
		return;
	}
	if (p->options->collect) {
		pop3_collect_begin(p);
		return;
	}
	engine_open_step(p, STEP_MAILBOX);
	engine_enter(p, ENGINE_MAILBOX);
	engine_command(p, NULL, "STAT");
}

static void take_capability(struct probe *p, struct str line)
{
	struct str rest = line, word = str_cut(&rest, ' ');

	engine_add_capability(p, line);
	if (str_is_nocase(word, "STLS"))
		p->facts->starttls_offered |= !p->in_tls;
	else if (str_is_nocase(word, "USER"))
		engine_add_mechanism(p, MECHANISM_LOGIN_COMMAND);
	else if (str_is_nocase(word, "SASL"))
		engine_add_mechanisms(p, rest);
}

static void on_listed(struct probe *p, struct str line)
{
	struct str text;
	struct engine_answer answer = { .ok = true, .enhanced = STR(""), .response_code = STR("") };

	if (pop3_speed_lists(p)) {
		p->in_list = pop3_reply_listed(line, &text);
		if (p->in_list) {
			pop3_speed_line(p, text);
			return;
		}
		engine_answered(p, &answer);
		pop3_speed_listed(p);
		return;
	}
	if (pop3_collect_lists(p)) {
		p->in_list = pop3_reply_listed(line, &text);
		if (p->in_list) {
			pop3_collect_line(p, text);
			return;
		}
		engine_answered(p, &answer);
		pop3_collect_listed(p);
		return;
	}
	if (pop3_reply_listed(line, &text)) {
		engine_keep(p, text);
		take_capability(p, text);
		return;
	}
	p->in_list = false;
	engine_answered(p, &answer);
	if (p->state == ENGINE_EARLY)
		course_early_answered(p, true);
	else
		course_has_capabilities(p);
}

/* Servers older than CAPA know USER and PASS. */
static void on_no_capabilities(struct probe *p)
{
	engine_add_mechanism(p, MECHANISM_LOGIN_COMMAND);
	course_has_capabilities(p);
}

static void send_password(struct probe *p)
{
	struct buf line;

	p->round = 1;
	engine_listen(p, "PASS");
	buf_init(&line, SECRET_LEN_MAX + 8);
	buf_add_text(&line, "PASS ");
	buf_add(&line, secret_bytes(p->account.password));
	if (buf_failed(&line))
		engine_limit(p, "a password of more than a command may have");
	else
		engine_send_secret(p, buf_str(&line));
	buf_wipe_fini(&line);
}

static void on_user_answer(struct probe *p, const struct engine_answer *answer)
{
	if (!answer->ok || p->round > 0) {
		login_answered(p, answer, false);
		return;
	}
	engine_answered(p, answer);
	send_password(p);
}

static void on_stat(struct probe *p, const struct pop3_reply *reply)
{
	struct endpoint_facts *facts = p->facts;
	uint64_t octets;

	if (reply->kind != POP3_KIND_OK) {
		course_refused(p, "the server refused STAT");
		return;
	}
	facts->mailbox_opened = pop3_reply_stat(reply->text, &facts->message_count, &octets);
	if (facts->mailbox_opened) {
		engine_close_step(p, STEP_ERROR_NONE, NULL);
		pop3_speed_begin(p);
		return;
	}
	engine_close_step(p, STEP_ERROR_PROTOCOL, "the answer to STAT has no two numbers");
	course_goodbye(p);
}

static void on_greeting(struct probe *p, const struct pop3_reply *reply)
{
	if (reply->kind != POP3_KIND_OK) {
		course_refused(p, "the server refuses to serve");
		return;
	}
	if (pop3_reply_has_timestamp(reply->text))
		engine_add_mechanism(p, MECHANISM_APOP);
	course_greeted(p);
}

static void on_login_answer(struct probe *p, const struct pop3_reply *reply,
			    const struct engine_answer *answer)
{
	if (p->mechanism == MECHANISM_LOGIN_COMMAND)
		on_user_answer(p, answer);
	else /* a code in brackets speaks of the account, not of the mechanism */
		login_answered(p, answer, reply->code.len == 0);
}

static void say_goodbye(struct probe *p, bool ok)
{
	pop3_collect_over(p, ok);
	engine_end(p, STEP_ERROR_NONE, NULL);
}

static void on_status(struct probe *p, const struct pop3_reply *reply)
{
	struct engine_answer answer = {
		.ok = reply->kind == POP3_KIND_OK,
		.enhanced = STR(""),
		.response_code = reply->code,
	};

	if ((p->state == ENGINE_CAPABILITIES || p->state == ENGINE_EARLY || pop3_collect_lists(p) ||
	     pop3_speed_lists(p)) &&
	    answer.ok) {
		p->in_list = true;
		return;
	}
	if (p->state == ENGINE_LOGIN) {
		on_login_answer(p, reply, &answer);
		return;
	}
	engine_answered(p, &answer);
	if (pop3_collect_answered(p, reply) || pop3_speed_refused(p))
		return;
	if (p->state == ENGINE_GREETING)
		on_greeting(p, reply);
	else if (p->state == ENGINE_CAPABILITIES)
		on_no_capabilities(p);
	else if (p->state == ENGINE_STARTTLS)
		course_starttls(p, answer.ok);
	else if (p->state == ENGINE_EARLY)
		course_early_answered(p, false);
	else if (p->state == ENGINE_MAILBOX)
		on_stat(p, reply);
	else
		say_goodbye(p, answer.ok);
}

static void on_line(struct probe *p, struct str line)
{
	struct pop3_reply reply;

	if (p->in_list) {
		on_listed(p, line);
		return;
	}
	if (!pop3_reply_parse(line, &reply)) {
		engine_keep(p, line);
		engine_broken(p, "the answer is not POP3");
	} else if (reply.kind != POP3_KIND_CHALLENGE) {
		engine_keep(p, line);
		on_status(p, &reply);
	} else if (p->state == ENGINE_LOGIN && p->sasl) {
		login_challenged(p, reply.text);
	} else {
		engine_broken(p, "the server asks for more than the command has");
	}
}

const struct engine_protocol pop3_probe_protocol = {
	.on_line = on_line,
	.ask_capabilities = ask_capabilities,
	.ask_starttls = ask_starttls,
	.ask_login = ask_login,
	.look_around = look_around,
	.ask_logout = ask_logout,
};
