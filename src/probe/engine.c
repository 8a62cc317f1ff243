/* This file keeps time, bounds and records for a conversation. */
#include "probe/engine.h"

#include "base/wipe.h"
#include "probe/scrub.h"
#include "probe/speed.h"

#include <string.h>

/* The only place where the state changes. The end is for ever. */
void engine_enter(struct probe *p, enum engine_state state)
{
	if (p->state == ENGINE_DONE)
		return;
	p->state = state;
	if (state != ENGINE_DONE)
		return;
	p->until = p->now;
	speed_fetched(p);
	if (p->options->login && p->facts->login == LOGIN_NOT_ASKED)
		p->facts->login = LOGIN_NOT_FINISHED;
}

moment engine_wait(const struct probe *p, moment length)
{
	moment left = p->options->deadline - p->now;

	return length >= left ? p->options->deadline : p->now + length;
}

void engine_open_step(struct probe *p, enum step_name name)
{
	struct endpoint_facts *facts = p->facts;

	p->step = NULL;
	if (p->state == ENGINE_DONE || facts->n_steps == STEPS_MAX)
		return;
	p->step = &facts->steps[facts->n_steps++];
	*p->step = (struct step){ .name = name, .at = p->now };
}

void engine_close_step(struct probe *p, enum step_error error, const char *text)
{
	if (!p->step)
		return;
	p->step->ok = error == STEP_ERROR_NONE;
	p->step->took = p->now - p->step->at;
	p->step->error = error;
	p->step->error_text = text;
	p->step = NULL;
}

enum { LOGIN_RESERVE_MS = 100 };

/* A login is waited for to the end: servers hold back the answer to a refused
 * one, and a mailbox that another session has locked takes them ten seconds. */
static moment answer_end(const struct probe *p)
{
	moment usual = engine_wait(p, p->options->step_timeout);
	moment most = p->options->deadline - MOMENT_MS(LOGIN_RESERVE_MS);

	return p->step && p->step->name == STEP_LOGIN && most > usual ? most : usual;
}

/* A new wait for an answer begins now. */
static void begin_wait(struct probe *p)
{
	p->begun = p->now;
	p->until = answer_end(p);
	p->n_arrivals = 0;
	p->n_lines = 0;
	p->kept_len = 0;
	p->reply = (struct smtp_reply){ 0 };
	p->in_list = false;
}

static void send_line(struct probe *p, struct str line, bool has_secret)
{
	struct engine_out *out = arena_alloc(p->arena, sizeof *out), **last = &p->out;
	char *bytes = arena_alloc(p->arena, line.len + 2);

	if (!out || !bytes)
		return;
	if (line.len)
		memcpy(bytes, line.at, line.len);
	memcpy(bytes + line.len, "\r\n", 2);
	*out = (struct engine_out){ .bytes = view_of(bytes, line.len + 2), .has_secret = has_secret };
	while (*last)
		last = &(*last)->next;
	*last = out;
	begin_wait(p);
}

void engine_send_bytes(struct probe *p, struct view bytes)
{
	struct engine_out *out = arena_alloc(p->arena, sizeof *out), **last = &p->out;

	if (!out || p->state == ENGINE_DONE)
		return;
	*out = (struct engine_out){ .bytes = bytes };
	while (*last)
		last = &(*last)->next;
	*last = out;
	begin_wait(p);
}

static struct exchange *new_exchange(struct probe *p, const char *command)
{
	struct exchange *exchange;

	if (p->facts->n_exchanges == EXCHANGES_MAX)
		return NULL;
	exchange = &p->facts->exchanges[p->facts->n_exchanges++];
	*exchange = (struct exchange){
		.command = command,
		.reply = STR(""),
		.enhanced = STR(""),
		.response_code = STR(""),
		.sent = p->now,
		.answered = MOMENT_NEVER,
	};
	return exchange;
}

void engine_listen(struct probe *p, const char *label)
{
	p->exchange = new_exchange(p, label);
	begin_wait(p);
}

void engine_command(struct probe *p, const char *label, const char *command)
{
	if (p->state == ENGINE_DONE || !command)
		return;
	if (++p->n_commands > (p->options->collect ? ENGINE_COLLECT_COMMANDS_MAX : ENGINE_COMMANDS_MAX)) {
		engine_limit(p, "more commands than a conversation needs");
		return;
	}
	p->exchange = new_exchange(p, label ? label : command);
	send_line(p, str_of(command), false);
}

void engine_expect(struct probe *p, const char *command)
{
	if (p->state != ENGINE_DONE)
		p->exchange = new_exchange(p, command);
}

static void forget_leaked(struct probe *p)
{
	if (p->leaked.len)
		wipe((void *)(uintptr_t)p->leaked.at, p->leaked.len);
	p->leaked = view_of(NULL, 0);
}

void engine_send_secret(struct probe *p, struct str line)
{
	void *copy = arena_copy(p->arena, line.at, line.len);

	if (p->state == ENGINE_DONE)
		return;
	forget_leaked(p);
	p->leaked = view_of(copy, copy ? line.len : 0);
	p->secret_out = true;
	send_line(p, line, true);
}

void engine_send_more(struct probe *p, struct str line)
{
	if (p->state != ENGINE_DONE)
		send_line(p, line, false);
}

void engine_keep(struct probe *p, struct str text)
{
	if (++p->n_lines > ENGINE_ANSWER_LINES_MAX) {
		engine_limit(p, "an answer of more than 128 lines");
		return;
	}
	if (p->kept_len && p->kept_len < ENGINE_KEPT_MAX)
		p->kept[p->kept_len++] = '\n';
	text = str_head(text, ENGINE_KEPT_MAX - p->kept_len);
	if (text.len)
		memcpy(p->kept + p->kept_len, text.at, text.len);
	p->kept_len += text.len;
}

/* Nothing that we sent in secret comes back into a record, not even in part. */
static void scrub_kept(struct probe *p)
{
	const struct probe_options *o = p->options;

	if (!p->secret_out)
		return;
	scrub(p->kept, p->kept_len, p->leaked);
	if (o->password)
		scrub(p->kept, p->kept_len, secret_bytes(o->password));
	if (o->oauth_token)
		scrub(p->kept, p->kept_len, secret_bytes(o->oauth_token));
}

void engine_answered(struct probe *p, const struct engine_answer *answer)
{
	struct exchange *e = p->exchange;

	p->exchange = NULL;
	if (!e)
		return;
	scrub_kept(p);
	e->reply = arena_str(p->arena, (struct str){ .at = p->kept, .len = p->kept_len });
	e->smtp_code = answer->smtp_code;
	e->enhanced = arena_str(p->arena, answer->enhanced);
	e->response_code = arena_str(p->arena, answer->response_code);
	e->ok = answer->ok;
	e->answered = p->now;
}

void engine_note(struct probe *p, const char *command, struct str reply)
{
	struct exchange *e = new_exchange(p, command);

	if (!e)
		return;
	p->kept_len = 0;
	engine_keep(p, reply);
	scrub_kept(p);
	e->reply = arena_str(p->arena, (struct str){ .at = p->kept, .len = p->kept_len });
	e->answered = p->now;
	p->kept_len = 0;
}

void engine_start_tls(struct probe *p, enum engine_state state)
{
	if (p->state == ENGINE_DONE)
		return;
	engine_enter(p, state);
	begin_wait(p);
	p->start_tls = true;
	line_reset(&p->line);
}

void engine_end(struct probe *p, enum step_error error, const char *text)
{
	if (p->state == ENGINE_DONE)
		return;
	/* What came of an answer that never was whole is evidence too. */
	if (p->exchange && p->kept_len) {
		struct exchange *e = p->exchange;

		scrub_kept(p);
		e->reply = arena_str(p->arena, (struct str){ .at = p->kept, .len = p->kept_len });
	}
	p->exchange = NULL;
	engine_close_step(p, error, text);
	engine_enter(p, ENGINE_DONE);
}

void engine_limit(struct probe *p, const char *what)
{
	if (p->state == ENGINE_DONE)
		return;
	p->facts->limit_met = what;
	engine_end(p, STEP_ERROR_LIMIT, what);
}

void engine_broken(struct probe *p, const char *what)
{
	engine_end(p, STEP_ERROR_PROTOCOL, what);
}

void engine_add_capability(struct probe *p, struct str text)
{
	struct endpoint_facts *facts = p->facts;
	struct str *list = p->in_tls ? facts->capabilities_tls : facts->capabilities;
	size_t *n = p->in_tls ? &facts->n_capabilities_tls : &facts->n_capabilities;

	if (p->state == ENGINE_DONE)
		return;
	if (*n == CAPABILITIES_MAX)
		engine_limit(p, "more than 96 capabilities");
	else
		list[(*n)++] = arena_str(p->arena, text);
}

uint32_t engine_mechanisms(const struct probe *p)
{
	return p->in_tls ? p->facts->mechanisms_tls : p->facts->mechanisms;
}

void engine_add_mechanism(struct probe *p, enum mechanism one)
{
	if (p->in_tls)
		p->facts->mechanisms_tls |= (uint32_t)one;
	else
		p->facts->mechanisms |= (uint32_t)one;
}

void engine_add_mechanisms(struct probe *p, struct str names)
{
	while (names.at && names.len) {
		struct str name = str_trim(str_cut(&names, ' '));

		if (name.len)
			engine_add_mechanism(p, mechanism_find(name));
	}
}

bool engine_is_clean(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}
