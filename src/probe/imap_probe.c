/* This file speaks IMAP (RFC 3501, RFC 9051) as far as a probe goes: it never
 * selects a mailbox for writing. */
#include "base/buf.h"
#include "base/checked.h"
#include "probe/course.h"
#include "probe/engine.h"
#include "probe/login.h"
#include "wire/imap_reply.h"

static void command(struct probe *p, const char *words)
{
	char *line = arena_printf(p->arena, "P%u %s", ++p->tag, words);

	engine_command(p, words, line);
}

static void ask_capabilities(struct probe *p)
{
	/* What was said in plain text does not count inside TLS. */
	p->login_disabled = p->has_quota = p->has_id = false;
	command(p, "CAPABILITY");
}

static void ask_starttls(struct probe *p)
{
	command(p, "STARTTLS");
}

static void ask_logout(struct probe *p)
{
	command(p, "LOGOUT");
}

/* quoted = DQUOTE *( TEXT-CHAR but quoted-specials / "\" quoted-specials ) DQUOTE */
static bool fits_quoted(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] >= 0x7f)
			return false;
	return true;
}

static void add_quoted(struct buf *to, struct view text)
{
	buf_add_byte(to, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			buf_add_byte(to, '\\');
		buf_add_byte(to, text.at[i]);
	}
	buf_add_byte(to, '"');
}

/* A literal is announced and sent when the server asks for it (RFC 9051 section 4.3). */
static void add_literal(struct buf *to, struct view text)
{
	buf_printf(to, "{%u}", (unsigned)text.len); /* at most SECRET_LEN_MAX */
}

static struct view login_part(const struct probe *p, unsigned round)
{
	return round == 0 ? str_view(str_of(p->account.user)) : secret_bytes(p->account.password);
}

/* LOGIN "user" "password" in one line when both fit into quoted strings; else
 * both travel as literals, each after a continuation. */
static void send_login(struct probe *p)
{
	struct view user = login_part(p, 0), password = login_part(p, 1);
	struct buf line;

	buf_init(&line, 4 * SECRET_LEN_MAX);
	if (p->round > 0)
		buf_add(&line, login_part(p, p->round - 1));
	else
		buf_printf(&line, "P%u LOGIN ", p->tag);
	if (p->round == 0 && fits_quoted(user) && fits_quoted(password)) {
		add_quoted(&line, user);
		buf_add_byte(&line, ' ');
		add_quoted(&line, password);
		p->round = 2;
	} else if (p->round < 2) {
		buf_add_text(&line, p->round == 0 ? "" : " ");
		add_literal(&line, login_part(p, p->round));
	}
	if (buf_failed(&line))
		engine_limit(p, "a user name or password of more than a command may have");
	else
		engine_send_secret(p, buf_str(&line));
	p->round++;
	buf_wipe_fini(&line);
}

static void ask_login(struct probe *p, enum mechanism mechanism)
{
	if (mechanism != MECHANISM_LOGIN_COMMAND) {
		command(p, arena_printf(p->arena, "AUTHENTICATE %s", mechanism_name(mechanism)));
		return;
	}
	p->tag++;
	engine_listen(p, "LOGIN");
	send_login(p);
}

static void on_continuation(struct probe *p, const struct imap_reply *reply)
{
	if (p->state != ENGINE_LOGIN)
		engine_broken(p, "the server asks for more than the command has");
	else if (p->sasl)
		login_challenged(p, reply->text);
	else if (p->round <= 2)
		send_login(p);
	else
		engine_broken(p, "the server asks for more than the command has");
}

/* Never SELECT: that would take the \Recent flags from the user's own program. */
static void open_mailbox(struct probe *p)
{
	engine_open_step(p, STEP_MAILBOX);
	engine_enter(p, ENGINE_MAILBOX);
	command(p, "EXAMINE INBOX");
}

static void look_around(struct probe *p)
{
	if (p->facts->login != LOGIN_ACCEPTED) {
		course_goodbye(p);
		return;
	}
	if (p->has_abilities) {
		open_mailbox(p);
		return;
	}
	/* Many servers offer more to those who have logged in. */
	engine_enter(p, ENGINE_ABILITIES);
	command(p, "CAPABILITY");
}

/* The first list is a fact about the server; the one after login only tells
 * what may be asked next. */
static void take_capability(struct probe *p, struct str word)
{
	if (str_is_nocase(word, "QUOTA"))
		p->has_quota = true;
	if (str_is_nocase(word, "ID"))
		p->has_id = true;
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

/* The fullest of several quota roots is the one that will hurt. */
static void take_quota(struct probe *p, struct str text)
{
	struct endpoint_facts *facts = p->facts;
	uint64_t used, limit;

	if (!imap_reply_storage(text, &used, &limit) || used > UINT64_MAX / 1024 || limit > UINT64_MAX / 1024)
		return;
	if (facts->has_quota && (double)used * (double)facts->quota_limit <
					(double)facts->quota_used / 1024.0 * (double)limit * 1024.0)
		return;
	facts->has_quota = true;
	facts->quota_used = used * 1024;
	facts->quota_limit = limit * 1024;
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
	else if (str_is_nocase(reply->name, "EXISTS") &&
		 (p->state == ENGINE_MAILBOX || p->state == ENGINE_MAILBOX_AFTER_ID))
		p->facts->message_count = reply->number;
	else if (str_is_nocase(reply->name, "QUOTA") && p->state == ENGINE_QUOTA)
		take_quota(p, reply->text);
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

/* Some providers open no mailbox to a program that does not say who it is (RFC
 * 2971). Programs that keep silent meet the first refusal, so that is a fact. */
static void say_who(struct probe *p)
{
	p->has_id = false;
	engine_enter(p, ENGINE_ID);
	command(p, "ID (\"name\" \"postmend\")");
}

static void on_mailbox(struct probe *p, bool ok)
{
	if (!ok && p->has_id) {
		say_who(p);
		return;
	}
	if (!ok) {
		course_refused(p, "the server refused to open INBOX");
		return;
	}
	p->facts->mailbox_opened = true;
	if (!p->has_quota) {
		engine_close_step(p, STEP_ERROR_NONE, NULL);
		course_goodbye(p);
		return;
	}
	engine_enter(p, ENGINE_QUOTA);
	command(p, "GETQUOTAROOT INBOX");
}

static void on_mailbox_after_id(struct probe *p, bool ok)
{
	p->facts->mailbox_wants_id = ok;
	on_mailbox(p, ok);
}

static void on_starttls(struct probe *p, bool ok)
{
	course_starttls(p, ok);
}

static void on_abilities(struct probe *p, bool ok)
{
	(void)ok;
	open_mailbox(p);
}

static void on_id(struct probe *p, bool ok)
{
	(void)ok; /* a server that dislikes our name shows it when INBOX is opened */
	engine_enter(p, ENGINE_MAILBOX_AFTER_ID);
	engine_command(p, "INBOX after ID", arena_printf(p->arena, "P%u EXAMINE INBOX", ++p->tag));
}

static void on_quota(struct probe *p, bool ok)
{
	(void)ok; /* no quota is no trouble */
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	course_goodbye(p);
}

static const struct {
	enum engine_state state;
	void (*on_tagged)(struct probe *p, bool ok);
} tagged[] = {
	{ ENGINE_CAPABILITIES, on_capabilities },
	{ ENGINE_STARTTLS, on_starttls },
	{ ENGINE_ABILITIES, on_abilities },
	{ ENGINE_ID, on_id },
	{ ENGINE_MAILBOX, on_mailbox },
	{ ENGINE_MAILBOX_AFTER_ID, on_mailbox_after_id },
	{ ENGINE_QUOTA, on_quota },
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
	engine_end(p, STEP_ERROR_NONE, NULL);
}

static bool is_our_tag(const struct probe *p, struct str tag)
{
	uint64_t n;

	return tag.len > 1 && tag.at[0] == 'P' && str_to_u64(str_skip(tag, 1), UINT64_MAX, &n) && n == p->tag;
}

static void on_line(struct probe *p, struct str line)
{
	struct imap_reply reply;
	uint64_t literal;

	if (imap_reply_literal(line, &literal)) {
		if (literal > IMAP_REPLY_LITERAL_MAX)
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
	} else if (p->state == ENGINE_GREETING || !is_our_tag(p, reply.tag)) {
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
};
