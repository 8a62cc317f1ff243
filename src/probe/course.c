/* This file decides where a conversation goes next; the same for all protocols. */
#include "probe/course.h"

#include "probe/first_bytes.h"
#include "probe/login.h"

enum { GOODBYE_MS = 500, RAW_MS = 300 };

static enum security security_of(const struct probe *p)
{
	return p->facts->endpoint.security;
}

/* In plain text some time must be left to try whether a silent port speaks TLS;
 * inside TLS there is nothing else to try, and some servers take their time. */
static moment greeting_end(const struct probe *p)
{
	moment left = p->options->deadline - p->now;
	moment usual = engine_wait(p, p->options->step_timeout);
	moment most = p->now + left / 5 * (p->in_tls ? 4 : 3);

	if (p->in_tls)
		return usual > most ? usual : most;
	return usual < most ? usual : most;
}

static void wait_for_greeting(struct probe *p)
{
	engine_open_step(p, STEP_GREETING);
	engine_enter(p, ENGINE_GREETING);
	engine_listen(p, "greeting");
	p->until = greeting_end(p);
}

void course_connected(struct probe *p)
{
	if (p->state != ENGINE_START)
		return;
	if (security_of(p) != SECURITY_TLS) {
		wait_for_greeting(p);
		return;
	}
	engine_open_step(p, STEP_TLS);
	engine_start_tls(p, ENGINE_TLS);
}

/* Another mail server is left with the word that it understands. */
static void leave(struct probe *p, enum greeting greeting)
{
	enum protocol protocol;

	if (first_bytes_protocol(greeting, &protocol))
		engine_command(p, "goodbye", protocol == PROTOCOL_IMAP ? "P0 LOGOUT" : "QUIT");
}

bool course_recognise(struct probe *p)
{
	struct endpoint_facts *facts = p->facts;
	enum protocol protocol;

	facts->greeting = first_bytes_classify(facts->first_bytes);
	if (first_bytes_are_masked(facts->first_bytes))
		facts->starttls_masked = true;
	if (first_bytes_protocol(facts->greeting, &protocol) && protocol == facts->endpoint.protocol)
		return true;
	leave(p, facts->greeting);
	engine_broken(p, "the server greets in another protocol");
	return false;
}

static void ask_capabilities(struct probe *p)
{
	engine_open_step(p, p->starttls_asked ? STEP_CAPABILITIES_TLS : STEP_CAPABILITIES);
	engine_enter(p, ENGINE_CAPABILITIES);
	p->protocol->ask_capabilities(p);
}

void course_greeted(struct probe *p)
{
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	ask_capabilities(p);
}

void course_goodbye(struct probe *p)
{
	engine_open_step(p, STEP_LOGOUT);
	engine_enter(p, ENGINE_LOGOUT);
	p->protocol->ask_logout(p);
	p->until = engine_wait(p, MOMENT_MS(GOODBYE_MS));
}

void course_goodbye_sent(struct probe *p, const char *command)
{
	engine_open_step(p, STEP_LOGOUT);
	engine_enter(p, ENGINE_LOGOUT);
	engine_expect(p, command);
	p->until = engine_wait(p, MOMENT_MS(GOODBYE_MS));
}

void course_refused(struct probe *p, const char *text)
{
	engine_close_step(p, STEP_ERROR_REFUSED, text);
	course_goodbye(p);
}

/* Goodbye is a command that every server answers in every state. */
bool course_rest_is_over(struct probe *p)
{
	if (p->state == ENGINE_RESTED) {
		p->facts->rest_end = REST_CUT;
		engine_end(p, STEP_ERROR_TIMEOUT, "no answer after a rest");
		return true;
	}
	if (p->state != ENGINE_REST)
		return false;
	engine_enter(p, ENGINE_RESTED);
	p->protocol->ask_logout(p);
	return true;
}

bool course_rested(struct probe *p)
{
	if (p->state != ENGINE_REST && p->state != ENGINE_RESTED)
		return false;
	/* What is said without being asked is the server's own goodbye. */
	p->facts->rest_end = p->state == ENGINE_RESTED ? REST_ANSWERED : REST_CLOSED;
	engine_end(p, STEP_ERROR_NONE, NULL);
	return true;
}

void course_has_capabilities(struct probe *p)
{
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	if (p->options->rest) {
		engine_enter(p, ENGINE_REST);
		engine_listen(p, "rest");
		p->until = engine_wait(p, p->options->rest);
		return;
	}
	if (p->options->bulk) {
		if (p->protocol->ask_bulk)
			p->protocol->ask_bulk(p);
		else
			course_goodbye(p);
		return;
	}
	if (p->in_tls || security_of(p) != SECURITY_STARTTLS) {
		login_begin(p);
		return;
	}
	engine_open_step(p, STEP_STARTTLS);
	if (!p->facts->starttls_offered || p->is_preauth) {
		engine_close_step(p, STEP_ERROR_REFUSED,
				  p->is_preauth ? "PREAUTH leaves no room for STARTTLS"
						: "the server does not offer STARTTLS");
		login_begin(p);
		return;
	}
	p->starttls_asked = true;
	engine_enter(p, ENGINE_STARTTLS);
	p->protocol->ask_starttls(p);
}

void course_starttls(struct probe *p, bool agreed)
{
	if (!agreed && p->options->early_wait) {
		engine_end(p, STEP_ERROR_REFUSED, "the server refused STARTTLS with a command behind it");
		return;
	}
	if (!agreed) {
		p->starttls_asked = false;
		engine_close_step(p, STEP_ERROR_REFUSED, "the server refused STARTTLS");
		login_begin(p);
		return;
	}
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	engine_open_step(p, STEP_TLS);
	engine_start_tls(p, ENGINE_TLS);
}

/* The handshake's own time, without the driver's. */
static void close_tls_step(struct probe *p, const struct tls_facts *tls, enum step_error error,
			   const char *text)
{
	struct step *step = p->step;

	engine_close_step(p, error, text);
	if (step && tls && tls->took > 0)
		step->took = tls->took;
}

/* Whoever drops what came before the handshake answers this alone; whoever kept it answers that first. */
static void ask_behind_early_command(struct probe *p)
{
	engine_enter(p, ENGINE_EARLY);
	p->protocol->ask_logout(p);
	p->until = engine_wait(p, p->options->early_wait);
}

void course_early_answered(struct probe *p, bool is_answer)
{
	p->facts->keeps_early_commands = is_answer;
	engine_end(p, STEP_ERROR_NONE, NULL);
}

void course_tls_up(struct probe *p, const struct tls_facts *tls)
{
	p->start_tls = false;
	line_reset(&p->line);
	if (p->state == ENGINE_TLS_GUESS) {
		p->facts->tls = tls;
		p->facts->silent_port_speaks_tls = true;
		engine_end(p, STEP_ERROR_TIMEOUT, "no greeting in plain text, but TLS answers");
		return;
	}
	if (p->state != ENGINE_TLS)
		return;
	p->facts->tls = tls;
	p->in_tls = true;
	/* The conversation goes on to see more, but no mail program would. */
	if (tls_is_verified(tls))
		close_tls_step(p, tls, STEP_ERROR_NONE, NULL);
	else if (tls && tls->verify == TLS_VERIFY_OK)
		close_tls_step(p, tls, STEP_ERROR_TLS, "the certificate is for another name");
	else
		close_tls_step(p, tls, STEP_ERROR_TLS, "the certificate is not accepted");
	if (security_of(p) == SECURITY_TLS)
		wait_for_greeting(p);
	else if (p->options->early_wait)
		ask_behind_early_command(p);
	else
		ask_capabilities(p);
}

static const struct {
	enum tls_end end;
	enum step_error error;
	const char *text;
} tls_ends[] = {
	{ TLS_END_NOT_TLS, STEP_ERROR_TLS, "the server does not speak TLS here" },
	{ TLS_END_ALERT, STEP_ERROR_TLS, "the server refused the handshake" },
	{ TLS_END_VERSION, STEP_ERROR_TLS, "no TLS version in common" },
	{ TLS_END_CIPHER, STEP_ERROR_TLS, "no safe cipher or key in common" },
	{ TLS_END_TIMEOUT, STEP_ERROR_TIMEOUT, "the handshake was not answered in time" },
	{ TLS_END_LIMIT, STEP_ERROR_LIMIT, "a handshake of more bytes than one may have" },
	{ TLS_END_OTHER, STEP_ERROR_TLS, "the handshake failed" },
};

static void close_failed_tls(struct probe *p, const struct tls_facts *tls)
{
	enum tls_end end = tls ? tls->end : TLS_END_OTHER;

	for (size_t i = 0; i < sizeof tls_ends / sizeof *tls_ends; i++) {
		if (tls_ends[i].end != end)
			continue;
		if (end == TLS_END_LIMIT)
			p->facts->limit_met = tls_ends[i].text;
		close_tls_step(p, tls, tls_ends[i].error, tls_ends[i].text);
	}
}

static void forbid_login(struct probe *p)
{
	if (!p->options->login)
		return;
	p->facts->login = LOGIN_NOT_POSSIBLE;
	p->facts->login_why = "no TLS connection came about";
}

/* The connection's end will say whether it was closed or reset. */
static void wait_for_end(struct probe *p)
{
	engine_enter(p, ENGINE_CUT);
	p->until = engine_wait(p, MOMENT_MS(RAW_MS));
}

static bool answers_in_tls(const struct tls_facts *tls)
{
	return tls &&
	       (tls->end == TLS_END_ALERT || tls->end == TLS_END_VERSION || tls->end == TLS_END_CIPHER);
}

void course_tls_failed(struct probe *p, const struct tls_facts *tls)
{
	bool is_guess = p->state == ENGINE_TLS_GUESS;

	if (!is_guess && p->state != ENGINE_TLS)
		return;
	p->start_tls = false;
	if (!is_guess) {
		p->facts->tls = tls;
		forbid_login(p);
		if (tls && tls->end == TLS_END_CLOSED) {
			wait_for_end(p);
			return;
		}
		close_failed_tls(p, tls);
	} else if (answers_in_tls(tls)) {
		p->facts->tls = tls;
		p->facts->silent_port_speaks_tls = true;
	}
	if (tls && tls->end == TLS_END_NOT_TLS && !p->starttls_asked) {
		engine_enter(p, ENGINE_RAW);
		p->until = engine_wait(p, MOMENT_MS(RAW_MS));
		return;
	}
	engine_end(p, STEP_ERROR_TIMEOUT,
		   answers_in_tls(tls) ? "no greeting in plain text, but TLS answers" : "no greeting came");
}

void course_cut_end(struct probe *p, enum step_error error)
{
	engine_end(p, error,
		   error == STEP_ERROR_RESET ? "the connection was reset in the handshake"
					     : "the connection was closed in the handshake");
}

/* Plain text came instead of a handshake: the greeting of whoever it is. */
void course_raw_end(struct probe *p)
{
	struct endpoint_facts *facts = p->facts;
	enum protocol protocol;

	facts->greeting = first_bytes_classify(facts->first_bytes);
	if (facts->greeting == GREETING_NONE)
		engine_end(p, STEP_ERROR_TIMEOUT, "no greeting came");
	else if (first_bytes_protocol(facts->greeting, &protocol) && protocol == facts->endpoint.protocol)
		engine_end(p, STEP_ERROR_NONE, NULL);
	else
		engine_end(p, STEP_ERROR_PROTOCOL, "the server greets in another protocol");
}

void course_silent(struct probe *p)
{
	if (p->now >= p->options->deadline) {
		engine_end(p, STEP_ERROR_TIMEOUT, "no greeting came");
		return;
	}
	engine_start_tls(p, ENGINE_TLS_GUESS);
}
