/* This file logs in: it picks the mechanism, asks the guard, answers challenges. */
#include "probe/login.h"

#include "base/checked.h"
#include "probe/course.h"

enum { TLS_1_2 = 0x0303 };

/* The strongest first. In TLS a server that takes PLAIN is asked for PLAIN rather
 * than CRAM-MD5, as mail programs do; without TLS what hides the password. XOAUTH2
 * stands first because it is what mail programs speak to the servers that want it. */
static const enum mechanism in_tls[] = {
	MECHANISM_SCRAM_SHA_256, MECHANISM_SCRAM_SHA_1,   MECHANISM_PLAIN,
	MECHANISM_LOGIN,         MECHANISM_LOGIN_COMMAND, MECHANISM_CRAM_MD5
};
static const enum mechanism in_plain_text[] = { MECHANISM_SCRAM_SHA_256, MECHANISM_SCRAM_SHA_1,
						MECHANISM_CRAM_MD5,      MECHANISM_PLAIN,
						MECHANISM_LOGIN,         MECHANISM_LOGIN_COMMAND };
static const enum mechanism with_token[] = { MECHANISM_XOAUTH2, MECHANISM_OAUTHBEARER };

static bool has(const struct secret *secret)
{
	return secret && secret->present;
}

static enum mechanism best_of(const enum mechanism *list, size_t n, uint32_t offered)
{
	for (size_t i = 0; i < n; i++)
		if (offered & (uint32_t)list[i])
			return list[i];
	return 0;
}

static enum mechanism choose(const struct probe *p)
{
	uint32_t offered = engine_mechanisms(p) & ~p->refused_mechanisms;
	enum mechanism one = 0;

	if (has(p->account.token))
		one = best_of(with_token, COUNT_OF(with_token), offered);
	if (one || !has(p->account.password))
		return one;
	return p->in_tls ? best_of(in_tls, COUNT_OF(in_tls), offered)
			 : best_of(in_plain_text, COUNT_OF(in_plain_text), offered);
}

/* Why a secret may not travel on this connection, or NULL. */
static const char *why_not_safe(const struct probe *p)
{
	const struct tls_facts *tls = p->facts->tls;

	if (p->in_tls) {
		if (!tls_is_verified(tls))
			return "the server's certificate is not verified: no secret is sent";
		if (tls->version && tls->version < TLS_1_2)
			return "TLS is older than 1.2: no secret is sent";
		return NULL;
	}
	if (p->facts->endpoint.security != SECURITY_NONE)
		return "the connection is not encrypted: no secret is sent";
	return p->options->allow_plain_login ? NULL : "no secret is sent without encryption unless allowed";
}

static const char *why_no_mechanism(const struct probe *p)
{
	uint32_t offered = engine_mechanisms(p);

	if (!has(p->account.password) && !has(p->account.token))
		return "no password and no token were given";
	if (!has(p->account.password) && !(offered & (MECHANISM_XOAUTH2 | MECHANISM_OAUTHBEARER)))
		return "the server takes no OAuth tokens, and no password was given";
	if (p->login_disabled)
		return "the server has switched off login here (LOGINDISABLED)";
	if (offered == 0)
		return "the server offers no way to log in";
	if (!has(p->account.token) && !(offered & ~(uint32_t)(MECHANISM_XOAUTH2 | MECHANISM_OAUTHBEARER)))
		return "the server takes only OAuth tokens, and none was given";
	return "no mechanism in common with the server";
}

static void give_up(struct probe *p, enum login_outcome outcome, const char *why)
{
	p->facts->login = outcome;
	p->facts->login_why = why;
	p->protocol->look_around(p);
}

static const char *why_not_usable(const struct probe *p)
{
	if (!p->account.user || !*p->account.user)
		return "no user name was given";
	if (!engine_is_clean(p->account.user))
		return "the user name has control characters";
	return NULL;
}

static bool is_allowed(const struct probe *p)
{
	const struct probe_options *o = p->options;

	return !o->may_log_in || o->may_log_in(o->context, &p->facts->endpoint);
}

static bool is_beyond_ascii(const struct secret *secret)
{
	struct view bytes = secret ? secret_bytes(secret) : view_of(NULL, 0);

	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.at[i] > 0x7f)
			return true;
	return false;
}

/* Tries one mechanism. */
static void begin(struct probe *p, enum mechanism one)
{
	struct endpoint_facts *facts = p->facts;
	const char *why = why_not_usable(p);
	enum status status = ST_OK;

	if (!why && one != MECHANISM_LOGIN_COMMAND)
		status = sasl_new(p->arena, one, &p->account, &p->sasl, &why);
	facts->secret_beyond_ascii = is_beyond_ascii(p->account.password);
	if (status == ST_NOMEM) {
		engine_limit(p, "the memory of one conversation");
		return;
	}
	if (why) {
		give_up(p, LOGIN_NOT_POSSIBLE, why);
		return;
	}
	if (!is_allowed(p)) {
		give_up(p, LOGIN_HELD_BACK, "held back so that the account is not locked");
		return;
	}
	p->mechanism = one;
	p->round = 0;
	facts->login_mechanism = one;
	facts->login_tries++;
	engine_open_step(p, STEP_LOGIN);
	engine_enter(p, ENGINE_LOGIN);
	p->protocol->ask_login(p, one);
}

void login_begin(struct probe *p)
{
	enum mechanism one = choose(p);
	const char *why;

	if (!p->options->login || p->is_preauth) {
		p->protocol->look_around(p);
		return;
	}
	why = why_not_safe(p);
	if (!why && !one)
		why = why_no_mechanism(p);
	if (why)
		give_up(p, LOGIN_NOT_POSSIBLE, why);
	else
		begin(p, one);
}

/* RFC 4422 section 3.5: "*" ends the exchange, and the server says no. */
static void cancel(struct probe *p, const char *why)
{
	p->facts->login = LOGIN_NOT_FINISHED;
	p->facts->login_why = why;
	engine_send_more(p, STR("*"));
}

void login_challenged(struct probe *p, struct str challenge)
{
	struct str answer;
	const char *why = NULL;
	enum status status;

	if (!p->sasl) {
		engine_broken(p, "the server asks for more than the command has");
		return;
	}
	if (p->facts->login_why) {
		engine_broken(p, "the server goes on with a login that was cancelled");
		return;
	}
	status = sasl_answer(p->sasl, challenge, &answer, &why);
	if (status == ST_NOMEM) {
		engine_limit(p, "the memory of one conversation");
		return;
	}
	if (sasl_oauth_error(p->sasl).len)
		engine_note(p, "token refused", sasl_oauth_error(p->sasl));
	if (status != ST_OK)
		cancel(p, why);
	else if (answer.len == 0)
		engine_send_more(p, answer);
	else
		engine_send_secret(p, answer);
}

static void drop_sasl(struct probe *p)
{
	sasl_drop(&p->sasl);
}

/* The server accepted, but did it prove that it knows the password? */
static void accepted(struct probe *p)
{
	struct endpoint_facts *facts = p->facts;

	if (p->sasl && !sasl_is_complete(p->sasl)) {
		facts->login = LOGIN_NOT_FINISHED;
		facts->login_why = "the server accepts without proving that it knows the password";
		engine_close_step(p, STEP_ERROR_PROTOCOL, facts->login_why);
		drop_sasl(p);
		p->protocol->look_around(p);
		return;
	}
	drop_sasl(p);
	facts->login = LOGIN_ACCEPTED;
	facts->login_why = NULL;
	engine_close_step(p, STEP_ERROR_NONE, NULL);
	p->protocol->look_around(p);
}

void login_answered(struct probe *p, const struct engine_answer *answer, bool unknown_mechanism)
{
	struct endpoint_facts *facts = p->facts;
	enum mechanism next;

	engine_answered(p, answer);
	if (answer->ok && !facts->login_why) {
		accepted(p);
		return;
	}
	drop_sasl(p);
	if (facts->login_why) { /* cancelled */
		engine_close_step(p, STEP_ERROR_PROTOCOL, facts->login_why);
		p->protocol->look_around(p);
		return;
	}
	facts->login = LOGIN_REFUSED;
	engine_close_step(p, STEP_ERROR_REFUSED, "the server refused the login");
	p->refused_mechanisms |= (uint32_t)p->mechanism;
	next = choose(p);
	if (unknown_mechanism && !p->secret_out && facts->login_tries == 1 && next)
		begin(p, next);
	else
		p->protocol->look_around(p);
}

void login_fini(struct probe *p)
{
	drop_sasl(p);
}
