/* This file speaks IMAP (RFC 3501, RFC 9051) as far as a probe goes: it never
 * selects a mailbox for writing, save to take letters of its own out of it. */
#include "probe/imap_probe.h"
#include "base/checked.h"
#include "probe/course.h"
#include "probe/engine.h"
#include "probe/imap_collect.h"
#include "probe/imap_login.h"
#include "probe/imap_mailbox.h"
#include "probe/imap_speed.h"
#include "probe/login.h"
#include "wire/imap_reply.h"

void imap_probe_command(struct probe *p, const char *words)
{
	char *line = arena_printf(p->arena, "P%u %s", ++p->tag, words);

	engine_command(p, words, line);
}

static void ask_capabilities(struct probe *p)
{
	/* What was said in plain text does not count inside TLS. */
	p->login_disabled = p->has_quota = p->has_id = false;
	imap_probe_command(p, "CAPABILITY");
}

static void ask_starttls(struct probe *p)
{
	if (!p->options->early_wait) {
		imap_probe_command(p, "STARTTLS");
		return;
	}
	p->tag++;
	engine_command(p, "STARTTLS", arena_printf(p->arena, "P%u STARTTLS\r\nP%u NOOP", p->tag, p->tag + 1));
}

static void ask_logout(struct probe *p)
{
	p->tag += p->state == ENGINE_EARLY; /* what was sent before the handshake has one too */
	imap_probe_command(p, "LOGOUT");
}

static void ask_login(struct probe *p, enum mechanism mechanism)
{
	if (mechanism != MECHANISM_LOGIN_COMMAND) {
		imap_probe_command(p, arena_printf(p->arena, "AUTHENTICATE %s", mechanism_name(mechanism)));
		return;
	}
	p->tag++;
	engine_listen(p, "LOGIN");
	imap_login_send(p);
}

static void on_continuation(struct probe *p, const struct imap_reply *reply)
{
	if (p->state == ENGINE_COLLECT_IDLE)
		imap_collect_idles(p);
	else if (p->state == ENGINE_COLLECT_AWAKE)
		return; /* it agrees to IDLE after it told of a message and we have ended that */
	else if (p->state != ENGINE_LOGIN)
		engine_broken(p, "the server asks for more than the command has");
	else if (p->sasl)
		login_challenged(p, reply->text);
	else if (p->round <= IMAP_LOGIN_ROUNDS_MAX)
		imap_login_send(p);
	else
		engine_broken(p, "the server asks for more than the command has");
}

static void after_abilities(struct probe *p)
{
	if (p->options->collect)
		imap_collect_begin(p);
	else
		imap_mailbox_open(p);
}

static void look_around(struct probe *p)
{
	if (p->facts->login != LOGIN_ACCEPTED) {
		course_goodbye(p);
		return;
	}
	if (p->has_abilities) {
		after_abilities(p);
		return;
	}
	/* Many servers offer more to those who have logged in. */
	engine_enter(p, ENGINE_ABILITIES);
	imap_probe_command(p, "CAPABILITY");
}

/* The first list is a fact about the server; the one after login only tells
 * what may be asked next. */
static void take_capability(struct probe *p, struct str word)
{
	if (str_is_nocase(word, "QUOTA"))
		p->has_quota = true;
	if (str_is_nocase(word, "ID"))
		p->has_id = true;
	if (str_is_nocase(word, "IDLE"))
		p->facts->idles = true;
	if (str_is_nocase(word, "UIDPLUS"))
		p->has_uidplus = true;
	if (p->state != ENGINE_CAPABILITIES)
		return;
	engine_add_capability(p, word);
	if (str_is_nocase(word, "STARTTLS"))
		p->facts->starttls_offered |= !p->in_tls;
	if (str_is_nocase(word, "LOGINDISABLED"))
		p->login_disabled = true;
	if (str_starts_nocase(word, STR("AUTH=")))
		engine_add_mechanisms(p, str_skip(word, 5));
}

static void take_capabilities(struct probe *p, struct str words)
{
	struct str word;

	p->has_abilities |= p->state == ENGINE_LOGIN || p->state == ENGINE_ABILITIES;
	while (imap_reply_word(&words, &word))
		take_capability(p, word);
}

static struct engine_answer answer_of(const struct imap_reply *reply)
{
	return (struct engine_answer){
		.ok = reply->status == IMAP_STATUS_OK || reply->status == IMAP_STATUS_PREAUTH,
		.enhanced = STR(""),
		.response_code = reply->code,
	};
}

static void on_data(struct probe *p, const struct imap_reply *reply)
{
	if (++p->n_lines > ENGINE_ANSWER_LINES_MAX)
		engine_limit(p, "an answer of more than 128 lines");
	else if (str_is_nocase(reply->name, "CAPABILITY"))
		take_capabilities(p, reply->text);
	else if (!imap_collect_data(p, reply) && !imap_speed_data(p, reply))
		imap_mailbox_data(p, reply);
}

static void on_bye(struct probe *p, const struct imap_reply *reply)
{
	struct engine_answer answer = answer_of(reply);

	if (p->state == ENGINE_LOGOUT)
		return;
	engine_answered(p, &answer);
	if (p->state == ENGINE_LOGIN) {
		p->facts->login = LOGIN_REFUSED;
		p->facts->login_why = NULL;
	}
	engine_end(p, STEP_ERROR_REFUSED, "the server says BYE");
}

static void on_greeting(struct probe *p, const struct imap_reply *reply)
{
	struct engine_answer answer = answer_of(reply);

	engine_answered(p, &answer);
	p->is_preauth = reply->status == IMAP_STATUS_PREAUTH;
	if (p->is_preauth && p->options->login) {
		p->facts->login = LOGIN_NOT_POSSIBLE;
		p->facts->login_why = "the server greets as already logged in (PREAUTH)";
	}
	course_greeted(p);
}

static void on_untagged(struct probe *p, const struct imap_reply *reply, struct str line)
{
	if (reply->status == IMAP_STATUS_NONE) {
		on_data(p, reply);
		return;
	}
	/* OK and its code is chatter; the others are the reason that people look for. */
	if (reply->status != IMAP_STATUS_OK || p->state == ENGINE_GREETING)
		engine_keep(p, line);
	else
		p->n_lines++;
	imap_mailbox_status(p, reply);
	if (reply->status == IMAP_STATUS_BYE)
		on_bye(p, reply);
	else if (p->state == ENGINE_GREETING)
		on_greeting(p, reply);
	else if (p->n_lines > ENGINE_ANSWER_LINES_MAX)
		engine_limit(p, "an answer of more than 128 lines");
}

static void on_login_answer(struct probe *p, const struct imap_reply *reply)
{
	struct engine_answer answer = answer_of(reply);

	if (str_is_nocase(reply->code, "CAPABILITY"))
		take_capabilities(p, reply->code_data);
	login_answered(p, &answer,
		       reply->status == IMAP_STATUS_BAD ||
			       (reply->status == IMAP_STATUS_NO && reply->code.len == 0));
}

static void on_capabilities(struct probe *p, bool ok)
{
	if (!ok) {
		course_refused(p, "the server refused CAPABILITY");
		return;
	}
	if (!p->login_disabled)
		engine_add_mechanism(p, MECHANISM_LOGIN_COMMAND);
	course_has_capabilities(p);
}

static void on_starttls(struct probe *p, bool ok)
{
	course_starttls(p, ok);
}

/* To the command behind the handshake. */
static void on_late_answer(struct probe *p, bool ok)
{
	(void)ok;
	course_early_answered(p, false);
}

static void on_abilities(struct probe *p, bool ok)
{
	(void)ok;
	after_abilities(p);
}

static const struct {
	enum engine_state state;
	void (*on_tagged)(struct probe *p, bool ok);
} tagged[] = {
	{ ENGINE_CAPABILITIES, on_capabilities },
	{ ENGINE_STARTTLS, on_starttls },
	{ ENGINE_EARLY, on_late_answer },
	{ ENGINE_ABILITIES, on_abilities },
};

static void on_tagged(struct probe *p, const struct imap_reply *reply)
{
	struct engine_answer answer = answer_of(reply);

	if (p->state == ENGINE_LOGIN) {
		on_login_answer(p, reply);
		return;
	}
	engine_answered(p, &answer);
	for (size_t i = 0; i < COUNT_OF(tagged); i++) {
		if (tagged[i].state != p->state)
			continue;
		tagged[i].on_tagged(p, answer.ok);
		return;
	}
	if (!imap_collect_tagged(p, answer.ok) && !imap_speed_tagged(p, answer.ok) &&
	    !imap_mailbox_tagged(p, answer.ok))
		engine_end(p, STEP_ERROR_NONE, NULL);
}

static bool is_tag(struct str tag, unsigned wanted)
{
	uint64_t n;

	return tag.len > 1 && tag.at[0] == 'P' && str_to_u64(str_skip(tag, 1), UINT64_MAX, &n) && n == wanted;
}

static void on_line(struct probe *p, struct str line)
{
	struct imap_reply reply;
	uint64_t literal;

	if (imap_reply_literal(line, &literal)) {
		if (imap_collect_literal(p, line, literal))
			return;
		if (literal > IMAP_REPLY_LITERAL_MAX && !imap_speed_takes(p, literal))
			engine_limit(p, "a literal of more than 65536 bytes");
		else
			line_drop(&p->line, (size_t)literal);
		return;
	}
	if (!imap_reply_parse(line, &reply)) {
		engine_broken(p, "the answer is not IMAP");
		return;
	}
	if (reply.kind == IMAP_KIND_CONTINUATION) {
		on_continuation(p, &reply);
	} else if (reply.kind == IMAP_KIND_UNTAGGED) {
		on_untagged(p, &reply, line);
	} else if (p->state == ENGINE_EARLY && is_tag(reply.tag, p->tag - 1)) {
		course_early_answered(p, true);
	} else if (p->state == ENGINE_GREETING || !is_tag(reply.tag, p->tag)) {
		engine_keep(p, line);
		engine_broken(p, "the answer carries a tag that was not used");
	} else {
		engine_keep(p, line);
		on_tagged(p, &reply);
	}
}

const struct engine_protocol imap_probe_protocol = {
	.on_line = on_line,
	.ask_capabilities = ask_capabilities,
	.ask_starttls = ask_starttls,
	.ask_login = ask_login,
	.look_around = look_around,
	.ask_logout = ask_logout,
	.on_quiet = imap_collect_wake,
};
